"""Who stays signed in: sessions under digests, and accounts that are asked at each request.

The browser holds the key of its session; the table holds the digest of it, so that whoever reads the table
cannot go on as somebody. An account that was closed, suspended, or is past its days is nobody at the next
request, and so is one whose person is deceased or suspended in the register; a new round of its sessions
(``Account.session_round``) ends the older ones.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as Stored

from sijil.domains.accounts import rules
from sijil.domains.accounts.types import AccountKind
from sijil.journeys import account_opening
from sijil.kernel.dates import legal_day
from sijil.kernel.together import Asked, Rows
from sijil.pages import clock

LENGTH = 40  # of the column: 160 bits of a digest
STEP = dt.timedelta(seconds=30)
"""Of idle time: a click so soon after one that was written is not, so it may end so much early."""
_SESSIONS = Rows(
    lambda key, now: SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=now)
)


def digest(key: str) -> str:
    """Return what stands in the table for the key of a session."""
    return hashlib.sha256(f"session:{key}".encode()).hexdigest()[:LENGTH]


class SessionStore(Stored):
    """Django's sessions in the database, found by the digest of their key."""

    _ends: dt.datetime | None = None

    def end_in(self, time: dt.timedelta) -> None:
        """Let the session end after this time at the latest, whatever is clicked (by Django's own clock)."""
        now = dt.datetime.now(dt.UTC)
        self["began_at"], self["ends_at"] = now.isoformat(), (now + time).isoformat()

    def load(self) -> dict[str, Any]:
        """Return what is kept; nothing while the clock that began the session is ahead of ours."""
        kept: dict[str, Any] = super().load()
        began = dt.datetime.fromisoformat(kept.get("began_at", "1970-01-01T00:00:00Z"))
        if began <= dt.datetime.now(dt.UTC) + rules.SKEW:
            return kept
        self._session_key = None
        return {}

    def get_expiry_age(self, **known: Any) -> int:
        """Return the seconds of idle time, or what is left to the absolute end."""
        age: int = super().get_expiry_age(**known)
        if ends := self.get("ends_at"):
            left = dt.datetime.fromisoformat(ends) - (known.get("modification") or dt.datetime.now(dt.UTC))
            age = min(age, max(0, int(left.total_seconds())))
        return age

    def get_expiry_date(self, **known: Any) -> dt.datetime:
        """Return the moment of the same."""
        date: dt.datetime = super().get_expiry_date(**known)
        return min(date, dt.datetime.fromisoformat(self["ends_at"])) if "ends_at" in self else date

    @classmethod
    def alive(cls, tags: Iterable[str]) -> dict[str, dt.datetime]:
        """Return which of these digests are of sessions that go on, and until when without a click."""
        rows = cls.get_model_class().objects.filter(
            session_key__in=list(tags), expire_date__gt=dt.datetime.now(dt.UTC)
        )
        return dict(rows.values_list("session_key", "expire_date"))

    @classmethod
    def end(cls, tags: Iterable[str]) -> None:
        """End the sessions of these digests."""
        cls.get_model_class().objects.filter(session_key__in=list(tags)).delete()

    def _get_session_from_db(self) -> Any:
        now = dt.datetime.now(dt.UTC)  # the clock by which Django wrote the end
        found = Asked(
            lambda rows: next(iter(rows), None), _SESSIONS.of(digest(self.session_key or ""), now)
        ).value
        if found is None:
            self._session_key = None
        else:
            self._ends = found.expire_date
        return found

    def save(self, must_create: bool = False) -> None:
        """Write what changed. A click alone moves the end, when it moves by ``STEP`` or more."""
        is_moved = self._ends is None or self.get_expiry_date() - self._ends >= STEP
        if must_create or self.modified or is_moved:
            super().save(must_create)

    def exists(self, session_key: str) -> bool:
        return self.model.objects.filter(session_key=digest(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        row.session_key = digest(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            self.model.objects.filter(session_key=digest(key)).delete()


class Accounts(ModelBackend):
    """The account of a session, as long as it may be used."""

    def get_user(self, user_id: Any) -> Any:
        found = account_opening.find_signed_in(user_id)
        return found if self.user_can_authenticate(found) else None

    def user_can_authenticate(self, user: Any) -> bool:
        if user is None or not rules.is_in_force(user, legal_day(clock.now())):
            return False
        return user.kind != AccountKind.CITIZEN or account_opening.stands(user)
