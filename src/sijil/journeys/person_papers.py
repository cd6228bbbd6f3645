"""The papers of the person journey: the appointment slip and the deposit receipt. PDF, Arabic and French.

What a paper said when it was first printed is kept: printed again it says the same.
"""

from __future__ import annotations

import datetime as dt

from sijil.domains.appointments import queries as appointments
from sijil.domains.biometrics import queries as captures
from sijil.domains.biometrics.types import MODALITIES
from sijil.domains.documents import queries as documents
from sijil.domains.documents.receipts import Both, Line
from sijil.domains.documents.services import Content, print_receipt
from sijil.domains.geography import queries as geography
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.acts import RECEIPT_PRINTED, SLIP_PRINTED
from sijil.domains.population_register.rules import PersonField, PersonForm, field_words, form_of
from sijil.domains.population_register.types import Identity, Request, RequestStatus
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
                "applicant": _name(request),
                "at": booking.starts_at or booking.on,
                "centre": _centre(booking.centre_code),
                "paper": _paper(request.identity.paper_kind),
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
        papers = [_paper(d.kind) for d in documents.list_documents(f"request:{request.number}")]
        return Content(
            {
                "applicant": _name(request),
                "deposited_at": deposited_at,
                "centre": _centre(request.centre_code),
                "papers": papers or [_paper(request.identity.paper_kind)],
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


def _name(request: Request) -> Both:
    return Both(request.identity.full_name("ar"), request.identity.full_name("fr"))


def _declared(request: Request) -> list[Line]:
    """Return what the person declared and may check at home, as the form says what is printed."""
    who, form = request.identity, form_of(request.identity)
    return [
        Line(field.label.ar, field.label.fr, Both(*(_words(form, field, who, lang) for lang in ("ar", "fr"))))
        for field in form.shown_to("receipt")
        if who.value(field.id) != ""
    ]


def _words(form: PersonForm, field: PersonField, who: Identity, language: str) -> str:
    place = geography.find_commune(who.value(field.id)) if field.kind == "commune" else None
    return place.name(language) if place else field_words(form, field, who, language)


def _centre(code: str) -> Both:
    centre = appointments.get_centre(code)
    return Both(centre.name_ar, centre.name_fr)


def _paper(kind: str) -> Both:
    found = next((k for k in documents.list_kinds() if k.code == kind), None)
    return Both(found.name("ar"), found.name("fr")) if found else Both("—", "—")
