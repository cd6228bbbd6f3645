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
    """The codes of the roles; what each may stands in the law ``accounts.staff``. A citizen has none."""

    CSC_OFFICER = "csc_officer"
    SUPERVISOR = "supervisor"
    ADJUDICATOR = "adjudicator"
    PROGRAMME_MANAGER = "programme_manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Wants(StrEnum):
    """What an account that proved its password must still do."""

    NOTHING = "nothing"
    CODE = "code"  # type the code of its second factor
    FACTOR = "factor"  # set a second factor up
    ACTIVATION = "activation"  # wait for a second administrator


class Purpose(StrEnum):
    """What a one-time code is asked for; a code of one purpose does not serve another."""

    OPEN_ACCOUNT = "open_account"
    RESET_PASSWORD = "reset_password"  # noqa: S105  (a purpose, not a password)
    CONFIRM_CONTACT = "confirm_contact"
    ATTEST = "attest"  # a witness signs for somebody without papers


PASSWORDS = (Purpose.OPEN_ACCOUNT, Purpose.RESET_PASSWORD)
"""The purposes of codes that let a password be chosen."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """What is open in a browser; ``tag``: the digest of its key."""

    id: UUID
    tag: str
    browser: str
    opened_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account that proved who it is. ``login``: of a citizen their key, which is shown to nobody.

    ``name``: display name of staff, empty for a citizen.

    ``wants``: what is still to be done before it is let in. ``round``: changes with the password and with
    every end of its sessions, so that what was proved before is proved no more.
    """

    id: UUID
    login: str
    kind: AccountKind
    roles: tuple[str, ...]
    centre_code: str
    name: str
    area: str = ""
    wants: Wants = Wants.NOTHING
    round: int = 0

    @property
    def is_let_in(self) -> bool:
        return self.wants is Wants.NOTHING


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an account of staff reaches: the role, the area and the days.

    ``area``: ``country``, or a code of the geography, which covers every place below it. ``centre``: code of
    the one centre, empty for more than one. ``until``: the last day; None: no end is set.
    """

    roles: tuple[str, ...]
    area: str
    centre: str
    starts_on: dt.date
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """An account of staff as administrators see it. ``asked_by``: who asked for it, or asked anew.

    ``is_ready``: its owner has chosen a password. ``is_in_force``: it is active and today is one of its days.
    ``may``: the actions open to who looks.
    """

    id: UUID
    login: str
    name: str
    reach: Reach
    state: str
    asked_by: str
    asked_at: dt.datetime
    is_ready: bool
    has_factor: bool
    is_first: bool
    is_in_force: bool
    signed_in_at: dt.datetime | None
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffStep:
    """One step of an account of staff: ``by`` a login or the name of a command; ``reason``: a code."""

    action: str
    state: str
    by: str
    at: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time link, shown once: with ``token`` the owner of ``login`` chooses a password."""

    login: str
    token: str
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor on its way: ``secret`` in base 32, ``address``: what a telephone reads as QR code."""

    secret: str
    address: str


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
class ContactProof:
    """Proof that a code sent to a telephone or an e-mail was typed right: good for that contact alone, until
    ``expires_at``, and for each of a family that is written to there.
    """

    token: str
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
