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
from sijil.domains.population_register.states import RequestState
from sijil.domains.population_register.types import Filiation, Person
from sijil.kernel.actors import Actor
from sijil.kernel.ids import PersonKey

ENDED = (RequestState.REJECTED, RequestState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody of a family. ``person``: once registered; ``follow``: the number of what waits for a child:
    its file, or the irises that are due (``is_due``).
    """

    filiation: Filiation
    person: Person | None
    follow: str = ""
    is_due: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """``parents``: mother, father and guardian; ``children``: and whom the person represents."""

    parents: tuple[Relative, ...]
    children: tuple[Relative, ...]


def read_mine(*, actor: Actor, now: dt.datetime) -> Family:
    """Return the family of the signed-in person; an entry for each whose name is shown."""
    own = queries.get_record(actor.person)
    parents = queries.list_parents(own.id)
    children = queries.list_children(own.key)
    records = {one.child: queries.find_record_by_id(one.child) for one in children}
    keys = [record.key for record in records.values() if record is not None]
    people = _people([*(one.person for one in parents), *keys], actor, now)
    due = queries.list_re_enrolments_of(keys)
    known = {
        r.id: (people.get(r.key), due[r.key].number if r.key in due else "") for r in records.values() if r
    }
    return Family(
        tuple(Relative(one, people.get(one.person)) for one in parents),
        tuple(filter(None, (_child(one, *known.get(one.child, (None, ""))) for one in children))),
    )


def _child(one: Filiation, person: Person | None, due: str) -> Relative | None:
    """Return a child; nothing for one whose file was refused or taken back."""
    if person is not None:
        return Relative(one, person, due, is_due=bool(due))
    record = queries.find_request_record(one.child)
    is_open = record is not None and record.state not in ENDED
    return Relative(one, None, record.number) if record is not None and is_open else None


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
