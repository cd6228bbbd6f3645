"""Working days: which days count when the law counts them. Holidays are wired by ``sijil.config``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

_ONE = dt.timedelta(days=1)
_WEEKEND = (6, 7)  # ISO: Saturday, Sunday


def _none(day: dt.date) -> bool:
    return False


_is_holiday: Callable[[dt.date], bool] = _none


def use_holidays(is_holiday: Callable[[dt.date], bool]) -> Callable[[dt.date], bool]:
    """Choose who knows the holidays; return who did before."""
    global _is_holiday
    before, _is_holiday = _is_holiday, is_holiday
    return before


def is_working_day(day: dt.date) -> bool:
    """Tell whether the administration works on ``day``: no weekend, no holiday."""
    return day.isoweekday() not in _WEEKEND and not _is_holiday(day)


def add_days(day: dt.date, count: int, *, working: bool) -> dt.date:
    """Return the day ``count`` days after ``day``; working days are counted from the next one on."""
    if not working:
        return day + dt.timedelta(days=count)
    while count:
        day += _ONE
        count -= is_working_day(day)
    return day


def count_days(start: dt.date, end: dt.date, *, working: bool) -> int:
    """Return how many days lie after ``start`` up to ``end``, 0 if ``end`` is not after it."""
    if not working:
        return max((end - start).days, 0)
    days = (start + dt.timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(map(is_working_day, days))
