"""Households and their files, as they are shown and tracked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sijil.kernel.ids import PersonKey


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """A person's present stay in a household."""

    person: PersonKey
    relation: str
    sex: str
    joined_on: dt.date


@dataclass(frozen=True, slots=True)
class HouseholdView:
    """A household and its present members, the head first."""

    code: str
    state: str
    commune_code: str
    region_code: str
    milieu: str
    milieu_by: str
    head: PersonKey
    declarant: PersonKey
    declared_at: dt.datetime
    members: tuple[HouseholdMember, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One past step of a registration."""

    action: str
    to_state: str
    at: dt.datetime
    actor_kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class RegistrationView:
    """A registration as tracked: no identity. ``household_code`` is empty before it is sent.

    ``language``: of its notices. ``answer_due_on``: while the legal delay runs.
    """

    id: UUID
    number: str
    declarant: PersonKey
    state: str
    household_code: str
    language: str
    started_at: dt.datetime
    submitted_at: dt.datetime | None
    answer_due_on: dt.date | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom the notices of a registration go to, and in which language."""

    number: str
    declarant: PersonKey
    language: str
    household_code: str


@dataclass(frozen=True, slots=True)
class ScoreInReview:
    """A score set aside, as the list of those to check shows it: nobody is named.

    ``number``: of the registration; of a household that is registered already (``is_registered``) its code.
    """

    id: UUID
    number: str
    household_code: str
    commune_code: str
    milieu: str
    reason: str
    since: dt.datetime
    due_on: dt.date
    is_registered: bool

    @property
    def place(self) -> str:
        """Where it stands in the list, to go on after it."""
        return f"{self.due_on}.{self.number}"
