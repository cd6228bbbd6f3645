"""Days that follow the moon, computed where nobody announced them yet.

The arithmetic ("tabular") Islamic calendar: months of 30 and 29 days, 11 leap days in 30 years (years 2, 5,
7, 10, 13, 16, 18, 21, 24, 26, 29), epoch Friday 16 July 622 (Julian). It may be a day off what is seen:
what is computed is foreseen, never announced.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

_EPOCH = 227014  # day before 1 Moharram of year 1, as dt.date counts days
HOLIDAYS = ((1, 1), (3, 12), (3, 13), (10, 1), (10, 2), (12, 10), (12, 11))
"""Month and day of 1 Moharram, Al Mawlid, Aid Al Fitr and Aid Al Adha, two days each but the first."""


def day_of(year: int, month: int, day: int) -> dt.date:
    """Return the day on which a day of the Islamic calendar is expected."""
    months = 29 * (month - 1) + month // 2
    return dt.date.fromordinal(_EPOCH + 354 * (year - 1) + (3 + 11 * year) // 30 + months + day)


@lru_cache(maxsize=64)
def foreseen_days(year: int) -> tuple[dt.date, ...]:
    """Return the holidays of a civil year that follow the moon, in order."""
    about = (year - 622) * 33 // 32
    days = (day_of(hijri, *holiday) for hijri in range(about - 1, about + 3) for holiday in HOLIDAYS)
    return tuple(sorted(day for day in days if day.year == year))
