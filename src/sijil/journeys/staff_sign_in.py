"""The way of a member of staff into the own account: link → password → telephone → (activation) → sign-in.

    read_link, use_link      the one-time link is opened, a password is chosen
    begin_factor             a telephone is added: its secret, as a QR code and in letters
    prove_factor             the code that it shows, at the first time and at each sign-in
    find_waiting             who has proved all and waits for a second administrator, or is active now
    activate_other           one of the first two administrators activates the other

Between the steps the page keeps which account proved its password, and in which round of its sessions.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from sijil.domains.accounts import acts, queries, services
from sijil.domains.accounts.errors import ACCOUNT_MISSING
from sijil.domains.accounts.rules import actor_of, minutes
from sijil.domains.accounts.types import Enrolment, SignedIn, Wants
from sijil.kernel.actors import officer
from sijil.kernel.acts import record
from sijil.kernel.errors import Refused


def read_link(*, token: str, now: dt.datetime) -> tuple[str, bool]:
    """Return the login that a link is for, and whether its owner also says the name.

    Raises: Refused(LINK_INVALID).
    """
    return services.check_link(token=token, now=now)


@transaction.atomic
def use_link(*, token: str, password: str, name: str = "", now: dt.datetime) -> SignedIn:
    """Choose the password. Raises: Refused(LINK_INVALID, NAME_MISSING, PASSWORD_SHORT, PASSWORD_COMMON)."""
    signed = services.use_link(token=token, password=password, name=name, now=now)
    record(acts.LINK_USED, actor=actor_of(signed), subject=signed.login, now=now)
    return signed


def begin_factor(*, account_id: UUID, round_: int, now: dt.datetime) -> Enrolment:
    """Give what a telephone is to hold. Raises: Refused(SIGN_IN_REFUSED) where it holds it already."""
    return services.begin_factor(account_id=account_id, round_=round_, now=now)


def prove_factor(
    *,
    account_id: UUID,
    login: str,
    round_: int,
    code: str,
    address: str,
    is_signed_in: bool = False,
    now: dt.datetime,
) -> SignedIn:
    """Take the code that the telephone shows; return the account, let in or waiting.

    ``login``, ``address``: what the log says of a wrong one.

    Do not call it inside a transaction. Raises: Refused(FACTOR_WRONG, FACTOR_LOCKED, SIGN_IN_REFUSED).
    """
    try:
        signed, is_new = services.prove_factor(account_id=account_id, round_=round_, code=code, now=now)
    except Refused as refused:
        services.note_failed(login, address, refused, now=now)
        raise
    if is_new:
        record(acts.FACTOR_SET, actor=actor_of(signed), subject=signed.login, now=now)
    if signed.is_let_in and not is_signed_in:
        record(acts.SIGNED_IN, actor=actor_of(signed), subject=signed.login, now=now)
    return signed


def find_waiting(*, account_id: UUID, round_: int, now: dt.datetime) -> SignedIn | None:
    """Return an account that proved who it is: waiting, or let in because it was activated meanwhile."""
    found = queries.find_waiting(account_id, round_=round_, now=now)
    if found is not None and found.is_let_in:
        record(acts.SIGNED_IN, actor=actor_of(found), subject=found.login, now=now)
    return found


def find_other_first(login: str) -> tuple[str, bool] | None:
    """Return the other first administrator whom this one may activate, and whether that one is ready."""
    return queries.find_other_first(login) if services.waits_as_first(login) else None


@transaction.atomic
def activate_other(*, account_id: UUID, round_: int, now: dt.datetime) -> None:
    """Activate the other of the first two administrators.

    Raises: Refused(ACCOUNT_MISSING, ROLE_REFUSED, TRANSITION_REFUSED, NOT_READY).
    """
    own = queries.find_waiting(account_id, round_=round_, now=now)
    other = queries.find_other_first(own.login) if own else None
    if own is None or other is None:
        raise Refused(ACCOUNT_MISSING)
    actor = actor_of(own) if own.is_let_in else officer(own.login)
    services.activate_staff(login=other[0], actor=actor, now=now)


def time_left(wants: Wants, *, now: dt.datetime) -> dt.timedelta:
    """Return how long a proved password is remembered before the next step."""
    return minutes("link_minutes" if wants is Wants.ACTIVATION else "code_step_minutes", now)
