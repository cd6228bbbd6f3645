"""The code on a receipt: a compact JWS (RFC 7515, ``EdDSA`` of RFC 8037) over kind, number, day and issuer.
It names nobody.

The keys are files in ``SIJIL_HOME/keys/receipts/`` (made at the first receipt): the newest signs, all of them
check, so that a key can be replaced while the old receipts stay good; a withdrawn one checks nothing.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from sijil.domains.documents.types import Check, Claim, ReceiptKind
from sijil.kernel import signing

ALGORITHM = "EdDSA"
GENUINE, FORGED, UNKNOWN_KEY, WITHDRAWN = "genuine", "forged", "unknown_key", "withdrawn"
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class _Keys:
    """``trusted``, the oldest first, and ``withdrawn``; by id."""

    trusted: dict[str, Ed25519PrivateKey]
    withdrawn: dict[str, Ed25519PrivateKey]


def sign_claim(claim: Claim, kid: str = "") -> str:
    """Return the token of a receipt, signed by a trusted key (the newest without ``kid``).

    The same claim gives the same token. Raises: KeyError for a key that is not trusted.
    """
    kid = kid or trusted_ids()[0]
    key = _keys().trusted[kid]
    body = {"k": claim.kind.value, "n": claim.number, "d": claim.issued_on.isoformat(), "i": claim.issuer}
    signed = f"{_pack({'alg': ALGORITHM, 'kid': kid})}.{_pack(body)}"
    return f"{signed}.{_encode(key.sign(signed.encode()))}"


def check_token(token: str) -> Check:
    """Tell whether a token is genuine (with what it says), forged, or signed by a key that is not ours."""
    if len(token) > _LONGEST:
        return Check(FORGED)
    try:
        head, body, signature = token.split(".")
        return _judged(_unpack(head), _unpack(body), f"{head}.{body}".encode(), _decode(signature))
    except (InvalidSignature, ValueError, KeyError, TypeError, RecursionError):
        return Check(FORGED)


def verdict_of(kid: str) -> str:
    """Return what a signature of this key is worth today."""
    keys = _keys()
    if kid in keys.trusted:
        return GENUINE
    return WITHDRAWN if kid in keys.withdrawn else UNKNOWN_KEY


def trusted_ids() -> list[str]:
    """Return the ids of the keys that check, the one that signs first."""
    return list(reversed(_keys().trusted))


def withdrawn_ids() -> list[str]:
    """Return the ids of the keys that were withdrawn."""
    return list(_keys().withdrawn)


def public_keys() -> dict[str, Any]:
    """Return the key set (RFC 7517) with which anybody checks a receipt."""
    return {"keys": [_public(kid, key) for kid, key in reversed(_keys().trusted.items())]}


def rotate_key() -> str:
    """Make a new signing key; return its id. Receipts signed by the older keys stay genuine."""
    return signing.key_id(signing.add_key(_place(), signing.make_ed25519))


def withdraw_key(kid: str) -> None:
    """End trust in a key, for one that was stolen. Raises: KeyError for a key that is not trusted."""
    signing.withdraw_key(_place(), kid, signing.make_ed25519)


def _judged(head: Mapping[str, Any], body: Mapping[str, Any], signed: bytes, signature: bytes) -> Check:
    if head["alg"] != ALGORITHM or set(head) != {"alg", "kid"}:
        return Check(FORGED)
    keys = _keys()
    verdict = verdict_of(head["kid"])
    if verdict == UNKNOWN_KEY:
        return Check(UNKNOWN_KEY)
    key = {**keys.withdrawn, **keys.trusted}[head["kid"]]
    key.public_key().verify(signature, signed)
    claim = Claim(ReceiptKind(body["k"]), body["n"], dt.date.fromisoformat(body["d"]), body["i"])
    return Check(verdict, claim if verdict == GENUINE else None)


def _public(kid: str, key: Ed25519PrivateKey) -> dict[str, str]:
    x = _encode(key.public_key().public_bytes_raw())
    return {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid, "use": "sig", "alg": ALGORITHM}


def _pack(value: Mapping[str, str]) -> str:
    return _encode(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _unpack(text: str) -> dict[str, Any]:
    found = json.loads(_decode(text))
    if not isinstance(found, dict):
        raise TypeError
    return found


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decode(text: str) -> bytes:
    content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _encode(content) != text:  # one signature has one writing
        raise ValueError
    return content


def _place() -> Path:
    return Path(settings.HOME) / "keys" / "receipts"


def _keys() -> _Keys:
    place = _place()
    if not any(place.glob("*.pem")):
        signing.ensure_keys(place, signing.make_ed25519)
    found = place.stat()
    return _read_keys(place, (found.st_ino, found.st_mtime_ns))


@lru_cache(maxsize=4)
def _read_keys(place: Path, stands: tuple[int, int]) -> _Keys:
    """Read once the folder that ``stands`` there: another process may add a key or withdraw one."""
    return _Keys(_by_id(signing.read_keys(place)), _by_id(signing.read_withdrawn(place)))


def _by_id(keys: list[signing.PrivateKey]) -> dict[str, Ed25519PrivateKey]:
    return {signing.key_id(key): key for key in keys if isinstance(key, Ed25519PrivateKey)}
