"""Rescoring everybody, database to database: resumable, and in = done + refused at every moment.

One connection streams the answers of every household not done yet, from one snapshot, while another
writes the chunk before; each chunk is one transaction that also marks its households as done. After a
stop, the next run streams what is not marked. The work takes little more than its two COPYs.

Answers are read as wide as the inputs of the score they stand in: one stream for each version of the inputs.
What the new formula asks and they do not hold is missing, and the household is listed, never scored as zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from django.db import connection, transaction
from django.db.models import F

from sijil.domains.scoring import rules
from sijil.domains.scoring.errors import RESCORING_MISSING, RESCORING_RUNNING
from sijil.domains.scoring.models import CurrentScore, Rescoring, RescoringRefusal
from sijil.domains.scoring.rules import binary
from sijil.domains.scoring.services import bulk
from sijil.domains.scoring.types import NOT_ASKED, Input, LineRefused, Trigger
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.errors import Refused

_LOCKS = 7220  # advisory locks of rescorings
_ANSWERS = """
    COPY (SELECT c.household_code, c.number, c.ctid, s.inputs
          FROM scoring_current c
          JOIN scoring_score s ON s.household_code = c.household_code AND s.number = c.number
          WHERE c.rescoring <> %s AND c.formula_version = ANY(%s) {some}) TO STDOUT (FORMAT BINARY)
"""
_ALL = _ANSWERS.format(some="")
_SOME = _ANSWERS.format(some="AND c.household_code = ANY(%s)")


@dataclass(frozen=True, slots=True)
class Source:
    """Current scores to read together: formula versions whose inputs have the same names, in order."""

    names: tuple[str, ...]
    versions: list[str]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some households: codes, numbers and places of their current scores, answers (n, inputs)."""

    codes: Any
    numbers: Any
    places: Any
    vectors: Any
    names: tuple[str, ...]

    def answers_for(self, inputs: tuple[Input, ...]) -> Any:
        """Return the answers in the order of other inputs; what those ask anew is not answered."""
        if self.names == tuple(i.id for i in inputs):
            return self.vectors
        places = {name: place for place, name in enumerate(self.names)}
        answers = np.full((len(self.vectors), len(inputs)), NOT_ASKED, self.vectors.dtype)
        for i in inputs:
            if i.id in places:
                answers[:, i.position] = self.vectors[:, places[i.id]]
        return answers


def start_rescoring(*, formula_version: str, actor: Actor, now: dt.datetime) -> str:
    """Write down that everybody is to be scored anew by a formula. Return the rescoring's id.

    Raises: Refused(FORMULA_MISSING).
    """
    rules.load_formula(formula_version)
    row = Rescoring.objects.create(
        formula_version=formula_version,
        total=CurrentScore.objects.count(),
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        started_at=now,
    )
    return str(row.pk)


def rescore(
    *,
    rescoring_id: str | int,
    clock: Callable[[], dt.datetime],
    chunk: int = bulk.CHUNK,
    on_chunk: Callable[[int], None] | None = None,
) -> None:
    """Do a rescoring, or what is left of it after a stop. Each chunk is one transaction.

    ``on_chunk`` is told the households taken so far. Households that cannot be scored keep their last
    score and are listed with the reason. Raises: Refused(RESCORING_MISSING, RESCORING_RUNNING).
    """
    row = Rescoring.objects.filter(pk=rescoring_id).first()
    if row is None:
        raise Refused(RESCORING_MISSING)
    if row.state == "finished":
        return
    with _alone(row):
        _run(row, clock, chunk, on_chunk)


def _run(
    row: Rescoring, clock: Callable[[], dt.datetime], chunk: int, on_chunk: Callable[[int], None] | None
) -> None:
    actor = Actor(ActorKind(row.actor_kind), row.actor_id)
    formula = rules.load_formula(row.formula_version)
    stamp = bulk.Stamp(formula, Trigger.RESCORED.value, actor, clock(), row.pk)
    with closing(_iter_chunks(stamp, chunk)) as chunks:
        for read in chunks:
            _take(row, stamp, read)
            if on_chunk is not None:
                on_chunk(Rescoring.objects.values_list("taken", flat=True).get(pk=row.pk))
    Rescoring.objects.filter(pk=row.pk).update(state="finished", finished_at=clock())


def _take(row: Rescoring, stamp: bulk.Stamp, read: Chunk) -> None:
    try:
        _write(row, stamp, read)
    except bulk.Stale:  # a household was scored meanwhile: take its new answers, nobody else writing
        with transaction.atomic():
            bulk.lock_writing()
            codes, chunk = [code.decode() for code in read.codes.tolist()], len(read.codes)
            with connection.cursor() as cursor:
                fresh = [
                    some
                    for source in _sources()
                    for some in _read(cursor.cursor, source, _SOME, [row.pk, source.versions, codes], chunk)
                ]
            for some in fresh:
                _write(row, stamp, some)


def _write(row: Rescoring, stamp: bulk.Stamp, read: Chunk) -> None:
    answers = read.answers_for(stamp.formula.inputs)
    piece = {i.id: answers[:, i.position] for i in stamp.formula.inputs}
    found = rules.score_columns(stamp.formula, piece, with_parts=True)
    refused = bulk.list_refused(found, read.codes, piece)
    with transaction.atomic():
        bulk.lock_writing()
        bulk.write(stamp, bulk.Batch(read.codes, read.numbers, read.places, answers, found))
        _note_refused(row, refused)
        Rescoring.objects.filter(pk=row.pk).update(
            taken=F("taken") + len(read.codes),
            scored=F("scored") + bulk.count(found, 0),
            quarantined=F("quarantined") + bulk.count(found, 1),
            refused=F("refused") + len(refused),
        )


def _note_refused(row: Rescoring, refused: list[LineRefused]) -> None:
    if refused:
        codes = [line.household_code for line in refused]
        CurrentScore.objects.filter(pk__in=codes).update(rescoring=row.pk)
        RescoringRefusal.objects.bulk_create(
            RescoringRefusal(rescoring=row, household_code=r.household_code, code=r.code, field=r.field)
            for r in refused
        )


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


def _sources() -> list[Source]:
    """Return the formula versions of all current scores, those with the same inputs together."""
    found: dict[tuple[str, ...], list[str]] = {}
    used = CurrentScore.objects.order_by("formula_version").values_list("formula_version", flat=True)
    for version in used.distinct():
        names = tuple(i.id for i in rules.load_formula(version).inputs)
        found.setdefault(names, []).append(version)
    return [Source(names, versions) for names, versions in found.items()]


def _iter_chunks(stamp: bulk.Stamp, chunk: int) -> Generator[Chunk, None, None]:
    """Give the households not done yet, source by source."""
    for source in _sources():
        yield from _chunks_of(source, stamp.rescoring, chunk)


def _chunks_of(source: Source, rescoring: int, chunk: int) -> Generator[Chunk, None, None]:
    """Give the households of a source, the next chunk being read while one is used.

    Inside a transaction (a test) another connection would not see our rows: then all first, on ours.
    """
    values: list[Any] = [rescoring, source.versions]
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            yield from list(_read(cursor.cursor, source, _ALL, values, chunk))
        return
    with psycopg.connect(**_parameters()) as other, ThreadPoolExecutor(1) as pool:
        reading = _read(other.cursor(), source, _ALL, values, chunk)
        coming = pool.submit(next, reading, None)
        while (read := coming.result()) is not None:
            coming = pool.submit(next, reading, None)
            yield read


def _parameters() -> dict[str, Any]:
    names = ("dbname", "user", "password", "host", "port")
    return {k: v for k, v in connection.get_connection_params().items() if k in names and v}


def _read(cursor: Any, source: Source, query: str, values: list[Any], chunk: int) -> Iterator[Chunk]:
    answers = (">i4", len(source.names))
    dtype = binary.record_type(
        [("household_code", "S11"), ("number", ">i4"), ("place", bulk.PLACE), ("inputs", answers)]
    )
    with cursor.copy(query, values) as copy:
        for rows in binary.iter_records(copy, dtype, chunk):
            yield Chunk(
                rows["household_code"].copy(),
                rows["number"].astype(np.int64),
                rows["place"].copy(),
                rows["inputs"]["elements"]["value"].astype(np.int32),
                source.names,
            )
