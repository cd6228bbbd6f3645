"""Irises of who was registered as a small child, once they are of age for them (law 72.18, article 6).

    (numbering)      with the number: the day on which they are due is kept
    open_due         worker, by the clock: the day has come; the family is told, and may book
    list_due         officer of the centre: whom it expects
    capture, excuse  officer: face and irises, as at an enrolment
    receive          officer: all is there; compared again with everybody
    compare_again    worker: the engine is asked
    resolve_again    worker: nobody else, or a case; the number stays in either

Nothing expires: who does not come stays due, is late, and is seen among what is late.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments import services as appointment_services
from sijil.domains.appointments.states import AppointmentState
from sijil.domains.appointments.types import Booking
from sijil.domains.biometrics import queries as capture_queries
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.errors import CAPTURE_UNKNOWN
from sijil.domains.matching import queries as matching_queries
from sijil.domains.matching import services as matching
from sijil.domains.matching.acts import COMPARED
from sijil.domains.matching.types import Candidate, Comparison, Origin, Subject, Verdict
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.acts import RE_ENROLMENT_READ
from sijil.domains.population_register.errors import UNKNOWN_NUMBER
from sijil.domains.population_register.rules import matched
from sijil.domains.population_register.states import ReEnrolmentState
from sijil.domains.population_register.types import Person, ReEnrolment
from sijil.journeys.person_enrolment.comparison import MATCHER
from sijil.journeys.person_enrolment.counter import Captures
from sijil.kernel import clean
from sijil.kernel.actors import Actor
from sijil.kernel.casework.watch import CLOCK
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.jobs import enqueue, enqueue_once


@dataclass(frozen=True, slots=True)
class ReEnrolmentFile:
    """What the officer of the centre sees of one."""

    record: ReEnrolment
    person: Person
    booking: Booking | None
    captures: Captures


def open_due(*, now: dt.datetime) -> int:
    """Worker, by the clock: open those whose day has come, close those of the dead; return how many opened.

    One transaction each: killed in between, the next run goes on.
    """
    for number in queries.list_to_end():
        with transaction.atomic():
            _end(register.lock_re_enrolment(number=number), now)
    found = queries.list_to_open(on=legal_day(now))
    return sum(_open(number, now) for number in found)


@transaction.atomic
def _open(number: str, now: dt.datetime) -> bool:
    one = register.lock_re_enrolment(number=number)
    if one.state != ReEnrolmentState.AWAITED or one.opens_on > legal_day(now):
        return False
    register.open_re_enrolment(number=number, centre_code=_centre(one), actor=CLOCK, now=now)
    return True


def _centre(one: ReEnrolment) -> str:
    """Return the centre that has the file, or one of where the child lives by now."""
    open_ones = [centre.code for centre in appointments.list_centres(one.commune_code)]
    return one.centre_code if one.centre_code in open_ones else next(iter(open_ones), one.centre_code)


def _end(one: ReEnrolment, now: dt.datetime) -> None:
    if one.state in (ReEnrolmentState.AWAITED, ReEnrolmentState.DUE):
        register.end_re_enrolment(number=one.number, actor=CLOCK, now=now)
        booking = appointments.find_booking(one.number)
        if booking is not None and booking.state == AppointmentState.BOOKED:
            appointment_services.cancel(request_number=one.number, actor=CLOCK, now=now)


# --- at the counter -----------------------------------------------------------------------------------------


def list_due(*, actor: Actor) -> list[tuple[ReEnrolment, Booking | None]]:
    """Return whom the officer's centre expects, without names, with the appointment."""
    found = queries.list_due_at(actor.centre)
    booked = {b.request_number: b for b in appointments.list_bookings([one.number for one in found])}
    return [(one, booked.get(one.number)) for one in found]


def read_re_enrolment(number: str, *, actor: Actor, now: dt.datetime) -> ReEnrolmentFile:
    """Return one to an officer of its centre; an entry for the person who is shown.

    Raises: Refused(UNKNOWN_NUMBER, kernel.role_refused).
    """
    register.require_receiver(number=number, actor=actor)
    one = _known(number)
    person = queries.get_person(one.person, act=RE_ENROLMENT_READ, actor=actor, now=now)
    return ReEnrolmentFile(one, person, appointments.find_booking(one.number), _captures(one, person, now))


def _captures(one: ReEnrolment, person: Person, now: dt.datetime) -> Captures:
    return Captures(
        given={c.modality: c for c in capture_queries.list_captures(one.number)},
        excused={e.modality: e.reason for e in capture_queries.list_exceptions(one.number)},
        missing=capture_queries.list_missing(one.number, birth=person.birth, on=legal_day(now)),
    )


def read_re_enrolment_picture(
    number: str, capture_id: UUID, *, actor: Actor, now: dt.datetime
) -> tuple[bytes, str]:
    """Return a picture taken for it, with its media type. Raises: Refused(CAPTURE_UNKNOWN) of another's."""
    register.require_receiver(number=number, actor=actor)
    one = _known(number)
    if capture_queries.get_capture(capture_id).request_number != one.number:
        raise Refused(CAPTURE_UNKNOWN)
    return capture_queries.get_image(
        capture_id, subject=one.person, act=RE_ENROLMENT_READ, actor=actor, now=now
    )


def take_picture(*, number: str, modality: str, content: bytes, actor: Actor, now: dt.datetime) -> None:
    """Keep the face or an iris, as at an enrolment. Raises: Refused saying how to take it again."""
    with transaction.atomic():
        register.require_re_enrolment(number=number, action="receive", actor=actor)
    judged = biometrics.judge_capture(modality=modality, content=content, now=now)
    with transaction.atomic():
        one = register.require_re_enrolment(number=number, action="receive", actor=actor)
        biometrics.store_capture(request_number=one.number, judged=judged, actor=actor, now=now)


@transaction.atomic
def excuse_picture(*, number: str, modality: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Note that an iris cannot be taken, and why."""
    one = register.require_re_enrolment(number=number, action="receive", actor=actor)
    biometrics.record_exception(
        request_number=one.number, modality=modality, reason=reason, actor=actor, now=now
    )


@transaction.atomic
def receive_re_enrolment(*, number: str, actor: Actor, now: dt.datetime) -> None:
    """All pictures are there, or their absence is explained: they are kept, and compared with everybody.

    Raises: Refused(CAPTURES_MISSING, UNKNOWN_NUMBER), and as the table says.
    """
    one = register.require_re_enrolment(number=number, action="receive", actor=actor)
    person = queries.get_person(one.person, act=RE_ENROLMENT_READ, actor=actor, now=now)
    biometrics.require_captures(request_number=one.number, birth=person.birth, now=now)
    register.receive_re_enrolment(number=one.number, actor=actor, now=now)
    biometrics.freeze_captures(request_number=one.number, now=now)
    if appointments.find_booking(one.number) is not None:
        appointment_services.check_in(
            centre_code=one.centre_code, request_number=one.number, actor=actor, now=now
        )
    enqueue("person_enrolment.compare_again", queueing_lock=_once(one.number), number=one.number)


# --- compared -----------------------------------------------------------------------------------------------


@transaction.atomic
def compare_again(number: str, *, now: dt.datetime) -> None:
    """Worker: ask the engine who has the same face or irises; what it answers asks for ``resolve_again``."""
    one = register.lock_re_enrolment(number=number)
    if one.state == ReEnrolmentState.RECEIVED:
        biometrics.request_comparison(
            request_number=one.number, reference=one.ref, then="person_enrolment.resolve_again", now=now
        )


@transaction.atomic
def resolve_again(number: str, *, now: dt.datetime) -> bool:
    """Worker: end it once the engine has answered; somebody alike opens a case. Tell whether it ended.

    Of whom a case was settled before is not asked again; while one of this person is open, it waits.
    """
    one = register.lock_re_enrolment(number=number)
    answer = capture_queries.find_identification(one.number, reference=one.ref)
    if one.state != ReEnrolmentState.RECEIVED or answer is None:
        return False
    if matching_queries.find_open_case(one.ref) is not None:
        return False
    found = _compared(one, now)
    again = [Candidate(h.reference, 0, Verdict.LIKELY, {"image": "reused"}, 0) for h in answer.hits]
    known = {c.ref for c in again}
    alike = [*again, *(c for c in found.candidates if c.ref not in known)]
    judged = matching_queries.list_judged(one.ref, [c.ref for c in alike])
    asked = [c for c in alike if c.ref not in judged or c.ref in known]
    if asked:
        request = queries.find_request_record(one.ref)
        matching.open_case(
            subject=one.ref,
            number=request.number if request else "",
            person=one.person,
            candidates=asked,
            origin=Origin.BIOMETRIC if again else Origin.DEMOGRAPHIC,
            comparison=found.id,
            deposited_by=one.received_by,
            actor=MATCHER,
            now=now,
        )
    register.finish_re_enrolment(number=one.number, actor=MATCHER, now=now)
    return True


def _compared(one: ReEnrolment, now: dt.datetime) -> Comparison:
    near = f"persons near {one.person}, captured again"
    with queries.Run(COMPARED, actor=MATCHER, selection=near, now=now) as run:

        def load(refs: Sequence[UUID]) -> Mapping[UUID, Subject]:
            return {ref: Subject(ref, **matched(found)) for ref, found in run.identities(refs).items()}

        [subject] = load([one.ref]).values()
        found = matching.compare(subject, load=load, now=now)
        run.law.append(found.model_version)
    return found


def sweep_re_enrolments(*, now: dt.datetime) -> int:
    """Worker, by the clock: none that was received stays uncompared; return how many were asked for again."""
    stuck = queries.list_uncompared(before=now - dt.timedelta(minutes=10))
    asked = capture_queries.list_asked(stuck)
    return sum(
        enqueue_once("person_enrolment.compare_again", queueing_lock=_once(number), number=number)
        + enqueue_once("person_enrolment.resolve_again", queueing_lock=f"re {number}", number=number)
        for number in stuck
        if number not in asked
    )


def _known(number: str) -> ReEnrolment:
    found = queries.find_re_enrolment(clean.request_number(number))
    if found is None:
        raise Refused(UNKNOWN_NUMBER, field="number")
    return found


def _once(number: str) -> str:
    return f"person_enrolment.compare_again {number}"
