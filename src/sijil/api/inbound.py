"""``/v1/inbound/…``: what outside systems tell by themselves: delivery reports, answers of the engine.

The form is that of the adapter in use. Each proves itself with a secret of its own (``sijil inbound-token``),
as Bearer or as the password of Basic, which is what an address with a password in it sends.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Status

from sijil.api.problems import PROBLEMS, SIGNED_OUT
from sijil.journeys import messages, person_enrolment
from sijil.kernel.errors import Refused
from sijil.pages import clock, throttle

LARGEST = 1024 * 1024  # bytes, held by the gate (config.doors)
router = Router(tags=["inbound"])
_BODY = {"requestBody": {"required": True, "content": {"*/*": {"schema": {}}}}}


@router.post(
    "/inbound/sms",
    response={204: None, **PROBLEMS},
    auth=None,
    operation_id="report_sms",
    openapi_extra=_BODY,
)
def report_sms(request: HttpRequest) -> Status[None]:
    """Tell what became of SMS. Answered alike whether we know the numbers or not; again changes nothing."""
    body, media_type = _read(request, "sms")
    messages.record_reports(channel="sms", body=body, media_type=media_type, now=clock.now())
    return Status(204, None)


@router.post(
    "/inbound/email",
    response={204: None, **PROBLEMS},
    auth=None,
    operation_id="report_email",
    openapi_extra=_BODY,
)
def report_email(request: HttpRequest) -> Status[None]:
    """Tell what became of e-mails, as for SMS."""
    body, media_type = _read(request, "email")
    messages.record_reports(channel="email", body=body, media_type=media_type, now=clock.now())
    return Status(204, None)


@router.post(
    "/inbound/abis",
    response={204: None, **PROBLEMS},
    auth=None,
    operation_id="answer_abis",
    openapi_extra=_BODY,
)
def answer_abis(request: HttpRequest) -> Status[None]:
    """Answer requests to the recognition engine, late or again. What nobody asked is passed over."""
    body, media_type = _read(request, "abis")
    person_enrolment.record_answers(body=body, media_type=media_type, now=clock.now())
    return Status(204, None)


def _read(request: HttpRequest, system: str) -> tuple[bytes, str]:
    """Return what was sent and its media type. Raises: Refused(SIGNED_OUT, TOO_OFTEN)."""
    if not _is_known(request.headers.get("Authorization", ""), system):
        throttle.take("message_refused", request.META["REMOTE_ADDR"], now=clock.now())
        raise Refused(SIGNED_OUT)
    return request.body, request.content_type or ""


def _is_known(header: str, system: str) -> bool:
    """Compare in constant time; an installation without a secret lets nobody in."""
    scheme, _, given = header.partition(" ")
    sent = given.strip().encode() if scheme.lower() == "bearer" else b""
    if scheme.lower() == "basic":
        try:
            sent = base64.b64decode(given, validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            sent = b""
    secret = _secret(system)
    return bool(secret) and hmac.compare_digest(sent, secret)


def _secret(system: str) -> bytes:
    try:
        return (Path(settings.HOME) / "keys" / "inbound" / f"{system}.token").read_bytes().strip()
    except OSError:
        return b""
