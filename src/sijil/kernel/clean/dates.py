"""Dates as papers have them: a year, a month or a day. A Hijri year is named, never converted."""

from __future__ import annotations

import datetime as dt
import re

from sijil.kernel.clean import errors
from sijil.kernel.clean.characters import coded
from sijil.kernel.dates import DATE_UNREADABLE, PartialDate
from sijil.kernel.errors import Refused

_TYPED = re.compile(r"([0-9]*)(?:[-/.]([0-9]*)(?:[-/.]([0-9]*))?)?")
_HIJRI = range(1200, 1501)  # 1785 to 2077
_HIJRI_BEGINS = 227015  # the proleptic ordinal of 1 Muharram 1 (19 July 622)


def partial_date(text: str, *, field: str) -> PartialDate:
    """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` as it is typed, in any digits. Raises: as the parts."""
    typed = coded(text).replace(" ", "")
    found = _TYPED.fullmatch(typed)
    if found is None or len(found[1]) < 3 <= len(found[3] or ""):  # 12/04/1988: which is the month?
        raise Refused(DATE_UNREADABLE, field=field, value=typed[:20])
    return partial_date_of(found[3] or "", found[2] or "", found[1], field=field)


def partial_date_of(day: str, month: str, year: str, *, field: str) -> PartialDate:
    """Read the three boxes of a date; the day, or the day and the month, may be empty.

    Raises: Refused(FIELD_MISSING | DATE_UNREADABLE | DATE_YEAR | DATE_MONTH | DATE_HIJRI | DATE_INVALID).
    """
    parts = [coded(part).replace(" ", "") for part in (year, month, day)]
    if not any(parts):
        raise Refused(errors.FIELD_MISSING, field=field)
    if not all(part == "" or (part.isascii() and part.isdigit()) for part in parts):
        raise Refused(DATE_UNREADABLE, field=field, value=" ".join(filter(None, parts))[:20])
    if len(parts[0]) != 4:
        raise Refused(errors.DATE_YEAR, field=field)
    if parts[2] and not parts[1]:
        raise Refused(errors.DATE_MONTH, field=field)
    _check_calendar(int(parts[0]), field)
    try:
        return PartialDate(int(parts[0]), *(int(part) if part else None for part in parts[1:]))
    except Refused as refused:
        refused.field = field
        raise


def _check_calendar(year: int, field: str) -> None:
    if year in _HIJRI:
        first, second = (_first_day(y).year for y in (year, year + 1))
        raise Refused(errors.DATE_HIJRI, field=field, year=str(year), first=str(first), second=str(second))


def _first_day(hijri: int) -> dt.date:
    """Return about when a Hijri year begins (the civil calendar, a day or two off the moon)."""
    return dt.date.fromordinal(_HIJRI_BEGINS + 354 * (hijri - 1) + (3 + 11 * hijri) // 30)
