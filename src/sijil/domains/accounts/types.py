"""What crosses the border of accounts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sijil.kernel.ids import PersonKey


class AccountKind(StrEnum):
    CITIZEN = "citizen"
    STAFF = "staff"


class Role(StrEnum):
    """What a member of staff may do; a citizen has none."""

    CSC_OFFICER = "csc_officer"
    ADJUDICATOR = "adjudicator"
    PROGRAMME_MANAGER = "programme_manager"
    ADMINISTRATOR = "administrator"


class Purpose(StrEnum):
    """What a one-time code is asked for; a code of one purpose does not serve another."""

    OPEN_ACCOUNT = "open_account"
    RESET_PASSWORD = "reset_password"  # noqa: S105  (a purpose, not a password)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account that proved who it is. ``login``: of a citizen their key, which is shown to nobody.

    ``name``: display name of staff, empty for a citizen.
    """

    id: UUID
    login: str
    kind: AccountKind
    roles: tuple[str, ...]
    centre_code: str
    name: str
    area: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A code was asked for. ``code`` is the code to send; None when nobody is to receive it."""

    id: UUID
    code: str | None
    expires_at: dt.datetime
    resend_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """Proof that a code was typed right: good for one password, until ``expires_at``."""

    token: str
    person: PersonKey
    purpose: Purpose
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class PasswordSet:
    """A grant was used: this account has a password, opened or replaced as ``purpose`` says."""

    account: SignedIn
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class BearerToken:
    """A token of the HTTP API; ``token`` is shown once and never kept."""

    token: str
    expires_at: dt.datetime
    account: SignedIn
