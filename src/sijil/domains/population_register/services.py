"""Writes of the population register. Files move by the kernel's mover; drafts and numbers are kept here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from sijil.domains.population_register import errors, models
from sijil.domains.population_register.rules import (
    check_identity,
    differences,
    is_compared,
    read_identity,
    with_corrections,
)
from sijil.domains.population_register.sealed import (
    blind_index,
    idcs_index,
    open_draft,
    open_idcs,
    open_identity,
    seal_draft,
    seal_idcs,
    seal_identity,
)
from sijil.domains.population_register.states import PERSON, REQUEST, SIMILAR, PersonState
from sijil.domains.population_register.types import Channel, Identity, Registered, Standing
from sijil.kernel import clean, law
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.casework import REASON_NEEDED, ROLE_REFUSED, Delay, Role
from sijil.kernel.casework.files import Files, staff_roles
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey, draw_idcs, draw_number, draw_person_key, new_key

INSERT_PERSON = """
INSERT INTO population_register_person
    (id, key, idcs_index, sealed_idcs, sex, birth_year, commune_code, sealed, opened_at, state,
     clock, clock_days, counted_in, escalated)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'active', '', 0, '', 0)
ON CONFLICT DO NOTHING RETURNING key
"""
_DRAWS = 50


def _roles(row: models.EnrolmentRequest, actor: Actor) -> set[Role]:
    """Return what somebody is to a request.

    Whoever holds its number, not signed in or as a citizen; an officer of its centre; an adjudicator other
    than the officer who received it.
    """
    if actor.kind in (ActorKind.PUBLIC, ActorKind.CITIZEN):
        return {Role.HOLDER}
    if actor.kind is not ActorKind.OFFICER:
        return staff_roles(actor)
    mine = staff_roles(actor, centre=row.centre_code) if actor.centre else set()
    return mine | _second(actor, row.deposited_by)


def _roles_to_person(row: models.Person, actor: Actor) -> set[Role]:
    return staff_roles(actor, place=row.commune_code) | _second(actor, "")


def _second(actor: Actor, first: str) -> set[Role]:
    return {Role.SECOND_OFFICER} if "adjudicator" in actor.roles and actor.id != first else set()


def _delay(name: str, day: dt.date) -> Delay:
    return law.delay(f"population_register.{name}", day)


def _check_compared(row: models.EnrolmentRequest) -> None:
    """Nothing is received whose papers nobody compared. Raises: Refused(PAPERS_NOT_COMPARED)."""
    if not is_compared(list(row.steps.values_list("action", flat=True))):
        raise Refused(errors.PAPERS_NOT_COMPARED)


REQUESTS = Files(
    REQUEST,
    models.EnrolmentRequest,
    models.RequestStep,
    "request",
    errors.UNKNOWN_NUMBER,
    roles=_roles,
    delay=_delay,
    subject=lambda row: row.number,
    key="number",
    guards={"deposit": _check_compared},
    centre="centre_code",
)
PERSONS = Files(
    PERSON,
    models.Person,
    models.PersonStep,
    "person",
    errors.UNKNOWN_PERSON,
    roles=_roles_to_person,
    delay=_delay,
    subject=lambda row: row.key,
    key="key",
)


def start_draft(*, now: dt.datetime) -> str:
    """Begin a pre-registration; return the number it will keep."""
    number = draw_number()
    models.Draft.objects.create(number=number, sealed=seal_draft(number, {}), updated_at=now)
    return number


@transaction.atomic
def save_draft(*, number: str, values: Mapping[str, str], now: dt.datetime) -> dict[str, str]:
    """Keep what was typed on one page beside the rest; return all of it. Raises: Refused(UNKNOWN_NUMBER)."""
    row = models.Draft.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise Refused(errors.UNKNOWN_NUMBER, field="number")
    typed = open_draft(number, row.sealed) | dict(values)
    row.sealed, row.updated_at = seal_draft(number, typed), now
    row.save()
    return typed


def forget_drafts(*, before: dt.datetime) -> int:
    """Delete the drafts untouched since a moment; return how many."""
    return models.Draft.objects.filter(updated_at__lt=before).delete()[0]


@transaction.atomic
def submit_request(
    *,
    number: str = "",
    identity: Identity,
    centre_code: str,
    language: str = "",
    channel: Channel,
    actor: Actor,
    now: dt.datetime,
) -> str:
    """Keep a checked pre-registration; return its number (the draft's, if there was one).

    ``language``: of the messages, instead of what the form says.
    Raises: Refused naming the field, Refused(kernel.role_refused) for an officer of another centre.
    """
    key = new_key()
    told = identity.with_changes({"language": language or identity.language or "ar"})
    request = models.EnrolmentRequest(
        id=key,
        number=number or draw_number(),
        centre_code=centre_code,
        channel=channel,
        **_columns(key, check_identity(told, legal_day(now))),
    )
    REQUESTS.open(request, actor=actor, now=now)
    models.Draft.objects.filter(number=request.number).delete()
    return request.number


def require(*, number: str, action: str, actor: Actor) -> None:
    """Have a file alone and refuse unless ``action`` is open to the actor now: before what prepares it.

    Raises: Refused(UNKNOWN_NUMBER, kernel.transition_refused, kernel.role_refused).
    """
    REQUESTS.require(REQUESTS.lock(clean.request_number(number)), action, actor=actor)


def require_officer(*, number: str, actor: Actor) -> None:
    """Refuse whoever is no officer of the centre of a file: before it is read.

    Raises: Refused(UNKNOWN_NUMBER, kernel.role_refused).
    """
    row = models.EnrolmentRequest.objects.filter(number=clean.request_number(number)).first()
    if row is None:
        raise Refused(errors.UNKNOWN_NUMBER, field="number")
    if Role.OFFICER not in _roles(row, actor):
        raise Refused(ROLE_REFUSED)


@transaction.atomic
def correct_identity(*, number: str, changes: Mapping[str, Any], actor: Actor, now: dt.datetime) -> None:
    """Correct a file before its deposit, as the papers say.

    Raises: Refused(UNKNOWN_NUMBER), Refused(kernel.transition_refused) after the deposit, or a field.
    """
    _correct(REQUESTS.lock(clean.request_number(number)), changes, actor, now)


@transaction.atomic
def compare_papers(
    *, number: str, paper: Mapping[str, Any], actor: Actor, now: dt.datetime
) -> tuple[str, ...]:
    """Note that an officer compared the papers with the form; return the fields that were corrected.

    ``paper``: what the papers say, each field that the form compares; where it differs, it is corrected.
    Raises: as :func:`correct_identity`.
    """
    row = REQUESTS.lock(clean.request_number(number))
    REQUESTS.require(row, "compare_papers", actor=actor)
    changes = differences(open_identity("request", row.id, row.sealed), paper, legal_day(now))
    if changes:
        _correct(row, changes, actor, now)
    REQUESTS.move_row(row, "compare_papers", actor=actor, now=now)
    return tuple(name for name in changes if not name.endswith("_none"))


def _correct(
    row: models.EnrolmentRequest, changes: Mapping[str, Any], actor: Actor, now: dt.datetime
) -> None:
    REQUESTS.require(row, "correct", actor=actor)
    before = open_identity("request", row.id, row.sealed)
    values = with_corrections(before, changes)
    columns = _columns(row.id, read_identity(values, legal_day(now), version=before.form))
    REQUESTS.move_row(row, "correct", actor=actor, now=now, reason=", ".join(sorted(changes)), **columns)


def request_papers(*, number: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Ask the person for a paper, for one of ``states.PAPER_REASONS``; the legal clock stands meanwhile."""
    REQUESTS.move(clean.request_number(number), "request_papers", actor=actor, now=now, reason=reason)


def bring_papers(*, number: str, actor: Actor, now: dt.datetime) -> None:
    """Note that the paper asked for is there; the legal clock goes on."""
    REQUESTS.move(clean.request_number(number), "bring_papers", actor=actor, now=now)


def deposit_request(*, number: str, actor: Actor, now: dt.datetime) -> None:
    """Receive the file at the counter. Raises: Refused(PAPERS_NOT_COMPARED), as the table says."""
    REQUESTS.move(clean.request_number(number), "deposit", actor=actor, now=now, deposited_by=actor.id)


def lock_request(*, number: str) -> None:
    """Let nobody else move a request until the caller's transaction ends. Raises: Refused(UNKNOWN_NUMBER)."""
    REQUESTS.lock(clean.request_number(number))


def flag_duplicate(*, number: str, actor: Actor, now: dt.datetime) -> None:
    """Somebody alike is known: officers decide."""
    REQUESTS.move(clean.request_number(number), "flag_duplicate", actor=actor, now=now, reason=SIMILAR)


def reject_request(*, number: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Close the file without a registration, for a reason that the table allows there."""
    REQUESTS.move(clean.request_number(number), "reject", actor=actor, now=now, reason=reason)


def withdraw_request(*, number: str, actor: Actor, now: dt.datetime) -> None:
    """Take a request back. Raises: Refused(UNKNOWN_NUMBER, kernel.transition_refused)."""
    REQUESTS.move(clean.request_number(number), "withdraw", actor=actor, now=now)


@transaction.atomic
def register_person(*, number: str, actor: Actor, now: dt.datetime) -> Registered:
    """Create the person, issue the IDCS, close the request; return what the verification service keeps.

    A replayed step returns the same IDCS: the person's key is the request's, and the row is locked.
    Raises: Refused(kernel.transition_refused | kernel.role_refused | UNKNOWN_NUMBER | NO_FREE_NUMBER).
    """
    row = REQUESTS.lock(clean.request_number(number))
    identity = open_identity("request", row.id, row.sealed)
    if row.person is None:  # read after the lock
        REQUESTS.require(row, "register", actor=actor)
        issue(row.id, identity, now)
        PERSONS.opened(models.Person.objects.get(id=row.id), actor=actor, now=now)
        REQUESTS.move_row(row, "register", actor=actor, now=now, person_id=row.id)
    assert row.person is not None
    idcs = open_idcs(row.id, row.person.sealed_idcs)
    return Registered(row.person.key, idcs, identity.birth, identity.sex)


def issue(person_id: UUID, identity: Identity, now: dt.datetime) -> Registered:
    """Insert the person under a key and a number that nobody has. Inside the caller's transaction.

    The unique index decides: two concurrent registrations that drew the same number cannot both keep it.
    """
    sealed = seal_identity("person", person_id, identity)
    with connection.cursor() as cursor:
        for _ in range(_DRAWS):
            idcs = draw_idcs()
            known_by = (draw_person_key(), idcs_index(idcs), seal_idcs(person_id, idcs))
            place = (identity.sex, identity.birth.year, identity.commune_code)
            cursor.execute(INSERT_PERSON, (person_id, *known_by, *place, sealed, now))
            if found := cursor.fetchone():
                return Registered(PersonKey(str(found[0])), idcs, identity.birth, identity.sex)
    raise Refused(errors.NO_FREE_NUMBER)


def lock_person(*, person: PersonKey) -> Standing | None:
    """Have a person alone until the end of the transaction; return how they stand, None if nobody is."""
    row = models.Person.objects.select_for_update().filter(key=person).first()
    if row is None:
        return None
    last = row.steps.last()
    before, reason = (last.from_state, last.reason) if last else ("", "")
    return Standing(PersonState(row.state), row.birth_year, before, reason)


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
    cursor: Any, rows: Iterable[tuple[UUID, PersonKey, str, Identity]], *, now: dt.datetime
) -> int:
    """Load many persons ``(id, key, idcs, identity)`` by COPY on an open cursor; return how many.

    For data that was already deduplicated (a migration, the demo country); the unique index still holds.
    """
    count = 0
    into = (
        "COPY population_register_person"
        " (id, key, idcs_index, sealed_idcs, sex, birth_year, commune_code, sealed, opened_at, state,"
        " clock, clock_days, counted_in, escalated) FROM STDIN"
    )
    with cursor.copy(into) as copy:
        for id_, key, idcs, identity in rows:
            sealed = "\\x" + seal_identity("person", id_, identity).hex()
            number = ("\\x" + idcs_index(idcs).hex(), "\\x" + seal_idcs(id_, idcs).hex())
            place = (identity.sex.value, identity.birth.year, identity.commune_code)
            copy.write_row((id_, key, *number, *place, sealed, now, "active", "", 0, "", 0))
            count += 1
    return count


def _columns(key: UUID, identity: Identity) -> dict[str, Any]:
    return {
        "sex": identity.sex,
        "birth_year": identity.birth.year,
        "commune_code": identity.commune_code,
        "language": identity.language,
        "has_contact": bool(identity.phone or identity.email),
        "phone_index": blind_index("phone", identity.phone),
        "paper_index": blind_index("paper_number", identity.paper_number),
        "sealed": seal_identity("request", key, identity),
    }
