"""The clock of the interfaces. Use cases receive its answer; they never ask."""

from __future__ import annotations

import datetime as dt

from sijil.kernel.dates import legal_day


def now() -> dt.datetime:
    """Return this moment, with its time zone (UTC)."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Return the day it is in Morocco."""
    return legal_day(now())
