"""Recording the scores of inputs that are given: one household, or columns of many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from sijil.domains.scoring import rules
from sijil.domains.scoring.errors import HOUSEHOLD_CODE_INVALID, INPUT_OUT_OF_BOUNDS
from sijil.domains.scoring.queries.scores import get_current_score
from sijil.domains.scoring.rules import columns as rows
from sijil.domains.scoring.services import writing
from sijil.domains.scoring.services.writing import Codes
from sijil.domains.scoring.types import (
    NOT_ASKED,
    RURAL,
    URBAN,
    BulkResult,
    LineRefused,
    ScoreResult,
    Trigger,
)
from sijil.kernel import copy
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused, fill
from sijil.kernel.ids import is_household_code

CHUNK = 50_000
_MILIEUX = {"urban": URBAN, "rural": RURAL, "1": URBAN, "2": RURAL}
_LAST = """
    COPY (SELECT household_code, number, ctid, law, fingerprint, confirmed FROM scoring_current
          WHERE household_code = ANY(%s)) TO STDOUT (FORMAT BINARY)
"""
_LOCK = """
    SELECT pg_advisory_xact_lock_shared(%s), pg_advisory_xact_lock_shared(%s),
           pg_advisory_xact_lock(%s, household)
    FROM unnest(%s::int[]) AS household
"""
LAST = (
    ("number", ">i4"),
    ("place", copy.PLACE),
    ("law", ">i4"),
    ("fingerprint", ">i8"),
    ("confirmed", ">i4"),
)


def record_score(
    *,
    household_code: str,
    inputs: Mapping[str, int],
    milieu: str | int,
    region_code: str | int,
    trigger: Trigger | str,
    actor: Actor,
    now: dt.datetime,
) -> ScoreResult:
    """Score a household by the formula in force and store it as its current score, for ever readable.

    Args:
        household_code: eleven digits.
        inputs: id -> whole number (the formula's inputs); ``milieu`` and ``region`` may be left out.
        milieu: ``urban``/``rural`` or 1/2. region_code: ``01`` to ``12``.
        trigger: why now (:class:`Trigger`).
    Raises: Refused naming the field if an answer is missing, unknown or impossible.
    """
    if not is_household_code(household_code):
        raise Refused(HOUSEHOLD_CODE_INVALID, field="household_code", value=household_code)
    formula = rules.formula_on(legal_day(now))
    vector = dict(inputs) | {"milieu": _milieu(milieu), "region": _region(region_code)}
    rules.check_inputs(formula, vector)
    row = {i.id: np.array([vector.get(i.id, NOT_ASKED)], np.int64) for i in formula.inputs}
    codes = np.array([household_code.encode()], copy.CODE)
    with transaction.atomic():
        lock_households(codes)
        _record(writing.Stamp(formula, formula.pins, Trigger(trigger).value, actor, now), codes, row)
    return get_current_score(household_code)


def _milieu(value: str | int) -> int:
    if str(value) not in _MILIEUX:
        raise Refused(
            INPUT_OUT_OF_BOUNDS, field="milieu", answer="milieu", value=value, least=URBAN, most=RURAL
        )
    return _MILIEUX[str(value)]


def _region(value: str | int) -> int:
    if not str(value).isdigit():
        raise Refused(INPUT_OUT_OF_BOUNDS, field="region", answer="region", value=value, least=1, most=12)
    return int(value)


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
    formula = rules.formula_on(legal_day(now))
    stamp = writing.Stamp(formula, formula.pins, Trigger(trigger).value, actor, now)
    taken = scored = quarantined = 0
    refused: list[LineRefused] = []
    with transaction.atomic():
        writing.lock_writing(alone=True)
        for start in range(0, len(household_codes), CHUNK):
            piece = {name: column[start : start + CHUNK] for name, column in columns.items()}
            codes = household_codes[start : start + CHUNK]
            found, lines = _record(stamp, codes, piece)
            refused += lines
            taken += len(codes)
            scored += int(np.count_nonzero(found.outcome == rows.SCORED))
            quarantined += int(np.count_nonzero(found.outcome == rows.QUARANTINED))
    return BulkResult(taken, scored, quarantined, tuple(refused))


def _record(
    stamp: writing.Stamp, codes: Codes, piece: Mapping[str, NDArray[Any]]
) -> tuple[rows.ColumnScores, list[LineRefused]]:
    found = rules.score_columns(stamp.formula, piece, with_parts=True)
    vectors = writing.vectors_of(stamp.formula, piece)
    writing.write(stamp, writing.new_batch(codes, last_scores(codes), vectors, found))
    return found, list_refused(found, codes, piece)


def _check_codes(codes: Codes) -> None:
    if codes.dtype != np.dtype(copy.CODE):
        raise TypeError(f"household codes must be S11, not {codes.dtype}")
    digits = codes.view(np.uint8).reshape(-1, 11)
    bad = ((digits < 48) | (digits > 57)).any(axis=1)
    if bad.any():
        raise Refused(HOUSEHOLD_CODE_INVALID, field="household_code", value=codes[bad][0].decode())


def hold(household_codes: Sequence[str]) -> None:
    """Have the scores of a few households until the end of the transaction, before anything else of theirs.

    For an act that changes what their scores are made of: whoever scores them settles the rest after that.
    """
    lock_households(np.array([code.encode() for code in household_codes], copy.CODE))


def lock_households(codes: Codes) -> None:
    """Have the scores of a few households until the end of the transaction; others go on."""
    keys = [int(code) % 2**31 for code in sorted(codes.tolist())]  # no rows: the first score has none yet
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [*writing.LANES, writing.HOUSEHOLD, keys])


def last_scores(codes: Codes) -> writing.Last:
    """Return each household's last score as it stands now."""
    last = {name: np.zeros(len(codes), kind) for name, kind in LAST}
    dtype = copy.record_type([("household_code", copy.CODE), *LAST])
    order = np.argsort(codes)
    wanted = [[code.decode() for code in codes.tolist()]]
    with connection.cursor() as cursor, cursor.cursor.copy(_LAST, wanted) as lines:
        for known in copy.iter_records(lines, dtype, CHUNK):
            places = order[np.searchsorted(codes, known["household_code"], sorter=order)]
            for name in last:
                last[name][places] = known[name]
    return as_last(last)


def as_last(read: Mapping[str, NDArray[Any]] | copy.Records) -> writing.Last:
    """Return the columns ``LAST`` of what was read."""
    names = ("number", "law", "fingerprint", "confirmed")
    number, law, fingerprint, confirmed = (read[name].astype(np.int64) for name in names)
    return writing.Last(number, read["place"].copy(), law, fingerprint, confirmed)


def list_refused(
    found: rows.ColumnScores, codes: Codes, piece: Mapping[str, NDArray[Any]]
) -> list[LineRefused]:
    """Return why each refused row was refused."""
    return [
        line_of(codes[row], found.refusal(row, piece))
        for row in np.flatnonzero(found.outcome == rows.REFUSED).tolist()
    ]


def line_of(code: bytes, refusal: Refused) -> LineRefused:
    """Return a refusal as the line of a household."""
    sentence = fill(refusal.error.title, refusal.facts)
    return LineRefused(code.decode(), refusal.code, refusal.field or "", sentence, refusal)
