"""Who is told of every score that is recorded, in its transaction: nothing is scored and left undecided.

``sijil.config`` wires the programmes' decisions here, through a journey; scoring knows no threshold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Protocol

from sijil.domains.scoring.acts import RECORDED
from sijil.domains.scoring.queries.scores import SUBJECT
from sijil.domains.scoring.types import RecordedScores
from sijil.kernel import tally
from sijil.kernel.actors import Actor


class Listener(Protocol):
    """Is called once for each writing, after it and in its transaction."""

    def __call__(self, scores: RecordedScores, *, trigger: str, actor: Actor, now: dt.datetime) -> None: ...


_listener: Listener | None = None


def said(scores: RecordedScores) -> Iterator[bytes]:
    """Give what each score says, as ``queries.iter_said`` reads it from its row."""
    names = [version.encode() for version in scores.versions]
    columns = (scores.household_code, scores.number, scores.a, scores.b, scores.divisor, scores.is_scored)
    for *values, version in zip(*(c.tolist() for c in columns), scores.version.tolist(), strict=True):
        yield b"%b %d %d %d %d %d %b" % (*values, names[version])


def use_listener(listener: Listener | None) -> Listener | None:
    """Choose who is told; return who was before. None: nobody (tests of scoring alone)."""
    global _listener
    before, _listener = _listener, listener
    return before


def tell(scores: RecordedScores, *, trigger: str, actor: Actor, now: dt.datetime) -> None:
    """Have the log say what was recorded, and tell of it."""
    tally.record(RECORDED, SUBJECT, said(scores), actor=actor, now=now)
    if _listener is not None and len(scores.household_code):
        _listener(scores, trigger=trigger, actor=actor, now=now)
