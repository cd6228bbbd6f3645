"""What households declared, and what they are asked since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sijil.kernel import law
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import PersonKey

Value = int | str | tuple[int, ...]
"""A parsed answer: flag 0/1, whole number, option code, or the monthly bills in centimes."""


@dataclass(frozen=True, slots=True)
class DeclaredMember:
    """A member as the rules see them: no name, the age in whole years on the day that counts."""

    person: PersonKey
    sex: str
    age: int
    answers: Mapping[str, Value]

    def get(self, name: str) -> Value:
        return self.answers.get(name, "")

    @property
    def relation(self) -> str:
        return str(self.get("relation"))


@dataclass(frozen=True, slots=True)
class FrozenDeclaration:
    """What a household declared on a day; ``sha256`` is over the canonical JSON of the rest."""

    id: UUID
    household_code: str
    form_version: str
    form_digest: str
    declared_on: dt.date
    milieu: str
    milieu_by: str
    answers: Mapping[str, Value]
    members: tuple[DeclaredMember, ...]
    sha256: str

    @property
    def pins(self) -> tuple[law.Pin, ...]:
        """The version of the form that was filled in."""
        return (law.Pin("social_register.household_form", self.form_version, self.form_digest),)


HOUSEHOLD = -1
"""In the place of a member: the question is one of the household."""


@dataclass(frozen=True, slots=True)
class Due:
    """Questions that a declaration does not answer: by age they fell due, or a newer form asks them.

    ``member``: their place among the declaration's members, from 0; HOUSEHOLD, and no ``person``: of the
    household itself.
    """

    member: int
    person: PersonKey | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Completion:
    """An open request to complete a household's declaration. ``due_on``: the last day of its delay.

    ``needed_by``: the formula that cannot score the household without the answers; empty while one can.
    """

    id: UUID
    household_code: str
    opened_at: dt.datetime
    due_on: dt.date
    due: tuple[Due, ...]
    version: int
    needed_by: str = ""


@dataclass(frozen=True, slots=True)
class LoadedHousehold:
    """A household ready to be written by :func:`load_households`. ``code``: 11 digits.

    ``milieu_by``: asked, census or kind. ``births``: of every member.
    """

    code: str
    commune_code: str
    region_code: str
    milieu: str
    milieu_by: str
    answers: Mapping[str, Value]
    members: tuple[DeclaredMember, ...]
    births: Mapping[PersonKey, PartialDate]
