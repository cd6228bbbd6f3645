"""Which confirmations hold for scores just computed, one or many (``rules.confirmation``)."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from sijil.domains.scoring import rules
from sijil.domains.scoring.rules import columns

Codes = NDArray[np.bytes_]
_CONFIRMED = """
    SELECT s.household_code, s.declaration, s.formula_version, s.a, s.b, s.divisor
    FROM scoring_score s JOIN unnest(%s::varchar[], %s::int[]) AS c (code, number)
        ON s.household_code = c.code AND s.number = c.number
"""


def find_held(
    codes: Codes, numbers: NDArray[np.int64], found: columns.ColumnScores, declarations: NDArray[Any] | None
) -> NDArray[np.int64]:
    """Return, by row, the number of the confirmed score that holds, 0: none; ``numbers``: of the last ones.

    Inputs that were not declared have none.
    """
    held = np.zeros(len(codes), np.int64)
    rows = np.flatnonzero((found.outcome == columns.QUARANTINED) & (numbers > 0))
    if declarations is None or not len(rows):
        return held
    known = _read_confirmed(codes[rows], numbers[rows])
    then = [known[code] for code in codes[rows].tolist()]
    declared = np.array([declaration for declaration, _ in then], "V16")
    reasons = np.array([reason for _, reason in then], np.int64)
    now = rules.reasons_of(found.formula, found.a[rows], found.b[rows], found.divisor[rows])
    still = rules.holds((declared, reasons), (declarations[rows], now))
    held[rows[still]] = numbers[rows[still]]
    return held


def _read_confirmed(codes: Codes, numbers: NDArray[Any]) -> dict[bytes, tuple[bytes, int]]:
    """Return of what declaration the confirmed scores were, and why they had been set aside."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(_CONFIRMED, [[code.decode() for code in codes.tolist()], numbers.tolist()])
        for code, declaration, version, *sums in cursor.fetchall():
            reason = int(rules.reasons_of(rules.load_formula(version), *sums))
            found[code.encode()] = (declaration.bytes, reason)
    return found
