"""Numbers that people copy: of a person, a request, a paper; amounts and counts. Digits of every script."""

from __future__ import annotations

import re
from typing import Any

from sijil.kernel.clean import errors
from sijil.kernel.clean.characters import coded, compact, is_blank
from sijil.kernel.errors import ErrorCode, Refused
from sijil.kernel.ids import is_idcs, is_number

ANY_PAPER = re.compile(r"[A-Z0-9\u0621-\u064a]{1,20}")

_AMOUNT = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{1,2}))?")
_INTEGER = re.compile(r"[0-9]{1,12}")
_ARABIC_POINT = str.maketrans({"\u066b": ",", "\u066c": None, " ": None})


def idcs(text: str, *, field: str = "idcs") -> str:
    """Return the ten digits. Raises: Refused(FIELD_MISSING | IDCS_INVALID)."""
    found = compact(text)
    return _judged(found, text, is_idcs(found), errors.IDCS_INVALID, field)


def request_number(text: str, *, field: str = "number") -> str:
    """Return the ten letters and digits. Raises: Refused(FIELD_MISSING | REQUEST_NUMBER_INVALID)."""
    found = compact(text).upper()
    return _judged(found, text, is_number(found), errors.REQUEST_NUMBER_INVALID, field)


def paper_number(text: str, *, field: str, shape: re.Pattern[str] = ANY_PAPER) -> str:
    """Return the number of a paper in capitals and 0-9, as ``shape`` (of its kind) has it.

    Raises: Refused(FIELD_MISSING | PAPER_NUMBER_INVALID).
    """
    found = compact(text).upper()
    return _judged(found, text, shape.fullmatch(found) is not None, errors.PAPER_NUMBER_INVALID, field)


def read_money(text: str) -> int | None:
    """Return the centimes of an amount in dirhams (150 · 1 500,50 · ١٥٠٫٥), or None. No float."""
    found = _AMOUNT.fullmatch(coded(text).translate(_ARABIC_POINT))
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None


def money(text: str, *, field: str) -> int:
    """Return the centimes. Raises: Refused(FIELD_MISSING | AMOUNT_INVALID)."""
    return _read(read_money(text), text, errors.AMOUNT_INVALID, field)


def read_integer(text: str) -> int | None:
    """Return a whole number of 0 or more, or None."""
    found = coded(text).replace(" ", "")
    return int(found) if _INTEGER.fullmatch(found) else None


def integer(text: str, *, field: str) -> int:
    """Return a whole number of 0 or more. Raises: Refused(FIELD_MISSING | INTEGER_INVALID)."""
    return _read(read_integer(text), text, errors.INTEGER_INVALID, field)


def _judged(found: str, text: str, is_right: bool, wrong: ErrorCode, field: str) -> str:
    if not is_right:
        raise Refused(errors.FIELD_MISSING if is_blank(text) else wrong, field=field)
    return found


def _read(found: int | None, text: str, wrong: ErrorCode, field: str) -> int:
    if found is None:
        facts: dict[str, Any] = {} if is_blank(text) else {"value": text[:40]}
        raise Refused(wrong if facts else errors.FIELD_MISSING, field=field, **facts)
    return found
