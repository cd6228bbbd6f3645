"""Many scores at once: as columns, to decide on them, and as a drawing of where they lie."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from django.db import connection

from sijil.domains.scoring.types import RecordedScores
from sijil.kernel import copy as binary

_FIELDS = (
    ("household_code", binary.CODE),
    ("number", ">i4"),
    ("divisor", ">i4"),
    ("a", ">i8"),
    ("b", ">i8"),
    ("is_scored", ">i2"),
    ("version", ">i4"),
)
_AFTER = """
    SELECT DISTINCT ON (household_code) household_code, number, divisor, a, b, state, formula_version
    FROM scoring_score WHERE household_code > %s ORDER BY household_code, number DESC LIMIT %s
"""
_NAMES = f"SELECT DISTINCT formula_version FROM ({_AFTER}) x ORDER BY 1"  # noqa: S608 - constants only
_ROWS = f"""
    COPY (SELECT household_code, number, divisor, a, b, (state = 'scored')::int::smallint,
                 coalesce(array_position(%s::text[], formula_version::text), 0)
          FROM ({_AFTER}) x) TO STDOUT (FORMAT BINARY)
"""  # noqa: S608 - constants only


def read_last_scores(after: str, limit: int) -> RecordedScores:
    """Return the last scores of at most ``limit`` households, by code, of those whose code follows one.

    They come from the scores themselves, never from the table of current ones.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [after, limit])
        versions = tuple(row[0] for row in cursor.fetchall())
        with cursor.cursor.copy(_ROWS, [list(versions), after, limit]) as copy:
            pieces = list(binary.iter_records(copy, binary.record_type(_FIELDS), limit))
    rows = np.concatenate(pieces) if pieces else binary.new_records(binary.record_type(_FIELDS), 0)
    return _columns(rows, versions)


def _columns(rows: binary.Records, versions: tuple[str, ...]) -> RecordedScores:
    version = rows["version"].astype(np.int64)
    if (version == 0).any():
        raise RuntimeError("a new formula came into use during the reading: read again")
    return RecordedScores(
        household_code=rows["household_code"].copy(),
        number=rows["number"].astype(np.int64),
        a=rows["a"].astype(np.int64),
        b=rows["b"].astype(np.int64),
        divisor=rows["divisor"].astype(np.int64),
        is_scored=rows["is_scored"] == 1,
        version=version - 1,
        versions=versions,
    )


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
