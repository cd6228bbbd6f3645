"""Sign in with a login and a password."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.contrib.auth.hashers import make_password

from sijil.domains.accounts import errors, rules
from sijil.domains.accounts.acts import SIGN_IN_FAILED
from sijil.domains.accounts.models import Account, StaffFile
from sijil.domains.accounts.queries import show_account
from sijil.domains.accounts.services import trial
from sijil.domains.accounts.services.password import check_password
from sijil.domains.accounts.states import StaffState
from sijil.domains.accounts.types import AccountKind, SignedIn, Wants
from sijil.kernel.actors import PUBLIC
from sijil.kernel.acts import Act, counted
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.sealing import keyring

_nobody: list[str] = []


def sign_in(
    *, login: str, password: str, address: str = "", needs_factor: bool = False, now: dt.datetime
) -> SignedIn:
    """Return the account that login and password prove, with what it must still do (``wants``).

    An unknown login, a wrong password, an account that is closed, suspended, or not in its days: one answer,
    the same count, the same cost. ``login``: key of a person, or staff login. ``needs_factor``: who
    is staff without a second factor must set one up. Every trial is counted, and committed, before the
    password is looked at: do not call it inside a transaction.
    Raises: Refused(SIGN_IN_REFUSED, SIGN_IN_LOCKED, TOO_MANY_FROM_ADDRESS).
    """
    name = rules.clean_login(login)
    if address:
        trial.count_address(address, now)
    account = Account.objects.filter(login=name).first()
    asker = trial.asker_of(name, address, account.password if account else "")
    left = trial.count_login(name, asker, now)
    kept = account.password if account else _hash_of_nobody()
    right = check_password(name, password[: rules.LONGEST_PASSWORD], kept)
    wants = _wants(account, needs_factor, now) if account and right else None
    if account is None or wants is None:
        raise Refused(errors.SIGN_IN_REFUSED, left=left, minutes=rules.limit("lock_minutes", now))
    trial.forget_login(name, asker)
    if address:
        trial.uncount_address(address)
    return let_in(show_account(account, wants=wants), now)


def note_failed(
    subject: str, address: str, refused: Refused, *, act: Act = SIGN_IN_FAILED, now: dt.datetime
) -> None:
    """Count in the log a trial to come in that failed. ``address``: of the network, kept as its keyed tag."""
    asker = replace(PUBLIC, id=keyring().blind_index("accounts", "asker", address).hex())
    counted(act, actor=asker, subject=subject, facts={"code": refused.error.code}, now=now)


def let_in(signed: SignedIn, now: dt.datetime) -> SignedIn:
    """Note that somebody is in, if nothing more is to be done; return the account."""
    if signed.is_let_in:
        Account.objects.filter(id=signed.id).update(signed_in_at=now)
    return signed


def settle_wants(account: Account, now: dt.datetime) -> Wants | None:
    """Return what an account must do after all is proved: nothing, or wait; None: it may not be used."""
    if rules.is_in_force(account, legal_day(now)):
        return Wants.NOTHING
    waits = StaffFile.objects.filter(account=account, state=StaffState.REQUESTED)
    return Wants.ACTIVATION if waits.exists() else None


def _wants(account: Account, needs_factor: bool, now: dt.datetime) -> Wants | None:
    settled = settle_wants(account, now)
    if settled is None or account.kind == AccountKind.CITIZEN:
        return settled
    if StaffFile.objects.filter(account=account, factor_step__isnull=False).exists():
        return Wants.CODE
    return Wants.FACTOR if needs_factor else settled


def _hash_of_nobody() -> str:
    if not _nobody:
        _nobody.append(make_password("nobody signs in with this"))
    return _nobody[0]
