"""The code on a receipt: a compact JWS (Ed25519) over kind, number, day and issuer. It names nobody.

The keys are in ``SIJIL_HOME/keys/receipts.json`` (made at the first receipt): the first signs, all of
them check, so that a key can be replaced while the old receipts stay good.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from django.conf import settings
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from sijil.domains.documents.types import Check, Claim, ReceiptKind

ALGORITHM: Literal["Ed25519"] = "Ed25519"
GENUINE, FORGED, UNKNOWN_KEY = "genuine", "forged", "unknown_key"
_LONGEST = 1000


def sign_claim(claim: Claim) -> str:
    """Return the token of a receipt. The same claim gives the same token."""
    key = _keys(_place())[0]
    body = {"k": claim.kind.value, "n": claim.number, "d": claim.issued_on.isoformat(), "i": claim.issuer}
    payload = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return jws.serialize_compact({"alg": ALGORITHM, "kid": key.kid}, payload, key, algorithms=[ALGORITHM])


def check_token(token: str) -> Check:
    """Tell whether a token is genuine (with what it says), forged, or signed by a key that is not ours."""
    if len(token) > _LONGEST:
        return Check(FORGED)
    try:
        kid = jws.extract_compact(token.encode()).headers().get("kid")
        key = {key.kid: key for key in _keys(_place())}.get(kid)
        if key is None:
            return Check(UNKNOWN_KEY)
        body = json.loads(jws.deserialize_compact(token, key, algorithms=[ALGORITHM]).payload)
        claim = Claim(ReceiptKind(body["k"]), body["n"], dt.date.fromisoformat(body["d"]), body["i"])
    except (JoseError, ValueError, KeyError, TypeError):
        return Check(FORGED)
    return Check(GENUINE, claim)


def rotate_key() -> str:
    """Make a new signing key; return its id. Receipts signed by the older keys stay genuine."""
    place = _place()
    keys = [_new_key(), *_keys(place)]
    _write(place.with_suffix(".new"), keys)
    place.with_suffix(".new").replace(place)
    return str(keys[0].kid)


def _place() -> Path:
    return Path(settings.HOME) / "keys" / "receipts.json"


def _keys(place: Path) -> tuple[OKPKey, ...]:
    if not place.exists():
        _make_first(place)
    found = place.stat()
    return _read_keys(place, (found.st_ino, found.st_mtime_ns))


@lru_cache(maxsize=4)
def _read_keys(place: Path, stands: tuple[int, int]) -> tuple[OKPKey, ...]:
    """Read once the file that ``stands`` there: another process may put a new one in its place."""
    return tuple(OKPKey.import_key(entry) for entry in json.loads(place.read_text())["keys"])


def _make_first(place: Path) -> None:
    """Make the first key. Of two processes at once one wins, and both read the winner's."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = place.with_suffix(f".{os.getpid()}")
    _write(draft, [_new_key()])
    try:
        os.link(draft, place)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _new_key() -> OKPKey:
    key = OKPKey.generate_key(ALGORITHM)
    return OKPKey.import_key(key.as_dict(private=True) | {"kid": key.thumbprint()[:8]})


def _write(place: Path, keys: list[OKPKey]) -> None:
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"keys": [key.as_dict(private=True) for key in keys]}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
