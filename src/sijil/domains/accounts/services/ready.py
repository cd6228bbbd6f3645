"""Accounts of staff that are ready at once: those of the demonstration. No page and no command leads here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from sijil.domains.accounts import errors, rules
from sijil.domains.accounts.models import Account, StaffFile
from sijil.domains.accounts.services.account import check_new_password, give_password
from sijil.domains.accounts.services.password import keep_password
from sijil.domains.accounts.services.staff import STAFF_FILES, new_account
from sijil.domains.accounts.services.trial import forget_login
from sijil.domains.accounts.types import AccountKind, Reach
from sijil.kernel.actors import system
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

DEMO = system("demo")


@transaction.atomic
def create_staff(
    *,
    login: str,
    name: str,
    password: str,
    roles: Iterable[str],
    centre_code: str = "",
    area: str = "",
    now: dt.datetime,
) -> UUID:
    """Create an account that is active from the start, without end, and return its id.

    Raises: Refused(LOGIN_INVALID, LOGIN_TAKEN, NAME_MISSING, ROLE_UNKNOWN, PASSWORD_SHORT, PASSWORD_COMMON).
    """
    rules.check_staff_login(login)
    check_new_password(password, login, now)
    held = rules.check_roles(tuple(roles))
    reach = Reach(tuple(held), area, centre_code, legal_day(now))
    kept = {"password": keep_password(login, password), "password_set_at": now}
    account = new_account(login, name, reach, held, now, valid_from=None, is_active=True, **kept)
    STAFF_FILES.open(StaffFile(account=account, asked_by=DEMO.id), actor=DEMO, now=now, action="load")
    return account.id


@transaction.atomic
def reset_staff_password(*, login: str, password: str, now: dt.datetime) -> None:
    """Give a ready account a new password. Raises: Refused(ACCOUNT_MISSING, PASSWORD_SHORT, ...)."""
    account = Account.objects.select_for_update().filter(login=login, kind=AccountKind.STAFF).first()
    if account is None:
        raise Refused(errors.ACCOUNT_MISSING, field="login")
    check_new_password(password, login, now)
    give_password(account, password, now)
    forget_login(login)
