"""Writing scores: rows through binary COPY, one household or millions; the one place that writes a score."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from sijil.domains.scoring.models import ScoreLaw
from sijil.domains.scoring.rules import columns
from sijil.domains.scoring.services import recorded
from sijil.domains.scoring.services.held import find_held
from sijil.domains.scoring.types import Formula, RecordedScores, ScoreState
from sijil.kernel import copy
from sijil.kernel.actors import Actor
from sijil.kernel.law import Pin

Codes = NDArray[np.bytes_]
LANES = (7218, 7224)  # advisory locks: households one by one share both, a bulk has both or one alone
HOUSEHOLD = 7218  # advisory locks of single households, by two numbers: others than LANES
NOBODY = b"[]"
_JSONB = b"\x01"
_STATES = {columns.SCORED: ScoreState.SCORED, columns.QUARANTINED: ScoreState.QUARANTINED}
_SCORE_COLUMNS = (
    "household_code, number, formula_version, state, trigger, actor_kind, actor_id, computed_at, "
    "a, b, divisor, score, law, declaration, due, inputs, contributions, confirmed"
)
_CURRENT_COLUMNS = (
    "household_code, number, formula_version, state, milieu, region, size, divisor, a, b, score, "
    "computed_at, law, fingerprint, rescoring, confirmed"
)
_UPDATE_CURRENT = """
    UPDATE scoring_current c SET (number, formula_version, state, milieu, region, size, divisor, a, b, score,
        computed_at, law, fingerprint, rescoring, confirmed) = (f.number, f.formula_version, f.state,
        f.milieu, f.region, f.size, f.divisor, f.a, f.b, f.score, f.computed_at, f.law, f.fingerprint,
        f.rescoring, f.confirmed)
    FROM scoring_fresh f
    WHERE c.ctid = f.place AND c.household_code || '' = f.household_code AND c.number = f.number - 1
"""  # || '': found by its place alone, then compared; no search in the index


class Stale(Exception):
    """A household got another score between our reading and our writing: read the chunk again."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all rows of a bulk share. ``law``: all versions that made the scores."""

    formula: Formula
    law: tuple[Pin, ...]
    trigger: str
    actor: Actor
    now: dt.datetime
    rescoring: int = 0


@dataclass(frozen=True, slots=True)
class Last:
    """The last scores of households as they were read. ``number``: 0 for none; ``place``: of the current row
    (ctid): moved since, it is stale.
    """

    number: NDArray[Any]
    place: NDArray[Any]
    law: NDArray[Any]
    fingerprint: NDArray[Any]
    confirmed: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Households to write: answers (n, inputs) and scores; who is due, by row, as JSON.

    ``confirmed``: by row, the confirmation by which it counts though out of range, 0: none. ``outcome``: what
    comes of it. ``fingerprints``: equal for the same declaration, equal inputs and equal members due.
    """

    codes: Codes
    last: Last
    vectors: NDArray[Any]
    found: columns.ColumnScores
    declarations: NDArray[Any] | None
    due: Mapping[int, bytes]
    confirmed: NDArray[np.int64]
    outcome: NDArray[np.int8]
    fingerprints: NDArray[np.int64]


def new_batch(
    codes: Codes,
    last: Last,
    vectors: NDArray[Any],
    found: columns.ColumnScores,
    declarations: NDArray[Any] | None = None,
    due: Mapping[int, bytes] | None = None,
) -> Batch:
    """Return households to write; a score out of range counts where a confirmation holds."""
    confirmed = find_held(codes, last.confirmed, found, declarations)
    outcome = np.where(confirmed > 0, columns.SCORED, found.outcome).astype(np.int8)
    fingerprints = _fingerprints(vectors, declarations, due or {})
    return Batch(codes, last, vectors, found, declarations, due or {}, confirmed, outcome, fingerprints)


def _fingerprints(
    vectors: NDArray[Any], declarations: NDArray[Any] | None, due: Mapping[int, bytes]
) -> NDArray[np.int64]:
    weighed = vectors.astype(np.uint64) * _weights(vectors.shape[1])
    mixed: NDArray[np.uint64] = weighed.sum(axis=1, dtype=np.uint64)
    if declarations is not None:
        halves = np.frombuffer(declarations.tobytes(), "<u8").reshape(-1, 2)
        mixed += (halves * _weights(2)).sum(axis=1, dtype=np.uint64)
    sums = np.array([zlib.crc32(text) for text in due.values()], np.uint64)
    mixed[list(due)] += sums << np.uint64(20)
    mixed ^= mixed >> np.uint64(31)
    found: NDArray[np.int64] = mixed.view(np.int64)
    return found


@lru_cache
def _weights(n: int) -> NDArray[np.uint64]:
    """Return n odd numbers without order, always the same."""
    drawn = [hashlib.sha256(f"{place}".encode()).digest()[:8] for place in range(n)]
    return np.array([int.from_bytes(one, "big") | 1 for one in drawn], np.uint64)


def law_id(pins: Sequence[Pin]) -> int:
    """Return the number of a set of versions, written down at its first use."""
    content = sorted([p.name, p.version, p.digest] for p in pins)
    digest = hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()
    known = ScoreLaw.objects.filter(digest=digest).values_list("pk", flat=True)
    number = known.first()
    if number is None:
        ScoreLaw.objects.bulk_create([ScoreLaw(digest=digest, pins=content)], ignore_conflicts=True)
        number = known.get()
    return int(number)


def lock_writing(*, alone: bool, lane: int | None = None) -> None:
    """Have the writing of scores until the end of the transaction: alone, or with others one by one.

    ``lane``: alone but for the other lanes of the same bulk, whose households are others.
    """
    name = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        for key in LANES if lane is None else [LANES[lane]]:
            cursor.execute(f"SELECT {name}(%s)", [key])


def vectors_of(formula: Formula, piece: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """Return the (n, inputs) matrix as stored: what a milieu does not ask becomes NOT_ASKED."""
    vectors = np.column_stack([piece[i.id] for i in formula.inputs])
    for milieu in formula.annexes:
        unasked = [i.position for i in formula.inputs if milieu not in i.bounds]
        vectors[np.ix_(piece["milieu"] == milieu, unasked)] = -1
    return vectors


def unchanged(stamp: Stamp, batch: Batch) -> NDArray[np.bool_]:
    """Tell which households have this very score already: by the same law, inputs and members due."""
    known = (batch.last.number > 0) & (batch.outcome != columns.REFUSED)
    if not known.any():
        return np.zeros(len(batch.codes), np.bool_)
    same = (batch.last.law == law_id(stamp.law)) & (batch.last.fingerprint == batch.fingerprints)
    return np.asarray(known & same)


@transaction.atomic(savepoint=False)
def write(stamp: Stamp, batch: Batch, among: NDArray[np.bool_] | None = None) -> None:
    """Write the batch's scores (``among``: some), make them current and have them decided.

    Needs the lock. Raises: Stale.
    """
    wanted = batch.outcome != columns.REFUSED
    wanted = wanted if among is None else wanted & among
    if not wanted.any():
        return
    is_new, law = batch.last.number == 0, law_id(stamp.law)
    writer = _Writer(stamp, batch, law)
    if (~is_new & wanted).any():
        writer.update_current(~is_new & wanted)
    if (is_new & wanted).any():
        _copy("scoring_current", _CURRENT_COLUMNS, writer.current_blocks(is_new & wanted))
    _copy("scoring_score", _SCORE_COLUMNS, writer.score_blocks(wanted))
    made = _recorded(stamp, batch, np.flatnonzero(wanted))
    recorded.tell(made, trigger=stamp.trigger, actor=stamp.actor, now=stamp.now)


def _recorded(stamp: Stamp, batch: Batch, rows: NDArray[np.int64]) -> RecordedScores:
    found = batch.found
    return RecordedScores(
        household_code=batch.codes[rows],
        number=batch.last.number[rows] + 1,
        a=found.a[rows],
        b=found.b[rows],
        divisor=found.divisor[rows],
        is_scored=batch.outcome[rows] == columns.SCORED,
        version=np.zeros(len(rows), np.int64),
        versions=(stamp.formula.version,),
    )


def _copy(table: str, names: str, blocks: Iterator[copy.Records]) -> None:
    with connection.wrap_database_errors, connection.cursor() as cursor:
        copy.write_into(cursor.cursor, table, names, blocks)


class _Writer:
    """Fills blocks of records, one reused block for all rows of one width: JSON is filled up with spaces."""

    def __init__(self, stamp: Stamp, batch: Batch, law: int) -> None:
        self.stamp, self.batch, self.law = stamp, batch, law
        self.is_due = np.zeros(len(batch.codes), np.bool_)
        self.is_due[list(batch.due)] = True
        self.width = max(map(len, batch.due.values()), default=0)

    def update_current(self, among: NDArray[np.bool_]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE IF NOT EXISTS scoring_fresh (LIKE scoring_current, place tid) "
                "ON COMMIT DELETE ROWS"
            )
            cursor.execute("TRUNCATE scoring_fresh")
            names = f"{_CURRENT_COLUMNS}, place"
            _copy("scoring_fresh", names, self.current_blocks(among, with_place=True))
            cursor.execute(
                "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
            )  # by place, row by row
            cursor.execute(_UPDATE_CURRENT)
            count = cursor.rowcount
            cursor.execute("SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on")
        if count != int(np.count_nonzero(among)):
            raise Stale

    def score_blocks(self, among: NDArray[np.bool_]) -> Iterator[copy.Records]:
        for every, milieu, state in self._groups(among):
            is_due = self.is_due[every]
            yield from self._score_block(every[~is_due], milieu, state, 0)
            yield from self._score_block(every[is_due], milieu, state, self.width)

    def _score_block(self, every: Any, milieu: int, state: ScoreState, due: int) -> Iterator[copy.Records]:
        batch, stamp = self.batch, self.stamp
        assert batch.found.parts is not None
        width = len(stamp.formula.annexes[milieu].terms)
        for out, rows in _fill(self._score_type(state, width, due or len(NOBODY)), every):
            self._put(out, rows, state)
            out["trigger"], out["actor_kind"] = stamp.trigger.encode(), stamp.actor.kind.value.encode()
            out["actor_id"] = stamp.actor.id.encode()
            if batch.declarations is not None:
                out["declaration"] = batch.declarations[rows]
            texts = [_JSONB + batch.due[row].ljust(due) for row in rows.tolist()] if due else _JSONB + NOBODY
            out["due"] = texts
            out["inputs"]["elements"]["value"] = batch.vectors[rows]
            out["contributions"]["elements"]["value"] = batch.found.parts[rows, :width]
            out["confirmed"] = batch.confirmed[rows]
            yield out

    def current_blocks(self, among: NDArray[np.bool_], *, with_place: bool = False) -> Iterator[copy.Records]:
        batch, size = self.batch, self.stamp.formula.input("size").position
        for every, milieu, state in self._groups(among):
            for out, rows in _fill(self._current_type(state, with_place), every):
                self._put(out, rows, state)
                out["milieu"], out["rescoring"] = milieu, self.stamp.rescoring
                out["region"], out["size"] = batch.vectors[rows, 1], batch.vectors[rows, size]
                out["fingerprint"] = batch.fingerprints[rows]
                out["confirmed"] = batch.last.confirmed[rows]
                if with_place:
                    out["place"] = batch.last.place[rows]
                yield out

    def _groups(self, among: NDArray[np.bool_]) -> Iterator[tuple[Any, int, ScoreState]]:
        """Give the rows of each milieu and outcome."""
        batch = self.batch
        for number in batch.found.formula.annexes:
            for outcome, state in _STATES.items():
                rows = np.flatnonzero((batch.vectors[:, 0] == number) & (batch.outcome == outcome) & among)
                if len(rows):
                    yield rows, number, state

    def _put(self, out: copy.Records, rows: Any, state: ScoreState) -> None:
        batch = self.batch
        out["formula_version"] = self.stamp.formula.version.encode()
        out["state"] = state.value.encode()
        out["computed_at"] = copy.microseconds(self.stamp.now)
        out["law"] = self.law
        out["household_code"] = batch.codes[rows]
        out["number"] = batch.last.number[rows] + 1
        out["a"], out["b"] = batch.found.a[rows], batch.found.b[rows]
        out["divisor"] = batch.found.divisor[rows]
        copy.put_points(out["score"], batch.found.points[rows])

    def _score_type(self, state: ScoreState, width: int, due: int) -> np.dtype[np.void]:
        stamp = self.stamp
        return copy.record_type(
            [
                ("household_code", copy.CODE),
                ("number", ">i4"),
                ("formula_version", _text(stamp.formula.version)),
                ("state", _text(state.value)),
                ("trigger", _text(stamp.trigger)),
                ("actor_kind", _text(stamp.actor.kind.value)),
                ("actor_id", _text(stamp.actor.id)),
                ("computed_at", ">i8"),
                ("a", ">i8"),
                ("b", ">i8"),
                ("divisor", ">i4"),
                ("score", copy.NUMERIC),
                ("law", ">i4"),
                ("declaration", copy.UUID),
                ("due", f"S{due + 1}"),
                ("inputs", (">i4", len(stamp.formula.inputs))),
                ("contributions", (">i8", width)),
                ("confirmed", ">i4"),
            ]
        )

    def _current_type(self, state: ScoreState, with_place: bool) -> np.dtype[np.void]:
        place: list[tuple[str, Any]] = [("place", copy.PLACE)] if with_place else []
        return copy.record_type(
            [
                ("household_code", copy.CODE),
                ("number", ">i4"),
                ("formula_version", _text(self.stamp.formula.version)),
                ("state", _text(state.value)),
                ("milieu", ">i2"),
                ("region", ">i2"),
                ("size", ">i2"),
                ("divisor", ">i4"),
                ("a", ">i8"),
                ("b", ">i8"),
                ("score", copy.NUMERIC),
                ("computed_at", ">i8"),
                ("law", ">i4"),
                ("fingerprint", ">i8"),
                ("rescoring", ">i8"),
                ("confirmed", ">i4"),
                *place,
            ]
        )


def _fill(dtype: np.dtype[np.void], rows: Any) -> Iterator[tuple[copy.Records, Any]]:
    """Give one reused block of records to fill, again and again, with the rows it is for."""
    block = copy.new_records(dtype, min(copy.BLOCK, len(rows)))
    for start in range(0, len(rows), copy.BLOCK):
        some = rows[start : start + copy.BLOCK]
        yield block[: len(some)], some


def _text(value: str) -> str:
    return f"S{len(value.encode())}"
