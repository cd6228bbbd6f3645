"""What one term adds: written once, for a whole number or for a numpy column of them.

Only ``+ - *``, comparisons and ``& `` are used, which mean the same for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sijil.domains.scoring.types import Annex, Condition, Formula, Term

Vector = Mapping[str, Any]  # id -> int, or id -> int64 array


def part_of(term: Term, x: Vector, annex: Annex, share_denominator: str = "size") -> Any:
    """Return what ``term`` adds, in units; a divided term's is still to be divided by the divisor.

    With ``share_denominator`` other than the size, the divisor is size x denominator: shares are then
    multiplied by the size and amounts by the denominator, so that all stay whole numbers.
    """
    if term.form == "constant":
        return term.weight + 0 * x["size"]
    if term.form == "region":
        return _pick(annex.regions, x["region"])
    if term.form == "money":
        return term.weight * _centimes(term, x, share_denominator)
    return term.weight * _number(term, x, share_denominator)


def _number(term: Term, x: Vector, share_denominator: str) -> Any:
    if term.when is not None:
        return is_met(term.when, x)
    value = x[term.input]
    if term.form == "square":
        return value * value
    if term.form == "share" and share_denominator != "size":
        return value * x["size"]
    return value


def _centimes(term: Term, x: Vector, share_denominator: str) -> Any:
    total = sum(x[amount.input] * amount.price for amount in term.amounts)
    return total if share_denominator == "size" else total * x[share_denominator]


def is_met(when: Condition, x: Vector) -> Any:
    """Tell whether the condition of a flag holds."""
    value = x[when.input]
    if when.per:
        return _is_between(when, value, x[when.per])
    if when.among:
        return _is_among(value, when.among)
    return value >= (1 if when.at_least is None else when.at_least)


def _is_between(when: Condition, value: Any, per: Any) -> Any:
    met: Any = True
    if when.at_most is not None:
        met = value <= when.at_most * per
    if when.above is not None:
        met = met & (value > when.above * per)
    return met


def _is_among(value: Any, codes: tuple[int, ...]) -> Any:
    met: Any = value == codes[0]
    for code in codes[1:]:
        met = met | (value == code)
    return met


def _pick(table: tuple[int, ...], number: Any) -> Any:
    return table[number - 1] if isinstance(number, int) else np.asarray(table)[number - 1]


def divisor_of(formula: Formula, x: Vector) -> Any:
    """Return what B is divided by: the size of the household, by the reading of the law in force."""
    if formula.share_denominator == "size":
        return x["size"]
    return x["size"] * x[formula.share_denominator]


def inputs_of(term: Term) -> tuple[str, ...]:
    """Return the inputs a term reads (the divisor apart)."""
    if term.form == "region":
        return ("region",)
    if term.when is not None:
        return tuple(name for name in (term.when.input, term.when.per) if name)
    return (term.input,) if term.input else tuple(amount.input for amount in term.amounts)
