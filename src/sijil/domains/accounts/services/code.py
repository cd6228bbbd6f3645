"""One-time codes: asked for, typed, turned into a grant."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Q

from sijil.domains.accounts import errors, rules
from sijil.domains.accounts.models import ChallengeStep, OtpChallenge
from sijil.domains.accounts.states import CHALLENGE, ChallengeState
from sijil.domains.accounts.types import PASSWORDS, Challenge, ContactProof, Grant, Purpose
from sijil.kernel.actors import PUBLIC
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey, new_key
from sijil.kernel.sealing import keyring
from sijil.kernel.steps import Rows

CHALLENGES = Rows(CHALLENGE, OtpChallenge, ChallengeStep, "challenge")
"""Who asks for a code, types it and uses it is not signed in: its steps name nobody."""

_SPEND_ATTEMPT = f"""
UPDATE accounts_otp SET attempts = attempts + 1
WHERE id = %(id)s AND purpose = ANY(%(purposes)s)
  AND state = '{ChallengeState.SENT}' AND attempts < %(most)s AND expires_at > %(now)s
  AND sent_at <= %(now)s + %(skew)s
RETURNING subject, purpose, code_tag, attempts
"""  # noqa: S608  (a state of ours)


def start_challenge(
    *, purpose: Purpose, subject: str, claim: str, is_known: bool, now: dt.datetime
) -> Challenge:
    """Ask for a code. Known or not, the answer and the limits are the same; only a known one gets a code
    to send.

    ``subject``: the person, or what the log calls a number that nobody has. ``claim``: what was declared
    (IDCS, birth date, sex), kept as a tag: limits are per claim, so that somebody who knows only the number
    cannot keep its owner from asking. Codes are sent at the same pace per person, whatever was declared
    (where papers show a year, every day of it is right): one too many is answered as ever, and not sent.
    Inside the caller's transaction, which also queues the message.
    Raises: Refused(CODE_TOO_SOON, CODE_TOO_MANY).
    """
    tag = _claim_tag(purpose, claim)
    _lock(tag)
    _check_pace(tag, purpose, now)
    _lock(keyring().blind_index("accounts", "subject", subject))
    is_sent = _has_room(subject, purpose, now) and is_known
    key, code = new_key(), rules.draw_code(rules.limit("otp_digits", now))
    code_tag = _code_tag(key, code)
    challenge = OtpChallenge(
        id=key,
        purpose=purpose,
        subject=subject,
        claim_tag=tag,
        code_tag=code_tag if is_sent else b"",
        sent_at=now,
        expires_at=now + rules.minutes("otp_minutes", now),
    )
    CHALLENGES.open(challenge, "ask", actor=PUBLIC, now=now)
    resend_at = now + dt.timedelta(seconds=rules.limit("otp_resend_seconds", now))
    return Challenge(key, code if is_sent else None, challenge.expires_at, resend_at)


def confirm_code(*, challenge_id: UUID, code: str, now: dt.datetime) -> Grant:
    """Compare a typed code and give a grant for one password.

    The trial is spent in a transaction of its own before the comparison: ten at once still make five.
    Do not call it inside a transaction. Raises: Refused(CODE_WRONG, CODE_SPENT).
    """
    subject, purpose = _compare(challenge_id, code, PASSWORDS, now)
    until = now + rules.minutes("grant_minutes", now)
    return Grant(_confirm(challenge_id, now), PersonKey(subject), Purpose(purpose), until)


def confirm_contact(*, challenge_id: UUID, code: str, now: dt.datetime) -> ContactProof:
    """Compare a code that went to a telephone or an e-mail; give the proof. As :func:`confirm_code`."""
    _compare(challenge_id, code, (Purpose.CONFIRM_CONTACT,), now)
    return ContactProof(_confirm(challenge_id, now), now + rules.minutes("proof_minutes", now))


def confirm_attestation(*, challenge_id: UUID, code: str, claim: str, now: dt.datetime) -> PersonKey:
    """Compare a code that a witness was sent to attest one file (``claim``); return the witness.

    It gives nothing else: no password. As :func:`confirm_code`. Raises: also Refused(CODE_SPENT) for a code
    that was sent for another file.
    """
    tag = _claim_tag(Purpose.ATTEST, claim)
    if not OtpChallenge.objects.filter(id=challenge_id, claim_tag=tag).exists():
        raise Refused(errors.CODE_SPENT, field="code")
    subject, _ = _compare(challenge_id, code, (Purpose.ATTEST,), now)
    _confirm(challenge_id, now)
    return PersonKey(subject)


def require_proof(token: str, *, contact: str, now: dt.datetime) -> None:
    """Refuse unless this contact was proved by a code a short time ago. A proof is not used up: a family with
    one telephone goes in one act. Raises: Refused(CONTACT_UNPROVED).
    """
    since = now - rules.minutes("proof_minutes", now)
    known = OtpChallenge.objects.filter(
        grant_tag=hashlib.sha256(token.encode()).digest(),
        purpose=Purpose.CONFIRM_CONTACT,
        claim_tag=_claim_tag(Purpose.CONFIRM_CONTACT, contact),
        state=ChallengeState.CONFIRMED,
        confirmed_at__gt=since,
        confirmed_at__lte=now + rules.SKEW,
    )
    if not known.exists():
        raise Refused(errors.CONTACT_UNPROVED, field="email" if "@" in contact else "phone")


def contact_tag(contact: str) -> str:
    """Return what the log calls a telephone or an e-mail: nobody reads it from that."""
    return f"contact:{keyring().blind_index('accounts', 'contact', contact).hex()}"


def take_grant(token: str, now: dt.datetime) -> tuple[PersonKey, Purpose]:
    """Use a grant up, inside the caller's transaction. Return (person, purpose). Raises:
    Refused(GRANT_INVALID).
    """
    tag = hashlib.sha256(token.encode()).digest()
    found = (
        OtpChallenge.objects.select_for_update()
        .filter(grant_tag=tag, purpose__in=PASSWORDS, state=ChallengeState.CONFIRMED)
        .first()
    )
    if (
        found is None
        or found.confirmed_at is None
        or not now - rules.minutes("grant_minutes", now) < found.confirmed_at <= now + rules.SKEW
    ):
        raise Refused(errors.GRANT_INVALID)
    CHALLENGES.move_one(found.id, "use", actor=PUBLIC, now=now, consumed_at=now)
    return PersonKey(found.subject), Purpose(found.purpose)


def forget_codes(*, now: dt.datetime) -> int:
    """Delete the codes of more than a week ago; return how many."""
    return OtpChallenge.objects.filter(sent_at__lt=now - dt.timedelta(days=7)).delete()[0]


def _lock(tag: bytes) -> None:
    """One request of a claim, and of a person, at a time, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(tag[:8], "big", signed=True)])


def _check_pace(tag: bytes, purpose: Purpose, now: dt.datetime) -> None:
    asked = OtpChallenge.objects.filter(
        claim_tag=tag, purpose=purpose, sent_at__gt=now - dt.timedelta(days=1), sent_at__lte=now + rules.SKEW
    )
    last = asked.order_by("-sent_at").first()
    wait = dt.timedelta(seconds=rules.limit("otp_resend_seconds", now))
    if last is not None and last.state == ChallengeState.SENT and last.sent_at + wait > now:
        until = last.sent_at + wait
        left = round((until - now).total_seconds())
        raise Refused(errors.CODE_TOO_SOON, minutes=wait.seconds // 60, until=until, seconds=left)
    if asked.count() >= rules.limit("otp_per_day", now):
        raise Refused(errors.CODE_TOO_MANY)


def _has_room(subject: str, purpose: Purpose, now: dt.datetime) -> bool:
    """Tell whether a person may be sent another code: no young one waits, and not too many went today."""
    sent = OtpChallenge.objects.filter(
        subject=subject,
        purpose=purpose,
        sent_at__gt=now - dt.timedelta(days=1),
        sent_at__lte=now + rules.SKEW,
    ).exclude(code_tag=b"")
    wait = dt.timedelta(seconds=rules.limit("otp_resend_seconds", now))
    found = sent.aggregate(
        all=Count("id"), young=Count("id", filter=Q(state=ChallengeState.SENT, sent_at__gt=now - wait))
    )
    return not found["young"] and int(found["all"]) < rules.limit("otp_per_day", now)


def _compare(
    challenge_id: UUID, code: str, purposes: tuple[Purpose, ...], now: dt.datetime
) -> tuple[str, str]:
    """Spend a trial, then compare; return (subject, purpose). Raises: Refused(CODE_WRONG, CODE_SPENT)."""
    with transaction.atomic(durable=True):
        found = _spend_attempt(challenge_id, purposes, now)
    if found is None:
        raise Refused(errors.CODE_SPENT, field="code")
    subject, purpose, tag, attempts = found
    if not hmac.compare_digest(bytes(tag), _code_tag(challenge_id, rules.clean_code(code))):
        raise Refused(errors.CODE_WRONG, field="code", left=rules.limit("otp_attempts", now) - attempts)
    return subject, purpose


def _spend_attempt(
    challenge_id: UUID, purposes: tuple[Purpose, ...], now: dt.datetime
) -> tuple[str, str, bytes, int] | None:
    facts: dict[str, Any] = {"id": challenge_id, "most": rules.limit("otp_attempts", now), "now": now}
    facts |= {"skew": rules.SKEW, "purposes": [purpose.value for purpose in purposes]}
    with connection.cursor() as cursor:
        cursor.execute(_SPEND_ATTEMPT, facts)
        row: tuple[str, str, bytes, int] | None = cursor.fetchone()
    return row


def _confirm(challenge_id: UUID, now: dt.datetime) -> str:
    """Keep that the code was typed right, once; return what proves it. Raises: Refused(CODE_SPENT)."""
    token = secrets.token_urlsafe(32)
    sent = OtpChallenge.objects.filter(id=challenge_id)
    tag = hashlib.sha256(token.encode()).digest()
    won = CHALLENGES.move(sent, "confirm", actor=PUBLIC, now=now, confirmed_at=now, grant_tag=tag)
    if not won:
        raise Refused(errors.CODE_SPENT, field="code")
    return token


def _claim_tag(purpose: Purpose, claim: str) -> bytes:
    return keyring().blind_index("accounts", f"claim.{purpose}", claim)


def _code_tag(challenge_id: UUID, code: str) -> bytes:
    return keyring().blind_index("accounts", "otp", f"{challenge_id}:{code}")
