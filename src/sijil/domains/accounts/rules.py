"""Pure decisions about passwords, logins and limits."""

from __future__ import annotations

import datetime as dt
import gzip
import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import msgspec
import pyotp

from sijil.domains.accounts import errors
from sijil.domains.accounts.types import AccountKind, Reach, Role
from sijil.kernel import clean, law
from sijil.kernel.actors import Actor, citizen, officer
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey

FACTOR_SECONDS = 30
"""How long one code of a second factor lasts (RFC 6238, the only step that telephones keep to)."""
_STAFF_LOGIN = re.compile(r"^[a-z][a-z0-9.-]{2,63}$")
LONGEST_PASSWORD = 128
SKEW = dt.timedelta(minutes=1)
"""How far the clocks of two processes may be apart. A moment kept that lies further ahead was never now."""


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


class Dated(Protocol):
    """An account with its days."""

    @property
    def is_active(self) -> bool: ...
    @property
    def valid_from(self) -> dt.date | None: ...
    @property
    def valid_until(self) -> dt.date | None: ...


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
    proof_minutes: Limit
    sign_in_trials: Limit
    login_trials: Limit
    address_trials: Limit
    lock_minutes: Limit
    citizen_idle_minutes: Limit
    staff_idle_minutes: Limit
    session_hours: Limit
    token_hours: Limit
    password_length: Limit


class Access(law.Body, frozen=True):
    """The law ``accounts.access``."""

    limits: Limits


ACCESS = law.declare(law.LawKind("accounts.access", Access, Path(__file__).parent / "parameters/access"))


class Level(StrEnum):
    """How far an account of staff reaches."""

    COUNTRY = "country"
    REGION = "region"
    PROVINCE = "province"
    COMMUNE = "commune"
    CENTRE = "centre"


class RoleLaw(law.Body, frozen=True):
    """One role: its name, what it may in words, how far it may reach, whether it is held alone."""

    levels: tuple[Level, ...]
    alone: bool
    reads: Literal["own", "all"]
    writes: bool
    name: law.Text
    may: tuple[law.Text, ...]


class Apart(law.Body, frozen=True):
    """Two roles that no one account holds together, and why."""

    roles: tuple[str, str]
    why: law.Text


class StaffLimits(law.Body, frozen=True):
    """The limits of links and of the codes of telephones."""

    link_minutes: Limit
    code_step_minutes: Limit
    code_trials: Limit


class Roles(law.Body, frozen=True):
    """The law ``accounts.staff``."""

    roles: dict[str, RoleLaw]
    apart: tuple[Apart, ...]
    limits: StaffLimits


def _check_roles_law(new: law.Law[Roles]) -> None:
    """Raises: Wrong for a role without a page of ours, or a pair of something else than two roles."""
    known = {role.value for role in Role}
    for code in new.body.roles:
        if code not in known:
            raise law.Wrong(f"`{code}` opens no page.", f"Use: {', '.join(sorted(known))}.")
    for pair in new.body.apart:
        if len(set(pair.roles) & new.body.roles.keys()) != 2:
            raise law.Wrong(f"{list(pair.roles)} are not two roles.", "Name two roles of this file.")


STAFF = law.declare(
    law.LawKind(
        "accounts.staff",
        Roles,
        Path(__file__).parent / "parameters/staff",
        words=frozenset({"name", "may", "why"}),
        check=_check_roles_law,
    )
)


def roles_on(day: dt.date) -> Roles:
    """Return the roles in force on a day."""
    return law.on(STAFF, day).body


def may_open(held: Iterable[str], wanted: Iterable[str], *, reads: bool, day: dt.date) -> bool:
    """Tell whether roles open a page or a call for ``wanted``; ``reads``: it changes nothing.

    The roles of those who only read open every page to be read, and none that writes.
    """
    mine, known = set(held), roles_on(day).roles
    writers = {role for role in mine if role not in known or known[role].writes}
    everywhere = {role for role in mine if role in known and known[role].reads == "all"}
    return bool(writers & set(wanted)) or (reads and bool(everywhere))


def may_write(held: Iterable[str], *, day: dt.date) -> bool:
    """Tell whether one of the roles changes anything; who holds none changes nothing."""
    known = roles_on(day).roles
    return any(role not in known or known[role].writes for role in held)


def check_reach(reach: Reach, *, level: Level, day: dt.date) -> list[str]:
    """Return the roles in a fixed order, if one account may hold them together, at this level.

    Raises: Refused(ROLE_UNKNOWN, ROLES_APART, AREA_UNFIT, VALIDITY_WRONG).
    """
    if level not in levels_of(reach.roles, day=day):
        raise Refused(errors.AREA_UNFIT, field="area")
    if reach.until and (reach.until < reach.starts_on or reach.until < day):
        raise Refused(errors.VALIDITY_WRONG, field="until")
    return check_roles(reach.roles)


def levels_of(roles: tuple[str, ...], *, day: dt.date) -> tuple[Level, ...]:
    """Return the levels at which one account may hold all of these roles, the widest first.

    Raises: Refused(ROLE_NONE, ROLE_UNKNOWN, ROLES_APART).
    """
    body = roles_on(day)
    chosen = [body.roles[role] for role in check_roles(roles)]
    levels = tuple(level for level in Level if all(level in role.levels for role in chosen))
    is_apart = any(set(pair.roles) <= set(roles) for pair in body.apart)
    if (len(chosen) > 1 and (is_apart or any(role.alone for role in chosen))) or not levels:
        raise Refused(errors.ROLES_APART, field="roles")
    return levels


def is_in_force(account: Dated, day: dt.date) -> bool:
    """Tell whether an account may be used on a day: it is active, and the day is one of its days."""
    begun = account.valid_from is None or account.valid_from <= day
    return account.is_active and begun and (account.valid_until is None or day <= account.valid_until)


def limit(name: str, now: dt.datetime) -> int:
    """Return a limit of ``accounts.access`` or ``accounts.staff`` in force at ``now``."""
    kind: law.LawKind[Any] = STAFF if name in StaffLimits.__struct_fields__ else ACCESS
    found: Limit = getattr(law.on(kind, legal_day(now)).body.limits, name)
    return found.value


def minutes(name: str, now: dt.datetime) -> dt.timedelta:
    """Return a limit in minutes."""
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
    """Return the roles, each once, in a fixed order. Raises: Refused(ROLE_UNKNOWN, ROLE_NONE)."""
    known = [role.value for role in Role]
    if not roles:
        raise Refused(errors.ROLE_NONE, field="roles")
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


def draw_secret() -> str:
    """Draw the secret of a second factor: 160 bits in base 32, as RFC 4226 recommends."""
    return pyotp.random_base32(32)


def factor_address(secret: str, login: str) -> str:
    """Return the address that a telephone reads as a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Sijil")


def find_step(secret: str, code: str, now: dt.datetime) -> int | None:
    """Return the time step whose code was typed: this one, the last or the next (clocks are 30 s off)."""
    factor, here = pyotp.TOTP(secret), int(now.timestamp()) // FACTOR_SECONDS
    typed = clean_code(code).encode()
    steps = (here, here - 1, here + 1)
    return next((s for s in steps if hmac.compare_digest(factor.generate_otp(s).encode(), typed)), None)
