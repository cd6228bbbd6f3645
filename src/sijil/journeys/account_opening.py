"""The account journey: IDCS + birth date + sex → one-time code → password → account; a forgotten
password the same way.

    start          what the person declares is compared with the register; a code goes to the contact it knows
    confirm_code   the code is typed: a grant for one password
    set_password   the password is chosen: the account is open, or has a new password
    sign_in        login and password, from then on;  change_password  knowing the present one
    open_session   the same for the HTTP API: a token, until close_session or its end

Wrong data get the same answer as right ones, and no message. Each step is one short transaction; the
trials of codes and passwords are counted, and committed, before they are judged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, When

from sijil.domains.accounts import acts
from sijil.domains.accounts import queries as account_queries
from sijil.domains.accounts import services as accounts
from sijil.domains.accounts.errors import ALREADY_OPEN, FACTOR_NEEDED, SIGN_IN_LOCKED, SIGN_IN_REFUSED
from sijil.domains.accounts.rules import actor_of
from sijil.domains.accounts.types import (
    AccountKind,
    BearerToken,
    Grant,
    OpenSession,
    Purpose,
    SignedIn,
    Wants,
)
from sijil.domains.notifications import queries as notification_queries
from sijil.domains.notifications import services as notifications
from sijil.domains.notifications.types import Channel, Contact
from sijil.domains.population_register import queries as population
from sijil.domains.verification import queries as verification
from sijil.kernel import clean
from sijil.kernel.actors import Actor
from sijil.kernel.acts import counted, record
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey, is_idcs
from sijil.kernel.together import Asked

NO_ACCOUNT = "sign-in"
"""What the log calls whatever login it is that nobody has."""
CODE_MESSAGES = {Purpose.OPEN_ACCOUNT: "otp_open_account", Purpose.RESET_PASSWORD: "otp_reset_password"}
_NOBODY = PersonKey("0")
_DECOY = Contact(Channel.SMS, "+212600000000")
"""Written and taken back in the same transaction: wrong data cost the same work as right ones."""
DONE_MESSAGES = {Purpose.OPEN_ACCOUNT: "account_opened", Purpose.RESET_PASSWORD: "password_changed"}
DONE_ACTS = {Purpose.OPEN_ACCOUNT: acts.OPENED, Purpose.RESET_PASSWORD: acts.PASSWORD_RESET}


class _NotSent(Exception):
    """Takes back the message that nobody is to get."""


@dataclass(frozen=True, slots=True)
class Started:
    """The answer to everybody: where to type the code, until when, and when another may be asked for."""

    challenge_id: UUID
    expires_at: dt.datetime
    resend_at: dt.datetime


def start(
    *,
    purpose: Purpose,
    idcs: str,
    birth: PartialDate,
    sex: str,
    language: str,
    address: str,
    actor: Actor,
    now: dt.datetime,
) -> Started:
    """Compare what is declared with the register; send a code to the person's own phone or e-mail if it
    agrees.

    ``address``: network address, for the limit. Raises: Refused(CODE_TOO_SOON, CODE_TOO_MANY,
    TOO_MANY_FROM_ADDRESS), alike for right and wrong data.
    """
    accounts.count_address(address, now)
    with transaction.atomic():
        person, is_right = population.find_key(idcs), verification.is_match(idcs, birth, sex)
        reached = _find_contact(purpose, person or _NOBODY)
        contact = reached if is_right else None
        subject, claim = person or population.tag_of(idcs), f"{idcs}|{birth}|{sex}"
        return _ask(purpose, subject, claim, contact, language, actor, now)


def confirm_code(*, challenge_id: UUID, code: str, address: str, actor: Actor, now: dt.datetime) -> Grant:
    """Take the code that was typed; give a grant for one password. ``address``: what the log says of a wrong
    one.

    Raises: Refused(CODE_WRONG, CODE_SPENT); ALREADY_OPEN to the person who has an account and opens another.
    """
    try:
        grant = accounts.confirm_code(challenge_id=challenge_id, code=code, now=now)
    except Refused as refused:
        subject = account_queries.find_challenged(challenge_id) or NO_ACCOUNT
        accounts.note_failed(subject, address, refused, now=now)
        raise
    facts = {"purpose": grant.purpose.value}
    record(acts.CODE_CONFIRMED, actor=actor, subject=grant.person, facts=facts, now=now)
    if grant.purpose is Purpose.OPEN_ACCOUNT and account_queries.has_account(grant.person):
        raise Refused(ALREADY_OPEN)
    return grant


@transaction.atomic
def set_password(*, grant: str, password: str, language: str, now: dt.datetime) -> SignedIn:
    """Open the account with this password, or give it the new one; say so to the person's own phone or
    e-mail.

    Raises: Refused(GRANT_INVALID, ALREADY_OPEN, PASSWORD_SHORT, PASSWORD_COMMON, PASSWORD_SAME).
    """
    done = accounts.set_password(grant=grant, password=password, idcs_of=population.get_idcs, now=now)
    actor = actor_of(done.account)
    contact = _find_contact(done.purpose, actor.person)
    if contact is not None:
        _queue(contact, DONE_MESSAGES[done.purpose], language, {"at": now}, actor.person, now)
    record(DONE_ACTS[done.purpose], actor=actor, subject=actor.person, now=now)
    return done.account


def sign_in(
    *, login: str, password: str, address: str, needs_factor: bool = False, now: dt.datetime
) -> SignedIn:
    """Let in a citizen or an officer, or say what an officer must still do (``wants``).

    Raises: Refused(SIGN_IN_REFUSED, SIGN_IN_LOCKED, TOO_MANY_FROM_ADDRESS, PERSON_DECEASED,
    PERSON_SUSPENDED).
    """
    name = _login_of(login)
    with _noted(name, address, now):
        signed = accounts.sign_in(
            login=name, password=password, address=address, needs_factor=needs_factor, now=now
        )
        if signed.kind is AccountKind.CITIZEN:
            population.require_standing(PersonKey(signed.login))
    if signed.is_let_in:
        record(acts.SIGNED_IN, actor=actor_of(signed), subject=signed.login, now=now)
    return signed


@contextmanager
def _noted(login: str, address: str, now: dt.datetime) -> Iterator[None]:
    """Write what is refused into the log: about the account if there is one, by whom it was asked."""
    try:
        yield
    except Refused as refused:
        known = account_queries.find_account(login)
        accounts.note_failed(known.login if known else NO_ACCOUNT, address, refused, now=now)
        raise


def note_closed_door(door: str, refused: Refused, *, actor: Actor, now: dt.datetime) -> None:
    """Count that somebody asked for what they may not open. ``door``: the pattern of the address."""
    facts = {"code": refused.error.code}
    counted(acts.ACCESS_REFUSED, actor=actor, subject=f"door:{door}", facts=facts, now=now)


def open_session(
    *,
    login: str,
    password: str,
    code: str = "",
    address: str,
    needs_factor: bool = False,
    now: dt.datetime,
) -> BearerToken:
    """Let in a program that acts for a citizen or an officer: a token, shown once.

    ``code``: of the second factor, where the account has one. Raises: as sign_in; Refused(FACTOR_NEEDED,
    FACTOR_WRONG, FACTOR_LOCKED).
    """
    signed = sign_in(login=login, password=password, address=address, needs_factor=needs_factor, now=now)
    if signed.wants is Wants.FACTOR or (signed.wants is Wants.CODE and not code):
        raise Refused(FACTOR_NEEDED, field="code")
    if signed.wants is Wants.CODE:
        with _noted(signed.login, address, now):
            signed, _ = accounts.prove_factor(account_id=signed.id, round_=signed.round, code=code, now=now)
        record(acts.SIGNED_IN, actor=actor_of(signed), subject=signed.login, now=now)
    if not signed.is_let_in:  # it waits for a second administrator: told on the page, not to a program
        raise Refused(SIGN_IN_REFUSED, left=0, minutes=0)
    return accounts.create_token(account=signed, now=now)


def close_session(*, token: str, now: dt.datetime) -> None:
    """End a token. Raises: Refused(TOKEN_INVALID)."""
    accounts.revoke_token(token=token, now=now)


def get_token_account(token: str, *, now: dt.datetime) -> SignedIn:
    """Return whose token this is. Raises: Refused(TOKEN_INVALID, PERSON_DECEASED, PERSON_SUSPENDED)."""
    found = account_queries.get_token_account(token, now=now)
    if found.kind is AccountKind.CITIZEN:
        population.require_standing(PersonKey(found.login))
    return found


def find_signed_in(account_id: UUID) -> Any | None:
    """Return the row of an account with the state of its person, in one statement: asked at each request."""
    return Asked(lambda rows: next(iter(rows), None), _ACCOUNTS.of(account_id)).value


_ACCOUNTS = account_queries.rows_with(
    person_state=lambda: Case(When(kind=AccountKind.CITIZEN.value, then=population.state_of("login")))
)


def stands(account: Any) -> bool:
    """Tell whether the person of an account may go on: alive in the register, and not suspended.

    ``account``: as :func:`find_signed_in` gives it, or a row, whose person is then asked.
    """
    if hasattr(account, "person_state"):
        return population.is_standing_state(account.person_state)
    return population.is_standing(PersonKey(account.login))


def idle_time(kind: AccountKind, *, now: dt.datetime) -> dt.timedelta:
    """Return after how long without a click somebody is signed out."""
    return account_queries.idle_time(kind, now=now)


def begin_session(*, account: SignedIn, tag: str, browser: str, now: dt.datetime) -> dt.datetime:
    """Note what opens in a browser; return when it ends at the latest, whatever is clicked."""
    return accounts.open_session(account=account, tag=tag, browser=browser, now=now)


def list_sessions(account_id: UUID, *, now: dt.datetime) -> list[OpenSession]:
    """Return what may be open of one's own account, the newest first."""
    return account_queries.list_sessions(account_id, now=now)


@transaction.atomic
def end_sessions(*, account_id: UUID, but: str, only: UUID | None, now: dt.datetime) -> list[str]:
    """End what is open of one's own account, one or all but ``but``; return the tags of what ended."""
    account = account_queries.get_account(account_id, now=now)
    ended = accounts.end_sessions(account=account, but=but, only=only, now=now)
    facts = {"ended": len(ended)}
    record(acts.SESSIONS_ENDED, actor=actor_of(account), subject=account.login, facts=facts, now=now)
    return ended


def change_password(
    *, account_id: UUID, present: str, password: str, address: str, language: str, now: dt.datetime
) -> SignedIn:
    """Change the password of one who is signed in; a citizen is told by a message.

    Trials are counted, and committed, before the password is looked at: not inside a transaction.
    Raises: Refused(ACCOUNT_MISSING, SIGN_IN_REFUSED or SIGN_IN_LOCKED on ``present``, PASSWORD_SHORT,
    PASSWORD_COMMON, PASSWORD_SAME).
    """
    account = account_queries.get_account(account_id, now=now)
    try:
        left = accounts.count_present(account.login, now)
        with transaction.atomic():
            _change(account, present, password, left, language, now)
    except Refused as refused:
        if refused.error in (SIGN_IN_REFUSED, SIGN_IN_LOCKED):  # not: the new one is too short
            accounts.note_failed(account.login, address, refused, now=now)
        raise
    return account


def _change(
    account: SignedIn, present: str, password: str, left: int, language: str, now: dt.datetime
) -> None:
    actor = actor_of(account)
    person = actor.person if account.kind is AccountKind.CITIZEN else None
    accounts.change_password(
        account_id=account.id,
        present=present,
        password=password,
        idcs=population.get_idcs(person) if person else "",
        left=left,
        now=now,
    )
    contact = _find_contact(Purpose.RESET_PASSWORD, person) if person else None
    if contact is not None:
        _queue(contact, "password_changed", language, {"at": now}, account.login, now)
    record(acts.PASSWORD_CHANGED, actor=actor, subject=account.login, now=now)


def _login_of(typed: str) -> str:
    """Return the login of what was typed: the key of the person of an IDCS, or a staff login."""
    idcs = clean.compact(typed)
    return population.find_key(idcs) or population.tag_of(idcs) if is_idcs(idcs) else typed


def _ask(
    purpose: Purpose,
    subject: str,
    claim: str,
    contact: Contact | None,
    language: str,
    actor: Actor,
    now: dt.datetime,
) -> Started:
    known = contact is not None
    challenge = accounts.start_challenge(
        purpose=purpose, subject=subject, claim=claim, is_known=known, now=now
    )
    minutes = round((challenge.expires_at - now).total_seconds() / 60)
    facts = {"code": challenge.code or "000000", "minutes": minutes}
    is_sent = contact is not None and challenge.code is not None
    with suppress(_NotSent), transaction.atomic():
        _queue(contact or _DECOY, CODE_MESSAGES[purpose], language, facts, subject, now)
        if not is_sent:
            raise _NotSent
    told = {"purpose": purpose.value, "sent": contact.channel.value if contact and is_sent else "nothing"}
    record(acts.CODE_ASKED, actor=actor, subject=subject, facts=told, now=now)
    return Started(challenge.id, challenge.expires_at, challenge.resend_at)


def _find_contact(purpose: Purpose, person: PersonKey) -> Contact | None:
    """Return how to reach the person; nobody when there is no account whose password could be forgotten."""
    to = population.find_addressee(person)
    is_lost = purpose is Purpose.RESET_PASSWORD and not account_queries.has_account(person)
    if to is None or is_lost:
        return None
    return notification_queries.choose_channel(phone=to.phone, email=to.email)


def _queue(
    contact: Contact,
    template: str,
    language: str,
    facts: dict[str, object],
    subject: str,
    now: dt.datetime,
) -> None:
    notifications.queue_message(
        channel=contact.channel,
        to=contact.to,
        other=contact.other,
        template=template,
        language=language,
        facts=facts,
        subject=subject,
        now=now,
    )
