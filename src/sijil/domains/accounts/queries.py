"""Reads: who an account is, whose token this is."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from uuid import UUID

from django.db.models import Expression, Q

from sijil.domains.accounts import rules
from sijil.domains.accounts.errors import ACCOUNT_MISSING, TOKEN_INVALID
from sijil.domains.accounts.models import (
    Account,
    ApiToken,
    OtpChallenge,
    Session,
    StaffFile,
    StaffFileStep,
)
from sijil.domains.accounts.states import StaffState
from sijil.domains.accounts.types import (
    AccountKind,
    OpenSession,
    Reach,
    SignedIn,
    StaffAccount,
    StaffStep,
    Wants,
)
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey
from sijil.kernel.sealing import keyring
from sijil.kernel.together import Rows


def has_account(person: PersonKey) -> bool:
    """Tell whether a citizen has an account (never told to somebody who is not that person)."""
    return Account.objects.filter(login=person, kind=AccountKind.CITIZEN).exists()


def get_account(account_id: UUID, *, now: dt.datetime) -> SignedIn:
    """Return an account that may be used. Raises: Refused(ACCOUNT_MISSING)."""
    found = Account.objects.filter(id=account_id, is_active=True).first()
    if found is None or not rules.is_in_force(found, legal_day(now)):
        raise Refused(ACCOUNT_MISSING)
    return show_account(found)


def find_account(login: str) -> SignedIn | None:
    """Return the account of a login, active or not."""
    found = Account.objects.filter(login=login).first()
    return show_account(found) if found else None


def list_in_force(*, now: dt.datetime) -> list[SignedIn]:
    """Return the accounts of staff that may be used today, by login."""
    found = Account.objects.filter(kind=AccountKind.STAFF, is_active=True).order_by("login")
    return [show_account(a) for a in found if rules.is_in_force(a, legal_day(now))]


def has_staff() -> bool:
    """Tell whether there is an account of staff, in whatever state."""
    return Account.objects.filter(kind=AccountKind.STAFF).exists()


def list_staff(
    *, now: dt.datetime, closed: bool = False, after: str = "", limit: int = 50
) -> list[StaffAccount]:
    """Return accounts of staff by login, after one of them; those that are closed only if asked for."""
    rows = StaffFile.objects.select_related("account").filter(account__login__gt=after)
    if not closed:
        rows = rows.exclude(state=StaffState.CLOSED)
    return [_show_staff(row, now) for row in rows.order_by("account__login")[:limit]]


def get_staff(login: str, *, now: dt.datetime) -> StaffAccount:
    """Return one account of staff. Raises: Refused(ACCOUNT_MISSING)."""
    row = StaffFile.objects.select_related("account").filter(account__login=login).first()
    if row is None:
        raise Refused(ACCOUNT_MISSING, field="login")
    return _show_staff(row, now)


def list_staff_steps(login: str) -> list[StaffStep]:
    """Return the steps of an account of staff, the first one first."""
    rows = StaffFileStep.objects.filter(file__account__login=login).order_by("id")
    return [StaffStep(row.action, row.to_state, row.actor_id, row.at, row.reason) for row in rows]


def find_other_first(login: str) -> tuple[str, bool] | None:
    """Return the login of the other of the first two administrators, and whether it can be activated."""
    rows = StaffFile.objects.filter(is_first=True, state=StaffState.REQUESTED).exclude(account__login=login)
    found = rows.select_related("account").order_by("-opened_at", "account__login").first()
    return (found.account.login, found.account.password_set_at is not None) if found else None


def find_waiting(account_id: UUID, *, round_: int, now: dt.datetime) -> SignedIn | None:
    """Return an account that proved who it is in this round: it waits, or was activated meanwhile."""
    found = Account.objects.filter(id=account_id, session_round=round_).first()
    if found is None:
        return None
    if rules.is_in_force(found, legal_day(now)):
        return show_account(found)
    waits = StaffFile.objects.filter(account=found, state=StaffState.REQUESTED).exists()
    return show_account(found, wants=Wants.ACTIVATION) if waits else None


def get_token_account(token: str, *, now: dt.datetime) -> SignedIn:
    """Return whose bearer token this is. Raises: Refused(TOKEN_INVALID)."""
    tag = hashlib.sha256(token.encode()).digest()
    alive = ApiToken.objects.select_related("account").filter(
        tag=tag,
        revoked_at__isnull=True,
        created_at__lte=now + rules.SKEW,  # not while a clock that was wrong is ahead of its hours
        expires_at__gt=now,
        account__is_active=True,
    )
    found = alive.first()
    if found is None or not rules.is_in_force(found.account, legal_day(now)):
        raise Refused(TOKEN_INVALID)
    return show_account(found.account)


def rows_with(**others: Callable[[], Expression]) -> Rows:
    """Return the accounts by their id, each with what other domains say of it, put together at first use."""
    return Rows(
        lambda account_id: Account.objects.filter(pk=account_id).annotate(
            **{name: made() for name, made in others.items()}
        )
    )


def idle_time(kind: AccountKind, *, now: dt.datetime) -> dt.timedelta:
    """Return after how long without a click an account is signed out."""
    return rules.minutes(f"{kind.value}_idle_minutes", now)


def list_sessions(account_id: UUID, *, now: dt.datetime) -> list[OpenSession]:
    """Return what may be open of an account, the newest first."""
    rows = Session.objects.filter(account_id=account_id, ends_at__gt=now).order_by("-opened_at", "id")
    return [OpenSession(row.id, row.tag, row.browser, row.opened_at, row.ends_at) for row in rows]


def unseal_factor(file: StaffFile) -> str:
    """Return the secret of a second factor."""
    aad = f"accounts_staff.sealed:{file.pk}"
    return str(keyring().unseal_json("accounts", bytes(file.sealed), aad=aad)["secret"])


def _name(account: Account) -> str:
    if not account.sealed:
        return ""
    aad = f"accounts_account.sealed:{account.id}"
    return str(keyring().unseal_json("accounts", bytes(account.sealed), aad=aad)["name"])


def _show_staff(row: StaffFile, now: dt.datetime) -> StaffAccount:
    account = row.account
    return StaffAccount(
        id=account.id,
        login=account.login,
        name=_name(account),
        reach=Reach(
            roles=tuple(account.roles),
            area=account.area,
            centre=account.centre_code,
            starts_on=account.valid_from or legal_day(account.created_at),
            until=account.valid_until,
        ),
        state=row.state,
        asked_by=row.asked_by,
        asked_at=row.opened_at,
        is_ready=account.password_set_at is not None,
        has_factor=row.factor_step is not None,
        is_first=row.is_first,
        is_in_force=rules.is_in_force(account, legal_day(now)),
        signed_in_at=account.signed_in_at,
    )


def show_account(account: Account, *, wants: Wants = Wants.NOTHING) -> SignedIn:
    """Return the plain value of an account; the name of staff is opened."""
    return SignedIn(
        id=account.id,
        login=account.login,
        kind=AccountKind(account.kind),
        roles=tuple(account.roles),
        centre_code=account.centre_code,
        name=_name(account),
        area=account.area,
        wants=wants,
        round=account.session_round,
    )


def find_challenged(challenge_id: UUID) -> str | None:
    """Return whom a one-time code is about: a person, or what the log calls a number that nobody has."""
    return OtpChallenge.objects.filter(id=challenge_id).values_list("subject", flat=True).first()


def list_unlike() -> list[str]:
    """Return the logins of staff whose account lets in and whose file says no, the other way, or is none."""
    is_active, is_in = Q(state=StaffState.ACTIVE), Q(account__is_active=True)
    rows = StaffFile.objects.filter((is_active & ~is_in) | (is_in & ~is_active))
    logins = set(rows.values_list("account__login", flat=True))
    bare = Account.objects.filter(kind=AccountKind.STAFF, file=None)
    return sorted(logins.union(bare.values_list("login", flat=True)))
