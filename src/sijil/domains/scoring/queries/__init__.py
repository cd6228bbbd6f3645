"""Reads of scoring."""

from __future__ import annotations

from sijil.domains.scoring.queries.columns import histogram, read_last_scores
from sijil.domains.scoring.queries.explain import explain, explained
from sijil.domains.scoring.queries.formulas import describe_formula
from sijil.domains.scoring.queries.scores import (
    SUBJECT,
    asked_current_score,
    asked_last_scores,
    asked_moments,
    find_current_score,
    find_open_rescoring,
    get_current_score,
    get_rescoring,
    get_score,
    is_any_of_another_law,
    is_any_older,
    iter_current_scores,
    iter_said,
    list_laws_in_force,
    list_pins,
    list_points,
    list_refusals,
    list_rescorings,
    list_scores,
    list_unlike,
    replay,
)

__all__ = [
    "SUBJECT",
    "asked_current_score",
    "asked_last_scores",
    "asked_moments",
    "describe_formula",
    "explain",
    "explained",
    "find_current_score",
    "find_open_rescoring",
    "get_current_score",
    "get_rescoring",
    "get_score",
    "histogram",
    "is_any_of_another_law",
    "is_any_older",
    "iter_current_scores",
    "iter_said",
    "list_laws_in_force",
    "list_pins",
    "list_points",
    "list_refusals",
    "list_rescorings",
    "list_scores",
    "list_unlike",
    "read_last_scores",
    "replay",
]
