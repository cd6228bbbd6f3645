"""What the household journey hands over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sijil.domains.geography.types import AreaQuestion, Place
from sijil.domains.population_register.types import Person
from sijil.domains.programmes.types import Decision, Programme
from sijil.domains.scoring.types import Explanation, ScoreResult
from sijil.domains.social_register.rules import Who
from sijil.domains.social_register.types import (
    Answer,
    Completion,
    Form,
    FormField,
    FrozenDeclaration,
    HouseholdView,
    RegistrationDraft,
    RegistrationView,
    ScoreInReview,
    Step,
)
from sijil.kernel.actors import system
from sijil.kernel.ids import PersonKey

SCORER = system("scorer")


@dataclass(frozen=True, slots=True)
class File:
    """A draft with the persons it is about (in memory only), the form it is filled in by, the legal day."""

    draft: RegistrationDraft
    people: Mapping[PersonKey, Person]
    ages: Mapping[PersonKey, int]
    form: Form
    on: dt.date


@dataclass(frozen=True, slots=True)
class PlaceQuestion:
    """What a household is asked about its place, with the urban centres of its commune."""

    kind: AreaQuestion
    centres: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class CompletionFile:
    """What is asked of a household, by age or by a newer form.

    ``declaration``: the last one, as ``form`` reads it, by which it is completed. ``fields``: by member
    (None: the household, first), the open questions, ``typed``: the answers so far; ``ages``: on the day, and
    the one that counts; ``may_answer``: whether the reader is who answers (who declared, or the head).
    """

    request: Completion
    declaration: FrozenDeclaration
    people: Mapping[PersonKey, Person]
    ages: Mapping[PersonKey, tuple[int, int]]
    form: Form
    fields: Mapping[Who, tuple[FormField, ...]]
    typed: Mapping[Who, Mapping[str, Answer]]
    may_answer: bool
    reader: PersonKey


@dataclass(frozen=True, slots=True)
class MyFile:
    """What a signed-in person finds in their own space; each part may be absent.

    ``form``: the one by which the household was declared. ``check``: what the score waits for while it is set
    aside. ``refusal``: why an officer closed the last household of somebody who has none now.
    """

    person: Person
    draft: RegistrationDraft | None
    registration: RegistrationView | None
    household: HouseholdView | None
    people: Mapping[PersonKey, Person]
    ages: Mapping[PersonKey, int]
    form: Form | None
    score: ScoreResult | None
    check: ScoreInReview | None = None
    refusal: Step | None = None
    eligibilities: tuple[Eligibility, ...] = ()
    completion: Completion | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What stands decided for one programme: as the programme was on the day of the decision."""

    programme: Programme
    decision: Decision
    day: dt.date


@dataclass(frozen=True, slots=True)
class ScorePage:
    """A score and everything that explains it. ``check``: what it waits for while it is set aside."""

    household: HouseholdView
    declaration: FrozenDeclaration
    explanation: Explanation
    eligibilities: tuple[Eligibility, ...]
    check: ScoreInReview | None
    region: Place | None
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """An earlier score of which a paper was printed."""

    number: int
    computed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """The result of sending: the number to keep, and what is already decided."""

    registration: RegistrationView
    household: HouseholdView
    score: ScoreResult | None
    eligibilities: tuple[Eligibility, ...]


@dataclass(frozen=True, slots=True)
class ToReview:
    """A score set aside, with its points and the range that the formula calls valid."""

    file: ScoreInReview
    points: Decimal
    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True, slots=True)
class Waiting:
    """Some of what waits for a check, of ``total``; ``following``: the place to go on after, or ""."""

    lines: tuple[ToReview, ...]
    following: str
    total: int


@dataclass(frozen=True, slots=True)
class Review:
    """A score set aside, opened by the officer who checks it: answers, figures, no identity."""

    line: ToReview
    explanation: Explanation
    declaration: FrozenDeclaration
