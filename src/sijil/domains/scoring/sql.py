"""Pieces of SQL for a statement put together elsewhere."""

from __future__ import annotations

LATEST = """
    SELECT DISTINCT ON (household_code) household_code, number, a, b, divisor, score, formula_version, law,
        state = 'scored' AS is_scored
    FROM scoring_score ORDER BY household_code DESC, number DESC
"""
"""The last score of every household from the rows that never change, by its key: no sort, no cache.

``law``: by what it was made; ``queries.list_laws_in_force`` tells which numbers are the law of a day.
"""
