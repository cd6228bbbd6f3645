"""Access tokens: JWT (RFC 9068) signed RS256 by a key of the installation; at most ten minutes."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from sijil.domains.partners.errors import TOKEN_INVALID
from sijil.kernel.errors import Refused
from sijil.kernel.signing import ensure_keys, key_id, make_rsa, private_pem

LIFETIME = dt.timedelta(minutes=10)
ISSUER = "sijil"
AUDIENCE = "sijil-verify"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a valid token says. ``expires_at``: seconds since 1970. ``mark``: of its secret."""

    client_id: str
    scopes: frozenset[str]
    expires_at: int
    mark: str


class AccessTokens:
    """Issues and reads tokens with the keys of one folder (the newest signs, all verify)."""

    def __init__(self, folder: Path) -> None:
        keys = ensure_keys(folder, make_rsa)
        self._keys = [
            RSAKey.import_key(private_pem(key), {"kid": key_id(key), "use": "sig", "alg": "RS256"})
            for key in keys
        ]
        self._set = KeySet(list(self._keys))

    def issue(self, client_id: str, scopes: tuple[str, ...], *, mark: str = "", now: dt.datetime) -> str:
        """Return a token of ``LIFETIME`` for these scopes; ``mark``: of the secret (``rules.mark_of``)."""
        key = self._keys[-1]
        at = int(now.timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": client_id,
            "client_id": client_id,
            "scope": " ".join(scopes),
            "mark": mark,
            "iat": at,
            "exp": at + int(LIFETIME.total_seconds()),
            "jti": secrets.token_urlsafe(12),
        }
        return jwt.encode({"alg": "RS256", "typ": "at+jwt", "kid": key.kid}, claims, key)

    def read(self, token: str, *, now: dt.datetime) -> AccessToken:
        """Return what the token says. Raises: Refused(TOKEN_INVALID): expired, not ours, or not a token."""
        try:
            read = jwt.decode(token, self._set, algorithms=["RS256"])
            return _checked(read.header, read.claims, now.timestamp())
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise Refused(TOKEN_INVALID) from None

    def jwks(self) -> dict[str, Any]:
        """Return the public keys (RFC 7517)."""
        return {"keys": [key.as_dict(private=False) for key in self._keys]}


def _checked(header: dict[str, Any], claims: dict[str, Any], at: float) -> AccessToken:
    ours = header["typ"] == "at+jwt" and claims["iss"] == ISSUER and claims["aud"] == AUDIENCE
    if not (
        ours
        and claims["iat"] - 60 <= at < claims["exp"]
        and claims["exp"] - claims["iat"] <= LIFETIME.total_seconds()
    ):
        raise ValueError("not valid now")
    scopes, mark = frozenset(claims["scope"].split()), str(claims.get("mark", ""))
    return AccessToken(str(claims["client_id"]), scopes, int(claims["exp"]), mark)
