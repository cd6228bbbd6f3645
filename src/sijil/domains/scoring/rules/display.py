"""Showing exact numbers: rounding half to even, and parts that add up as shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any


def round_half_even(number: Any, by: Any) -> Any:
    """Return number/by rounded half to even; whole numbers or int64 columns, ``by`` > 0."""
    quotient = number // by
    twice = 2 * (number - quotient * by)
    return quotient + ((twice > by) | ((twice == by) & (quotient % 2 == 1)))


def as_decimal(value: Fraction, decimals: int = 7) -> Decimal:
    """Return ``value`` rounded half to even to that many decimals."""
    scaled = value * 10**decimals
    return Decimal(round_half_even(scaled.numerator, scaled.denominator)).scaleb(-decimals)


def apportion(parts: Sequence[Fraction], decimals: int, total: Decimal | None = None) -> list[Decimal]:
    """Return ``parts`` at that many decimals so that they add up to ``total`` exactly as shown.

    Largest remainder: each part is rounded down, then the largest remainders are rounded up until the
    sum is right (the first wins a tie). A part that is exact at this precision, zero above all, is
    never changed. ``total``: by default the sum of the parts, rounded half to even; else that sum
    rounded up or down.
    """
    scaled = [part * 10**decimals for part in parts]
    shown = [math.floor(part) for part in scaled]
    goal = as_decimal(sum(parts, Fraction(0)), decimals) if total is None else total
    missing = int(goal.scaleb(decimals)) - sum(shown)
    by_remainder = sorted(range(len(parts)), key=lambda i: shown[i] - scaled[i])
    for i in by_remainder[:missing]:
        shown[i] += 1
    return [Decimal(value).scaleb(-decimals) for value in shown]


def apportion_groups(
    groups: Sequence[Sequence[Fraction]], decimals: int
) -> list[tuple[Decimal, list[Decimal]]]:
    """Return each group's total and its parts as shown: parts add up to groups, groups to the score."""
    totals = apportion([sum(parts, Fraction(0)) for parts in groups], decimals)
    return [(total, apportion(parts, decimals, total)) for total, parts in zip(totals, groups, strict=True)]
