"""All current scores at once, as columns: for lists, counts and rescoring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from sijil.domains.scoring.types import SCALE
from sijil.kernel import copy as binary

_FIELDS = (
    ("household_code", binary.CODE),
    ("number", ">i4"),
    ("divisor", ">i4"),
    ("a", ">i8"),
    ("b", ">i8"),
    ("points", ">i8"),
    ("is_scored", ">i2"),
    ("version", ">i4"),
)
_ALL = """
    COPY (SELECT household_code, number, divisor, a, b, (score * 10000000)::bigint,
                 (state = 'scored')::int::smallint,
                 coalesce(array_position(%s::text[], formula_version::text), 0)
          FROM scoring_current) TO STDOUT (FORMAT BINARY)
"""


@dataclass(frozen=True, slots=True)
class CurrentColumns:
    """Some current scores. ``points`` in 10^-7; ``is_scored`` is False in quarantine.

    ``version``: index of each score's formula in ``versions``.
    """

    household_code: NDArray[np.bytes_]
    number: NDArray[np.int64]
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    divisor: NDArray[np.int64]
    points: NDArray[np.int64]
    is_scored: NDArray[np.bool_]
    version: NDArray[np.int64]
    versions: tuple[str, ...]


def iter_current_columns(chunk: int = 200_000) -> Iterator[CurrentColumns]:
    """Give every current score, in no order, in pieces of ``chunk`` rows, from one snapshot."""
    dtype = binary.record_type(_FIELDS)
    versions = _versions()
    with connection.cursor() as cursor:
        raw = cursor.cursor
        with raw.copy(_ALL, [list(versions)]) as copy:
            for rows in binary.iter_records(copy, dtype, chunk):
                yield _columns(rows, versions)


def _versions() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT formula_version FROM scoring_current ORDER BY 1")
        return tuple(row[0] for row in cursor.fetchall())


def _columns(rows: binary.Records, versions: tuple[str, ...]) -> CurrentColumns:
    version = rows["version"].astype(np.int64)
    if (version == 0).any():
        raise RuntimeError("a new formula came into use during the reading: read again")
    return CurrentColumns(
        household_code=rows["household_code"].copy(),
        number=rows["number"].astype(np.int64),
        a=rows["a"].astype(np.int64),
        b=rows["b"].astype(np.int64),
        divisor=rows["divisor"].astype(np.int64),
        points=rows["points"].astype(np.int64),
        is_scored=rows["is_scored"] == 1,
        version=version - 1,
        versions=versions,
    )


def count_current(*, above: Decimal | None = None, at_most: Decimal | None = None) -> int:
    """Count households whose exact current score is over ``above`` and at or under ``at_most`` points.

    Quarantined scores are never counted. A limit of None does not limit.
    """
    conditions, values = ["state = 'scored'"], []
    if above is not None:
        conditions.append("a * divisor + b > %s * divisor")
        values.append(int(above * SCALE))
    if at_most is not None:
        conditions.append("a * divisor + b <= %s * divisor")
        values.append(int(at_most * SCALE))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM scoring_current WHERE {' AND '.join(conditions)}", values)  # noqa: S608 - constants only
        return int(cursor.fetchone()[0])


def histogram(*, lowest: Decimal, highest: Decimal, bars: int) -> list[tuple[Decimal, int]]:
    """Return (lower edge, households) of ``bars`` equal bars from ``lowest`` to ``highest`` points.

    Scores outside fall in the first or the last bar; quarantined ones are not counted.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT least(greatest(width_bucket(score, %s, %s, %s), 1), %s), count(*) "
            "FROM scoring_current WHERE state = 'scored' GROUP BY 1",
            [lowest, highest, bars, bars],
        )
        found = dict(cursor.fetchall())
    width = (highest - lowest) / bars
    return [(lowest + width * n, int(found.get(n + 1, 0))) for n in range(bars)]
