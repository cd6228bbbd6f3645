"""At the counter: the officer's queue, one file with its papers and captures, and the deposit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments.types import Booking, Centre
from sijil.domains.biometrics import queries as capture_queries
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.errors import CAPTURE_UNKNOWN
from sijil.domains.biometrics.types import Capture, ExceptionReason, Modality
from sijil.domains.documents import queries as documents
from sijil.domains.documents import services as document_services
from sijil.domains.documents.acts import PAPER_READ
from sijil.domains.documents.types import DocumentFile
from sijil.domains.matching import queries as matching_queries
from sijil.domains.matching import services as matching
from sijil.domains.matching.types import Subject
from sijil.domains.notifications import queries as messages
from sijil.domains.notifications.types import MessageStatus
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.acts import ASKED_FOR, FILE_READ, QUEUE_READ, SEARCHED
from sijil.domains.population_register.rules import GUARDIAN, form_on, matched, rests_on_witnesses
from sijil.domains.population_register.types import Request, RequestRecord
from sijil.journeys.person_enrolment.comparison import compared_once
from sijil.journeys.person_enrolment.pre_registration import check_places, freeze, note_guardian
from sijil.journeys.person_enrolment.residence import list_unexplained, require_explained
from sijil.journeys.person_enrolment.witnesses import require_witnesses
from sijil.kernel import clean
from sijil.kernel.actors import Actor
from sijil.kernel.acts import counted
from sijil.kernel.dates import day_begins, legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.jobs import enqueue


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands beside every page of the counter. ``waiting``: those of today by hour, walk-ins, the coming
    days, then who missed the appointment or has none, the oldest first; a page of it, ``next_after`` begins
    the next. ``ahead``: who is expected today and still waits; ``asked``: files that wait for a paper.
    """

    centre: Centre
    waiting: tuple[tuple[Booking | None, Request], ...]
    next_after: str
    ahead: int
    asked: int
    booked: int
    done_today: int


@dataclass(frozen=True, slots=True)
class Captures:
    """What was taken of a person, what cannot be, and what is still asked."""

    given: Mapping[Modality, Capture]
    excused: Mapping[Modality, ExceptionReason]
    missing: tuple[Modality, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A file that a search found; ``request`` opens it when it is of the officer's own centre."""

    record: RequestRecord
    request: Request | None


# --- what an officer reads ----------------------------------------------------------------------------------


def read_desk(*, actor: Actor, now: dt.datetime, after: str = "", most: int = 50) -> Desk:
    """Return ``most`` files of the queue of the officer's centre: one entry for each name of them."""
    today = legal_day(now)
    coming = {b.request_number: b for b in appointments.list_from(actor.centre, today)}
    line = queries.list_waiting(
        actor.centre, act=QUEUE_READ, actor=actor, now=now, first=list(coming), after=after, limit=most
    )
    missed = appointments.list_bookings([r.number for r in line.files if r.number not in coming])
    known = {b.request_number: b for b in missed} | coming
    booked = [b.request_number for b in coming.values() if b.on == today and b.at]  # a walk-in has none
    ahead, asked = queries.count_waiting(actor.centre, booked)
    return Desk(
        centre=appointments.get_centre(actor.centre),
        waiting=tuple((known.get(request.number), request) for request in line.files),
        next_after=line.next_after,
        ahead=ahead,
        asked=asked,
        booked=len(booked),
        done_today=queries.count_deposited(actor.centre, since=day_begins(today)),
    )


def search(text: str, *, actor: Actor, now: dt.datetime) -> list[Found]:
    """Return the files of a number, telephone or paper; names of the own centre only, an entry for each.

    That somebody looked is written too, about each file found elsewhere, counted by the minute.
    """
    records = queries.find_requests(text)
    elsewhere = {record.subject for record in records if record.centre_code != actor.centre}
    for subject in sorted(elsewhere) or ["search"]:
        counted(ASKED_FOR, actor=actor, subject=subject, facts={"found": len(records)}, now=now)
    own = [record.id for record in records if record.centre_code == actor.centre]
    opened = queries.list_requests(own, act=SEARCHED, actor=actor, now=now)
    return [Found(record, opened.get(record.id)) for record in records]


def read_file(number: str, *, actor: Actor, now: dt.datetime) -> Request:
    """Return a file to an officer of its centre. Raises: Refused(UNKNOWN_NUMBER, kernel.role_refused)."""
    register.require_officer(number=number, actor=actor)
    return queries.get_request(number, act=FILE_READ, actor=actor, now=now)


def read_captures(request: Request, *, now: dt.datetime) -> Captures:
    """Return what was taken of the person of a file, without the images."""
    number, birth = request.number, request.identity.birth
    return Captures(
        given={c.modality: c for c in capture_queries.list_captures(number)},
        excused={e.modality: e.reason for e in capture_queries.list_exceptions(number)},
        missing=capture_queries.list_missing(number, birth=birth, on=legal_day(now)),
    )


def is_card_elsewhere(request: Request) -> bool:
    """Tell an officer that a card or residence title of this file is on another one; not on whose.

    It blocks nothing: the digits may be mistyped, and if they are not, officers compare the two files (R54).
    """
    subject = Subject(request.id, **matched(request.identity))
    waits = register.has_card_open(cards=subject.strong_documents, but=request.id)
    return waits or matching_queries.shares_strong_paper(subject)


def list_missing_papers(request: Request, *, now: dt.datetime) -> tuple[Refused, ...]:
    """Return what the deposit of a file would be refused for: papers, unscanned ones, no reason."""
    unscanned = documents.list_unscanned(f"request:{request.number}")
    papers = register.list_missing_papers(request.identity, legal_day(now))
    return (*papers, *unscanned, *list_unexplained(request))


def list_messages(request: Request) -> list[MessageStatus]:
    """Return what was sent to the person of a file an officer reads, the newest first; recipients masked."""
    return messages.list_messages(request.number, request.person or "")


def read_paper(number: str, document_id: UUID, *, actor: Actor, now: dt.datetime) -> DocumentFile:
    """Return one paper of a file, opened for an officer of its centre."""
    register.require_officer(number=number, actor=actor)
    record = queries.get_request_record(number)
    owner = f"request:{record.number}"
    return documents.get_document(
        document_id, owner=owner, subject=record.subject, act=PAPER_READ, actor=actor, now=now
    )


def read_picture(number: str, capture_id: UUID, *, actor: Actor, now: dt.datetime) -> tuple[bytes, str]:
    """Return a picture taken for a file, with its media type, opened for an officer of its centre.

    Raises: Refused(CAPTURE_UNKNOWN) also for a picture of another file.
    """
    register.require_officer(number=number, actor=actor)
    record = queries.get_request_record(number)
    if capture_queries.get_capture(capture_id).request_number != record.number:
        raise Refused(CAPTURE_UNKNOWN)
    return capture_queries.get_image(capture_id, subject=record.subject, act=FILE_READ, actor=actor, now=now)


# --- what an officer does -----------------------------------------------------------------------------------


def correct(*, number: str, changes: Mapping[str, Any], actor: Actor, now: dt.datetime) -> None:
    """Bring the form in line with the papers and with what the person says, before the deposit."""
    check_places(form_on(legal_day(now)).body, changes)
    register.correct_identity(number=number, changes=changes, actor=actor, now=now)
    note_guardian(changes.get(GUARDIAN), actor=actor, now=now)


def compare_papers(
    *, number: str, paper: Mapping[str, Any], actor: Actor, now: dt.datetime
) -> tuple[str, ...]:
    """Keep that the papers were compared with the form, and by whom; return the fields that were corrected.

    ``paper``: what the papers say, field by field. No file is received without this step.
    """
    return register.compare_papers(number=number, paper=paper, actor=actor, now=now)


def ask_for_paper(*, number: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """The file waits for a paper; the person is told which and why."""
    register.request_papers(number=number, reason=reason, actor=actor, now=now)


@transaction.atomic
def refuse(*, number: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Close the file at the counter, with a reason the person reads."""
    register.reject_request(number=number, reason=reason, actor=actor, now=now)
    freeze(clean.request_number(number), now=now)


def capture(*, number: str, modality: str, content: bytes, actor: Actor, now: dt.datetime) -> None:
    """Keep the face or an iris of the person at the counter. Raises: Refused saying how to take it again.

    ``content``: a file, or the picture of the browser's camera; empty: the device is asked.
    Asked first whether it may be kept, then opened by a child while nothing is locked, then asked again.
    """
    with transaction.atomic():
        _prepared(number, actor)
    image = biometrics.take_image(modality=modality, given=content, now=now)
    judged = biometrics.judge_capture(modality=modality, content=image, now=now)
    with transaction.atomic():
        request = _prepared(number, actor)
        biometrics.store_capture(request_number=request, judged=judged, actor=actor, now=now)


@transaction.atomic
def excuse_capture(*, number: str, modality: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Note that an iris cannot be captured, and why."""
    biometrics.record_exception(
        request_number=_prepared(number, actor), modality=modality, reason=reason, actor=actor, now=now
    )


def _prepared(number: str, actor: Actor) -> str:
    """Have a file alone while it can still be received: what it was decided by is not replaced after."""
    register.require(number=number, action="deposit", actor=actor)
    return clean.request_number(number)


@transaction.atomic
def deposit(*, number: str, actor: Actor, now: dt.datetime) -> None:
    """Receive the file: papers compared, face and irises there or their absence explained.

    The keys of the person commit here, before any comparison starts: of two like files deposited at
    the same moment, at least one comparison sees the other.
    Raises: Refused(PAPERS_NOT_COMPARED, CAPTURES_MISSING, WITNESSES_MISSING, ELSEWHERE_NEEDS_REASON;
    PAPER_UNSCANNED, PAPER_INFECTED; PAPER_MISSING,
    PAPER_INCOMPLETE, PAPER_EXPIRED,
    GUARDIAN_MISSING, GUARDIAN_UNKNOWN, GUARDIAN_UNFIT, GUARDIAN_TOO_YOUNG), and as the table of
    the request says.
    """
    register.deposit_request(number=number, actor=actor, now=now)
    request = queries.get_request(number, act=FILE_READ, actor=actor, now=now)
    if rests_on_witnesses(request.identity):
        require_witnesses(request.number, actor=actor, now=now)
    require_explained(request)
    document_services.require_scanned(owner=f"request:{request.number}")
    biometrics.require_captures(request_number=request.number, birth=request.identity.birth, now=now)
    freeze(request.number, now=now)
    matching.index_subject(Subject(request.id, **matched(request.identity)), now=now)
    enqueue("person_enrolment.compare", queueing_lock=compared_once(request.number), number=request.number)
