"""Is what decides still what was decided? Rows that change, against rows that never do and the sealed log.

It writes nothing and opens no identity. What was done to the log itself is told by ``sijil verify-audit``,
what is kept of persons in several places by ``sijil check-copies``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sijil.domains.accounts import queries as accounts
from sijil.domains.audit import queries as audit
from sijil.domains.audit.sql import TOLD
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes.acts import LIST_PUBLISHED
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring.sql import LATEST
from sijil.domains.social_register import queries as social
from sijil.kernel.casework import proof


@dataclass(frozen=True, slots=True)
class Difference:
    """``of``: a kind of thing; ``key``: which one; ``seen``: what differs, without identity."""

    of: str
    key: str
    seen: str


def list_differences() -> Iterator[Difference]:
    """Yield each difference found."""
    for kind, key, seen in proof.list_unlike(TOLD, audit.find_last_facts):
        yield Difference(kind, key, seen)
    for code in scoring.list_unlike():
        yield Difference("current score", code, "is not the last score of the household")
    for name in programmes.list_unlike(LATEST):
        yield Difference("decision", name, "does not follow from its score and threshold")
    for login in accounts.list_unlike():
        yield Difference("account", login, "lets in, or not, against its file")
    for code in social.list_headless():
        yield Difference("household", code, "its head is not the member who is head")
    yield from _lists()


def _lists() -> Iterator[Difference]:
    for found in programmes.list_published():
        sealed = audit.find_proven(LIST_PUBLISHED.code, f"list:{found.id}")
        if not programmes.is_intact(found.id, sealed):
            key = f"{found.programme} {found.number}"
            yield Difference("list", key, "is not the one that the sealed log says was published")
