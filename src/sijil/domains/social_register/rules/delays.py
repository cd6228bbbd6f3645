"""The legal delays of a registration: the dated law ``social_register.delays``."""

from __future__ import annotations

import datetime as dt

from sijil.kernel import law


def delay(name: str, day: dt.date) -> law.Delay:
    """Return the delay of this name in force on a day. Raises: LookupError for a name that is not there."""
    return law.delay(f"social_register.{name}", day)
