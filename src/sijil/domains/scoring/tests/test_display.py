"""Shown numbers add up; rounding is half to even; zero stays zero."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijil.domains.scoring import rules

exact = st.fractions(min_value=-20, max_value=20, max_denominator=40 * 10**9)
parts = st.lists(exact, min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("number", "by", "expected"),
    [
        (5, 10, 0),
        (15, 10, 2),
        (25, 10, 2),
        (26, 10, 3),
        (-5, 10, 0),
        (-15, 10, -2),
        (-16, 10, -2),
        (7, 3, 2),
        (8, 3, 3),
    ],
)
def test_round_half_even(number: int, by: int, expected: int) -> None:
    assert rules.round_half_even(number, by) == expected
    assert rules.round_half_even(np.array([number]), np.array([by]))[0] == expected


@given(exact, st.integers(0, 9))
def test_as_decimal_is_the_nearest(value: Fraction, decimals: int) -> None:
    assert abs(Fraction(rules.as_decimal(value, decimals)) - value) <= Fraction(1, 2 * 10**decimals)


@given(parts, st.integers(0, 9))
def test_parts_add_up_as_shown_at_any_number_of_decimals(values: list[Fraction], decimals: int) -> None:
    shown = rules.apportion(values, decimals)
    assert sum(shown) == rules.as_decimal(sum(values), decimals)
    for value, text in zip(values, shown, strict=True):
        assert abs(Fraction(text) - value) < Fraction(1, 10**decimals)


@given(st.lists(parts, min_size=1, max_size=9), st.integers(0, 9))
def test_terms_add_up_to_groups_and_groups_to_the_score(groups: list[list[Fraction]], decimals: int) -> None:
    shown = rules.apportion_groups(groups, decimals)
    assert sum(total for total, _ in shown) == rules.as_decimal(sum(map(sum, groups)), decimals)
    assert all(total == sum(texts) for total, texts in shown)


@given(parts, st.integers(0, 9))
def test_what_is_exact_at_this_precision_is_never_changed(values: list[Fraction], decimals: int) -> None:
    for value, text in zip(values, rules.apportion(values, decimals), strict=True):
        if (value * 10**decimals).denominator == 1:
            assert Fraction(text) == value


def test_the_largest_remainders_are_rounded_up_and_the_first_wins_a_tie() -> None:
    thirds = [Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)]
    assert rules.apportion(thirds, 1) == [Decimal("0.4"), Decimal("0.3"), Decimal("0.3")]
