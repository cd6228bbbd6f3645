"""Recording scores by the million: columns in, rows through binary COPY."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from sijil.domains.scoring import rules
from sijil.domains.scoring.errors import HOUSEHOLD_CODE_INVALID
from sijil.domains.scoring.rules import binary, columns
from sijil.domains.scoring.services import recorded
from sijil.domains.scoring.services.record import WRITING
from sijil.domains.scoring.types import (
    BulkResult,
    Formula,
    LineRefused,
    RecordedScores,
    ScoreState,
    Trigger,
)
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused, fill

Codes = NDArray[np.bytes_]
CHUNK = 50_000
_STATES = {columns.SCORED: ScoreState.SCORED, columns.QUARANTINED: ScoreState.QUARANTINED}
_SCORE_COLUMNS = (
    "household_code, number, formula_version, state, trigger, actor_kind, actor_id, computed_at, "
    "a, b, divisor, score, inputs, contributions"
)
_CURRENT_COLUMNS = (
    "household_code, number, formula_version, state, milieu, region, size, divisor, a, b, score, "
    "computed_at, rescoring"
)
_UPDATE_CURRENT = """
    UPDATE scoring_current c SET (number, formula_version, state, milieu, region, size, divisor, a, b, score,
        computed_at, rescoring) = (f.number, f.formula_version, f.state, f.milieu, f.region, f.size,
        f.divisor, f.a, f.b, f.score, f.computed_at, f.rescoring)
    FROM scoring_fresh f
    WHERE c.ctid = f.place AND c.household_code = f.household_code AND c.number = f.number - 1
"""
_LAST = """
    COPY (SELECT household_code, number, ctid FROM scoring_current WHERE household_code = ANY(%s))
    TO STDOUT (FORMAT BINARY)
"""
PLACE = np.dtype("V6")


class Stale(Exception):
    """A household got another score between our reading and our writing: read the chunk again."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all rows of a bulk share."""

    formula: Formula
    trigger: str
    actor: Actor
    now: dt.datetime
    rescoring: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Households to write: codes, the number of each one's last score (0: none), answers, scores.

    ``place``: where each one's current row was when it was read (ctid); moved since, it is stale.
    """

    codes: Codes
    last_number: NDArray[Any]
    place: NDArray[Any]
    vectors: NDArray[Any]  # (n, inputs)
    found: columns.ColumnScores


def record_scores(
    *,
    household_codes: Codes,
    columns: Mapping[str, NDArray[Any]],
    trigger: Trigger | str,
    actor: Actor,
    now: dt.datetime,
) -> BulkResult:
    """Score many households by the formula in force and store their scores as current ones.

    Args:
        household_codes: (n,) array of eleven-digit codes, dtype ``S11``, each once.
        columns: one integer array (n,) per input, NOT_ASKED (-1) where there is no answer.
    Returns: counts and the refused lines; ``taken = scored + quarantined + len(refused)``.
    All or nothing: one transaction. Raises: Refused for a whole column missing or unknown.
    """
    _check_codes(household_codes)
    stamp = Stamp(rules.formula_on(legal_day(now)), Trigger(trigger).value, actor, now)
    taken = scored = quarantined = 0
    refused: list[LineRefused] = []
    with transaction.atomic():
        lock_writing()
        for start in range(0, len(household_codes), CHUNK):
            piece = {name: column[start : start + CHUNK] for name, column in columns.items()}
            found = rules.score_columns(stamp.formula, piece, with_parts=True)
            codes = household_codes[start : start + CHUNK]
            refused += list_refused(found, codes, piece)
            write(stamp, Batch(codes, *_last(codes), vectors_of(stamp.formula, piece), found))
            taken += len(codes)
            scored += count(found, 0)
            quarantined += count(found, 1)
    return BulkResult(taken, scored, quarantined, tuple(refused))


def _check_codes(codes: Codes) -> None:
    if codes.dtype != np.dtype("S11"):
        raise TypeError(f"household codes must be S11, not {codes.dtype}")
    digits = codes.view(np.uint8).reshape(-1, 11)
    bad = ((digits < 48) | (digits > 57)).any(axis=1)
    if bad.any():
        raise Refused(HOUSEHOLD_CODE_INVALID, field="household_code", value=codes[bad][0].decode())


def count(found: columns.ColumnScores, outcome: int) -> int:
    """Return how many lines ended as ``outcome``."""
    return int(np.count_nonzero(found.outcome == outcome))


def lock_writing() -> None:
    """Have the writing of scores alone until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITING])


def _last(codes: Codes) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the number of each household's last score (0: none) and the place of its current row."""
    numbers, places = np.zeros(len(codes), np.int64), np.zeros(len(codes), PLACE)
    dtype = binary.record_type([("household_code", "S11"), ("number", ">i4"), ("place", PLACE)])
    order = np.argsort(codes)
    wanted = [[code.decode() for code in codes.tolist()]]
    with connection.cursor() as cursor, cursor.cursor.copy(_LAST, wanted) as copy:
        for known in binary.iter_records(copy, dtype, CHUNK):
            rows = order[np.searchsorted(codes, known["household_code"], sorter=order)]
            numbers[rows], places[rows] = known["number"], known["place"]
    return numbers, places


def vectors_of(formula: Formula, piece: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """Return the (n, inputs) matrix as stored: what a milieu does not ask becomes NOT_ASKED."""
    vectors = np.column_stack([piece[i.id] for i in formula.inputs])
    for milieu in formula.annexes:
        unasked = [i.position for i in formula.inputs if milieu not in i.bounds]
        vectors[np.ix_(piece["milieu"] == milieu, unasked)] = -1
    return vectors


def list_refused(
    found: columns.ColumnScores, codes: Codes, piece: Mapping[str, NDArray[Any]]
) -> list[LineRefused]:
    """Return why each refused row was refused."""
    lines = []
    for row in np.flatnonzero(found.outcome == columns.REFUSED).tolist():
        refusal = found.refusal(row, piece)
        sentence = fill(refusal.error.title, refusal.facts)
        lines.append(LineRefused(codes[row].decode(), refusal.code, refusal.field or "", sentence))
    return lines


def write(stamp: Stamp, batch: Batch) -> None:
    """Write the batch's scores, make them current and have them decided. Needs the lock. Raises: Stale."""
    is_new = batch.last_number == 0
    kept = batch.found.outcome != columns.REFUSED
    if (~is_new & kept).any():
        _update_current(stamp, batch, ~is_new)
    if (is_new & kept).any():
        _copy("scoring_current", _CURRENT_COLUMNS, _current_blocks(stamp, batch, is_new))
    _copy("scoring_score", _SCORE_COLUMNS, _score_blocks(stamp, batch))
    recorded.tell(_recorded(stamp, batch), trigger=stamp.trigger, actor=stamp.actor, now=stamp.now)


def _recorded(stamp: Stamp, batch: Batch) -> RecordedScores:
    found = batch.found
    rows = np.flatnonzero(found.outcome != columns.REFUSED)
    return RecordedScores(
        household_code=batch.codes[rows],
        number=batch.last_number[rows] + 1,
        a=found.a[rows],
        b=found.b[rows],
        divisor=found.divisor[rows],
        is_scored=found.outcome[rows] == columns.SCORED,
        version=np.zeros(len(rows), np.int64),
        versions=(stamp.formula.version,),
    )


def _update_current(stamp: Stamp, batch: Batch, among: NDArray[np.bool_]) -> None:
    expected = int(np.count_nonzero(among & (batch.found.outcome != columns.REFUSED)))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS scoring_fresh (LIKE scoring_current, place tid) "
            "ON COMMIT DELETE ROWS"
        )
        cursor.execute("TRUNCATE scoring_fresh")
        _copy(
            "scoring_fresh",
            f"{_CURRENT_COLUMNS}, place",
            _current_blocks(stamp, batch, among, with_place=True),
        )
        cursor.execute(
            "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
        )  # by place, row by row
        cursor.execute(_UPDATE_CURRENT)
        if cursor.rowcount != expected:
            raise Stale


def _copy(table: str, names: str, blocks: Iterator[binary.Records]) -> None:
    statement = f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        copy.write(binary.HEADER)
        for rows in blocks:
            copy.write(binary.to_bytes(rows))
        copy.write(binary.TRAILER)


def _blocks(batch: Batch, among: Any) -> Iterator[tuple[Any, int, ScoreState]]:
    """Give the rows of each milieu and outcome: within one of them all rows have the same width."""
    milieu = batch.vectors[:, 0]
    for number in batch.found.formula.annexes:
        for outcome, state in _STATES.items():
            rows = np.flatnonzero((milieu == number) & (batch.found.outcome == outcome) & among)
            if len(rows):
                yield rows, number, state


def _fill(dtype: np.dtype[np.void], rows: Any) -> Iterator[tuple[binary.Records, Any]]:
    """Give one reused block of records to fill, again and again, with the rows it is for."""
    block = binary.new_records(dtype, min(binary.BLOCK, len(rows)))
    for start in range(0, len(rows), binary.BLOCK):
        some = rows[start : start + binary.BLOCK]
        yield block[: len(some)], some


def _score_blocks(stamp: Stamp, batch: Batch) -> Iterator[binary.Records]:
    found = batch.found
    assert found.parts is not None
    for every, milieu, state in _blocks(batch, True):
        width = len(stamp.formula.annexes[milieu].terms)
        for out, rows in _fill(_score_type(stamp, state, len(stamp.formula.inputs), width), every):
            _put_stamp(out, stamp, state)
            _put_sums(out, batch, rows)
            out["inputs"]["elements"]["value"] = batch.vectors[rows]
            out["contributions"]["elements"]["value"] = found.parts[rows, :width]
            out["trigger"], out["actor_kind"] = stamp.trigger.encode(), stamp.actor.kind.value.encode()
            out["actor_id"] = stamp.actor.id.encode()
            yield out


def _current_blocks(
    stamp: Stamp, batch: Batch, among: NDArray[np.bool_], *, with_place: bool = False
) -> Iterator[binary.Records]:
    size = stamp.formula.input("size").position
    for every, milieu, state in _blocks(batch, among):
        for out, rows in _fill(_current_type(stamp, state, with_place), every):
            _put_stamp(out, stamp, state)
            _put_sums(out, batch, rows)
            out["milieu"], out["rescoring"] = milieu, stamp.rescoring
            out["region"], out["size"] = batch.vectors[rows, 1], batch.vectors[rows, size]
            if with_place:
                out["place"] = batch.place[rows]
            yield out


def _put_stamp(out: binary.Records, stamp: Stamp, state: ScoreState) -> None:
    out["formula_version"] = stamp.formula.version.encode()
    out["state"] = state.value.encode()
    out["computed_at"] = binary.microseconds(stamp.now)


def _put_sums(out: binary.Records, batch: Batch, rows: Any) -> None:
    out["household_code"] = batch.codes[rows]
    out["number"] = batch.last_number[rows] + 1
    out["a"], out["b"] = batch.found.a[rows], batch.found.b[rows]
    out["divisor"] = batch.found.divisor[rows]
    binary.put_points(out["score"], batch.found.points[rows])


def _text(value: str) -> str:
    return f"S{len(value.encode())}"


def _score_type(stamp: Stamp, state: ScoreState, inputs: int, width: int) -> np.dtype[np.void]:
    return binary.record_type(
        [
            ("household_code", f"S{binary.CODE_LENGTH}"),
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
            ("score", binary.NUMERIC),
            ("inputs", (">i4", inputs)),
            ("contributions", (">i8", width)),
        ]
    )


def _current_type(stamp: Stamp, state: ScoreState, with_place: bool) -> np.dtype[np.void]:
    place: list[tuple[str, Any]] = [("place", PLACE)] if with_place else []
    return binary.record_type(
        [
            ("household_code", f"S{binary.CODE_LENGTH}"),
            ("number", ">i4"),
            ("formula_version", _text(stamp.formula.version)),
            ("state", _text(state.value)),
            ("milieu", ">i2"),
            ("region", ">i2"),
            ("size", ">i2"),
            ("divisor", ">i4"),
            ("a", ">i8"),
            ("b", ">i8"),
            ("score", binary.NUMERIC),
            ("computed_at", ">i8"),
            ("rescoring", ">i8"),
            *place,
        ]
    )
