"""Answers being typed, kept right or wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey

Raw = str | list[str]
"""What a person typed: one text, or up to three (monthly bills)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to correct before sending: which field, of which member if any, and the refusal."""

    refusal: Refused
    field: str
    member: PersonKey | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One typed answer of a draft."""

    raw: Raw
    saved_at: dt.datetime


@dataclass(frozen=True, slots=True)
class DraftMember:
    """A member of a draft: what was typed about them. ``place``: by which pages and callers name them."""

    place: int
    person: PersonKey
    sex: str
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class RegistrationDraft:
    """A registration being filled in. ``version`` grows with each change, whoever made it.

    ``milieu_by``: asked, census or kind; empty while the household has not said its ``area``, and then
    ``milieu`` is provisional.
    """

    id: UUID
    number: str
    declarant: PersonKey
    state: str
    commune_code: str
    region_code: str
    milieu: str
    milieu_by: str
    area: str
    form_version: str
    started_at: dt.datetime
    updated_at: dt.datetime
    answers: Mapping[str, Answer]
    members: tuple[DraftMember, ...]
    version: int

    def member_at(self, place: int) -> DraftMember | None:
        """Return the member of a place, if there is one."""
        return next((member for member in self.members if member.place == place), None)

    def place_of(self, person: PersonKey | None) -> int:
        """Return the place of a member, 0 if there is none."""
        return next((member.place for member in self.members if member.person == person), 0)


@dataclass(frozen=True, slots=True)
class Saved:
    """The result of saving one answer: kept in any case unless ``kept_other``.

    ``error``: what is wrong with it. ``kept_other``: another device answered after this page was
    shown; that newer answer stands, in ``raw``.
    """

    field: str
    raw: Raw
    saved_at: dt.datetime
    error: Refused | None = None
    kept_other: bool = False
