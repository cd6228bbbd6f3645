"""The short code of a receipt, for whoever has no camera: ``K7QD-4M2X-9TAB``.

Twelve symbols without look-alikes, made by a key from what the receipt claims and the key that signed it: 59
bits that nobody guesses, the same for the same receipt. The table holds only their index, so whoever copies
the database can print none.
"""

from __future__ import annotations

import datetime as dt

from sijil.domains.documents.types import Claim
from sijil.kernel import clean
from sijil.kernel.ids import NUMBER_ALPHABET
from sijil.kernel.sealing import keyring

LENGTH = 12
UNREADABLE, UNKNOWN = "unreadable", "unknown_code"


def derive(claim: Claim, issued_at: dt.datetime, kid: str) -> str:
    """Return the code of a receipt under the signing key ``kid``."""
    facts = (claim.kind.value, claim.number, issued_at.astimezone(dt.UTC).isoformat(), claim.issuer, kid)
    value = int.from_bytes(keyring().blind_index("documents", "receipt.code", "|".join(facts)), "big")
    symbols = []
    for _place in range(LENGTH):
        value, place = divmod(value, len(NUMBER_ALPHABET))
        symbols.append(NUMBER_ALPHABET[place])
    return "".join(symbols)


def show(code: str) -> str:
    """Return the written form ``K7QD-4M2X-9TAB``."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def read(text: str) -> str | None:
    """Return the code that somebody typed, or None when it is none: too short, or another symbol."""
    found = clean.compact(text).upper()
    return found if len(found) == LENGTH and set(found) <= set(NUMBER_ALPHABET) else None


def written(text: str) -> str:
    """Return what was typed as the code is printed, or as it was typed when it is none."""
    code = read(text)
    return show(code) if code else clean.compact(text)[:40] or "-"


def index(code: str) -> bytes:
    """Return what stands for a code in the table."""
    return keyring().blind_index("documents", "receipt.typed", code)
