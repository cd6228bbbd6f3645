"""The papers of the person journey: the appointment slip and the deposit receipt. PDF, Arabic and French."""

from __future__ import annotations

import datetime as dt

from sijil.domains.appointments import queries as appointments
from sijil.domains.audit import services as audit
from sijil.domains.biometrics import queries as captures
from sijil.domains.documents import queries as documents
from sijil.domains.documents import receipts
from sijil.domains.documents.receipts import Both
from sijil.domains.documents.receipts.words import Fact
from sijil.domains.population_register import queries
from sijil.domains.population_register.types import Request
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import show_number
from sijil.kernel.machine import TRANSITION_REFUSED

_CAPTURES = {
    "face": Both("الوجه", "visage"),
    "iris_left": Both("القزحية اليسرى", "iris gauche"),
    "iris_right": Both("القزحية اليمنى", "iris droit"),
}


def render_appointment(number: str, *, actor: Actor, now: dt.datetime) -> bytes:
    """Return the slip of a booked pre-registration. Raises: Refused(UNKNOWN_NUMBER)."""
    request = queries.get_request(number)
    booking = appointments.get_booking(request.number)
    facts: dict[str, Fact] = {
        "applicant": _name(request),
        "at": booking.starts_at or booking.on,
        "centre": _centre(request),
        "paper": _paper(request.identity.paper_kind),
    }
    audit.record(actor=actor, action="enrolment.slip_printed", subject=request.number, now=now)
    return receipts.render_receipt(
        "appointment", facts, number=show_number(request.number), issued_at=request.submitted_at
    )


def render_deposit(number: str, *, actor: Actor, now: dt.datetime) -> bytes:
    """Return the receipt. Raises: Refused(UNKNOWN_NUMBER, kernel.transition_refused)."""
    request = queries.get_request(number)
    step = next((s for s in request.steps if s.action == "deposit"), None)
    if step is None:
        raise Refused(TRANSITION_REFUSED, state=request.state)
    papers = [_paper(d.kind) for d in documents.list_documents(f"request:{request.number}")]
    facts: dict[str, Fact] = {
        "applicant": _name(request),
        "deposited_at": step.at,
        "centre": _centre(request),
        "papers": papers or [_paper(request.identity.paper_kind)],
        "captures": [_CAPTURES[c.modality] for c in captures.list_captures(request.number)],
        "until": request.due_on or legal_day(step.at) + dt.timedelta(days=1),
    }
    audit.record(actor=actor, action="enrolment.receipt_printed", subject=request.number, now=now)
    return receipts.render_receipt("deposit", facts, number=show_number(request.number), issued_at=step.at)


def _name(request: Request) -> Both:
    who = request.identity
    return Both(f"{who.first_name_ar} {who.last_name_ar}", f"{who.first_name_fr} {who.last_name_fr}")


def _centre(request: Request) -> Both:
    centre = appointments.get_centre(request.centre_code)
    return Both(centre.name_ar, centre.name_fr)


def _paper(kind: str) -> Both:
    found = next((k for k in documents.list_kinds() if k.code == kind), None)
    return Both(found.name("ar"), found.name("fr")) if found else Both("—", "—")
