"""Frozen values that cross the border of the domain."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from sijil.kernel.errors import Refused
from sijil.kernel.law import Doubt, Pin
from sijil.kernel.texts import choose

SCALE = 10**9
"""Units in one score point: coefficients have at most 7 decimals, money is in centimes."""
NOT_ASKED = -1
"""Stored for an input that the milieu does not ask."""
URBAN, RURAL = 1, 2


class ScoreState(StrEnum):
    SCORED = "scored"
    QUARANTINED = "quarantined"  # outside the valid range: kept and shown, neither eligible nor ineligible


class Trigger(StrEnum):
    """What made the score be computed."""

    REGISTERED = "registered"
    UPDATED = "updated"
    REVIEWED = "reviewed"
    RESCORED = "rescored"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Label:
    """A short text in the languages of the product."""

    ar: str
    fr: str
    en: str
    zgh: str = ""

    def text(self, language: str) -> str:
        return choose({"ar": self.ar, "fr": self.fr, "en": self.en, "zgh": self.zgh}, language)


@dataclass(frozen=True, slots=True)
class Input:
    """One answer of the vector. ``bounds``: milieu -> (least, most); a milieu without does not ask it."""

    id: str
    position: int
    source: str  # place | household | members
    kind: str  # flag | count | code | money
    unit: str
    bounds: Mapping[int, tuple[int, int]]
    at_most: str
    codes: Mapping[int, str]
    code_labels: Mapping[int, Label]
    label: Label


@dataclass(frozen=True, slots=True)
class Condition:
    """When a flag counts. ``per``: compare input / per, without dividing."""

    input: str
    among: tuple[int, ...] = ()
    at_least: int | None = None
    per: str = ""
    above: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """One part of a money term: ``input`` times ``price`` (1 for money already in centimes)."""

    input: str
    price: int


@dataclass(frozen=True, slots=True)
class Term:
    """One line of an annex. ``weight``: the coefficient in units (SCALE) per unit of its value."""

    n: int
    id: str
    group: str
    form: str  # constant | flag | count | square | share | money
    coefficient: Decimal
    weight: int
    label: Label
    when: Condition | None = None
    input: str = ""
    amounts: tuple[Amount, ...] = ()

    @property
    def is_divided(self) -> bool:
        """True for the terms of B: shares and spending per member."""
        return self.form in ("share", "money")


@dataclass(frozen=True, slots=True)
class Annex:
    """The formula of one milieu: two constants and the terms, in the order of their contributions."""

    milieu: int
    regions: tuple[int, ...]  # units, region 1 first
    terms: tuple[Term, ...]  # terms[0] is the milieu's constant, terms[1] the region's


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula, pinned: coefficients, prices, inputs. ``version`` names them, ``pins`` each digest."""

    version: str
    starts_on: dt.date
    source: str
    inputs: tuple[Input, ...]
    inputs_version: str
    annexes: Mapping[int, Annex]
    groups: Mapping[str, Label]
    lowest: int  # units; a score below is quarantined
    highest: int
    share_denominator: str
    prices: Mapping[str, int] = field(default_factory=dict)  # centimes per bottle
    doubts: tuple[Doubt, ...] = ()
    pins: tuple[Pin, ...] = ()
    legal_basis: Label | None = None  # the source in the languages of people, where the law has it

    def input(self, name: str) -> Input:
        return next(i for i in self.inputs if i.id == name)


@dataclass(frozen=True, slots=True)
class Score:
    """score = a/SCALE + b/(SCALE x divisor) points, exactly.

    ``parts``: one whole number per term of the annex, in units; those of divided terms are to be
    divided by ``divisor``. ``milieu`` tells which annex.
    """

    formula_version: str
    milieu: int
    a: int
    b: int
    divisor: int
    parts: tuple[int, ...]
    state: ScoreState
    points: Decimal  # rounded half-even to 7 decimals

    @property
    def exact(self) -> Fraction:
        return Fraction(self.a * self.divisor + self.b, SCALE * self.divisor)


@dataclass(frozen=True, slots=True)
class DueMember:
    """A member who kept the age class of the declaration, for want of answers that fell due by age.

    ``member``: their place in the declaration, from 0; ``fields``: the questions.
    """

    member: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoringLaw:
    """All law of a score on a day, but the form: formula, prices, inputs, readings."""

    on: dt.date
    formula: Formula
    ages_on: str  # declaration | scoring | year
    pins: tuple[Pin, ...]


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """A stored score. ``number`` counts the household's scores from 1.

    ``pins``: the law that made it; ``declaration``: what it was made of, if it was a declaration;
    ``due``: members for whom an answer fell due and is missing. ``confirmed``: the score that an officer
    confirmed, by which this one counts although it is out of range; 0: none.
    """

    household_code: str
    number: int
    formula_version: str
    state: ScoreState
    points: Decimal
    a: int
    b: int
    divisor: int
    size: int
    milieu: int
    region: int
    trigger: str
    computed_at: dt.datetime
    inputs: Mapping[str, int] = field(default_factory=dict)
    parts: tuple[int, ...] = ()
    pins: tuple[Pin, ...] = ()
    declaration: UUID | None = None
    due: tuple[DueMember, ...] = ()
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class RecordedScores:
    """Scores as columns of one length: recorded just now, or the last ones of some households.

    ``household_code``: S11, each once. ``is_scored`` is False in quarantine. ``version``: the index of each
    score's formula in ``versions``.
    """

    household_code: NDArray[np.bytes_]
    number: NDArray[np.int64]
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    divisor: NDArray[np.int64]
    is_scored: NDArray[np.bool_]
    version: NDArray[np.int64]
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermShare:
    """What one term adds to a score. ``shown`` of all terms of a group add up to the group's ``shown``."""

    id: str
    n: int
    label: str
    form: str
    coefficient: Decimal
    answers: Mapping[str, int]
    exact: Fraction
    shown: Decimal
    change: Decimal | None = None  # against the previous score; None without one


@dataclass(frozen=True, slots=True)
class GroupShare:
    """What a group of terms adds. ``shown`` of all groups add up to the score as shown."""

    id: str
    label: str
    exact: Fraction
    shown: Decimal
    terms: tuple[TermShare, ...]
    change: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score taken apart; ``previous`` is the score it is compared with, if there is one."""

    score: ScoreResult
    shown: Decimal
    groups: tuple[GroupShare, ...]
    previous: ScoreResult | None = None
    change: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LineRefused:
    """One household of a bulk that could not be scored; ``refusal`` has all facts, in the run itself only."""

    household_code: str
    code: str
    field: str
    sentence: str = ""
    refusal: Refused | None = dataclasses.field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class BulkResult:
    """taken = scored + quarantined + kept + len(refused). ``kept``: the same as before, not written anew."""

    taken: int
    scored: int
    quarantined: int
    refused: tuple[LineRefused, ...]
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rescoring is. ``taken == scored + quarantined + kept + refused`` at every moment.

    ``pins``, ``day``: whose law and ages. ``kept``: what would be scored as it is: nothing is written.
    """

    id: str
    formula_version: str
    pins: tuple[Pin, ...]
    day: dt.date
    state: str
    total: int
    taken: int
    scored: int
    quarantined: int
    kept: int
    refused: int
    started_at: dt.datetime
    finished_at: dt.datetime | None
