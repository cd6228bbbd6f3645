"""Frozen values that cross the border of the domain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sijil.domains.programmes.states import UNFINISHED, ListState
from sijil.kernel.law import Doubt, Pin
from sijil.kernel.texts import Text4, choose

SCALE = 10**9
"""Units in one score point, as the scores come: a + b/divisor, in units."""


class Outcome(StrEnum):
    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    PENDING = "pending"  # the score is in quarantine: neither, until a person has looked at it


OUTCOMES: Mapping[str, Text4] = {
    Outcome.ELIGIBLE: Text4("يستوفي شرط المؤشر", "condition d’indice remplie", "meets the threshold"),
    Outcome.NOT_ELIGIBLE: Text4(
        "لا يستوفي شرط المؤشر", "condition d’indice non remplie", "does not meet the threshold"
    ),
    Outcome.PENDING: Text4("وضع المؤشر جانبا", "indice mis de côté", "the score is set aside"),
}


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme as it stands on one day. ``near``: points on either side of the threshold to be watched."""

    code: str
    names: Mapping[str, str]
    authorities: Mapping[str, str]
    laws: Mapping[str, str]
    threshold: Decimal
    near: Decimal
    pin: Pin
    starts_on: dt.date
    source: str
    doubts: tuple[Doubt, ...]
    order: int = 0

    @property
    def version(self) -> str:
        return self.pin.version

    def name(self, language: str) -> str:
        return choose(self.names, language)

    def law(self, language: str) -> str:
        return choose(self.laws, language)

    def note(self, language: str) -> str:
        """Return what is not certain about the threshold."""
        return " ".join(doubt.text(language) for doubt in self.doubts)

    def authority(self, language: str) -> str:
        return choose(self.authorities, language)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a score qualifies for a programme, with the figures that say why.

    ``exact_distance`` = threshold - score, in points (negative: over). ``distance`` shows it with 7
    decimals, or as many as it takes to see it, rounded as scores are: it is 0 only exactly at the
    threshold, which is eligible.
    """

    programme: str
    outcome: Outcome
    threshold: Decimal
    version: str
    distance: Decimal
    exact_distance: Fraction

    @property
    def eligible(self) -> bool:
        return self.outcome is Outcome.ELIGIBLE

    @property
    def reason(self) -> str:
        """at_threshold | under_threshold | over_threshold | quarantined."""
        if self.outcome is Outcome.PENDING:
            return "quarantined"
        if self.exact_distance == 0:
            return "at_threshold"
        return "under_threshold" if self.eligible else "over_threshold"


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision as it was taken, for ever.

    ``programme``: as it stood then, by the threshold of the decision. ``day``: the legal day it was decided
    for. ``number`` counts the decisions of one household in one programme. ``pins``: the threshold's
    version, then those of the formula, with their digests.
    """

    household_code: str
    programme: Programme
    number: int
    day: dt.date
    decided_at: dt.datetime
    decision: Decision
    score_number: int
    formula_version: str
    pins: tuple[Pin, ...]
    trigger: str
    actor_kind: str
    actor_id: str


@dataclass(frozen=True, slots=True)
class FormulaUsed:
    """The formula of a score: its name, and the digest of each version in it."""

    version: str
    pins: tuple[Pin, ...]


@dataclass(frozen=True, slots=True)
class KnownScores:
    """Scores to decide on, as columns of one length.

    ``household_code``: S11, each once. The exact score is a + b/divisor, in units. ``is_scored`` is False in
    quarantine. ``formula``: the index of each one's formula in ``formulas``; -1 where it cannot be read.
    """

    household_code: NDArray[np.bytes_]
    number: NDArray[np.int64]
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    divisor: NDArray[np.int64]
    is_scored: NDArray[np.bool_]
    formula: NDArray[np.int64]
    formulas: tuple[FormulaUsed, ...]

    def __len__(self) -> int:
        return len(self.household_code)


@dataclass(frozen=True, slots=True)
class Decided:
    """taken = decided + unchanged + refused. Unchanged: decided before by the same score and law."""

    taken: int
    decided: int
    unchanged: int
    refused: int


@dataclass(frozen=True, slots=True)
class DecidingProgress:
    """How far a run over all households is; ``finished_at`` is None until its end."""

    programme: str
    threshold_version: str
    day: dt.date
    taken: int
    decided: int
    unchanged: int
    refused: int
    started_at: dt.datetime
    finished_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Awaited:
    """Who is asked for answers without which the law in force cannot score them.

    ``select``: SQL that gives household_code, needed_by, opened_at, due_on, from the register that asks;
    ``formula``: what is in force on ``day``. ``until``: the last day on which a list waits for anybody.
    """

    select: str
    formula: str
    day: dt.date
    until: dt.date


NOBODY = Awaited(
    "SELECT ''::varchar AS household_code, ''::varchar AS needed_by, NULL::timestamptz AS opened_at, "
    "NULL::date AS due_on WHERE false",
    "",
    dt.date.min,
    dt.date.min,
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Where households stand in a programme, by their stored decisions, and what stands in the way of a list.

    considered = eligible + not_eligible + pending + undecided. Undecided: no decision on the last score.
    ``other_law``: the score was made by another law than the one in force, and is to be made anew.
    ``waiting``: the same, and it cannot be before the household answers what it is asked: a list waits for
    the answers until ``waits_until`` at most. ``older_law``: the same, who did not answer in time: kept on
    lists by the last score, asked since ``asked_since`` at the earliest; scored by ``older_formulas``, which
    only a list tells.
    ``other_threshold``: decided by another threshold. ``unlike``: a decision that is not what its score says.
    """

    considered: int
    eligible: int
    not_eligible: int
    pending: int
    near_under: int
    near_over: int
    undecided: int
    other_law: int
    other_threshold: int
    unlike: int
    waiting: int = 0
    waits_until: dt.date | None = None
    older_law: int = 0
    asked_since: dt.date | None = None
    older_formulas: tuple[str, ...] = ()

    @property
    def due(self) -> int:
        """How many are to be decided, or decided anew, before a list can be published."""
        return self.undecided + self.other_threshold


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person who confirms a publication has read."""

    threshold_version: str
    eligible: int


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A list as it was asked for, is published, was refused or failed.

    ``entered``, ``left``: households against the list ``before`` (its number); None for a first list.
    ``pins``: the versions by which it was decided. ``header``: the first lines of its file. ``older_law``:
    households scored by an older law, which did not answer what they are asked since ``asked_since``.
    ``reason``, ``facts``: the code of the refusal, and its facts. ``expected``: how many households were
    confirmed, if a person confirmed. ``started_at``: when it was asked for.
    """

    id: str
    programme: str
    number: int
    state: ListState
    day: dt.date
    threshold: Decimal
    threshold_version: str
    formula_versions: tuple[str, ...]
    pins: tuple[Pin, ...]
    considered: int
    not_eligible: int
    quarantined: int
    older_law: int
    asked_since: dt.date | None
    count: int
    before: int | None
    entered: int | None
    left: int | None
    header: str
    checksum: str
    reason: str
    facts: Mapping[str, Any]
    expected: int | None
    started_at: dt.datetime
    published_at: dt.datetime | None

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED


@dataclass(frozen=True, slots=True)
class RankedHousehold:
    """One frozen row of a list. ``exact_distance`` = threshold - score, in points; ``distance`` shows it."""

    rank: int
    household_code: str
    score: Decimal
    score_number: int
    distance: Decimal
    exact_distance: Fraction


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some rows of a list. ``next_after``: the key to ask the next page with; None on the last."""

    rows: tuple[RankedHousehold, ...]
    next_after: int | None
