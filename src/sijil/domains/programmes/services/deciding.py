"""Deciding: a row for each household, programme and change of score or threshold; one way for one or many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from sijil.domains.programmes import rules
from sijil.domains.programmes.acts import DECISIONS_RECORDED
from sijil.domains.programmes.models import Basis, DecisionNotice
from sijil.domains.programmes.queries.figures import SUBJECT
from sijil.domains.programmes.types import (
    Decided,
    FormulaUsed,
    KnownScores,
    Outcome,
    Programme,
    StoredDecision,
)
from sijil.kernel import copy, tally
from sijil.kernel.actors import Actor

WRITING = 7221  # advisory lock: who decides on scores as they are recorded shares it, a run has it alone
_ONE = 7222  # advisory lock of one household
_LOCK_ONE = "SELECT pg_advisory_xact_lock_shared(%s), pg_advisory_xact_lock(%s, hashtext(%s))"
_LAST = """
    SELECT p.code, string_agg(int8send(c.row), ''), string_agg(int8send(d.number), ''),
           string_agg(int8send(d.score_number), ''), string_agg(int8send(d.basis_id), '')
    FROM unnest(%s::varchar[]) AS p (code)
    CROSS JOIN unnest(%s::varchar[]) WITH ORDINALITY AS c (code, row)
    CROSS JOIN LATERAL (SELECT number, score_number, basis_id FROM programmes_decision
                        WHERE programme = p.code AND household_code = c.code
                        ORDER BY number DESC LIMIT 1) d
    GROUP BY p.code
"""
_COLUMNS = (
    "programme, household_code, number, day, decided_at, outcome, numerator, divisor, score_number, "
    "basis_id, trigger, actor_kind, actor_id"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all decisions of one writing share."""

    programme: Programme
    day: dt.date
    trigger: str
    actor: Actor
    now: dt.datetime


def decide(
    *, scores: KnownScores, day: dt.date, trigger: str, actor: Actor, now: dt.datetime
) -> dict[str, Decided]:
    """Decide on one household's score (``scores`` of length one) for all programmes in force on a day.

    A score that was decided before by the same law is not decided again. Returns: what came of it by
    programme.
    """
    (code,) = (value.decode() for value in scores.household_code.tolist())
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute(_LOCK_ONE, [WRITING, _ONE, code])
        return _decide_all(rules.list_programmes(day), scores, day, trigger, actor, now)


def decide_columns(
    *,
    scores: KnownScores,
    day: dt.date,
    trigger: str,
    actor: Actor,
    now: dt.datetime,
    programmes: Sequence[Programme] | None = None,
) -> dict[str, Decided]:
    """Decide on many scores, by default for all programmes in force on a day; exact, through COPY.

    Must run in the transaction that recorded the scores, and so has these households, or in one that has all
    writing alone (``lock_writing``). Returns: what came of it by programme.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [WRITING])
    chosen = rules.list_programmes(day) if programmes is None else programmes
    return _decide_all(chosen, scores, day, trigger, actor, now)


def lock_writing() -> None:
    """Have the writing of decisions alone until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITING])


def note_told(*, decisions: Iterable[StoredDecision], notice_id: str, now: dt.datetime) -> None:
    """Note that somebody was told of these decisions by a notice."""
    DecisionNotice.objects.bulk_create(
        DecisionNotice(
            programme=d.programme.code,
            household_code=d.household_code,
            number=d.number,
            notice_id=notice_id,
            told_at=now,
        )
        for d in decisions
    )


def _decide_all(
    programmes: Sequence[Programme],
    scores: KnownScores,
    day: dt.date,
    trigger: str,
    actor: Actor,
    now: dt.datetime,
) -> dict[str, Decided]:
    last, bases = _last(programmes, scores.household_code), _bases(programmes, scores.formulas)
    said: list[bytes] = []
    found = {
        p.code: _decide(Stamp(p, day, trigger, actor, now), scores, last[p.code], bases[p.code], said)
        for p in programmes
    }
    tally.record(DECISIONS_RECORDED, SUBJECT, said, actor=actor, now=now)
    return found


def _decide(
    stamp: Stamp, scores: KnownScores, last: NDArray[Any], bases: Sequence[int], said: list[bytes]
) -> Decided:
    basis = np.array([*bases, 0], np.int64)[scores.formula]  # -1, a formula that cannot be read, finds the 0
    is_known = basis > 0
    is_same = is_known & (last["basis"] == basis) & (last["score"] == scores.number)
    fresh = np.flatnonzero(is_known & ~is_same)
    if len(fresh):
        said += _write(stamp, scores, fresh, last["number"][fresh] + 1, basis[fresh])
    taken, refused = len(scores), int(np.count_nonzero(~is_known))
    return Decided(taken, len(fresh), int(np.count_nonzero(is_same)), refused)


def _bases(programmes: Sequence[Programme], formulas: Sequence[FormulaUsed]) -> dict[str, list[int]]:
    """Return the number of the basis for each programme and formula, written if it is new."""
    keys = ("programme", "threshold_digest", "formula_digest")
    digests = [rules.formula_digest(formula.pins) for formula in formulas]
    rows = Basis.objects.filter(programme__in=[p.code for p in programmes], formula_digest__in=digests)
    known = {tuple(key): pk for *key, pk in rows.values_list(*keys, "pk")}
    return {
        p.code: [
            known.get((p.code, p.pin.digest, digest)) or _basis(p, formula, digest)
            for formula, digest in zip(formulas, digests, strict=True)
        ]
        for p in programmes
    }


def _basis(programme: Programme, formula: FormulaUsed, digest: str) -> int:
    """Write a basis, unless somebody else does in the same moment; return its number."""
    key = {
        "programme": programme.code,
        "threshold_digest": programme.pin.digest,
        "formula_digest": digest,
    }
    row = Basis(
        **key,
        threshold=programme.threshold,
        threshold_law=programme.pin.name,
        threshold_version=programme.version,
        formula_version=formula.version,
        formula_pins=[[pin.name, pin.version, pin.digest] for pin in formula.pins],
    )
    Basis.objects.bulk_create([row], ignore_conflicts=True)
    return int(Basis.objects.values_list("pk", flat=True).get(**key))


_KEPT = np.dtype([("number", np.int64), ("score", np.int64), ("basis", np.int64)])


def _last(programmes: Sequence[Programme], codes: NDArray[np.bytes_]) -> dict[str, NDArray[Any]]:
    """Return number, score and basis of each household's last decisions; zeros where there is none."""
    found = {programme.code: np.zeros(len(codes), _KEPT) for programme in programmes}
    wanted = f"{{{b','.join(codes.tolist()).decode()}}}"  # digits: the text of an array as it is
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [list(found), wanted])
        for programme, *columns in cursor.fetchall():
            row, *values = (np.frombuffer(column, ">i8") for column in columns)
            for name, value in zip(_KEPT.names or (), values, strict=True):
                found[programme][name][row - 1] = value
    return found


def _write(
    stamp: Stamp,
    scores: KnownScores,
    rows: NDArray[np.int64],
    numbers: NDArray[np.int64],
    basis: NDArray[np.int64],
) -> Iterator[bytes]:
    """Write the decisions and give what each says, as ``queries.iter_said`` reads it from its row."""
    limit = rules.units(stamp.programme.threshold)
    a, b, divisor = scores.a[rows], scores.b[rows], scores.divisor[rows]
    eligible = rules.is_eligible(a, b, divisor, limit)
    is_scored = scores.is_scored[rows]
    values = {
        "household_code": scores.household_code[rows],
        "number": numbers,
        "numerator": rules.distance(a, b, divisor, limit),
        "divisor": divisor,
        "score_number": scores.number[rows],
        "basis_id": basis,
    }
    groups = {
        Outcome.ELIGIBLE: is_scored & eligible,
        Outcome.NOT_ELIGIBLE: is_scored & ~eligible,
        Outcome.PENDING: ~is_scored,
    }
    statement = f"COPY programmes_decision ({_COLUMNS}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as out:
        out.write(copy.HEADER)
        for outcome, among in groups.items():
            for block in _blocks(stamp, outcome, values, np.flatnonzero(among)):
                out.write(copy.to_bytes(block))
        out.write(copy.TRAILER)
    return _said(stamp, values, groups)


def _said(
    stamp: Stamp, values: dict[str, NDArray[Any]], groups: dict[Outcome, NDArray[np.bool_]]
) -> Iterator[bytes]:
    programme = stamp.programme.code.encode()
    for outcome, among in groups.items():
        name = outcome.value.encode()
        for code, *numbers in zip(*(column[among].tolist() for column in values.values()), strict=True):
            yield b"%b %b %b %d %d %d %d %d" % (programme, name, code, *numbers)


def _blocks(
    stamp: Stamp, outcome: Outcome, values: dict[str, NDArray[Any]], rows: NDArray[np.int64]
) -> Iterator[copy.Records]:
    """Give the records of one outcome: all of one width, so that a block of rows is an array."""
    shared = {
        "programme": stamp.programme.code.encode(),
        "day": (stamp.day - dt.date(2000, 1, 1)).days,
        "decided_at": copy.microseconds(stamp.now),
        "outcome": outcome.value.encode(),
        "trigger": stamp.trigger.encode(),
        "actor_kind": stamp.actor.kind.value.encode(),
        "actor_id": stamp.actor.id.encode(),
    }
    for start in range(0, len(rows), copy.BLOCK):
        some = rows[start : start + copy.BLOCK]
        block = copy.new_records(_record(shared), len(some))
        for name, value in shared.items():
            block[name] = value
        for name, column in values.items():
            block[name] = column[some]
        yield block


def _record(shared: dict[str, Any]) -> np.dtype[np.void]:
    """Return the shape of a row, in the order of its columns."""
    kinds = {
        "household_code": "S11",
        "number": ">i4",
        "day": ">i4",
        "decided_at": ">i8",
        "numerator": ">i8",
        "divisor": ">i4",
        "score_number": ">i4",
        "basis_id": ">i8",
    }
    texts = {name: f"S{len(value)}" for name, value in shared.items() if isinstance(value, bytes)}
    return copy.record_type([(name, (kinds | texts)[name]) for name in _COLUMNS.split(", ")])
