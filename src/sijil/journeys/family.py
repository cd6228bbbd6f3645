"""A family in the register: who is whose child, for the person and for the officer of a file.

read_mine      the person: their parents and guardian, their children, what waits for them
read_parents   an officer of the centre: who is named as parent or guardian of a file
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.acts import FAMILY_READ
from sijil.domains.population_register.types import Filiation, Person, RequestRecord
from sijil.kernel.actors import Actor
from sijil.kernel.ids import PersonKey


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody of a family. ``person``: once registered; ``request``: the file of a child that waits."""

    filiation: Filiation
    person: Person | None
    request: RequestRecord | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """``parents``: mother, father and guardian; ``children``: and whom the person represents."""

    parents: tuple[Relative, ...]
    children: tuple[Relative, ...]


def read_mine(*, actor: Actor, now: dt.datetime) -> Family:
    """Return the family of the signed-in person; an entry for each whose name is shown."""
    key = actor.person
    own = queries.get_record(key)
    parents = queries.list_parents(own.id)
    children = [one for one in queries.list_children(key) if _is_open(one)]
    records = {one.child: queries.find_record_by_id(one.child) for one in children}
    keys = [record.key for record in records.values() if record is not None]
    people = _people([*(one.person for one in parents), *keys], actor, now)
    return Family(
        tuple(Relative(one, people.get(one.person)) for one in parents),
        tuple(
            Relative(one, people.get(record.key) if (record := records[one.child]) else None, _waiting(one))
            for one in children
        ),
    )


def read_parents(number: str, *, actor: Actor, now: dt.datetime) -> list[Relative]:
    """Return who is kept as parent or guardian of a file, to an officer of its centre; an entry for each.

    Raises: Refused(UNKNOWN_NUMBER, kernel.role_refused).
    """
    register.require_officer(number=number, actor=actor)
    found = queries.list_parents(queries.get_request_record(number).id)
    people = _people([one.person for one in found], actor, now)
    return [Relative(one, people.get(one.person)) for one in found]


def _people(keys: Iterable[PersonKey], actor: Actor, now: dt.datetime) -> dict[PersonKey, Person]:
    return queries.list_persons(set(keys), act=FAMILY_READ, actor=actor, now=now)


def _waiting(one: Filiation) -> RequestRecord | None:
    record = queries.find_request_record(one.child)
    return record if record is not None and record.person is None else None


def _is_open(one: Filiation) -> bool:
    """Leave out the file of a child that was refused or taken back."""
    record = queries.find_request_record(one.child)
    return record is None or record.state not in ("rejected", "withdrawn")
