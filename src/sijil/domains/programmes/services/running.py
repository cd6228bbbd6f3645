"""Deciding on everybody: by keys, chunk by chunk, resumable, and in = done + refused at every moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from sijil.domains.programmes import rules
from sijil.domains.programmes.errors import DECIDING_RUNNING
from sijil.domains.programmes.models import Deciding
from sijil.domains.programmes.queries.decisions import as_progress
from sijil.domains.programmes.services.alone import alone
from sijil.domains.programmes.services.deciding import decide_columns, lock_writing
from sijil.domains.programmes.types import DecidingProgress, KnownScores, Programme
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day

_LOCKS = 7223  # advisory locks of runs
CHUNK = 50_000
Read = Callable[[str, int], KnownScores]
"""Gives the last scores of the households whose codes follow one, at most so many, ascending by code."""


def decide_everybody(
    *,
    programme: Programme,
    read: Read,
    trigger: str,
    actor: Actor,
    clock: Callable[[], dt.datetime],
    chunk: int = CHUNK,
    on_chunk: Callable[[DecidingProgress], None] = lambda _: None,
) -> DecidingProgress:
    """Decide on every household that has a score, by a programme's threshold; go on where a run stopped.

    Each chunk is one transaction, in which nobody else decides between the reading of the scores and the
    writing. Households decided before by the same score and law are counted as unchanged.
    Raises: Refused(DECIDING_RUNNING).
    """
    with alone(_LOCKS, programme.code, DECIDING_RUNNING):
        row = _open(programme, actor, clock())
        while _take(row, programme, read, trigger, actor, clock(), chunk):
            on_chunk(as_progress(row))
        row.finished_at = clock()
        row.save(update_fields=["finished_at"])
        return as_progress(row)


def _open(programme: Programme, actor: Actor, now: dt.datetime) -> Deciding:
    """Return the run of this threshold that was stopped, or a new one."""
    last = Deciding.objects.filter(programme=programme.code).order_by("-id").first()
    if last and last.finished_at is None and last.threshold_digest == programme.pin.digest:
        return last
    return Deciding.objects.create(
        programme=programme.code,
        threshold_version=programme.version,
        threshold_digest=programme.pin.digest,
        day=legal_day(now),
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        started_at=now,
    )


def _take(
    row: Deciding,
    programme: Programme,
    read: Read,
    trigger: str,
    actor: Actor,
    now: dt.datetime,
    chunk: int,
) -> bool:
    """Decide on the next households; return whether there were any, and the threshold is still in force."""
    if programme.pin not in {found.pin for found in rules.list_programmes(legal_day(now))}:
        return False  # it is past midnight: the run of the new threshold takes everybody
    with transaction.atomic():
        lock_writing()
        scores = read(row.after, chunk)
        if not len(scores):
            return False
        found = decide_columns(
            scores=scores, day=legal_day(now), trigger=trigger, actor=actor, now=now, programmes=[programme]
        )[programme.code]
        row.taken += found.taken
        row.decided += found.decided
        row.unchanged += found.unchanged
        row.refused += found.refused
        row.after = scores.household_code[-1].decode()
        row.save(update_fields=["taken", "decided", "unchanged", "refused", "after"])
    return True
