"""Sign in with a login and a password."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.hashers import check_password, make_password

from sijil.domains.accounts import errors, rules
from sijil.domains.accounts.models import Account
from sijil.domains.accounts.queries import show_account
from sijil.domains.accounts.services import trial
from sijil.domains.accounts.types import SignedIn
from sijil.kernel.errors import Refused

_nobody: list[str] = []


def sign_in(*, login: str, password: str, address: str = "", now: dt.datetime) -> SignedIn:
    """Return the account that login and password prove. An unknown login costs the same time and counts
    the same.

    ``login``: as typed (IDCS with spaces, staff login). Every trial is counted, and committed, before
    the password is looked at: do not call it inside a transaction.
    Raises: Refused(SIGN_IN_REFUSED, SIGN_IN_LOCKED, TOO_MANY_FROM_ADDRESS).
    """
    name = rules.clean_login(login)
    if address:
        trial.count_address(address, now)
    left = trial.count_login(name, now)
    account = Account.objects.filter(login=name, is_active=True).first()
    right = check_password(
        password[: rules.LONGEST_PASSWORD], account.password if account else _hash_of_nobody()
    )
    if account is None or not right:
        raise Refused(errors.SIGN_IN_REFUSED, left=left, minutes=rules.limit("lock_minutes", now))
    trial.forget_login(name)
    if address:
        trial.uncount_address(address)
    Account.objects.filter(id=account.id).update(signed_in_at=now)
    return show_account(account)


def _hash_of_nobody() -> str:
    if not _nobody:
        _nobody.append(make_password("nobody signs in with this"))
    return _nobody[0]
