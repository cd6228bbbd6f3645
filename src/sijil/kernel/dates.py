"""Days: the legal day of the country, and dates as people know them (only a year, or a year and a month).

A moment is UTC everywhere. What the law counts in days is counted in the days of the country: this file is
the only one that turns a moment into a day (held by ``tests/test_consistency.py``).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sijil.kernel.errors import Category, ErrorCode, Refused

DATE_INVALID = ErrorCode(
    "kernel.date_invalid",
    Category.INVALID,
    "This date does not exist: {value}.",
    "Check the day, the month and the year; leave empty what is not known.",
)
DATE_UNREADABLE = ErrorCode(
    "kernel.date_unreadable",
    Category.INVALID,
    "This date cannot be read: {value}.",
    "Write it in digits, the year with four: 14, 3 and 1988 in the boxes, or 1988-03-14 on one line.",
)
ZONE = ZoneInfo("Africa/Casablanca")
"""The country's clock, Ramadan included (tz database)."""
_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def local(moment: dt.datetime) -> dt.datetime:
    """Return a moment by the country's clock. Raises: ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(ZONE)


def legal_day(moment: dt.datetime) -> dt.date:
    """Return the day it is in the country at a moment: the day of the law."""
    return local(moment).date()


def day_begins(day: dt.date) -> dt.datetime:
    """Return the first moment of a legal day, in UTC."""
    return dt.datetime.combine(day, dt.time(), ZONE).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A Gregorian date known to the year, the month or the day (ISO 8601 reduced precision)."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        month_ok = self.month is None or 1 <= self.month <= 12
        day_ok = self.day is None or (
            self.month is not None
            and month_ok
            and 1 <= self.day <= calendar.monthrange(self.year, self.month)[1]
        )
        if not (1850 <= self.year <= 2200 and month_ok and day_ok):
            raise Refused(DATE_INVALID, field="birth_date", value=str(self))

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read what ``str`` writes, from a machine; people's dates are read by ``clean.partial_date``.

        Raises: Refused(DATE_UNREADABLE | DATE_INVALID).
        """
        found = _ISO.fullmatch(text.strip())
        if found is None:
            raise Refused(DATE_UNREADABLE, field="birth_date", value=text)
        year, month, day = (int(part) if part else None for part in found.groups())
        assert year is not None
        return cls(year, month, day)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    def age_on(self, day: dt.date) -> int:
        """Return the age in whole years; an unknown month or day counts as 1 July, or the 15th, and no later
        than ``day``: whoever is here is born.
        """
        month = self.month or 7
        birthday = self.day or (15 if self.month else 1)
        return max(0, day.year - self.year - ((day.month, day.day) < (month, birthday)))
