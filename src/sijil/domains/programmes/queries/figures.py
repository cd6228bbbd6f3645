"""Where households stand in a programme: the figures that a person confirms and that a list freezes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from sijil.domains.programmes import rules, sql
from sijil.domains.programmes.types import Figures, Programme

# Both sides come by the household code, from their keys, backwards: a merge, no sort and no cache.
_JOINED = """
    SELECT s.household_code, s.number AS score_number, s.score, d.outcome, d.numerator, d.divisor, d.basis_id,
        d.score_number = s.number AS is_decided,
        s.law = ANY(%(laws)s::int[]) AS is_law, g.threshold_digest = %(threshold)s AS is_threshold,
        CASE WHEN d.outcome = 'pending' THEN NOT s.is_scored
             ELSE s.is_scored AND (d.outcome = 'eligible') = {eligible} END
        AND d.divisor = s.divisor AND d.numerator = {distance} AND s.formula_version = g.formula_version
        AS is_like
    FROM ({scores}) s
    LEFT JOIN (
        SELECT DISTINCT ON (household_code)
            household_code, outcome, numerator, divisor, basis_id, score_number
        FROM programmes_decision WHERE programme = %(programme)s ORDER BY household_code DESC, number DESC
    ) d USING (household_code)
    LEFT JOIN programmes_basis g ON g.id = d.basis_id
"""
COUNTS = """
    count(*),
    count(*) FILTER (WHERE is_decided AND outcome = 'eligible'),
    count(*) FILTER (WHERE is_decided AND outcome = 'not_eligible'),
    count(*) FILTER (WHERE is_decided AND outcome = 'pending'),
    count(*) FILTER (WHERE is_decided AND outcome = 'eligible' AND numerator < %(near)s::bigint * divisor),
    count(*) FILTER (
        WHERE is_decided AND outcome = 'not_eligible' AND -numerator <= %(near)s::bigint * divisor
    ),
    count(*) FILTER (WHERE is_decided IS NOT TRUE),
    count(*) FILTER (WHERE NOT is_law),
    count(*) FILTER (WHERE is_decided AND NOT is_threshold),
    count(*) FILTER (WHERE is_decided AND NOT is_like)
"""


def joined(scores: str) -> str:
    """Return the last scores (:data:`scoring.sql.LATEST`) with the decision on each, as a statement."""
    return _JOINED.format(
        scores=scores, eligible=sql.is_eligible("s", _LIMIT), distance=sql.distance("s", _LIMIT)
    )


_LIMIT = "(g.threshold * 1000000000)::bigint"


def values(programme: Programme, laws: Sequence[int]) -> dict[str, Any]:
    """Return what the statement needs: the programme, and which laws of scores are in force."""
    return {
        "programme": programme.code,
        "threshold": programme.pin.digest,
        "laws": list(laws),
        "near": rules.units(programme.near),
    }


def count_households(programme: Programme, *, scores: str, laws: Sequence[int]) -> Figures:
    """Count households by their stored decisions.

    Args:
        scores: the statement of every last score, from scoring. laws: the numbers of the laws of scores that
            are in force.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COUNTS} FROM ({joined(scores)}) x", values(programme, laws))  # noqa: S608 - constants only
        return Figures(*cursor.fetchone())
