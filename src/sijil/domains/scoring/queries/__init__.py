"""Reads of scoring."""

from __future__ import annotations

from sijil.domains.scoring.queries.columns import histogram, read_last_scores
from sijil.domains.scoring.queries.explain import explain
from sijil.domains.scoring.queries.formulas import describe_formula, get_formula
from sijil.domains.scoring.queries.scores import (
    count_by_law,
    find_current_score,
    find_open_rescoring,
    get_current_score,
    get_rescoring,
    get_score,
    is_any_older,
    iter_current_scores,
    list_pins,
    list_points,
    list_refusals,
    list_rescorings,
    list_scores,
    replay,
)

__all__ = [
    "count_by_law",
    "describe_formula",
    "explain",
    "find_current_score",
    "find_open_rescoring",
    "get_current_score",
    "get_formula",
    "get_rescoring",
    "get_score",
    "histogram",
    "is_any_older",
    "iter_current_scores",
    "list_pins",
    "list_points",
    "list_refusals",
    "list_rescorings",
    "list_scores",
    "read_last_scores",
    "replay",
]
