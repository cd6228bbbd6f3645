"""The appointment slip, the deposit receipt, the temporary slip with a photograph.

What a paper said when it was first printed is kept: printed again it says the same.
"""

from __future__ import annotations

import datetime as dt

from sijil.domains.appointments import queries as appointments
from sijil.domains.biometrics import queries as captures
from sijil.domains.biometrics.types import MODALITIES, Modality
from sijil.domains.documents import queries as documents
from sijil.domains.documents.receipts import Line, Photo
from sijil.domains.documents.services import Content, print_receipt
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.acts import RECEIPT_PRINTED, SLIP_PRINTED, TEMPORARY_SLIP_PRINTED
from sijil.domains.population_register.errors import SLIP_OVER
from sijil.domains.population_register.rules import form_of, temporary_until
from sijil.domains.population_register.states import UNDECIDED
from sijil.domains.population_register.types import Request, RequestStatus
from sijil.journeys.person_papers.words import answer_of, centre_name, name_of, paper_name
from sijil.kernel import law
from sijil.kernel.actors import Actor
from sijil.kernel.calendar import add_days
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import show_number
from sijil.kernel.machine import TRANSITION_REFUSED


def render_appointment(number: str, *, actor: Actor, now: dt.datetime) -> bytes:
    """Return the slip of a booked pre-registration; a new one when the appointment moved.

    Raises: Refused(UNKNOWN_NUMBER, APPOINTMENT_UNKNOWN).
    """
    record = queries.get_request_record(number)
    booking = appointments.get_booking(record.number)

    def write() -> Content:
        request = queries.get_request(number, act=SLIP_PRINTED, actor=actor, now=now)
        return Content(
            {
                "applicant": name_of(request.identity),
                "at": booking.starts_at or booking.on,
                "centre": centre_name(booking.centre_code),
                "paper": paper_name(request.identity.paper_kind),
            }
        )

    return print_receipt(
        "appointment",
        write,
        number=show_number(record.number),
        issued_at=booking.changed_at,
        subject=record.subject,
        act=SLIP_PRINTED,
        actor=actor,
        now=now,
    )


def render_deposit(number: str, *, actor: Actor, now: dt.datetime) -> bytes:
    """Return the receipt, to an officer of the centre.

    Raises: Refused(UNKNOWN_NUMBER, kernel.role_refused), Refused(kernel.transition_refused) before it.
    """
    register.require_officer(number=number, actor=actor)
    record, status = queries.get_request_record(number), queries.get_status(number)
    deposited_at = _deposited_at(status)

    def write() -> Content:
        request = queries.get_request(number, act=RECEIPT_PRINTED, actor=actor, now=now)
        papers = [paper_name(d.kind) for d in documents.list_documents(f"request:{request.number}")]
        return Content(
            {
                "applicant": name_of(request.identity),
                "deposited_at": deposited_at,
                "centre": centre_name(request.centre_code),
                "papers": papers or [paper_name(request.identity.paper_kind)],
                "captures": [MODALITIES[c.modality] for c in captures.list_captures(request.number)],
                "until": _answer_until(deposited_at),
            },
            {"declared": _declared(request)},
        )

    return print_receipt(
        "deposit",
        write,
        number=show_number(record.number),
        issued_at=deposited_at,
        subject=record.subject,
        act=RECEIPT_PRINTED,
        actor=actor,
        now=now,
    )


def render_temporary(number: str, *, actor: Actor, now: dt.datetime) -> bytes:
    """Return the slip with the photograph, to an officer of the centre, while it is worth something.

    Raises: as :func:`render_deposit`; Refused(kernel.transition_refused) once the file is decided,
    Refused(SLIP_OVER) after its last day.
    """
    register.require_officer(number=number, actor=actor)
    record, status = queries.get_request_record(number), queries.get_status(number)
    deposited_at, act = _deposited_at(status), TEMPORARY_SLIP_PRINTED
    until = _worth_until(status, deposited_at, now)

    def write() -> Content:
        request = queries.get_request(number, act=act, actor=actor, now=now)
        who, centre = name_of(request.identity), centre_name(request.centre_code)
        return Content({"applicant": who, "deposited_at": deposited_at, "centre": centre, "until": until})

    def photo() -> Photo:
        face = next(c for c in captures.list_captures(record.number) if c.modality is Modality.FACE)
        return Photo(*captures.get_image(face.id, subject=record.subject, act=act, actor=actor, now=now))

    return print_receipt(
        "temporary",
        write,
        number=show_number(record.number),
        issued_at=deposited_at,
        subject=record.subject,
        act=act,
        actor=actor,
        now=now,
        photo=photo,
    )


def _worth_until(status: RequestStatus, deposited_at: dt.datetime, now: dt.datetime) -> dt.date:
    """Return the last day of a temporary slip. Raises: as :func:`render_temporary`."""
    if status.state not in UNDECIDED:
        raise Refused(TRANSITION_REFUSED, state=status.state)
    until = temporary_until(legal_day(deposited_at))
    if legal_day(now) > until:
        raise Refused(SLIP_OVER)
    return until


def _deposited_at(status: RequestStatus) -> dt.datetime:
    """Return when a file was received. Raises: Refused(kernel.transition_refused) before it was."""
    at = next((step.at for step in status.steps if step.action == "deposit"), None)
    if at is None:
        raise Refused(TRANSITION_REFUSED, state=status.state)
    return at


def _answer_until(deposited_at: dt.datetime) -> dt.date:
    """Return the legal day of the answer, as the clock of the file started it."""
    day = legal_day(deposited_at)
    delay = law.delay("population_register.number", day)
    return add_days(day, delay.days, working=delay.is_working)


def _declared(request: Request) -> list[Line]:
    """Return what the person declared and may check at home, as the form says what is printed."""
    who, form = request.identity, form_of(request.identity)
    return [
        Line(field.label.ar, field.label.fr, answer_of(form, field, who))
        for field in form.shown_to("receipt")
        if who.value(field.id) != ""
    ]
