"""Pure decisions about events: the days that can be told, and what makes two tellings the same."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from sijil.domains.events.errors import (
    ANNULS_ITSELF,
    DAY_IN_FUTURE,
    DAY_TOO_LONG_AGO,
    REGISTERED_TOO_EARLY,
)
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.sealing import Keyring

YEARS = 130
"""Nobody's life is longer: an older day is a slip of the pen."""
SKEW = dt.timedelta(minutes=5)
"""How far the clock of a source may run before ours."""


def check_days(*, on: dt.date, registered_at: dt.datetime, now: dt.datetime) -> None:
    """Refuse days that cannot be: ``on`` of the event, ``registered_at`` of its act.

    Raises: Refused(DAY_IN_FUTURE, DAY_TOO_LONG_AGO, REGISTERED_TOO_EARLY) that names the field.
    """
    today = legal_day(now)
    if on > today:
        raise Refused(DAY_IN_FUTURE, field="on")
    if on.year < today.year - YEARS:
        raise Refused(DAY_TOO_LONG_AGO, field="on", years=YEARS)
    if registered_at > now + SKEW:
        raise Refused(DAY_IN_FUTURE, field="registered_at")
    if registered_at < now - dt.timedelta(days=366 * YEARS) or legal_day(registered_at) < on:
        raise Refused(REGISTERED_TOO_EARLY, field="registered_at")


def check_annulment(*, source_id: str, annuls: str) -> None:
    """Raises: Refused(ANNULS_ITSELF)."""
    if source_id == annuls:
        raise Refused(ANNULS_ITSELF, field="annuls")


def fingerprint(keys: Keyring, content: Mapping[str, Any]) -> bytes:
    """Return 16 bytes that tell whether two events say the same; without the key they tell nothing."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return keys.blind_index("events", "content", text)
