"""Reads: who an account is, whose token this is."""

from __future__ import annotations

import datetime as dt
import hashlib
from uuid import UUID

from sijil.domains.accounts import rules
from sijil.domains.accounts.errors import ACCOUNT_MISSING, TOKEN_INVALID
from sijil.domains.accounts.models import Account, ApiToken
from sijil.domains.accounts.types import AccountKind, SignedIn
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey
from sijil.kernel.sealing import keyring


def has_account(person: PersonKey) -> bool:
    """Tell whether a citizen has an account (never told to somebody who is not that person)."""
    return Account.objects.filter(login=person, kind=AccountKind.CITIZEN).exists()


def get_account(account_id: UUID) -> SignedIn:
    """Return an account. Raises: Refused(ACCOUNT_MISSING)."""
    found = Account.objects.filter(id=account_id, is_active=True).first()
    if found is None:
        raise Refused(ACCOUNT_MISSING)
    return show_account(found)


def find_account(login: str) -> SignedIn | None:
    """Return the account of a login, active or not."""
    found = Account.objects.filter(login=login).first()
    return show_account(found) if found else None


def list_staff() -> list[SignedIn]:
    """Return the active accounts of officers, by login."""
    found = Account.objects.filter(kind=AccountKind.STAFF, is_active=True)
    return [show_account(a) for a in found.order_by("login")]


def get_token_account(token: str, *, now: dt.datetime) -> SignedIn:
    """Return whose bearer token this is. Raises: Refused(TOKEN_INVALID)."""
    tag = hashlib.sha256(token.encode()).digest()
    alive = ApiToken.objects.select_related("account").filter(
        tag=tag, revoked_at__isnull=True, expires_at__gt=now, account__is_active=True
    )
    found = alive.first()
    if found is None:
        raise Refused(TOKEN_INVALID)
    return show_account(found.account)


def idle_time(kind: AccountKind, *, now: dt.datetime) -> dt.timedelta:
    """Return after how long without a click an account is signed out."""
    return rules.minutes(f"{kind.value}_idle_minutes", now)


def show_account(account: Account) -> SignedIn:
    """Return the plain value of an account; the name of staff is opened."""
    name = ""
    if account.sealed:
        aad = f"accounts_account.sealed:{account.id}"
        name = keyring().unseal_json("accounts", bytes(account.sealed), aad=aad)["name"]
    return SignedIn(
        id=account.id,
        login=account.login,
        kind=AccountKind(account.kind),
        roles=tuple(account.roles),
        centre_code=account.centre_code,
        name=name,
        area=account.area,
    )
