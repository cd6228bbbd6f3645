"""Accounts of staff: one administrator asks, another activates, and each can end one at once.

Whoever acts is looked at under lock with the account that is acted on, in the order of their logins: of two
administrators who close each other at the same moment one is too late.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from sijil.domains.accounts import errors, rules
from sijil.domains.accounts.models import Account, StaffFile, StaffFileStep
from sijil.domains.accounts.services.account import end_tokens, insert_account, seal_name
from sijil.domains.accounts.services.link import end_links, make_link
from sijil.domains.accounts.services.trial import forget_factor, forget_login
from sijil.domains.accounts.states import STAFF, StaffState
from sijil.domains.accounts.types import AccountKind, Invitation, Reach, Role
from sijil.kernel.actors import COUNTRY, Actor, ActorKind
from sijil.kernel.casework import ROLE_REFUSED, Delay
from sijil.kernel.casework import Role as FileRole
from sijil.kernel.casework.files import Files
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key

_FOUNDING = 0x51_711_F1257
"""The lock under which the first administrators are made: two starts at once make two, not four."""


def _roles(row: StaffFile, actor: Actor) -> set[FileRole]:
    """What somebody is to an account of another; a second administrator is not the one who asked."""
    if actor.kind is ActorKind.SYSTEM:
        return {FileRole.SYSTEM}
    if actor.kind is not ActorKind.OFFICER or actor.id == row.account.login:
        return set()
    mine = {FileRole.MANAGER} if Role.ADMINISTRATOR in actor.roles else set()
    is_first = row.is_first and waits_as_first(actor.id)
    return mine | ({FileRole.SECOND_OFFICER} if (mine or is_first) and actor.id != row.asked_by else set())


def waits_as_first(login: str) -> bool:
    """Tell whether this is one of the first two administrators, with a password, not active yet."""
    rows = StaffFile.objects.filter(account__login=login, is_first=True, state=StaffState.REQUESTED)
    return rows.filter(account__password_set_at__isnull=False).exists()


def _no_delay(name: str, day: dt.date) -> Delay:
    """No step about an account starts a clock."""
    raise LookupError(name)


def _check_ready(row: StaffFile) -> None:
    if row.account.password_set_at is None:
        raise Refused(errors.NOT_READY)


STAFF_FILES = Files(
    STAFF,
    StaffFile,
    StaffFileStep,
    "file",
    errors.ACCOUNT_MISSING,
    roles=_roles,
    delay=_no_delay,
    subject=lambda row: row.account.login,
    guards={"activate": _check_ready},
    facts=lambda row: row.account.power,
)


@transaction.atomic
def request_staff(
    *, login: str, name: str, reach: Reach, level: rules.Level, actor: Actor, now: dt.datetime
) -> Invitation:
    """Ask for an account and give the link for its owner. ``level``: what kind of place ``reach`` names.

    Raises: Refused(ROLE_REFUSED, LOGIN_INVALID, LOGIN_TAKEN, NAME_MISSING, ROLE_UNKNOWN, ROLES_APART,
    AREA_UNFIT, VALIDITY_WRONG).
    """
    _lock(actor, now=now)
    rules.check_staff_login(login)
    roles = rules.check_reach(reach, level=level, day=legal_day(now))
    account = new_account(login, name, reach, roles, now)
    row = StaffFile(account=account, asked_by=actor.id)
    STAFF_FILES.open(row, actor=actor, now=now)
    return make_link(account, now)


@transaction.atomic
def activate_staff(*, login: str, actor: Actor, now: dt.datetime) -> None:
    """Let the owner of an account sign in, as a second administrator.

    Raises: Refused(ACCOUNT_MISSING, ROLE_REFUSED, TRANSITION_REFUSED, NOT_READY).
    """
    file = _lock(actor, login, now=now)
    STAFF_FILES.move_row(file, "activate", actor=actor, now=now)
    file.account.is_active = True
    file.account.save(update_fields=["is_active"])


@transaction.atomic
def ask_anew(*, login: str, until: dt.date | None = None, actor: Actor, now: dt.datetime) -> Invitation:
    """Begin an account again: password, second factor and sessions end, and a new link is given.

    For a link that ran out, a lost password or telephone, a suspended account, another last day. It waits for
    a second administrator then, because whoever holds the link could be somebody else.
    ``until``: the new last day, None: as before. Raises: Refused(ACCOUNT_MISSING, ROLE_REFUSED,
    TRANSITION_REFUSED, VALIDITY_WRONG).
    """
    file = _lock(actor, login, now=now)
    account = file.account
    if until and (until < legal_day(now) or (account.valid_from and until < account.valid_from)):
        raise Refused(errors.VALIDITY_WRONG, field="until")
    account.valid_until = until or account.valid_until
    STAFF_FILES.move_row(
        file, "ask_anew", actor=actor, now=now, asked_by=actor.id, sealed=b"", factor_step=None
    )
    account.password, account.password_set_at = make_password(None), None
    _end(account, now)
    return make_link(account, now)


@transaction.atomic
def suspend_staff(*, login: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Keep the owner of an account out until it is asked for anew. Raises: as close_staff."""
    file = _lock(actor, login, now=now)
    STAFF_FILES.move_row(file, "suspend", actor=actor, now=now, reason=reason)
    _end(file.account, now)


@transaction.atomic
def close_staff(*, login: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """End an account for ever, with its sessions, tokens and links, at once.

    ``reason``: a code of ``states.REASONS``.
    Raises: Refused(ACCOUNT_MISSING, ROLE_REFUSED, TRANSITION_REFUSED, REASON_NEEDED).
    """
    file = _lock(actor, login, now=now)
    STAFF_FILES.move_row(file, "close", actor=actor, now=now, reason=reason)
    _end(file.account, now)


def staff_actions(*, login: str, actor: Actor) -> tuple[str, ...]:
    """Return what somebody may do now with an account. Raises: Refused(ACCOUNT_MISSING)."""
    row = StaffFile.objects.select_related("account").filter(account__login=login).first()
    if row is None:
        raise Refused(errors.ACCOUNT_MISSING, field="login")
    return STAFF_FILES.may(row, actor)


@transaction.atomic
def found(*, actor: Actor, now: dt.datetime) -> list[Invitation]:
    """Give two one-time links, for two administrators who then activate each other.

    Repeated, it gives two new links for the same two. Raises: Refused(FIRST_DONE) once one is active.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FOUNDING])
    active = Account.objects.filter(roles__contains=[Role.ADMINISTRATOR], is_active=True)
    if any(rules.is_in_force(account, legal_day(now)) for account in active):
        raise Refused(errors.FIRST_DONE)
    waiting = StaffFile.objects.filter(is_first=True, state=StaffState.REQUESTED).select_related("account")
    logins = [file.account.login for file in waiting.order_by("account__login")[:2]]
    links = [ask_anew(login=login, actor=actor, now=now) for login in logins]
    return links + [_found_one(actor, now) for _ in range(2 - len(links))]


def _found_one(actor: Actor, now: dt.datetime) -> Invitation:
    numbers = range(1, Account.objects.filter(login__startswith="administrator.").count() + 2)
    taken = set(Account.objects.values_list("login", flat=True).filter(login__startswith="administrator."))
    login = next(name for n in numbers if (name := f"administrator.{n}") not in taken)
    reach = Reach((Role.ADMINISTRATOR,), COUNTRY, "", legal_day(now))
    account = new_account(login, login, reach, [Role.ADMINISTRATOR], now)
    STAFF_FILES.open(StaffFile(account=account, asked_by=actor.id, is_first=True), actor=actor, now=now)
    return make_link(account, now)


def new_account(
    login: str, name: str, reach: Reach, roles: list[str], now: dt.datetime, **otherwise: Any
) -> Account:
    """Insert an account, not active, without password, but for what is ``otherwise``.

    Raises: Refused(LOGIN_TAKEN, NAME_MISSING).
    """
    key = new_key()
    columns: dict[str, Any] = {
        "roles": roles,
        "centre_code": reach.centre,
        "area": reach.area,
        "valid_from": reach.starts_on,
        "valid_until": reach.until,
        "is_active": False,
        "sealed": seal_name(key, name),
        "password": make_password(None),
        "created_at": now,
    }
    account = Account(id=key, login=login, kind=AccountKind.STAFF, **columns | otherwise)
    if not insert_account(account):
        raise Refused(errors.LOGIN_TAKEN, field="login")
    return account


def _lock(actor: Actor, login: str = "", *, now: dt.datetime) -> StaffFile:
    """Have the account of who acts and the file that is acted on, until the end of the transaction.

    Raises: Refused(ROLE_REFUSED) to one whose own account is not in force, unless it is one of the first two;
    ACCOUNT_MISSING. Without ``login`` the file returned is new and empty.
    """
    is_officer = actor.kind is ActorKind.OFFICER
    wanted = {login, actor.id} if is_officer else {login}
    rows = Account.objects.select_for_update().filter(login__in=wanted, kind=AccountKind.STAFF)
    known = {row.login: row for row in rows.order_by("login")}
    if is_officer and not _may_act(known.get(actor.id), now):
        raise Refused(ROLE_REFUSED)
    if not login:
        return StaffFile()
    if login not in known:
        raise Refused(errors.ACCOUNT_MISSING, field="login")
    file: StaffFile = STAFF_FILES.lock(known[login].pk)
    file.account = known[login]
    return file


def _may_act(own: Account | None, now: dt.datetime) -> bool:
    return own is not None and (rules.is_in_force(own, legal_day(now)) or waits_as_first(own.login))


def _end(account: Account, now: dt.datetime) -> None:
    """End everything by which an account is in or could come in."""
    account.is_active = False
    account.session_round += 1
    account.save()
    end_tokens(account, now)
    end_links(account)
    forget_login(account.login)
    forget_factor(account.login)
