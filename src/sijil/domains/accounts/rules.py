"""Pure decisions about passwords, logins and limits."""

from __future__ import annotations

import datetime as dt
import gzip
import re
import secrets
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Protocol

import msgspec

from sijil.domains.accounts import errors
from sijil.domains.accounts.types import AccountKind, Role
from sijil.kernel import clean, law
from sijil.kernel.actors import Actor, citizen, officer
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey

_STAFF_LOGIN = re.compile(r"^[a-z][a-z0-9.-]{2,63}$")
LONGEST_PASSWORD = 128


class Holder(Protocol):
    """An account, as a row or as a value."""

    @property
    def kind(self) -> str: ...
    @property
    def login(self) -> str: ...
    @property
    def centre_code(self) -> str: ...
    @property
    def area(self) -> str: ...
    @property
    def roles(self) -> Sequence[str]: ...


def actor_of(account: Holder) -> Actor:
    """Return who acts with an account: the citizen, or the officer with centre, area and roles."""
    if account.kind == AccountKind.CITIZEN:
        return citizen(PersonKey(account.login))
    return officer(account.login, centre=account.centre_code, area=account.area, roles=account.roles)


class Limit(law.Body, frozen=True):
    """One limit: how many, of what, and why so many."""

    value: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    unit: str
    source: str = ""


class Limits(law.Body, frozen=True):
    """The limits of codes, trials, sessions and passwords."""

    otp_minutes: Limit
    otp_digits: Limit
    otp_attempts: Limit
    otp_resend_seconds: Limit
    otp_per_day: Limit
    grant_minutes: Limit
    sign_in_trials: Limit
    address_trials: Limit
    lock_minutes: Limit
    citizen_idle_minutes: Limit
    staff_idle_minutes: Limit
    token_hours: Limit
    password_length: Limit


class Access(law.Body, frozen=True):
    """The law ``accounts.access``."""

    limits: Limits


ACCESS = law.declare(law.LawKind("accounts.access", Access, Path(__file__).parent / "parameters/access"))


def limit(name: str, now: dt.datetime) -> int:
    """Return a limit of ``accounts.access`` in force at ``now``."""
    found: Limit = getattr(law.on(ACCESS, legal_day(now)).body.limits, name)
    return found.value


def minutes(name: str, now: dt.datetime) -> dt.timedelta:
    """Return a limit of ``accounts.access`` in minutes."""
    return dt.timedelta(minutes=limit(name, now))


def clean_login(text: str) -> str:
    """Return what was typed as a login: a staff login in any case. (An IDCS is a person's key by then.)"""
    return text.strip().lower()


def check_staff_login(login: str) -> str:
    """Return the login. Raises: Refused(LOGIN_INVALID)."""
    if not _STAFF_LOGIN.match(login):
        raise Refused(errors.LOGIN_INVALID, field="login")
    return login


def check_roles(roles: tuple[str, ...]) -> list[str]:
    """Return the roles, each once, in a fixed order. Raises: Refused(ROLE_UNKNOWN)."""
    known = [role.value for role in Role]
    for role in roles:
        if role not in known:
            raise Refused(errors.ROLE_UNKNOWN, field="roles", role=role, known=", ".join(known))
    return [role for role in known if role in roles]


def check_password(password: str, *, login: str, length: int, common: frozenset[str]) -> None:
    """Refuse a password that is short, common, digits only, one character repeated, or holds the login.

    Raises: Refused(PASSWORD_SHORT, PASSWORD_COMMON) on the field ``password``.
    """
    if len(password) < length:
        raise Refused(errors.PASSWORD_SHORT, field="password", length=length)
    folded = password.casefold()
    plain = "".join(c for c in folded if c.isalnum())
    weak = plain.isdecimal() or len(set(folded)) < 4 or login.casefold() in plain or folded in common
    if weak or len(password) > LONGEST_PASSWORD:
        raise Refused(errors.PASSWORD_COMMON, field="password")


@cache
def read_common_passwords(path: Path) -> frozenset[str]:
    """Return the list of common passwords (a gzip file, one a line)."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return frozenset(line.strip() for line in file)


def draw_code(digits: int) -> str:
    """Draw a one-time code."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def clean_code(text: str) -> str:
    """Return a typed code without spaces, Arabic-Indic digits made ASCII."""
    return clean.compact(text)
