"""What crosses the border of the law."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sijil.kernel.law import Pin


@dataclass(frozen=True, slots=True)
class Enactment:
    """A version enacted here: by whom, with whose second signature, and when."""

    pin: Pin
    starts_on: dt.date
    enacted_at: dt.datetime
    enacted_by: str
    signed_by: str
