"""Events of civil status over HTTP: a source sends each in a message that it signs.

POST /v1/civil-events         202 and the number of the event; the same message again: 200, the same answer
GET  /v1/civil-events/{id}    how far it is, for the source that sent it
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.errors import ValidationError as FieldsInvalid
from ninja.security import HttpBearer
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from sijil.api.problems import PROBLEMS
from sijil.journeys import civil_events
from sijil.journeys.civil_events import CivilReport
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.kernel.ids import is_idcs
from sijil.pages import clock, throttle

router = Router(tags=["civil events"])

JOSE = "application/jose"
LARGEST = 16 * 1024
NOT_SIGNED = ErrorCode(
    "api.not_signed",
    Category.INVALID,
    "This address takes one signed message of at most 16 kB.",
    "Send a compact JWS, and nothing else, as Content-Type: application/jose.",
)


def _check_idcs(text: str) -> str:
    if not (text.isascii() and is_idcs(text)):
        raise PydanticCustomError("idcs", "This is not a well-formed IDCS.")
    return text


def _two_persons(parents: list[str]) -> list[str]:
    if len(set(parents)) != len(parents):
        raise PydanticCustomError("parents", "The same parent stands twice.")
    return parents


Idcs = Annotated[
    str, AfterValidator(_check_idcs), WithJsonSchema({"type": "string", "pattern": "^[2-9][0-9]{9}$"})
]
Number = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/-]{1,64}$")]
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,80}$")]
Parents = Annotated[list[Idcs], Field(min_length=1, max_length=2), AfterValidator(_two_persons)]


class Typed(BaseModel):
    """Of the kind said, or refused; nothing that is not asked for."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Proof(Typed):
    """Who speaks (``iss``: the partner's code), to whom (``aud``: this address), from when to when."""

    iss: str
    aud: str | list[str]
    iat: int
    exp: int


class PlaceFacts(Typed):
    """Where it was registered: a code of ``GET /v1/communes``."""

    commune_code: Line | None = None


class BirthFacts(PlaceFacts):
    """The child, as far as the act says."""

    sex: Literal["F", "M"]
    last_name_ar: Line | None = None
    first_name_ar: Line | None = None
    last_name_fr: Line | None = None
    first_name_fr: Line | None = None


class CoupleFacts(PlaceFacts):
    """The other spouse, if known by a number."""

    spouse_idcs: Idcs | None = None


class CorrectionFacts(Typed):
    reason: Line | None = None


class CivilEvent(Proof):
    """What every event says. ``id``: its number at the source. ``on``: the day on which it happened.

    ``registered_at``: the moment of the act, with its zone.
    """

    id: Number
    on: dt.date
    registered_at: AwareDatetime
    act_number: Line

    def concerned(self) -> list[str]:
        """Return the IDCS of those it is about, the subject first."""
        return []


class Birth(CivilEvent):
    kind: Literal["civil.birth"]
    parents: Parents
    facts: BirthFacts

    def concerned(self) -> list[str]:
        return self.parents


class Death(CivilEvent):
    kind: Literal["civil.death"]
    idcs: Idcs
    facts: PlaceFacts = PlaceFacts()

    def concerned(self) -> list[str]:
        return [self.idcs]


class Couple(CivilEvent):
    idcs: Idcs
    facts: CoupleFacts = CoupleFacts()

    def concerned(self) -> list[str]:
        return [self.idcs, *([self.facts.spouse_idcs] if self.facts.spouse_idcs else [])]


class Marriage(Couple):
    kind: Literal["civil.marriage"]


class Divorce(Couple):
    kind: Literal["civil.divorce"]


class Correction(CivilEvent):
    """Takes back the event ``annuls`` of the same source, whole. The right one follows as an event."""

    kind: Literal["civil.correction"]
    annuls: Number
    facts: CorrectionFacts = CorrectionFacts()


AnyEvent = Annotated[Birth | Death | Marriage | Divorce | Correction, Field(discriminator="kind")]
_EVENTS: TypeAdapter[Birth | Death | Marriage | Divorce | Correction] = TypeAdapter(AnyEvent)
_DESCRIBED = _EVENTS.json_schema(ref_template="#/components/schemas/{model}")
SCHEMAS: dict[str, Any] = _DESCRIBED.pop("$defs")
_SIGNED = {
    "type": "string",
    "description": "Compact JWS (EdDSA, ES256 or RS256) by a registered key, its thumbprint as `kid`.",
    "contentMediaType": "application/json",
    "contentSchema": _DESCRIBED,
}


class ReceivedOut(Schema):
    """``event``: our number of it; ``id``: the source's."""

    event: UUID
    id: str
    kind: str
    received_at: dt.datetime


class StepOut(Schema):
    """``taken``: the registers have it in hand. What came of it is told to the person and to staff."""

    step: str
    state: Literal["waiting", "taken"]


class ProgressOut(ReceivedOut):
    steps: list[StepOut]


class SourceAuth(HttpBearer):
    """A message signed like an event that says nothing but who speaks, to whom and when (``Proof``)."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Put ``source`` on the request. Raises: Refused(MESSAGE_REFUSED, TOO_OFTEN)."""
        source, payload = _open(request, token.encode())
        _read(TypeAdapter(Proof), payload)
        request.source = source  # type: ignore[attr-defined]
        return source


@router.post(
    "/civil-events",
    response={200: ReceivedOut, 202: ReceivedOut, **PROBLEMS},
    auth=None,
    operation_id="send_civil_event",
    openapi_extra={"requestBody": {"required": True, "content": {JOSE: {"schema": _SIGNED}}}},
)
def send(request: HttpRequest) -> Status[dict[str, Any]]:
    """Tell of a birth, a death, a marriage or a divorce, or take back what was told.

    Answered alike whether the registers know the person or not. The same number again with the same content
    is answered as the first time, with another content it is refused.
    """
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    if request.content_type != JOSE or not 0 < size <= LARGEST:
        raise Refused(NOT_SIGNED)
    source, payload = _open(request, request.body)
    report = read_report(payload)
    kept = civil_events.receive(report, source=source, now=clock.now())
    answer = {"event": kept.id, "id": report.source_id, "kind": report.kind, "received_at": kept.recorded_at}
    return Status(202 if kept.is_new else 200, answer)


@router.get(
    "/civil-events/{event_id}",
    response={200: ProgressOut, **PROBLEMS},
    auth=SourceAuth(),
    operation_id="read_civil_event",
)
def read(request: Any, event_id: UUID) -> dict[str, Any]:
    """How far an event is that the caller sent; nothing about the person."""
    found = civil_events.get_progress(event_id, source=request.source)
    return {
        "event": found.event.id,
        "id": found.event.source_id,
        "kind": found.event.kind,
        "received_at": found.event.recorded_at,
        "steps": [{"step": name.split(".")[-1], "state": state} for name, state in found.steps.items()],
    }


def read_report(payload: bytes) -> CivilReport:
    """Return the event that a message holds. Raises: ninja's ValidationError naming the fields."""
    told = _read(_EVENTS, payload)
    return CivilReport(
        kind=told.kind,
        source_id=told.id,
        concerns=told.concerned(),
        on=told.on,
        registered_at=told.registered_at,
        facts={"act_number": told.act_number, **_facts(told.facts)},
        annuls=told.annuls if isinstance(told, Correction) else "",
    )


def _facts(told: Typed) -> dict[str, Any]:
    """Return what an event says beside whom it concerns: no number."""
    return told.model_dump(exclude_defaults=True, exclude={"spouse_idcs"})


def _read(of: TypeAdapter[Any], payload: bytes) -> Any:
    try:
        return of.validate_json(payload)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False, include_context=False, include_input=False)
        raise FieldsInvalid([{"loc": _place(e["loc"]), "msg": e["msg"]} for e in errors]) from None


def _place(place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Return where a fault is, without the kind that pydantic puts before the field."""
    field = place[1:] if place and str(place[0]).startswith("civil.") else place
    return ("body", "message", *(field or ("kind",)))


def _open(request: HttpRequest, message: bytes) -> tuple[Any, bytes]:
    """Return the source of a message and what it says, within the rate agreed.

    Who sends what we cannot trust is slowed down by address, never under the name that it claims.
    """
    now = clock.now()
    try:
        source, payload = civil_events.open_message(message, audience=audience(), now=now)
    except Refused:
        throttle.take("message_refused", request.META["REMOTE_ADDR"], now=now)
        raise
    throttle.take("civil_events", source.code, rate=source.rate_limit, now=now)
    return source, payload


def audience() -> str:
    """Return the address for which messages must be meant: one for another installation is not for us."""
    return f"{settings.ENV.address}/v1/civil-events"
