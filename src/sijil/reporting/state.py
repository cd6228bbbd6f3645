"""Is what decides still what was decided? Rows that change, against rows that never do and the sealed log.

It writes nothing and shows no identity: of what is sealed it asks only whether it opens. What was done to the
log itself is told by ``sijil verify-audit``, what is kept of persons by ``sijil check-copies``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sijil.domains.accounts import queries as accounts
from sijil.domains.audit import queries as audit
from sijil.domains.audit.sql import TOLD
from sijil.domains.law import queries as laws
from sijil.domains.law.acts import ENACTED
from sijil.domains.notifications import queries as notifications
from sijil.domains.partners import queries as partners
from sijil.domains.partners.acts import KEY_ADDED, KEY_REMOVED
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.states import PersonState
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes.acts import DECISIONS_RECORDED, LIST_PUBLISHED
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring.acts import RECORDED
from sijil.domains.scoring.sql import LATEST
from sijil.domains.social_register import queries as social
from sijil.domains.social_register.acts import DECLARATIONS_KEPT
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
    yield from _declarations()
    for kind, key, seen in population.iter_unsealed():
        yield Difference(kind, key, seen)
    for number in population.list_unwitnessed():
        yield Difference("witnesses", number, "are not those of the steps of the file")
    for message in notifications.iter_unsealed():
        yield Difference("message", f"{message}", "is not what was queued, or not to whom")
    yield from _laws()
    yield from _keys()
    yield from _lists()
    yield from _subjects()


def _written(of: str, rows: Iterable[tuple[tally.By, bytes]], act: str, subject: str) -> Iterator[Difference]:
    """Compare rows that never change with the entries that tell of them, by who wrote them and when."""
    for (at, kind, who), seen in tally.list_unlike(rows, _tallies(act, subject)):
        yield Difference(of, f"{at:%Y-%m-%d %H:%M:%S} by {kind} {who}", seen)


def _tallies(act: str, subject: str) -> Iterator[tuple[tally.By, tally.Tally]]:
    for at, kind, who, facts in audit.list_tallies(act, subject):
        yield (at, kind, who), tally.read(facts)


def _declarations() -> Iterator[Difference]:
    told = (((at, "", ""), one) for (at, *_), one in _tallies(DECLARATIONS_KEPT.code, social.DECLARATIONS))
    for (at, *_), seen in tally.list_unlike(social.iter_declared(), told):
        yield Difference("declaration", f"{at:%Y-%m-%d %H:%M:%S}", seen)


def _laws() -> Iterator[Difference]:
    """Compare the versions enacted here with the entries of their enactment, whole texts included."""
    kept = {_law(f"law:{name}", by, said) for name, by, said in laws.list_said()}
    told = {_law(*entry) for entry in audit.list_facts(ENACTED.code)}
    for found, seen in (
        (kept - told, "is not what was enacted"),
        (told - kept, "was enacted, and is gone"),
    ):
        for subject, _, facts in sorted(found):
            yield Difference("law", f"{subject.removeprefix('law:')} {dict(facts)['version']}", seen)


def _keys() -> Iterator[Difference]:
    """Compare the keys by which partners are believed with the log: added once more than taken back."""
    told = Counter((subject, facts["reason"]) for subject, _, facts in audit.list_facts(KEY_ADDED.code))
    told.subtract((subject, facts["reason"]) for subject, _, facts in audit.list_facts(KEY_REMOVED.code))
    for code, kid, is_itself in partners.list_trusted():
        if not is_itself or told[f"partner:{code}", kid] < 1:
            yield Difference("partner key", f"{code} {kid}", "is not one that the log says is trusted")


def _law(subject: str, by: str, facts: Mapping[str, Any]) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    names = ("digest", "from", "second", "text", "version")
    return subject, by, tuple((name, facts.get(name, "")) for name in names)


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
