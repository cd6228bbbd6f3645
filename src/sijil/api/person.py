"""The person journey over HTTP: pre-registration, the officer's steps, tracking."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Field, File, Form, Router, Schema, Status
from ninja.errors import ValidationError
from ninja.files import UploadedFile

from sijil.api.auth import staff_auth
from sijil.api.idempotency import once
from sijil.api.person_bodies import ComparisonIn, CorrectionIn, IdentityIn
from sijil.api.problems import PROBLEMS, Body, check_form
from sijil.domains.population_register.rules import PAPERS, form_of, read_identity, values_of
from sijil.domains.population_register.types import Channel, Identity, Nationality, PaperKind
from sijil.journeys import person_enrolment, person_papers, tracking
from sijil.kernel import law
from sijil.kernel.actors import PUBLIC
from sijil.kernel.clean.errors import FIELD_MISSING
from sijil.kernel.errors import Refused
from sijil.pages import clock, throttle
from sijil.pages.person_forms import current_form

router = Router(tags=["person"])
counter = Router(tags=["counter"])
NOTHING_SAID = gettext_noop("Name at least one field to correct.")
officer = staff_auth("csc_officer")


class PaperIn(Body):
    """One paper: JPEG, PNG, HEIC or PDF, at most 5 MB, in base64."""

    kind: PaperKind
    filename: str = Field(max_length=120)
    content_base64: str


class PreRegistrationIn(IdentityIn):
    """``proof``: that a code sent to ``phone``, or to ``email`` without a mobile telephone, was typed right
    (``POST /v1/contact-codes``). Who has neither names a centre and comes without an appointment.
    """

    slot_id: str = Field("", max_length=40, description="A slot of GET /v1/centres/{code}/slots")
    centre_code: str = Field("", max_length=24, description="Instead of a slot, without phone and email")
    proof: str = Field("", max_length=100)
    papers: list[PaperIn] = Field(default_factory=list, max_length=5)


class WalkInIn(IdentityIn):
    """``elsewhere_reason``: a code of the law ``appointments.elsewhere`` (caravan, hospital, moving, other),
    where the centre does not serve the commune of the person; ``elsewhere_note``: in a sentence.
    """

    elsewhere_reason: str = Field("", max_length=40)
    elsewhere_note: str = Field("", max_length=500)


class ElsewhereIn(Body):
    """Why a file is received at a centre that does not serve its commune."""

    reason: str = Field(max_length=40)
    note: str = Field("", max_length=500)


class ElsewhereOut(Schema):
    """The reason that was given, and the sentence beside it."""

    reason: str
    note: str


class NumberOut(Schema):
    number: str


class StepOut(Schema):
    state: str
    at: dt.datetime
    reason: str


class AppealOut(Schema):
    """What was said against the decision. ``state``: received, upheld (it stands) or reversed."""

    number: str
    state: str
    opened_at: dt.datetime
    due_on: dt.date | None
    is_late: bool
    answer: str


class TrackedOut(Schema):
    """Where a request is; no identity. ``appeal_until``: the last day to say that its refusal is wrong."""

    number: str
    kind: str
    state: str
    reason: str
    next_action: str
    due_on: dt.date | None
    bring_by: dt.date | None
    is_late: bool
    stage: int | None
    stages: int | None
    place: int | None
    expected_on: dt.date | None
    history: list[StepOut]
    appeal_until: dt.date | None
    appeal: AppealOut | None


class PaperOut(Schema):
    """A paper that was received, without its content."""

    id: UUID
    kind: str
    received_at: dt.datetime


class FileOut(Schema):
    """A file with its identity, for an officer of its centre."""

    number: str
    state: str
    identity: dict[str, str]
    idcs: str | None
    due_on: dt.date | None
    elsewhere: ElsewhereOut | None


class PapersOf(Schema):
    """Of each line of ``papers`` one is needed, with its number. ``protected``: null where all the same.

    ``guardian``: the number of who represents the person is needed too.
    """

    id: str
    nationality: Nationality
    adult: bool
    protected: bool | None
    papers: list[list[PaperKind]]
    guardian: bool


class PapersOut(Schema):
    """Which papers prove whom. ``deeds``: with one of these a guardian is named."""

    version: str
    of_age: int
    deeds: list[PaperKind]
    people: list[PapersOf]


class ComparisonOut(Schema):
    """The fields that were corrected."""

    corrected: list[str]


class ReasonIn(Body):
    reason: str


class CaptureExceptionIn(Body):
    modality: str
    reason: str


def _count(request: Any, body: PreRegistrationIn) -> None:
    now, address = clock.now(), request.META["REMOTE_ADDR"]
    throttle.take("pre_registration", address, now=now)
    if body.papers:
        throttle.work(throttle.PAPER * len(body.papers), actor=PUBLIC, address=address, now=now)


@router.post(
    "/pre-registrations", response={201: NumberOut, **PROBLEMS}, auth=None, operation_id="pre_register"
)
@once(before=_count)
def pre_register(request: Any, body: PreRegistrationIn) -> Status[dict[str, str]]:
    """Pre-register a person and book a slot at a centre, with the proof of a telephone or an e-mail."""
    number = person_enrolment.pre_register(
        identity=_identity(body),
        slot_id=body.slot_id,
        centre_code=body.centre_code,
        proof=body.proof,
        papers=[read_paper(p) for p in body.papers],
        channel=Channel.API,
        actor=PUBLIC,
        now=clock.now(),
    )
    return Status(201, {"number": number})


@router.get("/papers", response={200: PapersOut, **PROBLEMS}, auth=None, operation_id="list_needed_papers")
def list_needed_papers(request: Any) -> dict[str, Any]:
    """Read which papers prove whom today: no file is received without them."""
    found = law.on(PAPERS, clock.today())
    rows = [
        {"id": p.id, "papers": p.papers, "guardian": p.guardian, **msgspec.structs.asdict(p.who)}
        for p in found.body.people
    ]
    table = found.body
    return {"version": found.version, "of_age": table.of_age, "deeds": table.deeds, "people": rows}


@router.get(
    "/requests/{number}", response={200: TrackedOut, **PROBLEMS}, auth=None, operation_id="track_request"
)
def track(request: Any, number: str) -> tracking.TrackedRequest:
    """Follow a request by its number: state, reason, next step, legal date."""
    now = clock.now()
    throttle.take("track", request.META["REMOTE_ADDR"], now=now)
    return tracking.find_request(number, now=now)


@router.get(
    "/requests/{number}/papers",
    response={200: list[PaperOut], **PROBLEMS},
    auth=None,
    operation_id="list_own_papers",
)
def list_own_papers(request: Any, number: str) -> list[Any]:
    """The papers of a request that waits for papers, without what they show; none in another state."""
    now = clock.now()
    throttle.take("track", request.META["REMOTE_ADDR"], now=now)
    found = tracking.find_request(number, now=now)
    return list(person_enrolment.list_papers(found.number)) if "remove_paper" in found.may else []


@router.delete(
    "/requests/{number}/papers/{document_id}",
    response={204: None, **PROBLEMS},
    auth=None,
    operation_id="remove_own_paper",
)
def remove_own_paper(request: Any, number: str, document_id: UUID) -> Status[None]:
    """Delete a paper while the request waits for papers; one that was compared already stays."""
    now = clock.now()
    throttle.take("track", request.META["REMOTE_ADDR"], now=now)
    person_enrolment.remove_paper(number=number, document_id=document_id, actor=PUBLIC, now=now)
    return Status(204, None)


@counter.post("/files", response={201: NumberOut, **PROBLEMS}, auth=officer, operation_id="open_file")
@once(needed=True)
def open_file(request: Any, body: WalkInIn) -> Status[dict[str, str]]:
    """Register a person who came without an appointment; one of another commune for a reason only."""
    number = person_enrolment.pre_register(
        identity=_identity(body),
        centre_code=request.account.centre_code,
        elsewhere=person_enrolment.Why(body.elsewhere_reason, body.elsewhere_note),
        channel=Channel.COUNTER,
        actor=request.actor,
        now=clock.now(),
    )
    return Status(201, {"number": number})


@counter.get("/files/{number}", response={200: FileOut, **PROBLEMS}, auth=officer, operation_id="read_file")
def read_file(request: Any, number: str) -> dict[str, Any]:
    """Read a file of the officer's centre (written down in the log)."""
    found = person_enrolment.read_file(number, actor=request.actor, now=clock.now())
    return {
        "number": found.number,
        "state": found.state,
        "identity": _shown(found.identity),
        "idcs": found.idcs,
        "due_on": found.due_on,
        "elsewhere": person_enrolment.find_elsewhere(found),
    }


@counter.post(
    "/files/{number}/elsewhere",
    response={204: None, **PROBLEMS},
    auth=officer,
    operation_id="receive_elsewhere",
)
def receive_elsewhere(request: Any, number: str, body: ElsewhereIn) -> Status[None]:
    """Keep why a file is received at a centre that does not serve its commune; the first reason stays."""
    return _act(request, number, person_enrolment.receive_elsewhere, reason=body.reason, note=body.note)


@counter.post(
    "/files/{number}/corrections", response={204: None, **PROBLEMS}, auth=officer, operation_id="correct_file"
)
@once()
def correct(request: Any, number: str, body: CorrectionIn) -> Status[None]:
    """Bring the form in line with the papers."""
    changes = body.answers()
    if not changes:
        raise ValidationError([{"type": "nothing", "loc": ("body", "body"), "msg": NOTHING_SAID}])
    return _act(request, number, person_enrolment.correct, changes=changes)


@counter.post(
    "/files/{number}/comparison",
    response={200: ComparisonOut, **PROBLEMS},
    auth=officer,
    operation_id="compare_papers",
)
@once()
def compare_papers(request: Any, number: str, body: ComparisonIn) -> dict[str, Any]:
    """Keep that the papers were compared with the form, and by whom: no file is received without it."""
    corrected = person_enrolment.compare_papers(
        number=number, paper=_paper_values(body), actor=request.actor, now=clock.now()
    )
    return {"corrected": list(corrected)}


@counter.post(
    "/files/{number}/captures", response={204: None, **PROBLEMS}, auth=officer, operation_id="capture"
)
def capture(request: Any, number: str, modality: Form[str], picture: File[UploadedFile]) -> Status[None]:
    """Keep the face or one iris (JPEG or PNG); a poor image is refused with what to do."""
    check_form(request, {"modality", "picture"})
    return _act(request, number, person_enrolment.capture, modality=modality, content=picture.read())


@counter.post(
    "/files/{number}/capture-exceptions",
    response={204: None, **PROBLEMS},
    auth=officer,
    operation_id="excuse_capture",
)
def excuse_capture(request: Any, number: str, body: CaptureExceptionIn) -> Status[None]:
    """Note why an iris cannot be captured."""
    return _act(request, number, person_enrolment.excuse_capture, modality=body.modality, reason=body.reason)


@counter.post(
    "/files/{number}/deposit", response={204: None, **PROBLEMS}, auth=officer, operation_id="deposit_file"
)
def deposit(request: Any, number: str) -> Status[None]:
    """Receive the file, once its papers are compared and its captures there; its comparison starts."""
    return _act(request, number, person_enrolment.deposit)


@counter.post(
    "/files/{number}/paper-requests",
    response={204: None, **PROBLEMS},
    auth=officer,
    operation_id="ask_for_paper",
)
def ask_for_paper(request: Any, number: str, body: ReasonIn) -> Status[None]:
    """Ask the person for a paper, with a reason of the list."""
    return _act(request, number, person_enrolment.ask_for_paper, reason=body.reason)


@counter.post(
    "/files/{number}/refusal", response={204: None, **PROBLEMS}, auth=officer, operation_id="refuse_file"
)
def refuse(request: Any, number: str, body: ReasonIn) -> Status[None]:
    """Close the file, with a reason of the list."""
    return _act(request, number, person_enrolment.refuse, reason=body.reason)


@counter.get(
    "/files/{number}/receipt.pdf",
    response={200: bytes, **PROBLEMS},
    auth=officer,
    operation_id="deposit_receipt",
)
def receipt(request: Any, number: str) -> HttpResponse:
    """The deposit receipt, in Arabic and French, with its signed QR."""
    content = person_papers.render_deposit(number, actor=request.actor, now=clock.now())
    return HttpResponse(content, content_type="application/pdf")


@counter.get(
    "/files/{number}/temporary-slip.pdf",
    response={200: bytes, **PROBLEMS},
    auth=officer,
    operation_id="temporary_slip",
)
def temporary_slip(request: Any, number: str) -> HttpResponse:
    """The temporary slip with the photograph that was taken; each print is written down."""
    content = person_papers.render_temporary(number, actor=request.actor, now=clock.now())
    return HttpResponse(content, content_type="application/pdf")


def _identity(body: IdentityIn) -> Identity:
    return read_identity(body.answers(), clock.today())


def _paper_values(body: ComparisonIn) -> dict[str, Any]:
    """Return what was read; a field that need not be there and was not named says nothing."""
    return {field.id: "" for field in current_form().compared} | body.answers()


def _shown(identity: Identity) -> dict[str, str]:
    """Return what an officer reads of a person, by the names under which it is sent."""
    typed = {name: "1" if value is True else str(value) for name, value in values_of(identity).items()}
    shown = {n for f in form_of(identity).shown_to("officer") for n in (f.id, f.tick)}
    return {name: value for name, value in typed.items() if name in shown}


def read_paper(body: PaperIn) -> person_enrolment.Paper:
    """Return a paper as the journey takes it. Raises: Refused(FIELD_MISSING) on what is no base64."""
    try:
        content = base64.b64decode(body.content_base64, validate=True)
    except ValueError:
        raise Refused(FIELD_MISSING, field="content_base64") from None
    return person_enrolment.Paper(body.kind, body.filename, content)


def _act(request: Any, number: str, use_case: Any, **values: Any) -> Status[None]:
    use_case(number=number, actor=request.actor, now=clock.now(), **values)
    return Status(204, None)
