"""Tests of one domain keep the notices of its files: whom they go to is known to the journeys alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def notices() -> Iterator[list[Any]]:
    """Give the notices of the test, oldest first."""
    from sijil.kernel.casework.files import kept_notices

    with kept_notices() as kept:
        yield kept


class Log:
    """What a test wrote in the log: ``(code, actor, subject, facts)``, and the readings."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str, str, dict[str, Any]]] = []
        self.readings: list[tuple[str, str, list[str]]] = []

    def record(self, act: Any, *, actor: Any, subject: str, facts: Any, now: Any) -> None:
        self.entries.append((act.code, actor.id, subject, dict(facts)))

    counted = record

    def record_each(self, act: Any, *, actor: Any, subjects: Any, facts: Any, now: Any) -> None:
        for subject in subjects:
            self.record(act, actor=actor, subject=subject, facts=facts, now=now)

    def shown(self, act: Any, *, actor: Any, subjects: Any, facts: Any, now: Any) -> None:
        self.readings.append((act.code, actor.id, sorted(subjects)))


@pytest.fixture
def log() -> Iterator[Log]:
    """Keep the entries of the test instead of writing them: the log is another domain."""
    from sijil.kernel import acts

    kept = Log()
    before = acts.use(kept)
    yield kept
    acts.use(before)
