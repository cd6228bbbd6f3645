"""Messages that a partner signs: compact JWS (RFC 7515) over claims (RFC 7519), by a registered public key.

The key decides the algorithm, never the message: Ed25519 → EdDSA (also by its newer name, RFC 9864),
P-256 → ES256, RSA → RS256. A message lives an hour at most and names whom it is for.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key

from sijil.domains.partners.errors import KEY_INVALID, MESSAGE_REFUSED
from sijil.kernel.errors import Refused

LARGEST = 16 * 1024
"""Bytes of a message: ten times what an event needs."""
LIFETIME = dt.timedelta(hours=1)
SKEW_SECONDS = 60
_KINDS = {("OKP", "Ed25519"): ["EdDSA", "Ed25519"], ("EC", "P-256"): ["ES256"], ("RSA", None): ["RS256"]}
"""Kind and curve of a key, and the algorithms that go with it."""
_LEAST, _MOST = 342, 1366  # characters of an RSA modulus of 2048 and of 8192 bits
_PUBLIC = {"kty", "crv", "x", "y", "n", "e"}
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")
_HEADER = {"alg", "kid", "typ", "cty"}


class _Registry(jws.JWSRegistry):
    """Reads ``EdDSA`` as the Ed25519 that it is with our keys; sizes are checked before."""

    def get_alg(self, name: str) -> Any:
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A message whose signature is right. ``payload``: JSON without repeated names; ``kid``: of its key."""

    kid: str
    payload: bytes
    claims: Mapping[str, Any]

    def is_from(self, issuer: str, *, audience: str, now: dt.datetime) -> bool:
        """Tell whether it says that it comes from ``issuer``, is meant for ``audience``, and is in time."""
        meant = self.claims.get("aud")
        at, until = self.claims.get("iat"), self.claims.get("exp")
        if type(at) is not int or type(until) is not int:
            return False
        in_time = at - SKEW_SECONDS <= now.timestamp() < until and until - at <= LIFETIME.total_seconds()
        is_meant = audience in meant if isinstance(meant, list) else meant == audience
        return in_time and is_meant and self.claims.get("iss") == issuer


def read_public_key(jwk: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Return the thumbprint of a public key and the key as kept. Raises: Refused(KEY_INVALID)."""
    try:
        key = _import(jwk)
        if key.is_private or jwk.get("use", "sig") != "sig":
            raise ValueError("not a public signing key")
        return key.thumbprint(), {n: str(v) for n, v in key.as_dict(private=False).items() if n in _PUBLIC}
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        raise Refused(KEY_INVALID, field="key") from None


def open_message(message: bytes, *, key_of: Callable[[str], Mapping[str, str] | None]) -> SignedMessage:
    """Return a message whose signature is right. Raises: Refused(MESSAGE_REFUSED)."""
    try:
        kid = _kid(message)
        jwk = key_of(kid)
        if jwk is None:
            raise ValueError("no such key")
        allowed = _Registry(algorithms=_KINDS[jwk["kty"], jwk.get("crv")])
        found = jws.deserialize_compact(message, _import(jwk), registry=allowed)
        payload = bytes(found.payload or b"")
        return SignedMessage(kid, payload, _read_object(payload))
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refused(MESSAGE_REFUSED) from None


class JwsMessages:
    """The two functions above, behind ``SIJIL_SOURCE_MESSAGES=jws``."""

    read_public_key = staticmethod(read_public_key)
    open_message = staticmethod(open_message)


def _import(jwk: Mapping[str, Any]) -> Key:
    if (jwk["kty"], jwk.get("crv")) not in _KINDS:
        raise ValueError("another kind of key")
    if jwk["kty"] == "RSA" and not _LEAST <= len(jwk["n"]) <= _MOST:
        raise ValueError("too small, or too costly")
    return import_key(dict(jwk))


def _kid(message: bytes) -> str:
    """Return the name of the key, from a header that holds nothing that we do not know."""
    if len(message) > LARGEST:
        raise ValueError("too large")
    header = jws.extract_compact(message, registry=_Registry()).headers()
    kid = header["kid"]
    if header.keys() - _HEADER or not isinstance(kid, str) or not _THUMBPRINT.fullmatch(kid):
        raise ValueError("another header")
    return kid


def _read_object(payload: bytes) -> dict[str, Any]:
    """Return a JSON object; the same name twice could mean two things to two readers."""
    found = json.loads(payload.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is repeated")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
