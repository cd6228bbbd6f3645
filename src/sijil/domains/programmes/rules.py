"""Eligibility and order, decided exactly: whole numbers only, for one household or for columns."""

from __future__ import annotations

from decimal import ROUND_UP, Context, Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sijil.domains.programmes.types import SCALE, Candidates, Decision, Outcome, Programme


def units(threshold: Decimal) -> int:
    """Return a threshold in units of 1/SCALE point. Raises: ValueError if it has more decimals."""
    value = threshold * SCALE
    if value != value.to_integral_value():
        raise ValueError(f"{threshold} has more than nine decimals")
    return int(value)


def is_eligible(a: int, b: int, divisor: int, threshold: Decimal) -> bool:
    """Tell whether the score a + b/divisor (units) is at or under the threshold: no float decides."""
    return a * divisor + b <= units(threshold) * divisor


def are_eligible(candidates: Candidates, threshold: Decimal) -> NDArray[np.bool_]:
    """Tell it for whole columns; a score in quarantine is not eligible for a list."""
    exact = candidates.a * candidates.divisor + candidates.b
    return candidates.is_scored & (exact <= units(threshold) * candidates.divisor)


def decide(a: int, b: int, divisor: int, programme: Programme, *, is_scored: bool = True) -> Decision:
    """Decide on one score for one programme, with the distance to its threshold."""
    exact = Fraction(programme.threshold) - Fraction(a * divisor + b, SCALE * divisor)
    eligible = is_eligible(a, b, divisor, programme.threshold)
    outcome = Outcome.ELIGIBLE if eligible else Outcome.NOT_ELIGIBLE
    return Decision(
        programme=programme.code,
        outcome=outcome if is_scored else Outcome.PENDING,
        threshold=programme.threshold,
        version=programme.version,
        distance=_away_from_zero(exact),
        exact_distance=exact,
    )


def _away_from_zero(value: Fraction) -> Decimal:
    scaled = abs(value) * 10**7
    whole = -(-scaled.numerator // scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-7)


def as_shown(value: Decimal, decimals: int) -> Decimal:
    """Return a distance with fewer decimals, still away from zero: a household near is never shown at 0."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_UP, context=Context(prec=30))


def order(points: NDArray[np.int64], household_code: NDArray[np.bytes_]) -> NDArray[np.int64]:
    """Return the ranks' order: ascending by the score as shown, equal scores by household code.

    Whoever has the list can check the order from its own columns.
    """
    return np.lexsort((household_code, points))
