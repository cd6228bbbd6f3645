"""How a claimed birth date is compared with a recorded one, without either being readable.

A record holds the date as precisely as the register knows it: a year, a month or a day. **A claim is
compared at the precision of the record, and must be at least as precise**: many people's papers say
only a year, and their bank wrote 1 January; but a claim of a year alone never confirms a full date
(else a date could be guessed in 100 + 12 + 31 questions instead of 36,500).

| recorded \\ claimed | year | year-month | day |
| year | equal years | equal years | equal years |
| year-month | no match | equal months | equal months |
| day | no match | no match | equal days |
"""

from __future__ import annotations

from sijil.domains.verification.errors import IDCS_INVALID, SEX_INVALID
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import is_idcs
from sijil.kernel.sealing import Keyring

NO_TAG = b""


def check_idcs(idcs: str) -> str:
    """Return the IDCS. Raises: Refused(IDCS_INVALID)."""
    if not (isinstance(idcs, str) and idcs.isascii() and is_idcs(idcs)):
        raise Refused(IDCS_INVALID, field="idcs")
    return str(idcs)


def check_sex(sex: str) -> str:
    """Return F or M. Raises: Refused(SEX_INVALID)."""
    if sex not in ("F", "M"):
        raise Refused(SEX_INVALID, field="sex")
    return str(sex)


def number_tag(keys: Keyring, idcs: str) -> bytes:
    """Return the 16 bytes by which this domain, and no other, finds an IDCS."""
    return keys.blind_index("verification", "idcs", idcs)


def record_tag(keys: Keyring, idcs: str, birth: PartialDate) -> bytes:
    """Return the 16-byte tag to keep: birth date at the precision known, tied to the IDCS."""
    return keys.blind_index("verification", "birth", f"{idcs}:{birth}")


def claim_tags(keys: Keyring, idcs: str, birth: PartialDate) -> tuple[bytes, bytes, bytes]:
    """Return the tags of a claim at each precision it reaches: year, month, day (``NO_TAG`` if not)."""
    text = f"{idcs}:{birth}"
    known = len(text) - 11
    return (
        keys.blind_index("verification", "birth", text[:15]),
        keys.blind_index("verification", "birth", text[:18]) if known > 4 else NO_TAG,
        keys.blind_index("verification", "birth", text) if known > 7 else NO_TAG,
    )


def is_confirmed(keys: Keyring, idcs: str, claimed: PartialDate, tag: bytes) -> bool:
    """Tell whether the claimed date agrees with the recorded tag (the table above)."""
    return bytes(tag) in claim_tags(keys, idcs, claimed)
