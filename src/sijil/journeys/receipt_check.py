"""Is a receipt genuine? For whoever holds it, without an account; the answer names nobody."""

from __future__ import annotations

import datetime as dt

from sijil.domains.documents.queries import check_code
from sijil.domains.documents.receipts import check_token
from sijil.domains.documents.types import Check, Claim, ReceiptKind
from sijil.domains.population_register.rules import temporary_until


def is_signed(code: str) -> bool:
    """Tell whether this is the long code of the square, which proves itself; a short one is looked up."""
    return "." in code


def valid_until(claim: Claim) -> dt.date | None:
    """Return the last day of a paper that is not for ever."""
    return temporary_until(claim.issued_on) if claim.kind is ReceiptKind.TEMPORARY else None


def check(code: str) -> Check:
    """Return what a code is worth, long or short; of one receipt both say the same."""
    return check_token(code) if is_signed(code) else check_code(code)
