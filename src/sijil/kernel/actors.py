"""Who acts. Every use case and every audited read is given an actor; none is anonymous by accident."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sijil.kernel.ids import PersonKey

COUNTRY = "country"
"""The area of staff who work for the whole country; it is named, never left out."""


class ActorKind(StrEnum):
    PUBLIC = "public"  # somebody on the portal, not signed in
    CITIZEN = "citizen"  # a person, known by their key
    DELEGATE = "delegate"  # a person who acts for another one
    OFFICER = "officer"  # staff of a centre or of the administration
    PARTNER = "partner"  # an administration or a company, by its client
    SYSTEM = "system"  # a worker, a command


@dataclass(frozen=True, slots=True)
class Actor:
    """``id``: key of a person, staff login, partner code or process name. ``label``: as shown.

    ``centre``, ``area``, ``roles``: of an officer only. ``area``, ``country`` or a code of the geography,
    covers every place below it; empty, it covers none. ``acts_for``: the person for whom a delegate acts.
    Raises: ValueError when a field does not belong to the kind.
    """

    kind: ActorKind
    id: str
    label: str = ""
    centre: str = ""
    area: str = ""
    roles: frozenset[str] = frozenset()
    acts_for: str = ""

    def __post_init__(self) -> None:
        if (self.centre or self.area or self.roles) and self.kind is not ActorKind.OFFICER:
            raise ValueError(f"{self}: only an officer has a centre, an area or roles")
        if bool(self.acts_for) is not (self.kind is ActorKind.DELEGATE):
            raise ValueError(f"{self}: a delegate, and nobody else, acts for a person")

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def person(self) -> PersonKey:
        """The person who acts: a citizen, or a delegate. Raises: ValueError for anybody else."""
        if self.kind not in (ActorKind.CITIZEN, ActorKind.DELEGATE):
            raise ValueError(f"{self.kind}: no person")
        return PersonKey(self.id)

    def covers(self, place: str) -> bool:
        """Tell whether a place (code of the geography) lies in the officer's area; no place lies in each."""
        if not place or self.area == COUNTRY:
            return True
        return bool(self.area) and (place == self.area or place.startswith(f"{self.area}."))


def system(name: str) -> Actor:
    """Return the actor of a process of ours, for example ``system("matcher")``."""
    return Actor(ActorKind.SYSTEM, name, name)


def citizen(person: PersonKey) -> Actor:
    """Return a person who acts in the own name."""
    return Actor(ActorKind.CITIZEN, person)


def officer(login: str, *, centre: str = "", area: str = "", roles: Iterable[str] = ()) -> Actor:
    """Return a member of staff with centre, area and roles (codes of the accounts)."""
    return Actor(ActorKind.OFFICER, login, login, centre, area, frozenset(roles))


def partner(code: str, name: str = "") -> Actor:
    """Return an administration or a company."""
    return Actor(ActorKind.PARTNER, code, name)


def delegate(person: PersonKey, *, acts_for: PersonKey) -> Actor:
    """Return a person who acts for another one."""
    return Actor(ActorKind.DELEGATE, person, acts_for=acts_for)


PUBLIC = Actor(ActorKind.PUBLIC, "portal")
