"""A telephone or an e-mail proved over HTTP, before a place is held with it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Router, Schema, Status

from sijil.api.idempotency import once
from sijil.api.problems import PROBLEMS, Body, language_of
from sijil.journeys import person_enrolment
from sijil.kernel.actors import PUBLIC
from sijil.pages import clock, throttle

router = Router(tags=["accounts"])
Text = Annotated[str, Field(max_length=254)]


class ContactIn(Body):
    """What stands in the form of the person. The code goes to a mobile telephone; else to the e-mail."""

    phone: Text = ""
    email: Text = ""


class ContactCodeOut(Schema):
    """``resend_at``: when to ask again."""

    challenge_id: UUID
    expires_at: dt.datetime
    resend_at: dt.datetime


class ContactCodeIn(Body):
    code: Annotated[str, Field(max_length=12)]


class ContactProofOut(Schema):
    """``proof``: for the pre-registrations of everybody who is reached there, until ``expires_at``."""

    proof: str
    expires_at: dt.datetime


def _count(request: Any, body: ContactIn) -> None:
    contact = person_enrolment.contact_of(phone=body.phone, email=body.email)
    if contact:  # without one nothing is sent
        throttle.take_code(contact, address=request.META["REMOTE_ADDR"], now=clock.now())


@router.post(
    "/contact-codes", response={202: ContactCodeOut, **PROBLEMS}, auth=None, operation_id="ask_contact_code"
)
@once(before=_count)
def ask_contact_code(request: Any, body: ContactIn) -> Status[person_enrolment.CodeAsked]:
    """Send a code to a telephone or an e-mail: who types it may hold a place with a pre-registration."""
    asked = person_enrolment.ask_code(
        phone=body.phone,
        email=body.email,
        language=language_of(request),
        actor=PUBLIC,
        now=clock.now(),
    )
    return Status(202, asked)


@router.post(
    "/contact-codes/{challenge_id}/confirm",
    response={200: ContactProofOut, **PROBLEMS},
    auth=None,
    operation_id="confirm_contact",
)
def confirm_contact(request: Any, challenge_id: UUID, body: ContactCodeIn) -> dict[str, Any]:
    """Type the code of the message; get the proof that a pre-registration is sent with."""
    given = person_enrolment.confirm_code(
        challenge_id=challenge_id,
        code=body.code,
        address=request.META["REMOTE_ADDR"],
        actor=PUBLIC,
        now=clock.now(),
    )
    return {"proof": given.token, "expires_at": given.expires_at}
