"""Reads that open identities for somebody: each takes the act, writes the entries, then answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, IntegerField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from sijil.domains.population_register import errors, models
from sijil.domains.population_register.queries.records import (
    current_identity,
    record_values,
    request_identity,
    request_row,
    steps_of,
    still_waiting,
)
from sijil.domains.population_register.rules import is_compared
from sijil.domains.population_register.sealed import open_idcs, open_identity
from sijil.domains.population_register.types import KnownFile, Person, Request
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.acts import Act
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey, is_number
from sijil.kernel.together import Asked, Rows, is_one_of


def find_person(key: PersonKey, *, act: Act, actor: Actor, now: dt.datetime) -> Person | None:
    """Return the person, or None."""
    return list_persons([key], act=act, actor=actor, now=now).get(key)


def get_person(key: PersonKey, *, act: Act, actor: Actor, now: dt.datetime) -> Person:
    """Return the person. Raises: Refused(UNKNOWN_PERSON)."""
    found = find_person(key, act=act, actor=actor, now=now)
    if found is None:
        raise Refused(errors.UNKNOWN_PERSON, field="idcs")
    return found


def list_persons(
    keys: Iterable[PersonKey], *, act: Act, actor: Actor, now: dt.datetime, own: Collection[PersonKey] = ()
) -> dict[PersonKey, Person]:
    """Return {key: person} of those that exist. ``own``: the reader's own confirmed household: no entry."""
    return asked_persons(keys, act=act, actor=actor, now=now, own=own).value


def asked_persons(
    keys: Iterable[PersonKey], *, act: Act, actor: Actor, now: dt.datetime, own: Collection[PersonKey] = ()
) -> Asked[dict[PersonKey, Person]]:
    """The same, with other reads; the entries are written before the value is opened."""

    def read(rows: list[models.Person]) -> dict[PersonKey, Person]:
        _show([row.key for row in rows if row.key not in own], act, actor, now)
        return {row.key: _person(row) for row in rows}

    return Asked(read, _BY_KEY.of([int(key) for key in keys]))


def get_request(number: str, *, act: Act, actor: Actor, now: dt.datetime) -> Request:
    """Return a request with its identity. Raises: Refused(UNKNOWN_NUMBER)."""
    [found] = _requests([request_row(number)], act, actor, now)
    return found


def list_requests(ids: Iterable[UUID], *, act: Act, actor: Actor, now: dt.datetime) -> dict[UUID, Request]:
    """Return {id: request} of those that exist."""
    rows = _rows().filter(id__in=list(ids))
    return {found.id: found for found in _requests(rows, act, actor, now)}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page of the line. ``next_after``: the number after which the next page begins; "" at the end."""

    files: tuple[Request, ...]
    next_after: str


def list_waiting(
    centre_code: str,
    *,
    act: Act,
    actor: Actor,
    now: dt.datetime,
    first: Sequence[str] = (),
    after: str = "",
    limit: int = 50,
) -> Waiting:
    """Return the files of a centre that an officer has still to treat: the oldest first.

    ``first``: numbers that go before, in their order, where they are of these files.
    ``after``: the number of the last file of the page before; the line's start where it is not known.
    """
    line = _rows().annotate(place=_place_in(first))
    last = line.filter(centre_code=centre_code, number=after).values_list("place", "opened_at", "id")
    start = last.first() if is_number(after) else None
    behind = line.filter(still_waiting(centre_code), _behind(start) if start else Q())
    rows = list(behind.order_by("place", "opened_at", "id")[: limit + 1])
    next_after = rows[limit - 1].number if len(rows) > limit else ""
    return Waiting(tuple(_requests(rows[:limit], act, actor, now)), next_after)


def _place_in(numbers: Sequence[str]) -> Coalesce:
    """Return the place of a row among numbers; behind them all where it is not one."""
    listed = Value(list(numbers), ArrayField(TextField()))
    place = Func(listed, Cast("number", TextField()), function="array_position", output_field=IntegerField())
    return Coalesce(place, len(numbers) + 1)


def _behind(start: tuple[int, dt.datetime, UUID]) -> Q:
    place, opened_at, key = start
    later = Q(opened_at__gt=opened_at) | Q(opened_at=opened_at, id__gt=key)
    return Q(place__gt=place) | Q(place=place) & later


def list_files(refs: Iterable[UUID], *, act: Act, actor: Actor, now: dt.datetime) -> dict[UUID, KnownFile]:
    """Return {id: file} of the persons and requests of these ids; a person as registered."""
    wanted = list(refs)
    persons = {row.id: row for row in _persons().filter(id__in=wanted)}
    requests = {row.id: row for row in models.EnrolmentRequest.objects.filter(id__in=wanted)}
    found = {ref: _file(ref, persons.get(ref), requests.get(ref)) for ref in persons.keys() | requests.keys()}
    _show([file.subject for file in found.values()], act, actor, now)
    return found


def _file(ref: UUID, person: models.Person | None, request: models.EnrolmentRequest | None) -> KnownFile:
    number = request.number if request else ""
    if person is not None:
        idcs = open_idcs(ref, person.sealed_idcs)
        return KnownFile(ref, person.key, number, idcs, current_identity(person))
    assert request is not None
    return KnownFile(ref, number, number, "", open_identity("request", ref, request.sealed))


def _rows() -> QuerySet[models.EnrolmentRequest]:
    return models.EnrolmentRequest.objects.select_related("person__current").prefetch_related("steps")


def _persons() -> QuerySet[models.Person]:
    return models.Person.objects.select_related("current")


_BY_KEY = Rows(lambda keys: _persons().filter(is_one_of("key", keys, "bigint")))


def _requests(
    rows: Iterable[models.EnrolmentRequest], act: Act, actor: Actor, now: dt.datetime
) -> list[Request]:
    found = list(rows)
    _show([row.person.key if row.person else row.number for row in found], act, actor, now)
    return [_request(row) for row in found]


def _show(subjects: Sequence[str], act: Act, actor: Actor, now: dt.datetime) -> None:
    """Write the entries before anything is opened."""
    acts.shown(act, actor=actor, subjects=subjects, now=now)


def _request(row: models.EnrolmentRequest) -> Request:
    steps = steps_of(row)
    return Request(
        **record_values(row),
        idcs=open_idcs(row.id, row.person.sealed_idcs) if row.person else None,
        identity=request_identity(row),
        steps=steps,
        is_compared=is_compared([step.action for step in steps]),
    )


def _person(row: models.Person) -> Person:
    idcs, identity = open_idcs(row.id, row.sealed_idcs), current_identity(row)
    return Person(row.id, row.key, idcs, row.state, identity, row.opened_at)
