"""Enrolment requests and their drafts. Files move by the kernel's mover."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from sijil.domains.population_register import errors, models
from sijil.domains.population_register.queries.records import record_values
from sijil.domains.population_register.rules import (
    check_identity,
    differences,
    form_of,
    is_compared,
    is_of_who,
    read_identity,
    with_corrections,
)
from sijil.domains.population_register.sealed import (
    blind_index,
    found_by,
    open_draft,
    open_identity,
    seal_draft,
    seal_identity,
)
from sijil.domains.population_register.services.filiation import keep_declared
from sijil.domains.population_register.services.papers import require_papers, require_papers_of
from sijil.domains.population_register.services.persons import PERSONS, delay_of, issue, registered, second
from sijil.domains.population_register.states import REQUEST, SIMILAR, PersonState
from sijil.domains.population_register.types import Channel, Identity, Registered, RequestRecord
from sijil.kernel import clean
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.casework import ROLE_REFUSED, Role
from sijil.kernel.casework.files import Files, staff_roles
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_number, new_key


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
    return mine | second(actor, row.deposited_by)


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
    delay=delay_of,
    subject=lambda row: row.number,
    key="number",
    guards={"deposit": _check_compared},
    centre="centre_code",
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
    proved: str = "",
    channel: Channel,
    key: UUID | None = None,
    actor: Actor,
    now: dt.datetime,
) -> str:
    """Keep a checked pre-registration; return its number (the draft's, if there was one).

    ``proved``: the telephone or e-mail that a code has proved.
    ``key``: the id of a file that is opened once for something else.
    ``language``: of the messages, instead of what the form says.
    Raises: Refused naming the field, Refused(kernel.role_refused) for an officer of another centre.
    """
    key = key or new_key()
    told = identity.with_changes({"language": language or identity.language or "ar"})
    request = models.EnrolmentRequest(
        id=key,
        number=number or draw_number(),
        centre_code=centre_code,
        channel=channel,
        proved_index=blind_index("contact", proved),
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


@transaction.atomic
def set_centre(*, number: str, centre_code: str, actor: Actor) -> None:
    """Take a request that nobody received yet to another centre, where its appointment is.

    Raises: Refused(UNKNOWN_NUMBER, kernel.transition_refused, kernel.role_refused).
    """
    row = REQUESTS.lock(clean.request_number(number))
    REQUESTS.require(row, "withdraw", actor=actor)
    row.centre_code = centre_code
    row.save(update_fields=["centre_code"])


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
    if is_of_who(form_of(before), changes):
        _void_attestations(row, actor, now)


def _void_attestations(row: models.EnrolmentRequest, actor: Actor, now: dt.datetime) -> None:
    """Take off who attested the person as the form said before: whoever attests the other one signs anew."""
    signed = row.attestations.filter(removed_at=None, signed_at__isnull=False)
    for _ in range(signed.update(removed_at=now)):
        REQUESTS.move_row(row, "remove_witness", actor=actor, now=now)


def request_papers(*, number: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Ask the person for a paper, for one of ``states.PAPER_REASONS``; the legal clock stands meanwhile."""
    REQUESTS.move(clean.request_number(number), "request_papers", actor=actor, now=now, reason=reason)


def bring_papers(*, number: str, actor: Actor, now: dt.datetime) -> None:
    """Note that the paper asked for is there; the legal clock goes on."""
    REQUESTS.move(clean.request_number(number), "bring_papers", actor=actor, now=now)


@transaction.atomic
def remove_paper(*, number: str, received_at: dt.datetime, actor: Actor, now: dt.datetime) -> None:
    """Note that the holder takes back a paper that nobody used yet; the papers are compared anew.

    Raises: Refused(PAPER_COMPARED), and as the table says.
    """
    row = REQUESTS.lock(clean.request_number(number))
    used = row.steps.filter(action__in=("compare_papers", "correct"), at__gte=received_at).exists()
    REQUESTS.move_row(row, "remove_paper", actor=actor, now=now)
    if used:
        raise Refused(errors.PAPER_COMPARED)


@transaction.atomic
def deposit_request(*, number: str, actor: Actor, now: dt.datetime) -> None:
    """Receive the file at the counter; whose child it shows is kept.

    Raises: Refused(PAPERS_NOT_COMPARED), as the table says; of what no paper proves (``services.papers``),
    PARENT_DIFFERS.
    """
    row = REQUESTS.lock(clean.request_number(number))
    REQUESTS.move_row(row, "deposit", actor=actor, now=now, deposited_by=actor.id)
    identity = open_identity("request", row.id, row.sealed)
    require_papers(identity, legal_day(now))
    keep_declared(row.id, identity, actor=actor, now=now)


def lock_request(*, number: str) -> RequestRecord:
    """Let nobody else move a request until the caller's transaction ends; return it, as it stands now.

    Raises: Refused(UNKNOWN_NUMBER).
    """
    return RequestRecord(**record_values(REQUESTS.lock(clean.request_number(number))))


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

    What was declared is the first version of the person's identity from then on, and is kept there alone.
    A replayed step returns the same IDCS: the person's key is the request's, and the row is locked.
    The papers are those of the day of the deposit: a law that changed since undoes none.
    Raises: Refused(kernel.transition_refused | kernel.role_refused | UNKNOWN_NUMBER | NO_FREE_NUMBER), or of
    papers.
    """
    row = REQUESTS.lock(clean.request_number(number))
    if row.person_id is None:  # read after the lock
        REQUESTS.require(row, "register", actor=actor)
        identity = open_identity("request", row.id, row.sealed)
        require_papers_of(identity, _deposited_on(row, now))
        made = issue(row.id, identity, actor=actor, now=now)
        PERSONS.opened(_inserted(row, made), actor=actor, now=now)
        REQUESTS.move_row(row, "register", actor=actor, now=now, person_id=row.id, sealed=b"")
        return made
    return registered(row.id)


def _deposited_on(row: models.EnrolmentRequest, now: dt.datetime) -> dt.date:
    """Return the day of the deposit; today for a file that came by another way."""
    at = row.steps.filter(action="deposit").values_list("at", flat=True).first()
    return legal_day(at or now)


def _inserted(row: models.EnrolmentRequest, made: Registered) -> models.Person:
    """Return what the mover asks of the person who was inserted, without reading it back."""
    return models.Person(id=row.id, key=made.person, state=PersonState.ACTIVE, commune_code=row.commune_code)


def _columns(key: UUID, identity: Identity) -> dict[str, Any]:
    return {**found_by(identity), "sealed": seal_identity("request", key, identity)}
