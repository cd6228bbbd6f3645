"""Bearer tokens of the HTTP API: 256 random bits, kept as a digest, with an end."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from sijil.domains.accounts import rules
from sijil.domains.accounts.errors import TOKEN_INVALID
from sijil.domains.accounts.models import Account, ApiToken
from sijil.domains.accounts.types import BearerToken, SignedIn
from sijil.kernel.errors import Refused


def create_token(*, account: SignedIn, now: dt.datetime) -> BearerToken:
    """Give a token to an account that just signed in. It is shown once."""
    token = f"sj_{secrets.token_urlsafe(32)}"
    expires_at = now + dt.timedelta(hours=rules.limit("token_hours", now))
    owner = Account.objects.only("id").get(id=account.id)
    ApiToken.objects.create(account=owner, tag=token_tag(token), created_at=now, expires_at=expires_at)
    return BearerToken(token, expires_at, account)


def revoke_token(*, token: str, now: dt.datetime) -> None:
    """End a token. Raises: Refused(TOKEN_INVALID) if it was not alive."""
    alive = ApiToken.objects.filter(tag=token_tag(token), revoked_at__isnull=True, expires_at__gt=now)
    if not alive.update(revoked_at=now):
        raise Refused(TOKEN_INVALID)


def token_tag(token: str) -> bytes:
    """Return the digest that stands for a token."""
    return hashlib.sha256(token.encode()).digest()
