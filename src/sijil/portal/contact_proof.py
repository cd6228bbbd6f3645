"""The code that was asked for a telephone or an e-mail, and its proof; kept sealed in the session.

The proof stays for the next of the family who fills in the form on this device.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language

from sijil.domains.population_register.types import Identity
from sijil.journeys import person_enrolment
from sijil.pages import clock, kept, throttle
from sijil.pages.guards import actor_of

_ASKED, _PROOF = "contact_code", "contact_proof"


@dataclass(frozen=True, slots=True)
class Asked:
    """A code that is on its way. ``answers``: the digest of what was accepted before it was asked for."""

    challenge_id: UUID
    phone: str
    email: str
    answers: str
    until: dt.datetime
    resend_at: dt.datetime

    @property
    def contact(self) -> str:
        return person_enrolment.contact_of(phone=self.phone, email=self.email)


def proof_of(request: HttpRequest, identity: Identity) -> str:
    """Return the proof of the contact of a form, if this browser has one."""
    contact = person_enrolment.contact_of(phone=identity.phone, email=identity.email)
    state = kept.read(request, _PROOF)
    return str(state["token"]) if contact and state.get("contact") == contact else ""


def ask(request: HttpRequest, *, phone: str, email: str, answers: str, anew: bool = False) -> None:
    """Send a code; unless ``anew``, not while the last one to the same contact can still be typed.

    Raises: as ``person_enrolment.ask_code``, and Refused(TOO_OFTEN).
    """
    now, waiting = clock.now(), recall(request)
    contact = person_enrolment.contact_of(phone=phone, email=email)
    if waiting and not anew and waiting.contact == contact and now < waiting.until:
        return _keep(request, waiting.challenge_id, phone, email, answers, waiting.until, waiting.resend_at)
    throttle.take_code(contact, address=request.META["REMOTE_ADDR"], now=now)
    asked = person_enrolment.ask_code(
        phone=phone, email=email, language=get_language() or "ar", actor=actor_of(request), now=now
    )
    return _keep(request, asked.challenge_id, phone, email, answers, asked.expires_at, asked.resend_at)


def recall(request: HttpRequest) -> Asked | None:
    """Return the code that was asked for in this browser."""
    state = kept.read(request, _ASKED)
    if not state:
        return None
    until, resend_at = (dt.datetime.fromisoformat(state.pop(name)) for name in ("until", "resend_at"))
    return Asked(UUID(state.pop("challenge_id")), **state, until=until, resend_at=resend_at)


def confirm(request: HttpRequest, asked: Asked, code: str) -> None:
    """Take the code that was typed and keep its proof. Raises: Refused(CODE_WRONG, CODE_SPENT)."""
    address = request.META["REMOTE_ADDR"]
    given: dict[str, Any] = {"code": code, "address": address, "actor": actor_of(request)}
    proof = person_enrolment.confirm_code(challenge_id=asked.challenge_id, **given, now=clock.now())
    kept.keep(request, _PROOF, {"contact": asked.contact, "token": proof.token})
    request.session.pop(_ASKED, None)


def digest(number: str, draft: Mapping[str, str]) -> str:
    """Return what tells whether a form still says what was accepted."""
    return hashlib.sha256(json.dumps([number, sorted(draft.items())]).encode()).hexdigest()


def _keep(
    request: HttpRequest,
    challenge_id: UUID,
    phone: str,
    email: str,
    answers: str,
    until: dt.datetime,
    resend_at: dt.datetime,
) -> None:
    state = {"challenge_id": str(challenge_id), "phone": phone, "email": email, "answers": answers}
    times = {"until": until.isoformat(), "resend_at": resend_at.isoformat()}
    kept.keep(request, _ASKED, state | times)
