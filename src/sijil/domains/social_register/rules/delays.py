"""The legal delays of a registration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sijil.kernel.casework import Delay

# Law 55-19, article 16: the answer to a request is due within sixty days. Decree 2.21.582 sets no delay of
# its own. Whether every day counts or working days only is not said: every day, which is never later.
_DAYS: Mapping[str, Delay] = {"registration_answer": Delay(60)}


def delay(name: str, day: dt.date) -> Delay:
    """Return the delay of this name in force on a day. Raises: KeyError for a name that no step starts."""
    return _DAYS[name]
