"""Frozen values that cross the border of the domain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sijil.domains.programmes.states import ListState
from sijil.kernel.law import Doubt, Pin

SCALE = 10**9
"""Units in one score point, as the scores come: a + b/divisor, in units."""


class Outcome(StrEnum):
    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    PENDING = "pending"  # the score is in quarantine: neither, until a person has looked at it


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
        return self.names.get(language) or self.names["fr"]

    def law(self, language: str) -> str:
        return self.laws.get(language) or self.laws["fr"]

    def note(self, language: str) -> str:
        """Return what is not certain about the threshold."""
        return " ".join(doubt.text(language) for doubt in self.doubts)

    def authority(self, language: str) -> str:
        return self.authorities.get(language) or self.authorities["fr"]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a score qualifies for a programme, with the figures that say why.

    ``exact_distance`` = threshold - score, in points (negative: over). ``distance`` shows it with 7
    decimals, rounded away from zero: it is 0 only exactly at the threshold, which is eligible.
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
class Candidates:
    """Some households to consider for a list, as columns of one length.

    ``household_code``: S11. The exact score is a + b/divisor, in units; ``points`` is the score as
    shown, in 10^-7. ``is_scored`` is False for a score in quarantine. ``versions`` names the formulas
    in use among all candidates; ``version`` is each one's index in it.
    """

    household_code: NDArray[np.bytes_]
    score_number: NDArray[np.int64]
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    divisor: NDArray[np.int64]
    points: NDArray[np.int64]
    is_scored: NDArray[np.bool_]
    version: NDArray[np.int64]
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A list as published, or as it failed. ``entered``/``left``: households against the list before."""

    id: str
    programme: str
    number: int
    state: ListState
    threshold: Decimal
    threshold_version: str
    formula_versions: tuple[str, ...]
    considered: int
    quarantined: int
    count: int
    entered: int
    left: int
    checksum: str
    reason: str
    started_at: dt.datetime
    published_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class RankedHousehold:
    """One frozen row of a list."""

    rank: int
    household_code: str
    score: Decimal
    score_number: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some rows of a list. ``next_after``: the key to ask the next page with; None on the last."""

    rows: tuple[RankedHousehold, ...]
    next_after: int | None
