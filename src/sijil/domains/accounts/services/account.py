"""Accounts and their passwords."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.contrib.auth import password_validation
from django.db import transaction

from sijil.domains.accounts import errors, rules
from sijil.domains.accounts.models import Account, ApiToken
from sijil.domains.accounts.queries import show_account
from sijil.domains.accounts.services.code import take_grant
from sijil.domains.accounts.services.password import check_password, keep_password
from sijil.domains.accounts.services.trial import forget_login, forget_present
from sijil.domains.accounts.types import AccountKind, PasswordSet, Purpose
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey, new_key
from sijil.kernel.sealing import keyring

_COMMON = Path(password_validation.__file__).parent / "common-passwords.txt.gz"


@transaction.atomic
def set_password(
    *, grant: str, password: str, idcs_of: Callable[[PersonKey], str], now: dt.datetime
) -> PasswordSet:
    """Use a grant once: open the citizen's account with this password, or give the account a new one.

    A refused password leaves the grant good. All tokens of the account end. ``idcs_of``: the number of the
    person, which the password may not hold.
    Raises: Refused(GRANT_INVALID, ALREADY_OPEN, NO_ACCOUNT, PASSWORD_SHORT, PASSWORD_COMMON, PASSWORD_SAME).
    """
    person, purpose = take_grant(grant, now)
    check_new_password(password, idcs_of(person), now)
    change = _open if purpose is Purpose.OPEN_ACCOUNT else _reset
    account = change(person, password, now)
    forget_login(person)
    return PasswordSet(show_account(account), purpose)


@transaction.atomic
def change_password(
    *, account_id: UUID, present: str, password: str, idcs: str = "", left: int = 0, now: dt.datetime
) -> None:
    """Change the password of one who knows the present one. Other tokens end. ``idcs``: of a citizen.

    ``left``: trials that ``count_present`` leaves; the caller counts before its transaction.

    Raises: Refused(ACCOUNT_MISSING, SIGN_IN_REFUSED, PASSWORD_SHORT, PASSWORD_COMMON, PASSWORD_SAME).
    """
    account = _lock(id=account_id)
    if account is None:
        raise Refused(errors.ACCOUNT_MISSING)
    if not check_password(account.login, present, account.password):
        minutes = rules.limit("lock_minutes", now)
        raise Refused(errors.SIGN_IN_REFUSED, field="present", left=left, minutes=minutes)
    forget_present(account.login)
    check_new_password(password, idcs or account.login, now)
    give_password(account, password, now)


@transaction.atomic
def close_account(*, login: str, now: dt.datetime) -> None:
    """Let nobody sign in with the account of a citizen any more; its tokens end.

    Raises: Refused(ACCOUNT_MISSING).
    """
    account = _lock(login=login, kind=AccountKind.CITIZEN)
    if account is None:
        raise Refused(errors.ACCOUNT_MISSING, field="login")
    account.is_active = False
    account.save(update_fields=["is_active"])
    end_tokens(account, now)


@transaction.atomic
def reopen_account(*, login: str) -> None:
    """Let a citizen sign in again, with the password they have. Raises: Refused(ACCOUNT_MISSING)."""
    account = _lock(login=login, kind=AccountKind.CITIZEN)
    if account is None:
        raise Refused(errors.ACCOUNT_MISSING, field="login")
    account.is_active = True
    account.save(update_fields=["is_active"])


def seal_name(key: UUID, name: str) -> bytes:
    """Return the sealed name of staff. Raises: Refused(NAME_MISSING)."""
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= 120:
        raise Refused(errors.NAME_MISSING, field="name")
    return keyring().seal_json("accounts", {"name": cleaned}, aad=f"accounts_account.sealed:{key}")


def check_new_password(password: str, login: str, now: dt.datetime) -> None:
    """Raises: Refused(PASSWORD_SHORT, PASSWORD_COMMON)."""
    length = rules.limit("password_length", now)
    rules.check_password(password, login=login, length=length, common=rules.read_common_passwords(_COMMON))


def _open(person: PersonKey, password: str, now: dt.datetime) -> Account:
    account = Account(
        id=new_key(),
        login=person,
        kind=AccountKind.CITIZEN,
        password=keep_password(person, password),
        created_at=now,
        password_set_at=now,
    )
    if not insert_account(account):
        raise Refused(errors.ALREADY_OPEN)
    return account


def _reset(person: PersonKey, password: str, now: dt.datetime) -> Account:
    account = _lock(login=person, kind=AccountKind.CITIZEN, is_active=True)
    if account is None:
        raise Refused(errors.NO_ACCOUNT)
    give_password(account, password, now)
    return account


def give_password(account: Account, password: str, now: dt.datetime) -> None:
    """Give an account another password; its tokens end. Raises: Refused(PASSWORD_SAME)."""
    if check_password(account.login, password, account.password):
        raise Refused(errors.PASSWORD_SAME, field="password")
    account.password, account.password_set_at = keep_password(account.login, password), now
    account.save(update_fields=["password", "password_set_at"])
    end_tokens(account, now)


def _lock(**which: object) -> Account | None:
    return Account.objects.select_for_update().filter(**which).first()


def insert_account(account: Account) -> bool:
    """Insert unless the login is taken; the unique constraint decides, not a look before."""
    Account.objects.bulk_create([account], ignore_conflicts=True)
    return Account.objects.filter(id=account.id).exists()


def end_tokens(account: Account, now: dt.datetime) -> None:
    """End every token of an account."""
    ApiToken.objects.filter(account=account, revoked_at__isnull=True).update(revoked_at=now)
