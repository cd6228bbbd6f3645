"""Writes of the population register. Each takes the actor and the clock, locks, moves, keeps one step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from sijil.domains.population_register import errors, models
from sijil.domains.population_register.rules import PAPER_REASONS, REJECTION_REASONS, check_identity
from sijil.domains.population_register.sealed import (
    blind_index,
    open_draft,
    open_identity,
    seal_draft,
    seal_identity,
)
from sijil.domains.population_register.states import (
    PERSON,
    REQUEST,
    SUBMITTED_WITHIN_DAYS,
    PersonState,
    RequestState,
)
from sijil.domains.population_register.types import Channel, Identity, Standing
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import clean_number, draw_idcs, draw_number, new_key

INSERT_PERSON = """
INSERT INTO population_register_person
    (id, idcs, sex, birth_year, commune_code, state, sealed, registered_at)
VALUES (%s, %s, %s, %s, %s, 'active', %s, %s)
ON CONFLICT (idcs) DO NOTHING RETURNING idcs
"""
_DRAWS = 50


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
    language: str,
    channel: Channel,
    actor: Actor,
    now: dt.datetime,
) -> str:
    """Keep a checked pre-registration; return its number (the draft's, if there was one).

    Raises: Refused naming the field.
    """
    identity = check_identity(identity, legal_day(now))
    key = new_key()
    request = models.EnrolmentRequest.objects.create(
        id=key,
        number=number or draw_number(),
        centre_code=centre_code,
        language=language,
        channel=channel,
        submitted_at=now,
        due_on=legal_day(now) + dt.timedelta(days=SUBMITTED_WITHIN_DAYS),
        **_columns(key, identity),
    )
    models.Draft.objects.filter(number=request.number).delete()
    _keep_step(request, "submit", "", actor, now, "")
    return request.number


@transaction.atomic
def correct_identity(*, number: str, changes: dict[str, Any], actor: Actor, now: dt.datetime) -> Identity:
    """Correct a file before its deposit, as the papers say; return the identity.

    Raises: Refused(UNKNOWN_NUMBER), Refused(kernel.transition_refused) after the deposit, or a field.
    """
    request = _locked(number)
    REQUEST.transition(request.state, "deposit")
    identity = open_identity("request", request.id, request.sealed).with_changes(changes)
    identity = check_identity(identity, legal_day(now))
    for name, value in _columns(request.id, identity).items():
        setattr(request, name, value)
    request.save()
    return identity


def request_papers(*, number: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Ask the person for a paper; the legal clock restarts when it comes (law 55-19)."""
    if reason not in PAPER_REASONS:
        raise Refused(errors.REASON_MISSING, field="reason")
    _move(number, "request_papers", actor=actor, now=now, reason=reason)


def deposit_request(*, number: str, actor: Actor, now: dt.datetime) -> UUID:
    """Receive the file at the counter; return the id by which it is compared."""
    return _move(number, "deposit", actor=actor, now=now, deposited_by=actor.id)


def flag_duplicate(*, number: str, actor: Actor, now: dt.datetime) -> UUID:
    """Somebody alike is known: officers decide."""
    return _move(number, "flag_duplicate", actor=actor, now=now, reason="similar_person_known")


def reject_request(*, number: str, reason: str, actor: Actor, now: dt.datetime) -> UUID:
    """Close the file without a registration, for one of ``rules.REJECTION_REASONS``."""
    if reason not in REJECTION_REASONS:
        raise Refused(errors.REASON_MISSING, field="reason")
    return _move(number, "reject", actor=actor, now=now, reason=reason)


def withdraw_request(*, number: str, actor: Actor, now: dt.datetime) -> UUID:
    """Take a request back and return its id. Raises: Refused(UNKNOWN_NUMBER, TRANSITION_REFUSED)."""
    return _move(number, "withdraw", actor=actor, now=now)


@transaction.atomic
def register_person(*, number: str, actor: Actor, now: dt.datetime) -> str:
    """Create the person, issue the IDCS, close the request; return the IDCS.

    A replayed step returns the same IDCS: the person's key is the request's, and the row is locked.
    Raises: Refused(kernel.transition_refused | UNKNOWN_NUMBER | NO_FREE_NUMBER).
    """
    request = _locked(number)
    if request.person is not None:  # read after the lock
        return request.person.idcs
    target = _target(request, "register", actor)
    identity = open_identity("request", request.id, request.sealed)
    idcs = issue(request.id, identity, now)
    request.person_id, request.due_on = request.id, None
    _step_to(request, "register", target, actor, now, "")
    return idcs


def issue(person_id: UUID, identity: Identity, now: dt.datetime) -> str:
    """Insert the person under a number that nobody has; return it. Inside the caller's transaction.

    The unique index decides: two concurrent registrations that drew the same number cannot both keep it.
    """
    sealed = seal_identity("person", person_id, identity)
    with connection.cursor() as cursor:
        for _ in range(_DRAWS):
            row = (
                person_id,
                draw_idcs(),
                identity.sex,
                identity.birth.year,
                identity.commune_code,
                sealed,
                now,
            )
            cursor.execute(INSERT_PERSON, row)
            if found := cursor.fetchone():
                return str(found[0])
    raise Refused(errors.NO_FREE_NUMBER)


def lock_person(*, idcs: str) -> Standing | None:
    """Have a person alone until the end of the transaction; return how they stand, None if nobody is."""
    row = models.Person.objects.select_for_update().filter(idcs=idcs).first()
    if row is None:
        return None
    last = row.steps.last()
    before, reason = (last.from_state, last.reason) if last else ("", "")
    return Standing(PersonState(row.state), row.birth_year, before, reason)


@transaction.atomic
def change_person_state(*, idcs: str, action: str, reason: str, actor: Actor, now: dt.datetime) -> str:
    """Suspend, reactivate or close a person by the table ``PERSON``; return the new state."""
    row = models.Person.objects.select_for_update().filter(idcs=idcs).first()
    if row is None:
        raise Refused(errors.UNKNOWN_PERSON, field="idcs")
    transition = PERSON.transition(row.state, action)
    _check_actor(transition.by, actor)
    models.PersonStep.objects.create(
        person=row,
        action=action,
        from_state=row.state,
        to_state=transition.target,
        **_who(actor, now, reason),
    )
    row.state = transition.target
    row.save(update_fields=["state"])
    return row.state


def copy_persons(cursor: Any, rows: Iterable[tuple[UUID, str, Identity]], *, now: dt.datetime) -> int:
    """Load many persons ``(id, idcs, identity)`` by COPY on an open cursor; return how many.

    For data that was already deduplicated (a migration, the demo country); the unique index still holds.
    """
    count = 0
    into = (
        "COPY population_register_person"
        " (id, idcs, sex, birth_year, commune_code, state, sealed, registered_at) FROM STDIN"
    )
    with cursor.copy(into) as copy:
        for key, idcs, identity in rows:
            sealed = "\\x" + seal_identity("person", key, identity).hex()
            place = (identity.sex.value, identity.birth.year, identity.commune_code)
            copy.write_row((key, idcs, *place, "active", sealed, now))
            count += 1
    return count


def reseal(*, after: UUID | None = None, limit: int = 500) -> UUID | None:
    """Seal the next persons and requests by the current key; return where to go on, or None at the end."""
    last = after or UUID(int=0)
    seen: list[UUID] = []
    tables: tuple[tuple[str, Any], ...] = (("person", models.Person), ("request", models.EnrolmentRequest))
    for table, model in tables:
        with transaction.atomic():
            rows = list(model.objects.select_for_update().filter(id__gt=last).order_by("id")[:limit])
            for row in rows:
                row.sealed = seal_identity(table, row.id, open_identity(table, row.id, row.sealed))
                row.save(update_fields=["sealed"])
            seen += [rows[-1].id] if len(rows) == limit else []
    return min(seen) if seen else None


def _columns(key: UUID, identity: Identity) -> dict[str, Any]:
    return {
        "sex": identity.sex,
        "birth_year": identity.birth.year,
        "commune_code": identity.commune_code,
        "phone_index": blind_index("phone", identity.phone),
        "paper_index": blind_index("paper_number", identity.paper_number),
        "sealed": seal_identity("request", key, identity),
    }


def _locked(number: str) -> models.EnrolmentRequest:
    """Lock the row alone: a joined row would be read as of before the wait for the lock."""
    row = models.EnrolmentRequest.objects.select_for_update().filter(number=clean_number(number)).first()
    if row is None:
        raise Refused(errors.UNKNOWN_NUMBER, field="number")
    return row


@transaction.atomic
def _move(
    number: str, action: str, *, actor: Actor, now: dt.datetime, reason: str = "", **columns: str
) -> UUID:
    """Lock, move by the table, keep the step. Return the id of the request."""
    request = _locked(number)
    target = _target(request, action, actor)
    days = REQUEST.transition(request.state, action).within_days
    request.due_on = legal_day(now) + dt.timedelta(days=days) if days else None
    for name, value in columns.items():
        setattr(request, name, value)
    _step_to(request, action, target, actor, now, reason)
    return request.id


def _target(request: models.EnrolmentRequest, action: str, actor: Actor) -> RequestState:
    transition = REQUEST.transition(request.state, action)
    _check_actor(transition.by, actor)
    return RequestState(transition.target)


def _check_actor(by: tuple[str, ...], actor: Actor) -> None:
    if by and actor.kind not in by:
        raise Refused(errors.ACTOR_REFUSED)


def _step_to(
    request: models.EnrolmentRequest,
    action: str,
    target: RequestState,
    actor: Actor,
    now: dt.datetime,
    reason: str,
) -> None:
    before, request.state = request.state, target
    request.save()
    _keep_step(request, action, before, actor, now, reason)


def _keep_step(
    request: models.EnrolmentRequest, action: str, before: str, actor: Actor, now: dt.datetime, reason: str
) -> None:
    models.RequestStep.objects.create(
        request=request, action=action, from_state=before, to_state=request.state, **_who(actor, now, reason)
    )


def _who(actor: Actor, now: dt.datetime, reason: str) -> dict[str, Any]:
    return {"actor_kind": actor.kind, "actor_id": actor.id, "at": now, "reason": reason}
