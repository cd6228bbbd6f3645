"""Trials are counted before they are judged, in one statement that commits by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from sijil.domains.accounts import rules
from sijil.domains.accounts.errors import FACTOR_LOCKED, SIGN_IN_LOCKED, TOO_MANY_FROM_ADDRESS
from sijil.domains.accounts.models import Trial
from sijil.kernel.errors import Refused
from sijil.kernel.sealing import keyring

# A trial in an old window starts a new one. The trial after the last one locks, and the pause is not
# prolonged by trying; counting stops there, so that many at once cannot pass more than the limit. What a
# clock that was wrong left ahead of now counts no longer than the rule itself: a window has not begun yet,
# a pause is longer than a pause.
_RUNS = """(t.window_started_at + %(pause)s > %(now)s AND t.window_started_at <= %(now)s + %(skew)s
  OR coalesce(t.locked_until > %(now)s AND t.locked_until <= %(now)s + %(pause)s + %(skew)s, false))"""
_COUNT = f"""
INSERT INTO accounts_trial AS t (key, count, window_started_at, locked_until)
VALUES (%(key)s, 1, %(now)s, NULL)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN NOT {_RUNS} THEN 1 ELSE least(t.count + 1, %(most)s + 1) END,
  window_started_at = CASE WHEN NOT {_RUNS} THEN %(now)s ELSE t.window_started_at END,
  locked_until = CASE
    WHEN NOT {_RUNS} THEN NULL WHEN t.locked_until IS NOT NULL THEN t.locked_until
    WHEN t.count >= %(most)s THEN %(now)s + %(pause)s END
RETURNING count, locked_until
"""  # noqa: S608  (no value is written into it)


# what is counted -> its limit in the law
LIMITS = {
    "asker": "sign_in_trials",  # one login from one address
    "login": "login_trials",  # one login from everywhere
    "address": "address_trials",
    "factor": "code_trials",
    "present": "sign_in_trials",  # the present password, where another is chosen
}


def count_login(login: str, asker: str, now: dt.datetime) -> int:
    """Count one trial of a login by one asker; return how many are left. Raises: Refused(SIGN_IN_LOCKED).

    When many askers try one login, each has its first trial only: nobody is kept out by the others.
    """
    left, locked_until = _count("asker", asker, now)
    _, all_locked = _count("login", login, now)
    is_first = left == rules.limit(LIMITS["asker"], now) - 1
    until = locked_until or (None if is_first else all_locked)
    if until is not None:
        raise Refused(SIGN_IN_LOCKED, until=until, seconds=_seconds(until, now))
    return left


def count_present(login: str, now: dt.datetime) -> int:
    """Count one trial of the present password of who is signed in; return how many are left. Outside the
    transaction of the use case, so that it stays counted.

    Raises: Refused(SIGN_IN_LOCKED on ``present``).
    """
    left, locked_until = _count("present", login, now)
    if locked_until is not None:
        facts = {"until": locked_until, "seconds": _seconds(locked_until, now)}
        raise Refused(SIGN_IN_LOCKED, field="present", **facts)
    return left


def forget_present(login: str) -> None:
    """Forget the trials of one who knew the present password."""
    Trial.objects.filter(key=_key("present", login)).delete()


def count_address(address: str, now: dt.datetime) -> None:
    """Count one trial from a network address. Outside the transaction of the use case, so that it stays
    counted.

    Raises: Refused(TOO_MANY_FROM_ADDRESS).
    """
    _, locked_until = _count("address", address, now)
    if locked_until is not None:
        raise Refused(TOO_MANY_FROM_ADDRESS, until=locked_until, seconds=_seconds(locked_until, now))


def count_factor(login: str, now: dt.datetime) -> int:
    """Count one code of an account; return how many are left. Raises: Refused(FACTOR_LOCKED)."""
    left, locked_until = _count("factor", login, now)
    if locked_until is not None:
        raise Refused(FACTOR_LOCKED, until=locked_until, seconds=_seconds(locked_until, now))
    return left


def forget_factor(login: str) -> None:
    """Forget the codes of an account that typed a right one."""
    Trial.objects.filter(key=_key("factor", login)).delete()


def asker_of(login: str, address: str, password: str) -> str:
    """Name who tries a login. ``password``: the hash kept; a new password so ends every pause at once."""
    return f"{login}|{address}|{password}"


def forget_login(login: str, asker: str = "") -> None:
    """Forget the trials of a login that proved who it is."""
    Trial.objects.filter(key__in=[_key("login", login), _key("asker", asker)]).delete()


def uncount_address(address: str) -> None:
    """Take back one trial of an address: it was a right one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_trial SET count = greatest(count - 1, 0)"
            " WHERE key = %s AND locked_until IS NULL",
            [_key("address", address)],
        )


def forget_before(*, now: dt.datetime) -> int:
    """Delete the counts of windows that ended a day ago; return how many."""
    return Trial.objects.filter(window_started_at__lt=now - dt.timedelta(days=1)).delete()[0]


def _count(what: str, who: str, now: dt.datetime) -> tuple[int, dt.datetime | None]:
    """Count one trial; return how many are left, and until when there is a pause, if there is."""
    most, pause = rules.limit(LIMITS[what], now), rules.minutes("lock_minutes", now)
    facts: dict[str, Any] = {"key": _key(what, who), "most": most, "now": now, "pause": pause}
    facts["skew"] = rules.SKEW
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, facts)
        count, locked_until = cursor.fetchone()
    return max(0, most - count), locked_until


def _seconds(until: dt.datetime, now: dt.datetime) -> int:
    return max(1, round((until - now).total_seconds()))


def _key(what: str, who: str) -> bytes:
    return keyring().blind_index("accounts", f"trial.{what}", who)
