"""Before the counter: the draft, the form that is sent, the papers and the appointment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db import transaction

from sijil.domains.appointments import queries as appointment_queries
from sijil.domains.appointments import services as appointments
from sijil.domains.appointments.errors import APPOINTMENT_UNKNOWN
from sijil.domains.appointments.rules import read_slot
from sijil.domains.appointments.states import AppointmentState
from sijil.domains.appointments.types import Booking, Centre
from sijil.domains.biometrics import services as biometrics
from sijil.domains.documents import queries as document_queries
from sijil.domains.documents import services as documents
from sijil.domains.documents.acts import PAPER_READ
from sijil.domains.documents.errors import DOCUMENT_MISSING
from sijil.domains.documents.types import Accepted, DocumentFile, DocumentLine
from sijil.domains.geography import queries as geography
from sijil.domains.matching import queries as matching_queries
from sijil.domains.matching.types import Subject
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.acts import ASKED_FOR, HOME_TAKEN_OVER
from sijil.domains.population_register.errors import UNKNOWN_NUMBER
from sijil.domains.population_register.rules import GUARDIAN, PersonForm, form_of, matched
from sijil.domains.population_register.types import Channel, Identity
from sijil.journeys.person_enrolment import contact, residence
from sijil.journeys.person_enrolment.notices import tell_holder
from sijil.kernel import clean
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.acts import counted
from sijil.kernel.clean.errors import FIELD_MISSING
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_number

Step = TypeVar("Step", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Paper:
    """One uploaded paper: its kind (``documents`` parameters), file name and bytes."""

    kind: str
    filename: str
    content: bytes
    judged: Accepted | None = None


def judged(step: Step) -> Step:
    """Judge the papers that a step is given, before its transaction is opened."""

    @wraps(step)
    def run(**given: Any) -> Any:
        if "papers" in given:
            given["papers"] = _judge(given["papers"], given["now"])
        if "paper" in given:
            [given["paper"]] = _judge([given["paper"]], given["now"])
        return step(**given)

    return cast(Step, run)


def _judge(papers: Sequence[Paper], now: dt.datetime) -> list[Paper]:
    judged = documents.judge([paper.content for paper in papers], now=now)
    return [replace(paper, judged=found) for paper, found in zip(papers, judged, strict=True)]


def start_draft(*, now: dt.datetime) -> str:
    """Begin a pre-registration; return the number it will keep."""
    return register.start_draft(now=now)


def start_draft_like(*, number: str, actor: Actor, now: dt.datetime) -> str:
    """Begin a pre-registration of another person of a home: address, contact and centre of a request that was
    sent from here, and the free time nearest to its own. The caller knows who sent it.

    Raises: Refused(UNKNOWN_NUMBER).
    """
    sent = queries.get_request(number, act=HOME_TAKEN_OVER, actor=actor, now=now)
    said = {name: str(sent.identity.value(name) or "") for name in _OF_THE_HOME}
    slot = _nearest(number, sent.centre_code, now)
    draft = register.start_draft(now=now)
    values = {**said, "centre": sent.centre_code, **({"slot": slot} if slot else {})}
    register.save_draft(number=draft, values={n: v for n, v in values.items() if v}, now=now)
    return draft


_OF_THE_HOME = (
    "commune_code", "quarter", "street", "house_number", "postcode", "phone", "email", "trusted_phone",
    "language",
)  # fmt: skip
"""The questions of the form that people of one home answer alike."""


def _nearest(number: str, centre_code: str, now: dt.datetime) -> str:
    """Return the free time of the same day that is nearest to the appointment of a request; or nothing."""
    booking = appointment_queries.find_booking(clean.request_number(number))
    if booking is None or booking.at is None or booking.state != AppointmentState.BOOKED:
        return ""
    at = booking.at.hour * 60 + booking.at.minute
    free = [s for s in appointment_queries.list_free_slots(centre_code, now=now) if s.on == booking.on]
    near = min(free, key=lambda s: abs(s.at.hour * 60 + s.at.minute - at), default=None)
    return near.id if near else ""


def save_draft(*, number: str, values: Mapping[str, str], now: dt.datetime) -> dict[str, str]:
    """Keep what was typed on one page; return all of it. Raises: Refused(UNKNOWN_NUMBER)."""
    return register.save_draft(number=number, values=values, now=now)


def find_draft(number: str) -> dict[str, str] | None:
    """Return to its holder what was typed so far, or None."""
    return queries.find_draft(number)


def is_submitted(number: str) -> bool:
    """Tell whether the draft of this number was sent."""
    return queries.has_request(number)


def list_papers(number: str) -> list[DocumentLine]:
    """Return the papers kept with a draft or a request, without their content."""
    return document_queries.list_documents(_owner(number))


@judged
@transaction.atomic
def pre_register(
    *,
    identity: Identity,
    slot_id: str = "",
    centre_code: str = "",
    papers: Sequence[Paper] = (),
    number: str = "",
    language: str = "",
    proof: str = "",
    elsewhere: residence.Why = residence.NONE,
    channel: Channel,
    actor: Actor,
    now: dt.datetime,
) -> str:
    """Keep the form and the papers, book the slot, tell the person; return the number.

    A draft (``number``) sent twice, even at the same moment, is one request.
    Either ``slot_id`` (an appointment) or ``centre_code`` (a walk-in at the counter of the actor, or the
    centre to which somebody without telephone and e-mail will come).
    A place is held for who proved a contact (``proof``, as ``contact.prove`` says), and few for one contact.
    An officer takes a walk-in of another commune for a reason (``elsewhere``), which stays with the file.
    A card that is on another file changes nothing in the answer; who showed it at a counter is told.
    Raises: Refused naming the field; then nothing is kept and no slot is taken.
    """
    check_places(form_of(identity), identity.values())
    number = number or draw_number()
    centre_code = _book(number, slot_id, centre_code, actor, now)  # holds the number until the commit
    if queries.has_request(number):
        return number
    _require_near(identity, slot_id, centre_code, actor)
    proved = contact.prove(identity=identity, proof=proof, slot_id=slot_id, actor=actor, now=now)
    is_first = register.require_room(identity=identity, proved=proved, actor=actor, now=now)
    register.submit_request(
        number=number,
        identity=identity,
        centre_code=centre_code,
        language=language,
        proved=proved,
        channel=channel,
        actor=actor,
        now=now,
    )
    if not slot_id and actor.kind is ActorKind.OFFICER:
        residence.take_here(number, elsewhere, actor=actor, now=now)
    note_guardian(identity.value(GUARDIAN), actor=actor, now=now)
    for paper in papers:
        _keep(number, paper, actor, now)
    if is_first:  # one message, however often the card is typed while a request is open
        _tell_holders(number, identity, now)
    return number


def note_guardian(idcs: Any, *, actor: Actor, now: dt.datetime) -> None:
    """Write down, for who is named as a guardian, that an officer asked: the file then tells if they do."""
    if idcs and actor.kind is ActorKind.OFFICER:
        person = queries.find_key(clean.idcs(str(idcs), field=GUARDIAN))
        facts = {"found": int(person is not None)}
        counted(ASKED_FOR, actor=actor, subject=person or "search", facts=facts, now=now)


def list_centres(number: str) -> list[Centre]:
    """Return the open centres to which whoever holds the number of a request may take it."""
    return appointment_queries.list_centres(_visit(number).commune_code)


def _tell_holders(number: str, identity: Identity, now: dt.datetime) -> None:
    """Tell who was registered with the card of a new request, on their own contacts."""
    subject = Subject(queries.get_request_record(number).id, **matched(identity))
    for person in sorted(matching_queries.list_with_strong_paper(subject)):
        tell_holder(person, now=now)


def check_places(form: PersonForm, values: Mapping[str, Any]) -> None:
    """Look at every commune that is named. Raises: Refused(PLACE_UNKNOWN) naming the field."""
    for field in form.fields:
        if field.kind == "commune" and values.get(field.id):
            try:
                geography.require_commune(field.id, values[field.id])
            except Refused as refused:
                refused.field = field.id
                raise


def _book(number: str, slot_id: str, centre_code: str, actor: Actor, now: dt.datetime) -> str:
    if slot_id:
        return appointments.book(slot_id=slot_id, request_number=number, actor=actor, now=now).centre_code
    if actor.kind is ActorKind.OFFICER:
        appointments.check_in(centre_code=centre_code, request_number=number, actor=actor, now=now)
    elif centre_code:
        appointments.hold(number)
    else:
        raise Refused(FIELD_MISSING, field="slot_id")
    return appointment_queries.get_centre(centre_code).code


def _require_near(identity: Identity, slot_id: str, centre_code: str, actor: Actor) -> None:
    """Raises: Refused(CENTRE_ELSEWHERE); where an officer takes a walk-in, the reason is asked instead."""
    if slot_id or actor.kind is not ActorKind.OFFICER:
        field = "slot_id" if slot_id else "centre_code"
        residence.require_served(centre_code, identity.commune_code, field)


@judged
@transaction.atomic
def add_paper(*, number: str, paper: Paper, actor: Actor, now: dt.datetime) -> UUID:
    """Keep one paper with the file, also before it is submitted.

    An officer of the centre adds to an open file; its holder sends the paper that was asked for, and the
    legal clock goes on. Raises: Refused on what is no paper, and as the table of the request says.
    """
    if queries.has_request(number):
        if actor.kind is ActorKind.OFFICER:
            register.require(number=number, action="compare_papers", actor=actor)
        else:
            register.bring_papers(number=number, actor=actor, now=now)
    return _keep(clean.request_number(number), paper, actor, now)


@transaction.atomic
def remove_paper(*, number: str, document_id: UUID, actor: Actor, now: dt.datetime) -> None:
    """Delete a paper of a draft, or of a request that waits for papers, at its holder's wish.

    Raises: Refused(UNKNOWN_NUMBER, DOCUMENT_MISSING; PAPER_COMPARED: it served to judge the form already),
    and as the table of the request says.
    """
    number = clean.request_number(number)
    paper = _paper_of(number, document_id)
    if queries.has_request(number):
        register.remove_paper(number=number, received_at=paper.received_at, actor=actor, now=now)
    documents.remove(document_id, owner=_owner(number), actor=actor, now=now)


def read_own_paper(number: str, document_id: UUID, *, actor: Actor, now: dt.datetime) -> DocumentFile:
    """Return a paper to whom it was shown that the number is theirs: the door knows who filled in the form.

    Raises: Refused(DOCUMENT_MISSING).
    """
    number = clean.request_number(number)
    return document_queries.get_document(
        document_id, owner=_owner(number), subject=number, act=PAPER_READ, actor=actor, now=now
    )


def _paper_of(number: str, document_id: UUID) -> DocumentLine:
    if not queries.has_request(number) and queries.find_draft(number) is None:
        raise Refused(UNKNOWN_NUMBER, field="number")
    found = next((paper for paper in list_papers(number) if paper.id == document_id), None)
    if found is None:
        raise Refused(DOCUMENT_MISSING)
    return found


@transaction.atomic
def withdraw(*, number: str, actor: Actor, now: dt.datetime) -> None:
    """Take a request back before its deposit; the place booked is free again."""
    register.withdraw_request(number=number, actor=actor, now=now)
    freeze(clean.request_number(number), now=now)
    booking = appointment_queries.find_booking(clean.request_number(number))
    if booking is not None and booking.state == AppointmentState.BOOKED:
        appointments.cancel(request_number=booking.request_number, actor=actor, now=now)


@dataclass(frozen=True, slots=True)
class _Visit:
    """What somebody comes to a centre for: a request, or a child whose irises are due."""

    number: str
    centre_code: str
    commune_code: str
    is_re_enrolment: bool


def _visit(number: str) -> _Visit:
    number = clean.request_number(number)
    due = queries.find_re_enrolment(number)
    record = due or queries.get_request_record(number)
    return _Visit(number, record.centre_code, record.commune_code, due is not None)


def _require_holder(visit: _Visit, actor: Actor) -> None:
    if visit.is_re_enrolment:
        register.require_re_enrolment(number=visit.number, action="choose_centre", actor=actor)
    else:
        register.require(number=visit.number, action="withdraw", actor=actor)


def _go_to(visit: _Visit, centre: str, actor: Actor, now: dt.datetime) -> None:
    residence.require_served(centre, visit.commune_code, "slot")
    if visit.is_re_enrolment:
        register.choose_centre(number=visit.number, centre_code=centre, actor=actor, now=now)
    else:
        register.set_centre(number=visit.number, centre_code=centre, actor=actor)


@transaction.atomic
def move_appointment(*, number: str, slot_id: str, actor: Actor, now: dt.datetime) -> Booking:
    """Book another time instead of the one booked, given back, missed or taken away; the file goes along to
    another centre of the commune. A child whose irises are due is given its first time by it too.

    Raises: Refused(UNKNOWN_NUMBER, SLOT_UNKNOWN, SLOT_FULL, CENTRE_ELSEWHERE …), kernel.transition_refused
    once it is received.
    """
    visit = _visit(number)
    _require_holder(visit, actor)
    centre = read_slot(slot_id).centre_code
    if centre != visit.centre_code:
        _go_to(visit, centre, actor, now)
    booking = appointment_queries.find_booking(visit.number)
    if booking is None and not visit.is_re_enrolment:
        raise Refused(APPOINTMENT_UNKNOWN)
    is_booked = booking is not None and booking.state == AppointmentState.BOOKED
    move = appointments.rebook if is_booked else appointments.book
    return move(slot_id=slot_id, request_number=visit.number, actor=actor, now=now)


@transaction.atomic
def cancel_appointment(*, number: str, actor: Actor, now: dt.datetime) -> Booking:
    """Give the place back and keep the request.

    Raises: Refused(UNKNOWN_NUMBER, APPOINTMENT_UNKNOWN), kernel.transition_refused once it is received.
    """
    visit = _visit(number)
    _require_holder(visit, actor)
    return appointments.cancel(request_number=visit.number, actor=actor, now=now)


def freeze(number: str, *, now: dt.datetime) -> None:
    """Keep the papers and captures of a file as they are: it was received, refused or taken back."""
    biometrics.freeze_captures(request_number=number, now=now)
    documents.freeze_papers(owner=_owner(number), now=now)


def _keep(number: str, paper: Paper, actor: Actor, now: dt.datetime) -> UUID:
    assert paper.judged is not None  # by ``judged``
    return documents.receive(
        owner=_owner(number),
        kind=paper.kind,
        filename=paper.filename,
        paper=paper.judged,
        actor=actor,
        now=now,
    )


def _owner(number: str) -> str:
    return f"request:{clean.request_number(number)}"
