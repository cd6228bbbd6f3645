"""Slow down who asks too often: a token bucket in one SQL statement; and one budget of work for strangers.

A name has one allowance, declared here, whichever door asks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.http import HttpRequest

from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.allowance import Allowance, per_second
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.kernel.sealing import keyring
from sijil.pages import clock
from sijil.pages.guards import actor_of
from sijil.pages.models import Bucket

TOO_OFTEN = ErrorCode(
    "pages.too_often",
    Category.TOO_MANY,
    "There were too many attempts.",
    "Wait {minutes} minutes, then try again.",
)

BUSY = ErrorCode(
    "pages.busy",
    Category.TOO_MANY,
    "Too much is asked of the service at this moment.",
    "Try again in a minute; what you did before is kept.",
)
PAPER, PAGE = 5, 1  # units of work, each about 0.1 s of a processor: a paper, a computed page or PDF
LITTLE = 0.8  # who has so much left asked for little

LIMITS: Mapping[str, Allowance] = {
    # from one network address: a cyber café or a centre shares one, and a slot is a scarce thing
    "pre_registration": Allowance(burst=60, every=60),
    # from one network address: codes that confirm a telephone or an e-mail; each costs an SMS
    "contact_code": Allowance(burst=60, every=60),
    # the same to e-mails: whoever has a domain has as many of them as they like
    "contact_code.email": Allowance(burst=12, every=600),
    # from one network address to one contact: others may use its ten a day no further
    "contact_code.one": Allowance(burst=4, every=21_600),
    # from one network address: a whole mobile network may share one; a number cannot be guessed
    "track": Allowance(burst=120, every=1),
    # from one network address: the short code of a receipt (59 bits), typed; a counter checks a pile
    "check": Allowance(burst=60, every=5),
    # by one person: each trial asks whether a number and a birth date belong together
    "household.add": Allowance(burst=12, every=120),
    # units of work by one person, or from one network address that many may share
    "work": Allowance(burst=150, every=1),
    # units of work by all together: about one processor
    "work.all": Allowance(burst=600, every=0.1),
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
INSERT INTO pages_bucket AS b (key, tokens, taken_at) VALUES (%(key)s, %(burst)s::float8 - %(units)s, %(now)s)
ON CONFLICT (key) DO UPDATE SET tokens = {_FILLED} - %(units)s, taken_at = %(now)s
WHERE {_FILLED} >= %(units)s
RETURNING tokens
"""  # noqa: S608  (no value is written into it)


def take(name: str, who: str, *, rate: int = 0, units: int = 1, now: dt.datetime) -> float:
    """Use tokens of ``who`` for ``name``, one of ``LIMITS``; return what is left. ``rate``: agreed with a
    partner, a second.

    Call it outside the transaction of the use case, so that a refusal later on does not give the
    token back. Raises: Refused(TOO_OFTEN).
    """
    allowance = per_second(rate) if rate else LIMITS[name]
    key = keyring().blind_index("pages", name, who)
    facts: dict[str, Any] = {"key": key, "burst": allowance.burst, "every": allowance.every}
    facts |= {"units": units, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, facts)
        row = cursor.fetchone()
    if row is None:
        seconds = max(1, round(allowance.every * units))
        raise Refused(TOO_OFTEN, minutes=max(1, round(seconds / 60)), seconds=seconds)
    return float(row[0])


def work(units: int, *, actor: Actor, address: str, now: dt.datetime) -> None:
    """Use ``units`` of the budget of work: of the person, or of the address of who is not known, and of all.

    Staff are not counted. Where all together ask too much, who asked little goes first. Raises: Refused
    (TOO_OFTEN, BUSY).
    """
    if actor.kind is ActorKind.OFFICER:
        return
    left = take("work", address if actor.kind is ActorKind.PUBLIC else str(actor), units=units, now=now)
    try:
        take("work.all", "all", units=units, now=now)
    except Refused:
        if left < LIMITS["work"].burst * LITTLE:
            raise Refused(BUSY, seconds=60) from None


def take_code(contact: str, *, address: str, now: dt.datetime) -> None:
    """Count a code to a telephone or an e-mail, by who asks for it. Raises: Refused(TOO_OFTEN)."""
    take("contact_code.one", f"{address}|{contact}", now=now)
    if "@" in contact:
        take("contact_code.email", address, now=now)
    take("contact_code", address, now=now)


def charge(request: HttpRequest, units: int) -> None:
    """Use units of the budget of who asks for a page. Raises: as :func:`work`."""
    work(units, actor=actor_of(request), address=request.META["REMOTE_ADDR"], now=clock.now())


def forget_before(moment: dt.datetime) -> int:
    """Delete the buckets that nobody used since ``moment``; return how many."""
    return Bucket.objects.filter(taken_at__lt=moment).delete()[0]
