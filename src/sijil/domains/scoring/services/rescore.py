"""Rescoring, database to database: resumable, and in = done + refused at every moment.

One thread streams what the scores are made of, of every household not done yet, from one snapshot, and scores
it, while two others write the chunks before, each on a connection of its own; each chunk is one transaction
that also marks its households as done. After a stop, the next run streams what is not marked. A household
whose score would be the same keeps it.

What is streamed is a :class:`Source`, one for each version of the form: another domain's SELECT, and what
makes inputs of its rows. What a formula asks and a form does not give is missing, and the household is
listed, never scored as zero.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from numpy.typing import NDArray

from sijil.domains.scoring import rules
from sijil.domains.scoring.errors import RESCORING_MISSING, RESCORING_RUNNING
from sijil.domains.scoring.models import Rescoring, RescoringRefusal
from sijil.domains.scoring.rules import columns
from sijil.domains.scoring.services import record, writing
from sijil.domains.scoring.services.lanes import iter_written
from sijil.domains.scoring.types import BulkResult, DueMember, Formula, LineRefused, ScoringLaw, Trigger
from sijil.kernel import copy
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.errors import Refused
from sijil.kernel.law import Pin

_LOCKS = 7220  # advisory locks of rescorings
CHUNK = 4 << 20  # bytes read before they are worked on: some 8,000 households
_MEMORY = "256MB"  # for the joins of the reading connection
_READ = """
    COPY (SELECT {fixed}, coalesce(c.number, 0) AS number, coalesce(c.ctid, '(0,0)') AS place,
                 coalesce(c.law, 0) AS law, coalesce(c.fingerprint, 0) AS fingerprint,
                 coalesce(c.confirmed, 0) AS confirmed, {varied}
          FROM ({source}) s LEFT JOIN scoring_current c ON c.household_code = s.household_code
          WHERE {which}) TO STDOUT (FORMAT BINARY)
"""
_NOT_DONE = """
    c.rescoring IS DISTINCT FROM %s AND s.household_code NOT IN (
        SELECT r.household_code FROM scoring_rescoring_refusal r WHERE r.rescoring_id = %s)
"""


_JSON = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Made:
    """What a source makes of rows. ``columns``: inputs (n,) by name; ``refused``: by row, why it has none;
    ``due``: by row, who keeps an age class; ``settle``: what else is written in the chunk's transaction.
    """

    codes: writing.Codes
    declarations: NDArray[Any]
    columns: Mapping[str, NDArray[Any]]
    refused: Mapping[int, Refused]
    due: Mapping[int, tuple[DueMember, ...]]
    settle: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Source:
    """What scores are made of. ``select``: SQL that gives ``fixed`` columns, household_code first, then the
    ``varied`` ones; ``pins``: the law that makes inputs of them.
    """

    select: str
    values: tuple[Any, ...]
    fixed: copy.Fields
    varied: tuple[str, ...]
    pins: tuple[Pin, ...]
    read: Callable[[Sequence[copy.Records]], Made]


Sources = Sequence[Source]


def start_rescoring(*, law: ScoringLaw, total: int, actor: Actor, now: dt.datetime) -> str:
    """Write down that everybody is to be scored anew by the law of a day. Return the rescoring's id."""
    row = Rescoring.objects.create(
        formula_version=law.formula.version,
        law=writing.law_id(law.pins),
        day=law.on,
        total=total,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        started_at=now,
    )
    return str(row.pk)


def drop_rescoring(*, rescoring_id: str | int, now: dt.datetime) -> None:
    """End a rescoring that was stopped, for another law or day is to be used now; what it did stays."""
    Rescoring.objects.filter(pk=rescoring_id, state="running").update(state="dropped", finished_at=now)


def rescore(
    *,
    rescoring_id: str | int,
    law: ScoringLaw,
    sources: Sources,
    clock: Callable[[], dt.datetime],
    chunk: int = CHUNK,
    on_chunk: Callable[[int], None] | None = None,
) -> None:
    """Do a rescoring, or what is left of it after a stop. Each chunk is one transaction.

    ``on_chunk`` is told the households taken so far. Households that cannot be scored keep their last
    score and are listed with the reason. Raises: Refused(RESCORING_MISSING, RESCORING_RUNNING).
    """
    row = Rescoring.objects.filter(pk=rescoring_id).first()
    if row is None:
        raise Refused(RESCORING_MISSING)
    if row.state != "running":
        return
    with _alone(row):
        Rescoring.objects.filter(pk=row.pk).update(
            taken=F("taken") - F("kept"), kept=0
        )  # they are read again
        for source in sources:
            _run(
                _Run(source, law, Actor(ActorKind(row.actor_kind), row.actor_id), clock, row), chunk, on_chunk
            )
        Rescoring.objects.filter(pk=row.pk).update(state="finished", finished_at=clock())


@transaction.atomic(savepoint=False)
def rescore_some(
    *,
    household_codes: Iterable[str],
    law: ScoringLaw,
    sources: Sources,
    trigger: Trigger = Trigger.RESCORED,
    actor: Actor,
    now: dt.datetime,
    dry_run: bool = False,
) -> BulkResult:
    """Score some households anew, all or nothing; others that are scored one by one go on meanwhile."""
    codes = np.array([code.encode() for code in household_codes], copy.CODE)
    if not dry_run:
        record.lock_households(codes)
    results = []
    for source in sources:
        run = _Run(source, law, actor, lambda: now, None, trigger, dry_run)
        results += [run.write(scored) for scored in run.scored_now(CHUNK, codes)]
    return _sum(results)


def preview(*, law: ScoringLaw, sources: Sources, actor: Actor, now: dt.datetime) -> BulkResult:
    """Count what a rescoring of everybody would do; nothing is written."""
    results = []
    for source in sources:
        run = _Run(source, law, actor, lambda: now, None, dry_run=True)
        with closing(_iter_scored(run, CHUNK)) as pieces:
            results += [run.write(scored) for scored in pieces]
    return _sum(results)


def _sum(results: Sequence[BulkResult]) -> BulkResult:
    return BulkResult(
        taken=sum(r.taken for r in results),
        scored=sum(r.scored for r in results),
        quarantined=sum(r.quarantined for r in results),
        refused=tuple(line for r in results for line in r.refused),
        kept=sum(r.kept for r in results),
    )


Piece = list[copy.Records]


@dataclass(frozen=True, slots=True)
class _Scored:
    """A piece that was read and scored, not yet written."""

    made: Made
    last: writing.Last
    vectors: NDArray[Any]
    found: columns.ColumnScores
    due: Mapping[int, bytes]
    refused: list[LineRefused]

    def batch(self) -> writing.Batch:
        """Return what to write; which confirmations hold is looked up here."""
        made = self.made
        return writing.new_batch(made.codes, self.last, self.vectors, self.found, made.declarations, self.due)


@dataclass(frozen=True, slots=True)
class _Run:
    """One source scored by one law. ``row``: the rescoring of everybody, or None."""

    source: Source
    law: ScoringLaw
    actor: Actor
    clock: Callable[[], dt.datetime]
    row: Rescoring | None
    trigger: Trigger = Trigger.RESCORED
    dry_run: bool = False

    @property
    def stamp(self) -> writing.Stamp:
        pins, number = (*self.law.pins, *self.source.pins), self.row.pk if self.row else 0
        return writing.Stamp(self.law.formula, pins, self.trigger.value, self.actor, self.clock(), number)

    def read(
        self, cursor: Any, size: int, codes: writing.Codes | None = None
    ) -> Generator[Piece, None, None]:
        """Give the households not done yet (of ``codes``), in pieces of ``size`` bytes."""
        source, which, values = self.source, "true", list(self.source.values)
        if self.row:
            which, values = _NOT_DONE, [*values, self.row.pk, self.row.pk]
        if codes is not None:
            which += " AND s.household_code = ANY(%s)"
            values.append([code.decode() for code in codes.tolist()])
        names = ", ".join(f"s.{name}" for name, _ in source.fixed), ", ".join(f"s.{n}" for n in source.varied)
        query = _READ.format(fixed=names[0], varied=names[1], source=source.select, which=which)
        with cursor.copy(query, values) as lines:
            yield from copy.iter_varied(lines, [*source.fixed, *record.LAST], source.varied, size)

    def scored_now(self, size: int, codes: writing.Codes | None = None) -> list[_Scored]:
        """Read and score all (of ``codes``) on the connection of this process."""
        with connection.cursor() as cursor:
            return [self.score(piece) for piece in list(self.read(cursor.cursor, size, codes))]

    def score(self, piece: Piece) -> _Scored:
        """Score a piece: no database, so that another thread may do it."""
        made = self.source.read(piece)
        last = record.as_last(
            {name: np.concatenate([group[name] for group in piece]) for name, _ in record.LAST}
        )
        formula, inputs = self.law.formula, _fitted(self.law.formula, made)
        found = rules.score_columns(formula, inputs, with_parts=True)
        due = {row: _due_text(who) for row, who in made.due.items()}
        vectors = writing.vectors_of(formula, inputs)
        return _Scored(made, last, vectors, found, due, _refused(found, made, inputs))

    def write(self, scored: _Scored, lane: int | None = None) -> BulkResult:
        """Write what is new of a piece, alone or beside the other lanes. Raises: Stale."""
        refused, made = scored.refused, scored.made
        stamp = self.stamp
        with transaction.atomic(savepoint=False):
            if self.row:
                _wait_for_no_disk()
                writing.lock_writing(alone=True, lane=lane)
            batch = scored.batch()
            kept = writing.unchanged(stamp, batch)
            if not self.dry_run:
                writing.write(stamp, batch, ~kept)
                made.settle()
            new = batch.outcome[~kept]
            result = BulkResult(
                taken=len(batch.codes),
                scored=int(np.count_nonzero(new == columns.SCORED)),
                quarantined=int(np.count_nonzero(new == columns.QUARANTINED)),
                refused=tuple(refused),
                kept=int(np.count_nonzero(kept)),
            )
            if self.row:
                _note(self.row, result)
        return result


def _fitted(formula: Formula, made: Made) -> dict[str, NDArray[Any]]:
    """Return a column for every input of the formula; what is not given is not answered."""
    missing = np.full(len(made.codes), -1, np.int64)
    inputs = {i.id: made.columns.get(i.id, missing) for i in formula.inputs}
    if made.refused:
        inputs["milieu"] = inputs["milieu"].copy()
        inputs["milieu"][list(made.refused)] = -1  # refused by the score too
    return inputs


def _refused(
    found: columns.ColumnScores, made: Made, inputs: Mapping[str, NDArray[Any]]
) -> list[LineRefused]:
    return [
        record.line_of(made.codes[row], made.refused.get(row) or found.refusal(row, inputs))
        for row in np.flatnonzero(found.outcome == columns.REFUSED).tolist()
    ]


def _due_text(due: tuple[DueMember, ...]) -> bytes:
    return _JSON([[d.member, d.fields] for d in due]).encode()


def _note(row: Rescoring, result: BulkResult) -> None:
    RescoringRefusal.objects.bulk_create(
        RescoringRefusal(rescoring=row, household_code=r.household_code, code=r.code, field=r.field)
        for r in result.refused
    )
    Rescoring.objects.filter(pk=row.pk).update(
        taken=F("taken") + result.taken,
        scored=F("scored") + result.scored,
        quarantined=F("quarantined") + result.quarantined,
        kept=F("kept") + result.kept,
        refused=F("refused") + len(result.refused),
    )


def _run(run: _Run, chunk: int, on_chunk: Callable[[int], None] | None) -> None:
    assert run.row is not None
    with closing(_iter_scored(run, chunk)) as pieces, closing(_iter_taken(run, pieces, chunk)) as taken:
        for _ in taken:
            if on_chunk is not None:
                on_chunk(Rescoring.objects.values_list("taken", flat=True).get(pk=run.row.pk))


def _iter_taken(run: _Run, pieces: Iterator[_Scored], chunk: int) -> Generator[None, None, None]:
    """Write the pieces in lanes; inside a transaction (a test) one after the other, on our connection."""
    if not connection.in_atomic_block:
        yield from iter_written(pieces, lambda one, lane: _take(run, one, chunk, lane), len(writing.LANES))
        return
    for scored in pieces:
        _take(run, scored, chunk)
        yield


def _take(run: _Run, scored: _Scored, chunk: int, lane: int | None = None) -> None:
    try:
        run.write(scored, lane)
    except (writing.Stale, IntegrityError):  # scored meanwhile: take its new answers, nobody else writing
        with transaction.atomic():
            writing.lock_writing(alone=True)
            for some in run.scored_now(chunk, scored.made.codes):
                run.write(some)


def _wait_for_no_disk() -> None:
    """Let a chunk's commit return before the disk has it: what a power cut takes is not marked as done.

    The commit that finishes the rescoring waits for the disk, and so for all before it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


@contextmanager
def _alone(row: Rescoring) -> Iterator[None]:
    """Hold the rescoring for this process; the lock goes with the connection if we are killed."""
    key = [_LOCKS, row.pk % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s::int, %s::int)", key)
        if not cursor.fetchone()[0]:
            raise Refused(RESCORING_RUNNING)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s::int, %s::int)", key)


def _iter_scored(run: _Run, chunk: int) -> Generator[_Scored, None, None]:
    """Give the households of a source, scored, the next piece being made while one is used.

    Inside a transaction (a test) another connection would not see our rows: then all first, on ours.
    """
    if connection.in_atomic_block:
        yield from run.scored_now(chunk)
        return
    with psycopg.connect(**_parameters()) as other:
        other.execute(f"SET work_mem = '{_MEMORY}'")
        # closed before the connection: else a failure of ours would wait for a COPY that nobody reads
        with closing(run.read(other.cursor(), chunk)) as reading, ThreadPoolExecutor(1) as pool:
            making = map(run.score, reading)
            coming = pool.submit(next, making, None)
            while (scored := coming.result()) is not None:
                coming = pool.submit(next, making, None)
                yield scored


def _parameters() -> dict[str, Any]:
    names = ("dbname", "user", "password", "host", "port")
    return {k: v for k, v in connection.get_connection_params().items() if k in names and v}
