"""Pure decisions about partners: secrets, scopes, purposes, pseudonyms."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable

from sijil.domains.partners.errors import CODE_INVALID, PURPOSE_INVALID, SCOPE_UNKNOWN
from sijil.domains.partners.types import Purpose
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey
from sijil.kernel.sealing import Keyring

VERIFICATION = "verification"
SOURCE = "source"
SCOPES = (VERIFICATION, SOURCE)
"""What a partner may do: ask for verifications; tell of events (births, deaths) in messages it signs."""
_CODE = re.compile(r"[a-z][a-z0-9-]{2,39}")


def draw_secret() -> str:
    """Return a new secret of 256 bits. A plain hash of it is enough: it cannot be guessed."""
    return secrets.token_urlsafe(32)


def draw_client_id() -> str:
    return "client-" + secrets.token_hex(12)


def hash_secret(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def is_secret(kept: bytes, secret: str) -> bool:
    """Tell whether ``secret`` is the one whose hash is kept; takes the same time either way."""
    return hmac.compare_digest(bytes(kept), hash_secret(secret))


def check_code(code: str) -> str:
    """Raises: Refused(CODE_INVALID)."""
    if not _CODE.fullmatch(code):
        raise Refused(CODE_INVALID, field="code", code=code)
    return code


def mark_of(secret_hash: bytes) -> str:
    """Return what a token says of the secret it was given for: another secret, another mark."""
    return hashlib.sha256(b"token:" + bytes(secret_hash)).hexdigest()[:16]


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """Return the scopes, each once. Raises: Refused(SCOPE_UNKNOWN)."""
    chosen = list(dict.fromkeys(scopes))
    for scope in chosen:
        if scope not in SCOPES:
            raise Refused(SCOPE_UNKNOWN, field="scopes", scope=scope)
    return chosen


def check_purposes(purposes: Iterable[Purpose]) -> list[dict[str, str]]:
    """Return the purposes as kept. Raises: Refused(PURPOSE_INVALID): a text is missing, a code repeats."""
    chosen = list(purposes)
    codes = [p.code for p in chosen]
    complete = all(_CODE.fullmatch(p.code) and p.ar.strip() and p.fr.strip() and p.en.strip() for p in chosen)
    if not (chosen and complete and len(set(codes)) == len(codes)):
        raise Refused(PURPOSE_INVALID, field="purposes")
    return [{"code": p.code, "ar": p.ar, "fr": p.fr, "en": p.en} for p in chosen]


def pairwise_token(keys: Keyring, salt: bytes, person: PersonKey) -> str:
    """Return the pseudonym of a person for one partner (32 hexadecimal digits).

    Two partners cannot join what they hold by it (CNDP's warning on one cross-sector identifier).
    """
    return keys.blind_index("partners", "pairwise", bytes(salt).hex() + ":" + person).hex()
