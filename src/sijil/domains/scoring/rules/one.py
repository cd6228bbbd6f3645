"""The score of one household."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sijil.domains.scoring.errors import (
    INPUT_INCONSISTENT,
    INPUT_MISSING,
    INPUT_OUT_OF_BOUNDS,
    INPUT_UNKNOWN,
)
from sijil.domains.scoring.rules.display import round_half_even
from sijil.domains.scoring.rules.terms import divisor_of, part_of
from sijil.domains.scoring.types import NOT_ASKED, SCALE, URBAN, Formula, Input, Score, ScoreState
from sijil.kernel.errors import ErrorCode, Refused


def check_inputs(formula: Formula, inputs: Mapping[str, int]) -> dict[str, int]:
    """Return the inputs that the household's milieu asks, checked.

    Raises: Refused naming the first field at fault, in the order of the inputs: INPUT_UNKNOWN,
    INPUT_MISSING, INPUT_OUT_OF_BOUNDS, then INPUT_INCONSISTENT. Nothing is ever taken as zero.
    """
    _refuse_unknown(formula, inputs)
    milieu = _checked(formula.inputs[0], URBAN, inputs)
    asked = [i for i in formula.inputs if milieu in i.bounds]
    x = {i.id: _checked(i, milieu, inputs) for i in asked}
    for i in asked:
        if i.at_most and x[i.id] > x[i.at_most]:
            raise refused(INPUT_INCONSISTENT, i.id, value=x[i.id], other=i.at_most, most=x[i.at_most])
    return x


def refused(error: ErrorCode, name: str, **facts: object) -> Refused:
    """Return the refusal of the answer ``name``, which its sentence calls ``{answer}``."""
    return Refused(error, field=name, answer=name, **facts)


def _refuse_unknown(formula: Formula, inputs: Mapping[str, int]) -> None:
    unknown = sorted(set(inputs) - {i.id for i in formula.inputs})
    if unknown:
        raise refused(INPUT_UNKNOWN, unknown[0])


def _checked(i: Input, milieu: int, inputs: Mapping[str, int]) -> int:
    value = inputs.get(i.id)
    if value is None or value == NOT_ASKED:
        raise refused(INPUT_MISSING, i.id)
    least, most = i.bounds[milieu]
    if not isinstance(value, int) or not least <= value <= most:
        raise refused(INPUT_OUT_OF_BOUNDS, i.id, value=value, least=least, most=most)
    return int(value)


def score_one(formula: Formula, inputs: Mapping[str, int]) -> Score:
    """Return the exact score of one household. Raises: Refused as :func:`check_inputs`.

    Args:
        formula: from ``formula_on(day)``.
        inputs: id -> whole number, of ``formula.inputs`` (with ``milieu`` and ``region``);
            money in centimes per year. Inputs that the milieu does not ask are not read.
    """
    x = check_inputs(formula, inputs)
    annex = formula.annexes[x["milieu"]]
    parts = tuple(int(part_of(term, x, annex, formula.share_denominator)) for term in annex.terms)
    a = sum(p for p, term in zip(parts, annex.terms, strict=True) if not term.is_divided)
    b = sum(p for p, term in zip(parts, annex.terms, strict=True) if term.is_divided)
    divisor = divisor_of(formula, x)
    total = a * divisor + b
    in_range = formula.lowest * divisor <= total <= formula.highest * divisor
    return Score(
        formula_version=formula.version,
        milieu=annex.milieu,
        a=a,
        b=b,
        divisor=divisor,
        parts=parts,
        state=ScoreState.SCORED if in_range else ScoreState.QUARANTINED,
        points=Decimal(round_half_even(total, divisor * (SCALE // 10**7))).scaleb(-7),
    )
