"""Sessions and accounts over HTTP: sign in for a token, open an account, and, in the demonstration, read
the messages.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from ninja import Field, Router, Schema, Status

from sijil.api.auth import any_auth
from sijil.api.idempotency import once
from sijil.api.problems import PROBLEMS, Body, language_of
from sijil.domains.accounts.types import AccountKind, BearerToken, Purpose, SignedIn
from sijil.domains.notifications.types import InboxMessage
from sijil.journeys import account_opening, messages
from sijil.kernel import clean
from sijil.kernel.actors import PUBLIC
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.pages import clock

router = Router(tags=["accounts"])

NO_DEMO = ErrorCode(
    "api.no_demo",
    Category.MISSING,
    "This exists only in the demonstration.",
    "Read the message on the phone it was sent to.",
)
Text = Annotated[str, Field(max_length=200)]


class SignInIn(Body):
    """``login``: IDCS of a citizen, or login of an officer. ``code``: what the telephone of an officer shows,
    where the account has one.
    """

    login: Text
    password: Text
    code: Annotated[str, Field(max_length=12)] = ""


class AccountOut(Schema):
    """Who is signed in. All but ``kind`` is that of an officer; ``area``: a code of the geography, or
    ``country``.
    """

    login: str | None
    kind: Literal["citizen", "staff"]
    roles: list[str]
    centre_code: str
    area: str

    @staticmethod
    def resolve_login(account: SignedIn) -> str | None:
        """A citizen's is known to the register alone."""
        return account.login if account.kind is AccountKind.STAFF else None


class SessionOut(Schema):
    """Send ``token`` as ``Authorization: Bearer``. It is shown once."""

    token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  (the scheme's name)
    expires_at: dt.datetime
    account: AccountOut


class ClaimIn(Body):
    """What the register compares. ``birth_date``: ``YYYY-MM-DD``; ``YYYY-MM`` or ``YYYY`` if the papers
    say no more.
    """

    purpose: Literal["open_account", "reset_password"] = "open_account"
    idcs: Text
    birth_date: Text
    sex: Literal["F", "M"]


class StartedOut(Schema):
    """The same for right and wrong data; only right ones get a message. ``resend_at``: when to ask again."""

    challenge_id: UUID
    expires_at: dt.datetime
    resend_at: dt.datetime


class CodeIn(Body):
    code: Text


class GrantOut(Schema):
    """``grant`` is good for one password."""

    grant: str
    expires_at: dt.datetime


class PasswordIn(Body):
    grant: Text
    password: Text


class MessageOut(Schema):
    """A message on a phone or in a mailbox of the demonstration."""

    id: UUID
    channel: Literal["sms", "email"]
    to: str
    title: str
    body: str
    language: str
    arrived_at: dt.datetime


@router.post("/sessions", response={201: SessionOut, **PROBLEMS}, auth=None, operation_id="open_session")
def open_session(request: Any, body: SignInIn) -> Status[BearerToken]:
    """Sign in: a login and a password for a token."""
    address = request.META["REMOTE_ADDR"]
    given = account_opening.open_session(
        login=body.login,
        password=body.password,
        code=body.code,
        address=address,
        needs_factor=settings.STAFF_SECOND_FACTOR,
        now=clock.now(),
    )
    return Status(201, given)


@router.get("/sessions", response={200: AccountOut, **PROBLEMS}, auth=any_auth, operation_id="read_session")
def read_session(request: Any) -> SignedIn:
    """Say whose token this is."""
    account: SignedIn = request.account
    return account


@router.delete("/sessions", response={204: None, **PROBLEMS}, auth=any_auth, operation_id="close_session")
def close_session(request: Any) -> Status[None]:
    """Sign out: the token ends."""
    account_opening.close_session(token=request.bearer, now=clock.now())
    return Status(204, None)


@router.post("/accounts", response={202: StartedOut, **PROBLEMS}, auth=None, operation_id="start_account")
@once()
def start_account(request: Any, body: ClaimIn) -> Status[account_opening.Started]:
    """Begin to open an account, or to replace a forgotten password: a code goes to the person's phone or
    e-mail.
    """
    claim = clean.together(
        {
            "idcs": lambda: clean.idcs(body.idcs),
            "birth": lambda: clean.partial_date(body.birth_date, field="birth_date"),
        }
    )
    started = account_opening.start(
        purpose=Purpose(body.purpose),
        **claim,
        sex=body.sex,
        language=language_of(request),
        address=request.META["REMOTE_ADDR"],
        actor=PUBLIC,
        now=clock.now(),
    )
    return Status(202, started)


@router.post(
    "/accounts/{challenge_id}/confirm",
    response={200: GrantOut, **PROBLEMS},
    auth=None,
    operation_id="confirm_account",
)
def confirm_account(request: Any, challenge_id: UUID, body: CodeIn) -> dict[str, Any]:
    """Type the code of the message; get a grant for one password."""
    grant = account_opening.confirm_code(
        challenge_id=challenge_id,
        code=body.code,
        address=request.META["REMOTE_ADDR"],
        actor=PUBLIC,
        now=clock.now(),
    )
    return {"grant": grant.token, "expires_at": grant.expires_at}


@router.post(
    "/accounts/password", response={201: AccountOut, **PROBLEMS}, auth=None, operation_id="set_password"
)
def set_password(request: Any, body: PasswordIn) -> Status[SignedIn]:
    """Choose the password: the account is open, or has a new password."""
    signed = account_opening.set_password(
        grant=body.grant, password=body.password, language=language_of(request), now=clock.now()
    )
    return Status(201, signed)


@router.get(
    "/demo/messages",
    response={200: list[MessageOut], **PROBLEMS},
    auth=None,
    operation_id="list_demo_messages",
)
def list_demo_messages(request: Any, to: Annotated[str, Field(max_length=254)] = "") -> list[InboxMessage]:
    """The last messages of the demonstration, newest first; ``to``: one phone (``+212612345678``) or
    address.
    """
    if not settings.ENV.demo:
        raise Refused(NO_DEMO)
    return messages.list_demo_inbox(to=to, limit=50)
