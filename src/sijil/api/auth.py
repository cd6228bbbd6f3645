"""Who calls the HTTP API: a bearer token of ``POST /v1/sessions``, seen by the endpoints as
``request.actor``.

``citizen_auth``: a person known by IDCS. ``staff_auth("csc_officer", ...)``: an officer with one of the roles
(none given: any officer). ``any_auth``: whoever has a token.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from sijil.domains.accounts.errors import ROLE_NEEDED
from sijil.domains.accounts.rules import actor_of, may_open
from sijil.domains.accounts.types import AccountKind, SignedIn
from sijil.journeys import account_opening
from sijil.kernel.errors import Refused
from sijil.pages import clock
from sijil.pages.guards import READING


class BearerAuth(HttpBearer):
    """A token of an account of one kind, holding one of the roles."""

    def __init__(self, kind: AccountKind | None = None, roles: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.kind = kind
        self.roles = roles

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Put ``actor``, ``account`` and ``bearer`` on the request. Raises: Refused(TOKEN_INVALID,
        ROLE_NEEDED).
        """
        account = account_opening.get_token_account(token, now=clock.now())
        request.actor = actor_of(account)  # type: ignore[attr-defined]
        wrong_kind = self.kind is not None and account.kind is not self.kind
        if wrong_kind or (self.roles and not self._opens(request, account)):
            raise Refused(ROLE_NEEDED)
        request.account = account  # type: ignore[attr-defined]
        request.bearer = token  # type: ignore[attr-defined]
        return account

    def _opens(self, request: HttpRequest, account: SignedIn) -> bool:
        reads = request.method in READING
        return may_open(account.roles, self.roles, reads=reads, day=clock.today())


def staff_auth(*roles: str) -> BearerAuth:
    """Let through officers holding one of ``roles`` (none given: any officer), and who reads all, to read."""
    return BearerAuth(AccountKind.STAFF, roles)


citizen_auth = BearerAuth(AccountKind.CITIZEN)
any_auth = BearerAuth()
