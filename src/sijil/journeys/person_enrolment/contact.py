"""A telephone or an e-mail is proved by a code before a pre-registration may hold a place with it.

The answer tells nobody who is registered: any contact is sent a code, at the same pace. A proof serves for a
while, so that a family with one telephone goes in one act.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from sijil.domains.accounts import acts
from sijil.domains.accounts import queries as account_queries
from sijil.domains.accounts import services as accounts
from sijil.domains.accounts.types import ContactProof, Purpose
from sijil.domains.appointments.errors import PLACE_NEEDS_CONTACT
from sijil.domains.notifications import queries as notification_queries
from sijil.domains.notifications import services as notifications
from sijil.domains.notifications.types import Contact
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.types import Identity
from sijil.kernel import clean
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.acts import record
from sijil.kernel.clean.errors import FIELD_MISSING
from sijil.kernel.errors import Refused

NO_CONTACT = "contact"
"""What the log calls a trial of a code that nobody asked for."""


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """Where to type the code, until when, and when another may be asked for."""

    challenge_id: UUID
    expires_at: dt.datetime
    resend_at: dt.datetime


def contact_of(*, phone: str, email: str) -> str:
    """Return what a code can prove: a mobile telephone, else an e-mail; nothing where there is neither.

    A fixed line receives no code. Raises: Refused(PHONE_INVALID, EMAIL_INVALID).
    """
    found = _reach(phone, email)
    return found.to if found else ""


@transaction.atomic
def ask_code(*, phone: str, email: str, language: str, actor: Actor, now: dt.datetime) -> CodeAsked:
    """Send a code to a telephone or an e-mail, and never to the other one in its stead.

    The caller counts who asks, before. Raises: Refused(PHONE_INVALID, EMAIL_INVALID, PLACE_NEEDS_CONTACT,
    CODE_TOO_SOON, CODE_TOO_MANY).
    """
    contact = _reach(phone, email)
    if contact is None:
        raise Refused(PLACE_NEEDS_CONTACT, field="phone")
    subject = accounts.contact_tag(contact.to)
    challenge = accounts.start_challenge(
        purpose=Purpose.CONFIRM_CONTACT, subject=subject, claim=contact.to, is_known=True, now=now
    )
    if challenge.code is not None:
        minutes = round((challenge.expires_at - now).total_seconds() / 60)
        notifications.queue_message(
            channel=contact.channel,
            to=contact.to,
            template="otp_book_place",
            language=language,
            facts={"code": challenge.code, "minutes": minutes},
            subject=subject,
            now=now,
        )
    record(acts.CONTACT_CODE_ASKED, actor=actor, subject=subject, now=now)
    return CodeAsked(challenge.id, challenge.expires_at, challenge.resend_at)


def confirm_code(
    *, challenge_id: UUID, code: str, address: str, actor: Actor, now: dt.datetime
) -> ContactProof:
    """Take the code that was typed; give the proof. ``address``: what the log says of a wrong one.

    Not inside a transaction. Raises: Refused(CODE_WRONG, CODE_SPENT).
    """
    subject = account_queries.find_challenged(challenge_id) or NO_CONTACT
    try:
        proof = accounts.confirm_contact(challenge_id=challenge_id, code=code, now=now)
    except Refused as refused:
        accounts.note_failed(subject, address, refused, act=acts.CONTACT_CODE_FAILED, now=now)
        raise
    record(acts.CONTACT_CONFIRMED, actor=actor, subject=subject, now=now)
    return proof


def prove(*, identity: Identity, proof: str, slot_id: str, actor: Actor, now: dt.datetime) -> str:
    """Return the contact that is proved; nothing where there is none, or where an officer sees the person.

    Who has a contact proves it, by a code or by an account that is written to there, and then takes a place;
    who has none comes without one. Raises: Refused(PLACE_NEEDS_CONTACT, CONTACT_UNPROVED, FIELD_MISSING).
    """
    if actor.kind is ActorKind.OFFICER:
        return ""
    contact = _reach(identity.phone, identity.email)
    if contact is None:
        if slot_id:
            raise Refused(PLACE_NEEDS_CONTACT, field="phone")
        return ""
    if not slot_id:
        raise Refused(FIELD_MISSING, field="slot_id")
    if not _is_own(contact, actor):
        accounts.require_proof(proof, contact=contact.to, now=now)
    return contact.to


def _reach(phone: str, email: str) -> Contact | None:
    return notification_queries.choose_channel(
        phone=clean.optional(clean.phone, phone, field="phone"),
        email=clean.optional(clean.email, email, field="email"),
    )


def _is_own(contact: Contact, actor: Actor) -> bool:
    """Tell whether the register writes there to who is signed in."""
    to = population.find_addressee(actor.person) if actor.kind is ActorKind.CITIZEN else None
    known = notification_queries.choose_channel(phone=to.phone, email=to.email) if to else None
    return known is not None and known.to == contact.to
