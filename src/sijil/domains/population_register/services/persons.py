"""Persons: one number each, their states, and the first version of their identity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F

from sijil.domains.population_register import errors, models
from sijil.domains.population_register.sealed import (
    idcs_index,
    open_idcs,
    open_identity,
    seal_idcs,
    seal_identity,
)
from sijil.domains.population_register.states import PERSON, PersonState
from sijil.domains.population_register.types import Identity, Registered, Standing
from sijil.kernel import law, tally
from sijil.kernel.actors import Actor
from sijil.kernel.casework import REASON_NEEDED, ROLE_REFUSED, Delay, Role
from sijil.kernel.casework.acts import FILES_LOADED
from sijil.kernel.casework.files import Files, staff_roles
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey, draw_idcs, draw_person_key
from sijil.kernel.together import prepared

FIRST = "registered"
"""The reason of the first version of an identity."""
_PERSON = (
    "id, key, idcs_index, sealed_idcs, sex, birth_year, commune_code, current_id, opened_at, state,"
    " clock, clock_days, counted_in, escalated"
)
_VERSION = (
    "id, person_id, version, valid_from, recorded_at, reason, actor_kind, actor_id, sealed, sealed_paper"
)
INSERT_PERSON = f"""
WITH made AS (
    INSERT INTO population_register_person ({_PERSON})
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'active', '', 0, '', 0)
    ON CONFLICT DO NOTHING RETURNING id, key
), kept AS (
    INSERT INTO population_register_identity ({_VERSION})
    SELECT id, id, 1, %s, %s, %s, %s, %s, %s, '' FROM made
) SELECT key FROM made
"""  # noqa: S608  (names of our own columns)
_DRAWS = 50


def _roles(row: models.Person, actor: Actor) -> set[Role]:
    return staff_roles(actor, place=row.commune_code) | second(actor, "")


def second(actor: Actor, first: str) -> set[Role]:
    """Return the role of an adjudicator other than who was first."""
    return {Role.SECOND_OFFICER} if "adjudicator" in actor.roles and actor.id != first else set()


def delay_of(name: str, day: dt.date) -> Delay:
    """Return a delay of this register on a day."""
    return law.delay(f"population_register.{name}", day)


PERSONS = Files(
    PERSON,
    models.Person,
    models.PersonStep,
    "person",
    errors.UNKNOWN_PERSON,
    roles=_roles,
    delay=delay_of,
    subject=lambda row: row.key,
    key="key",
    facts=lambda row: {"identity": str(row.current_id)},
)


def issue(person_id: UUID, identity: Identity, *, actor: Actor, now: dt.datetime) -> Registered:
    """Insert the person under a key and a number that nobody has. Inside the caller's transaction.

    The unique index decides: two concurrent registrations that drew the same number cannot both keep it.
    The first version of the identity has the id of the person.
    """
    who = (FIRST, actor.kind.value, actor.id)
    kept = (legal_day(now), now, *who, seal_identity("identity", person_id, identity))
    with connection.cursor() as cursor, prepared(cursor.cursor):
        for _ in range(_DRAWS):
            idcs = draw_idcs()
            known_by = (draw_person_key(), idcs_index(idcs), seal_idcs(person_id, idcs))
            place = (identity.sex, identity.birth.year, identity.commune_code)
            cursor.execute(INSERT_PERSON, (person_id, *known_by, *place, person_id, now, *kept))
            if found := cursor.fetchone():
                return Registered(PersonKey(str(found[0])), idcs, identity.birth, identity.sex)
    raise Refused(errors.NO_FREE_NUMBER)


def registered(person_id: UUID) -> Registered:
    """Return the number of the person of this id, with what the verification service compares."""
    row = models.Person.objects.select_related("current").get(id=person_id)
    identity = open_identity("identity", row.current.id, row.current.sealed)
    return Registered(row.key, open_idcs(row.id, row.sealed_idcs), identity.birth, identity.sex)


def lock_person(*, person: PersonKey) -> Standing | None:
    """Have a person alone until the end of the transaction; return how they stand, None if nobody is."""
    row = models.Person.objects.select_for_update().filter(key=person).first()
    if row is None:
        return None
    last = row.steps.exclude(from_state=F("to_state")).last()
    before, reason = (last.from_state, last.reason) if last else ("", "")
    return Standing(PersonState(row.state), row.birth_year, before, reason)


def hold_persons(*, persons: Iterable[PersonKey]) -> None:
    """Let nobody change these persons until the end of the transaction; others may hold them too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM population_register_person WHERE key = ANY(%s) ORDER BY key FOR SHARE",
            [[int(person) for person in persons]],
        )


def require_keeper(*, person: PersonKey, actor: Actor) -> None:
    """Refuse whoever is no officer of the person's area: before they are read.

    Raises: Refused(UNKNOWN_PERSON, kernel.role_refused).
    """
    row = models.Person.objects.filter(key=person).first()
    if row is None:
        raise Refused(errors.UNKNOWN_PERSON)
    if Role.OFFICER not in _roles(row, actor):
        raise Refused(ROLE_REFUSED)


def change_person_state(
    *, person: PersonKey, action: str, reason: str, actor: Actor, now: dt.datetime
) -> str:
    """Suspend, reactivate or close a person by the table ``PERSON``; return the new state.

    ``reason``: a sentence without identity. Raises: Refused(UNKNOWN_PERSON, kernel.reason_needed), as the
    table says.
    """
    if not reason.strip():
        raise Refused(REASON_NEEDED, field="reason")
    return PERSONS.move(person, action, actor=actor, now=now, reason=reason).state


def copy_persons(
    cursor: Any,
    rows: Iterable[tuple[UUID, PersonKey, str, Identity]],
    *,
    actor: Actor,
    now: dt.datetime,
) -> int:
    """Load many persons ``(id, key, idcs, identity)`` by COPY on an open cursor; return how many.

    For data that was already deduplicated (a migration, the demo country); the unique index still holds.
    """
    loaded = list(rows)
    with cursor.copy(f"COPY population_register_person ({_PERSON}) FROM STDIN") as copy:
        for id_, key, idcs, identity in loaded:
            number = ("\\x" + idcs_index(idcs).hex(), "\\x" + seal_idcs(id_, idcs).hex())
            place = (identity.sex.value, identity.birth.year, identity.commune_code)
            copy.write_row((id_, key, *number, *place, id_, now, "active", "", 0, "", 0))
    day, who = legal_day(now), (FIRST, actor.kind.value, actor.id)
    with cursor.copy(f"COPY population_register_identity ({_VERSION}) FROM STDIN") as copy:
        for id_, _, _, identity in loaded:
            sealed = "\\x" + seal_identity("identity", id_, identity).hex()
            copy.write_row((id_, id_, 1, day, now, *who, sealed, ""))
    ids = (str(id_).encode() for id_, *_ in loaded)
    tally.record(FILES_LOADED, PERSON.name, ids, actor=actor, now=now)
    return len(loaded)
