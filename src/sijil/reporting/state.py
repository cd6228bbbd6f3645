"""Is what decides still what was decided? Rows that change, against rows that never do and the sealed log.

It writes nothing and opens no identity. What was done to the log itself is told by ``sijil verify-audit``,
what is kept of persons in several places by ``sijil check-copies``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sijil.domains.accounts import queries as accounts
from sijil.domains.audit import queries as audit
from sijil.domains.audit.sql import TOLD
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.states import PersonState
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes.acts import DECISIONS_RECORDED, LIST_PUBLISHED
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring.acts import RECORDED
from sijil.domains.scoring.sql import LATEST
from sijil.domains.social_register import queries as social
from sijil.domains.verification import queries as verification
from sijil.kernel import tally
from sijil.kernel.casework import proof


@dataclass(frozen=True, slots=True)
class Difference:
    """``of``: a kind of thing; ``key``: which one; ``seen``: what differs, without identity."""

    of: str
    key: str
    seen: str


def list_differences() -> Iterator[Difference]:
    """Yield each difference found."""
    for kind, key, seen in proof.list_unlike(TOLD, audit.find_last_facts, _tallies):
        yield Difference(kind, key, seen)
    yield from _written("score", scoring.iter_said(), RECORDED.code, scoring.SUBJECT)
    yield from _written("decision", programmes.iter_said(), DECISIONS_RECORDED.code, programmes.SUBJECT)
    for code in scoring.list_unlike():
        yield Difference("current score", code, "is not the last score of the household")
    for name in programmes.list_unlike(LATEST):
        yield Difference("decision", name, "does not follow from its score and threshold")
    for login in accounts.list_unlike():
        yield Difference("account", login, "lets in, or not, against its file")
    for code in social.list_headless():
        yield Difference("household", code, "its head is not the member who is head")
    for code in social.list_undeclared():
        yield Difference("household", code, "its milieu or its members are not those of its declaration")
    yield from _lists()
    yield from _subjects()


def _written(of: str, rows: Iterable[tuple[tally.By, bytes]], act: str, subject: str) -> Iterator[Difference]:
    """Compare rows that never change with the entries that tell of them, by who wrote them and when."""
    for (at, kind, who), seen in tally.list_unlike(rows, _tallies(act, subject)):
        yield Difference(of, f"{at:%Y-%m-%d %H:%M:%S} by {kind} {who}", seen)


def _tallies(act: str, subject: str) -> Iterator[tuple[tally.By, tally.Tally]]:
    for at, kind, who, facts in audit.list_tallies(act, subject):
        yield (at, kind, who), tally.read(facts)


def _subjects() -> Iterator[Difference]:
    """Compare those about whom partners are answered with the register, which has its own proof."""
    for people in verification.iter_people():
        states = {key: record.state for key, record in population.list_records(people).items()}
        for key, is_answered in people.items():
            if is_answered and states.get(key) != PersonState.ACTIVE:
                seen = "is answered for, the register does not say active"
                yield Difference("verification subject", key, seen)


def _lists() -> Iterator[Difference]:
    for found in programmes.list_published():
        sealed = audit.find_proven(LIST_PUBLISHED.code, f"list:{found.id}")
        if not programmes.is_intact(found.id, sealed):
            key = f"{found.programme} {found.number}"
            yield Difference("list", key, "is not the one that the sealed log says was published")
