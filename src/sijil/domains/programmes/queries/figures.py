"""Where households stand in a programme: the figures that a person confirms and that a list freezes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from sijil.domains.programmes import rules, sql
from sijil.domains.programmes.types import NOBODY, Awaited, Figures, Programme
from sijil.kernel.dates import legal_day
from sijil.kernel.tally import By

# Both sides come by the household code, from their keys, backwards: a merge, no sort and no cache.
_JOINED = """
    SELECT s.household_code, s.number AS score_number, s.score, d.outcome, d.numerator, d.divisor, d.basis_id,
        d.score_number = s.number AS is_decided, s.formula_version, q.opened_at,
        s.is_scored AND NOT s.law = ANY(%(laws)s::int[]) AS is_older,
        q.household_code IS NOT NULL AS is_asked, least(q.due_on, %(until)s::date) AS waits_until,
        g.threshold_digest = %(threshold)s AS is_threshold,
        {like} AS is_like
    FROM ({scores}) s
    LEFT JOIN (
        SELECT DISTINCT ON (household_code)
            household_code, outcome, numerator, divisor, basis_id, score_number
        FROM programmes_decision WHERE programme = %(programme)s ORDER BY household_code DESC, number DESC
    ) d USING (household_code)
    LEFT JOIN programmes_basis g ON g.id = d.basis_id
    LEFT JOIN ({asked}) q ON q.household_code = s.household_code AND q.needed_by = %(formula)s
"""
_LIKE = """
    CASE WHEN d.outcome = 'pending' THEN NOT s.is_scored
         ELSE s.is_scored AND (d.outcome = 'eligible') = {eligible} END
    AND d.divisor = s.divisor AND d.numerator = {distance} AND s.formula_version = g.formula_version
"""
_UNLIKE = """
    SELECT d.programme || ' ' || d.household_code
    FROM (
        SELECT DISTINCT ON (programme, household_code)
            programme, household_code, outcome, numerator, divisor, basis_id, score_number
        FROM programmes_decision ORDER BY programme, household_code, number DESC
    ) d
    LEFT JOIN ({scores}) s USING (household_code) LEFT JOIN programmes_basis g ON g.id = d.basis_id
    WHERE d.score_number > coalesce(s.number, 0) OR (d.score_number = s.number AND NOT ({like}))
    ORDER BY 1
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
    count(*) FILTER (WHERE is_older AND NOT is_asked),
    count(*) FILTER (WHERE is_decided AND NOT is_threshold),
    count(*) FILTER (WHERE is_decided AND NOT is_like),
    count(*) FILTER (WHERE is_older AND is_asked AND waits_until >= %(day)s::date),
    max(waits_until) FILTER (WHERE is_older AND is_asked AND waits_until >= %(day)s::date),
    count(*) FILTER (WHERE is_older AND is_asked AND waits_until < %(day)s::date),
    min(opened_at) FILTER (WHERE is_older AND is_asked AND waits_until < %(day)s::date)
"""
OLDER_FORMULAS = """
    (SELECT array_agg(DISTINCT formula_version) FROM x
     WHERE is_older AND is_asked AND waits_until < %(day)s::date)
"""
"""By what those kept by an older law were scored: of the rows x, which are there already (no sort of all)."""


def joined(scores: str, asked: str) -> str:
    """Return the last scores (:data:`scoring.sql.LATEST`) with the decision on each, as a statement.

    ``is_older``: made by another law than the one in force. Who is set aside (quarantine) is on no list by
    any law, and is not counted there. ``asked``: whom the law in force cannot score before they answer.
    """
    return _JOINED.format(scores=scores, asked=asked, like=_like())


def _like() -> str:
    return _LIKE.format(eligible=sql.is_eligible("s", _LIMIT), distance=sql.distance("s", _LIMIT))


def list_unlike(scores: str) -> list[str]:
    """Return, as "programme household", the last decisions that do not follow from score and threshold."""
    with connection.cursor() as cursor:
        cursor.execute(_UNLIKE.format(scores=scores, like=_like()))
        return [name for (name,) in cursor.fetchall()]


SUBJECT = "decisions"
"""What the log calls all of them together."""
_SAID = """
    SELECT decided_at, actor_kind, actor_id, concat_ws(' ', programme, outcome, household_code, number,
        numerator, divisor, score_number, basis_id)
    FROM programmes_decision
"""


def iter_said() -> Iterator[tuple[By, bytes]]:
    """Give who wrote each decision, when, and what it says."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_SAID)
        for *by, said in cursor:
            yield tuple(by), said.encode()


_LIMIT = "(g.threshold * 1000000000)::bigint"


def values(programme: Programme, laws: Sequence[int], awaited: Awaited) -> dict[str, Any]:
    """Return what the statement needs: the programme, which laws are in force, who is waited for."""
    return {
        "programme": programme.code,
        "threshold": programme.pin.digest,
        "laws": list(laws),
        "near": rules.units(programme.near),
        "formula": awaited.formula,
        "day": awaited.day,
        "until": awaited.until,
    }


def count_households(
    programme: Programme, *, scores: str, laws: Sequence[int], awaited: Awaited = NOBODY
) -> Figures:
    """Count households by their stored decisions.

    Args:
        scores: the statement of every last score, from scoring. laws: the numbers of the laws of scores that
            are in force. awaited: whom a list waits for.
    """
    with connection.cursor() as cursor:
        statement = f"SELECT {COUNTS} FROM ({joined(scores, awaited.select)}) x"  # noqa: S608 - constants only
        cursor.execute(statement, values(programme, laws, awaited))
        return read_figures(cursor.fetchone())


def read_figures(row: Sequence[Any]) -> Figures:
    """Return the counts of one row; the last is a moment of which the day is told."""
    *counts, since = row
    return replace(Figures(*counts), asked_since=legal_day(since) if since else None)
