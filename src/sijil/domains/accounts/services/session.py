"""What is open in browsers: kept beside the sessions, so that the owner sees and ends them."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sijil.domains.accounts import rules
from sijil.domains.accounts.models import ApiToken, Session
from sijil.domains.accounts.types import SignedIn


def open_session(*, account: SignedIn, tag: str, browser: str, now: dt.datetime) -> dt.datetime:
    """Note a session of an account that just signed in; return when it ends at the latest.

    ``tag``: the digest of the session's key. ``browser``: at most 40 letters of it are kept.
    """
    ends_at = now + dt.timedelta(hours=rules.limit("session_hours", now))
    Session.objects.create(
        account_id=account.id, tag=tag, browser=browser[:40], opened_at=now, ends_at=ends_at
    )
    return ends_at


def end_sessions(
    *, account: SignedIn, but: str = "", only: UUID | None = None, now: dt.datetime
) -> list[str]:
    """End what is open of an account, one or all but the tag ``but``; return the tags that ended.

    Without ``only`` the tokens of the HTTP API end too.
    """
    rows = Session.objects.filter(account_id=account.id).exclude(tag=but)
    if only is not None:
        rows = rows.filter(id=only)
    else:
        tokens = ApiToken.objects.filter(account_id=account.id, revoked_at__isnull=True, expires_at__gt=now)
        tokens.update(revoked_at=now)
    tags = list(rows.values_list("tag", flat=True))
    rows.delete()
    return tags
