"""Slow down who asks too often: a token bucket in one SQL statement.

A name has one allowance, declared here, whichever door asks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection

from sijil.kernel.allowance import Allowance, per_second
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.kernel.sealing import keyring
from sijil.pages.models import Bucket

TOO_OFTEN = ErrorCode(
    "pages.too_often",
    Category.TOO_MANY,
    "There were too many attempts.",
    "Wait {minutes} minutes, then try again.",
)

LIMITS: Mapping[str, Allowance] = {
    # from one network address: a cyber café or a centre shares one, and a slot is a scarce thing
    "pre_registration": Allowance(burst=60, every=60),
    # from one network address: a whole mobile network may share one; a number cannot be guessed
    "track": Allowance(burst=120, every=1),
    # by one person: each trial asks whether a number and a birth date belong together
    "household.add": Allowance(burst=12, every=120),
    # by one source of events, unless another rate is agreed with it
    "civil_events": Allowance(burst=100, every=0.01),
    # from one network address: messages that nobody whom we trust has signed
    "message_refused": Allowance(burst=60, every=1),
}

# What a clock that was wrong left further ahead than the whole allowance lasts counts as nothing taken.
_FILLED = """
CASE WHEN extract(epoch FROM b.taken_at - %(now)s) > %(burst)s::float8 * %(every)s + 60
THEN %(burst)s::float8
ELSE least(%(burst)s::float8,
           b.tokens + greatest(0, extract(epoch FROM %(now)s - b.taken_at)) / %(every)s) END
"""
_TAKE = f"""
INSERT INTO pages_bucket AS b (key, tokens, taken_at) VALUES (%(key)s, %(burst)s::float8 - 1, %(now)s)
ON CONFLICT (key) DO UPDATE SET tokens = {_FILLED} - 1, taken_at = %(now)s WHERE {_FILLED} >= 1
RETURNING tokens
"""  # noqa: S608  (no value is written into it)


def take(name: str, who: str, *, rate: int = 0, now: dt.datetime) -> None:
    """Use one token of ``who`` for ``name``, one of ``LIMITS``. ``rate``: agreed with a partner, a second.

    Call it outside the transaction of the use case, so that a refusal later on does not give the
    token back. Raises: Refused(TOO_OFTEN).
    """
    allowance = per_second(rate) if rate else LIMITS[name]
    key = keyring().blind_index("pages", name, who)
    facts: dict[str, Any] = {"key": key, "burst": allowance.burst, "every": allowance.every, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, facts)
        if cursor.fetchone() is None:
            seconds = max(1, round(allowance.every))
            raise Refused(TOO_OFTEN, minutes=max(1, round(seconds / 60)), seconds=seconds)


def forget_before(moment: dt.datetime) -> int:
    """Delete the buckets that nobody used since ``moment``; return how many."""
    return Bucket.objects.filter(taken_at__lt=moment).delete()[0]
