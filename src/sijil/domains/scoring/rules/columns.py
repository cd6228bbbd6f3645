"""The scores of millions of households: the same terms over int64 columns, in blocks that fit the cache."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sijil.domains.scoring.errors import (
    INPUT_INCONSISTENT,
    INPUT_MISSING,
    INPUT_OUT_OF_BOUNDS,
    INPUT_UNKNOWN,
)
from sijil.domains.scoring.rules.display import round_half_even
from sijil.domains.scoring.rules.one import refused
from sijil.domains.scoring.rules.terms import divisor_of, inputs_of, part_of
from sijil.domains.scoring.types import NOT_ASKED, SCALE, Annex, Formula, Input
from sijil.kernel.errors import ErrorCode, Refused

Ints = NDArray[np.int64]
Columns = Mapping[str, NDArray[Any]]
BLOCK = 16_384
SCORED, QUARANTINED, REFUSED = 0, 1, 2
_REASONS: Mapping[int, ErrorCode] = {1: INPUT_MISSING, 2: INPUT_OUT_OF_BOUNDS, 3: INPUT_INCONSISTENT}


@dataclass(slots=True)
class ColumnScores:
    """Scores of n households, row by row with the columns given.

    ``outcome``: SCORED, QUARANTINED or REFUSED; the numbers of a refused row are 0 (its divisor 1).
    ``points``: score in 10^-7 points, half-even. ``parts``: (n, longest annex) or None, zero-padded.
    """

    formula: Formula
    outcome: NDArray[np.int8]
    a: Ints
    b: Ints
    divisor: Ints
    points: Ints
    reason: NDArray[np.int8]
    place: NDArray[np.int16]  # position of the refused input
    parts: Ints | None
    milieu: NDArray[Any]

    def annex_rows(self, annex: Annex) -> NDArray[np.int64]:
        """Return the rows that were scored by an annex."""
        return np.flatnonzero((self.milieu == annex.milieu) & (self.outcome != REFUSED))

    def refusal(self, row: int, columns: Columns) -> Refused:
        """Return why ``row`` was refused, as ``score_one`` would have raised it."""
        i = self.formula.inputs[int(self.place[row])]
        value = int(columns[i.id][row])
        return _refusal(i, int(self.reason[row]), value, row, columns)


def _refusal(i: Input, reason: int, value: int, row: int, columns: Columns) -> Refused:
    if reason == 1:
        return refused(INPUT_MISSING, i.id)
    if reason == 3:
        most = int(columns[i.at_most][row])
        return refused(INPUT_INCONSISTENT, i.id, value=value, other=i.at_most, most=most)
    milieu = 1 if i.id == "milieu" else int(columns["milieu"][row])
    least, most = i.bounds[milieu]
    return refused(INPUT_OUT_OF_BOUNDS, i.id, value=value, least=least, most=most)


def score_columns(formula: Formula, columns: Columns, *, with_parts: bool = False) -> ColumnScores:
    """Score every row; equal to ``score_one`` row by row (held by a property test).

    Args:
        columns: one integer array per input of ``formula.inputs``, all of one length; NOT_ASKED (-1)
            stands for no answer. Values beyond int64 cannot be given.
        with_parts: also return what each term adds.
    Raises: Refused(INPUT_UNKNOWN / INPUT_MISSING) if a whole column is unknown or missing; a single
        household at fault is an outcome, never an exception, and never a zero.
    """
    _check_names(formula, columns)
    n = len(columns["milieu"])
    found = _empty(formula, columns["milieu"], with_parts)
    for start in range(0, n, BLOCK):
        _score_block(found, columns, slice(start, min(start + BLOCK, n)))
    return found


def _check_names(formula: Formula, columns: Columns) -> None:
    names = {i.id for i in formula.inputs}
    for name in sorted(set(columns) - names):
        raise refused(INPUT_UNKNOWN, name)
    for i in formula.inputs:
        if i.id not in columns:
            raise refused(INPUT_MISSING, i.id)


def _empty(formula: Formula, milieu: NDArray[Any], with_parts: bool) -> ColumnScores:
    n = len(milieu)
    width = max(len(annex.terms) for annex in formula.annexes.values())
    return ColumnScores(
        formula=formula,
        outcome=np.full(n, REFUSED, np.int8),
        a=np.zeros(n, np.int64),
        b=np.zeros(n, np.int64),
        divisor=np.ones(n, np.int64),
        points=np.zeros(n, np.int64),
        reason=np.zeros(n, np.int8),
        place=np.zeros(n, np.int16),
        parts=np.zeros((width, n), np.int64).T if with_parts else None,
        milieu=milieu,
    )


def _score_block(found: ColumnScores, columns: Columns, block: slice) -> None:
    milieu = columns["milieu"][block]
    seen = 0
    for annex in found.formula.annexes.values():
        here = milieu == annex.milieu
        count = int(np.count_nonzero(here))
        seen += count
        if count:
            rows = block if count == len(milieu) else block.start + np.flatnonzero(here)
            _score_rows(found, annex, columns, rows)
    if seen < len(milieu):
        _refuse_milieu(found, columns, block)


def _refuse_milieu(found: ColumnScores, columns: Columns, block: slice) -> None:
    values = columns["milieu"][block]
    rows = block.start + np.flatnonzero((values != 1) & (values != 2))
    found.reason[rows] = np.where(columns["milieu"][rows] == NOT_ASKED, 1, 2)


def _score_rows(found: ColumnScores, annex: Annex, columns: Columns, rows: Any) -> None:
    """Score the rows of one milieu: a slice when the whole block is of it, else their indices."""
    formula = found.formula
    asked = [i for i in formula.inputs if annex.milieu in i.bounds]
    x = {i.id: columns[i.id][rows].astype(np.int64) for i in asked}
    if not _is_clean(asked, annex, x):
        good = _refuse_rows(found, asked, annex, x, rows)
        rows = np.arange(rows.start, rows.stop)[good] if isinstance(rows, slice) else rows[good]
        x = {name: column[good] for name, column in x.items()}
    if len(x["size"]):
        _add_up(found, annex, x, rows)


def _is_clean(asked: list[Input], annex: Annex, x: Mapping[str, Ints]) -> bool:
    for i in asked:
        least, most = i.bounds[annex.milieu]
        if x[i.id].min() < least or x[i.id].max() > most:
            return False
    return not any(i.at_most and (x[i.id] > x[i.at_most]).any() for i in asked)


def _refuse_rows(
    found: ColumnScores, asked: list[Input], annex: Annex, x: Mapping[str, Ints], rows: Any
) -> NDArray[np.bool_]:
    """Note the first fault of each row at fault; return which rows have none."""
    n = len(x["size"])
    reason, place = np.zeros(n, np.int8), np.zeros(n, np.int16)
    for i in asked:
        least, most = i.bounds[annex.milieu]
        value = x[i.id]
        fault = np.where(value == NOT_ASKED, 1, np.where((value < least) | (value > most), 2, 0))
        _note(reason, place, fault, i)
    for i in asked:
        if i.at_most:
            _note(reason, place, np.where(x[i.id] > x[i.at_most], 3, 0), i)
    found.reason[rows], found.place[rows] = reason, place
    good: NDArray[np.bool_] = reason == 0
    return good


def _note(reason: NDArray[np.int8], place: NDArray[np.int16], fault: NDArray[Any], i: Input) -> None:
    new = (reason == 0) & (fault != 0)
    reason[new], place[new] = fault[new], i.position


def _add_up(found: ColumnScores, annex: Annex, x: Mapping[str, Ints], rows: Any) -> None:
    formula = found.formula
    a, b = np.zeros_like(x["size"]), np.zeros_like(x["size"])
    for slot, term in enumerate(annex.terms):
        part = part_of(term, x, annex, formula.share_denominator)
        total = b if term.is_divided else a
        total += part
        if found.parts is not None:
            found.parts[rows, slot] = part
    divisor = divisor_of(formula, x)
    total = a * divisor + b
    in_range = (total >= formula.lowest * divisor) & (total <= formula.highest * divisor)
    found.a[rows], found.b[rows], found.divisor[rows] = a, b, divisor
    found.points[rows] = round_half_even(total, divisor * (SCALE // 10**7))
    found.outcome[rows] = np.where(in_range, SCORED, QUARANTINED)


def names_read(formula: Formula, milieu: int) -> tuple[str, ...]:
    """Return the inputs that the annex of ``milieu`` reads, in the order of the inputs."""
    read = {name for term in formula.annexes[milieu].terms for name in inputs_of(term)}
    read |= {"milieu", "size", "members_15_plus"}
    return tuple(i.id for i in formula.inputs if i.id in read)


def apportion_columns(found: ColumnScores) -> Ints:
    """Return each row's parts in 10^-7 points, adding up to its points exactly (as ``apportion`` does).

    Only divided terms have remainders at seven decimals, all over the same denominator of their row.
    """
    assert found.parts is not None
    whole = np.ones_like(found.parts)  # what brings a term to the denominator of its row
    whole *= found.divisor[:, None]
    for annex in found.formula.annexes.values():
        divided = np.flatnonzero([term.is_divided for term in annex.terms])
        whole[np.ix_(found.annex_rows(annex), divided)] = 1
    by = (SCALE // 10**7) * found.divisor[:, None]
    scaled = found.parts * whole
    shown = scaled // by
    missing = found.points - shown.sum(axis=1)
    order = np.argsort(shown * by - scaled, axis=1, kind="stable")  # largest remainder first
    rank = np.argsort(order, axis=1, kind="stable")
    result: Ints = shown + (rank < missing[:, None])
    return result
