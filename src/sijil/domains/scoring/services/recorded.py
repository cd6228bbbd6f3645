"""Who is told of every score that is recorded, in its transaction: nothing is scored and left undecided.

``sijil.config`` wires the programmes' decisions here, through a journey; scoring knows no threshold.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from sijil.domains.scoring.types import RecordedScores
from sijil.kernel.actors import Actor


class Listener(Protocol):
    """Is called once for each writing, after it and in its transaction."""

    def __call__(self, scores: RecordedScores, *, trigger: str, actor: Actor, now: dt.datetime) -> None: ...


_listener: Listener | None = None


def use_listener(listener: Listener | None) -> Listener | None:
    """Choose who is told; return who was before. None: nobody (tests of scoring alone)."""
    global _listener
    before, _listener = _listener, listener
    return before


def tell(scores: RecordedScores, *, trigger: str, actor: Actor, now: dt.datetime) -> None:
    """Tell of scores just recorded."""
    if _listener is not None and len(scores.household_code):
        _listener(scores, trigger=trigger, actor=actor, now=now)
