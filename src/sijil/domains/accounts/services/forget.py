"""What is not needed any more is deleted every night."""

from __future__ import annotations

import datetime as dt

from sijil.domains.accounts.models import ApiToken, Session
from sijil.domains.accounts.services.code import forget_codes
from sijil.domains.accounts.services.trial import forget_before

_KEPT = dt.timedelta(days=30)


def forget_old(*, now: dt.datetime) -> int:
    """Delete codes of a week ago, counts of yesterday, sessions that ended, and tokens that did a month ago.

    Returns how many.
    """
    tokens = ApiToken.objects.filter(expires_at__lt=now - _KEPT).delete()[0]
    ended = Session.objects.filter(ends_at__lt=now).delete()[0]
    return ended + forget_codes(now=now) + forget_before(now=now) + tokens
