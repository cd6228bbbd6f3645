"""The score, decided: pure functions over one household or over columns of millions.

One definition of each term (:func:`sijil.domains.scoring.rules.terms.part_of`) serves both.
"""

from __future__ import annotations

from sijil.domains.scoring.rules.columns import ColumnScores, apportion_columns, score_columns
from sijil.domains.scoring.rules.confirmation import holds, reasons_of
from sijil.domains.scoring.rules.display import apportion, apportion_groups, as_decimal, round_half_even
from sijil.domains.scoring.rules.formula import (
    MILIEUX,
    doubts_on,
    formula_on,
    inputs_asked,
    law_on,
    load_formula,
    load_inputs,
    readings_on,
    unpack,
)
from sijil.domains.scoring.rules.law import LAWS
from sijil.domains.scoring.rules.one import check_inputs, score_one
from sijil.domains.scoring.rules.terms import inputs_of, part_of

__all__ = [
    "LAWS",
    "MILIEUX",
    "ColumnScores",
    "apportion",
    "apportion_columns",
    "apportion_groups",
    "as_decimal",
    "check_inputs",
    "doubts_on",
    "formula_on",
    "holds",
    "inputs_asked",
    "inputs_of",
    "law_on",
    "load_formula",
    "load_inputs",
    "part_of",
    "readings_on",
    "reasons_of",
    "round_half_even",
    "score_columns",
    "score_one",
    "unpack",
]
