"""Witnesses of a file without papers over HTTP: two registered persons attest who it is."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema, Status

from sijil.api.auth import staff_auth
from sijil.api.problems import PROBLEMS, Body
from sijil.journeys import person_enrolment
from sijil.pages import clock
from sijil.pages.languages import spoken

router = Router(tags=["counter"])
officer = staff_auth("csc_officer")


class WitnessIn(Body):
    """``idcs``: the number of somebody who is registered, of age, and holds a card or a residence title."""

    idcs: str


class WitnessOut(Schema):
    """A witness. ``way``: how they attested (counter, code); none before."""

    id: UUID
    name: str
    named_at: dt.datetime
    signed_at: dt.datetime | None
    way: str


class AttestationIn(Body):
    """Either ``card``, the number of the card that the witness shows; or ``challenge`` and ``code``."""

    card: str = Field("", max_length=20)
    challenge: UUID | None = None
    code: str = Field("", max_length=12)


class IdOut(Schema):
    id: UUID


@router.get(
    "/files/{number}/witnesses",
    response={200: list[WitnessOut], **PROBLEMS},
    auth=officer,
    operation_id="list_witnesses",
)
def list_witnesses(request: Any, number: str) -> list[dict[str, Any]]:
    """The witnesses of a file, with their names (written down in the log)."""
    found = person_enrolment.list_witnesses(number, actor=request.actor, now=clock.now())
    return [_shown(one) for one in found]


@router.post(
    "/files/{number}/witnesses", response={201: IdOut, **PROBLEMS}, auth=officer, operation_id="name_witness"
)
def name_witness(request: Any, number: str, body: WitnessIn) -> Status[dict[str, UUID]]:
    """Enter a witness by their number; the witness is told."""
    made = person_enrolment.name_witness(number=number, idcs=body.idcs, actor=request.actor, now=clock.now())
    return Status(201, {"id": made})


@router.post(
    "/files/{number}/witnesses/{witness}/code",
    response={201: IdOut, **PROBLEMS},
    auth=officer,
    operation_id="ask_witness_code",
)
def ask_code(request: Any, number: str, witness: UUID) -> Status[dict[str, UUID]]:
    """Send the witness a code that serves for this file alone; the answer names the challenge."""
    asked = person_enrolment.ask_witness_code(
        number=number, attestation=witness, actor=request.actor, now=clock.now()
    )
    return Status(201, {"id": asked})


@router.post(
    "/files/{number}/witnesses/{witness}/attestation",
    response={204: None, **PROBLEMS},
    auth=officer,
    operation_id="attest",
)
def attest(request: Any, number: str, witness: UUID, body: AttestationIn) -> Status[None]:
    """Note that the witness attests: at the counter with their card, or by the code that they were sent."""
    who = {"number": number, "attestation": witness, "actor": request.actor, "now": clock.now()}
    if body.challenge is None:
        person_enrolment.sign_at_counter(card=body.card, **who)
    else:
        person_enrolment.sign_by_code(challenge=body.challenge, code=body.code, **who)
    return Status(204, None)


@router.delete(
    "/files/{number}/witnesses/{witness}",
    response={204: None, **PROBLEMS},
    auth=officer,
    operation_id="remove_witness",
)
def remove_witness(request: Any, number: str, witness: UUID) -> Status[None]:
    """Take a witness off the file, until it is received."""
    person_enrolment.remove_witness(number=number, attestation=witness, actor=request.actor, now=clock.now())
    return Status(204, None)


def _shown(one: person_enrolment.Named) -> dict[str, Any]:
    said = one.attestation
    return {
        "id": said.id,
        "name": one.identity.full_name(spoken()),
        "named_at": said.named_at,
        "signed_at": said.signed_at,
        "way": said.way,
    }
