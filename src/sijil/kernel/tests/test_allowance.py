"""The one rule of every limiter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijil.kernel.allowance import Allowance, per_second

TWO = Allowance(burst=2, every=60)
SECONDS = st.floats(0, 1e6)


@pytest.mark.parametrize(
    ("left", "seconds", "filled"), [(0, 0, 0), (0, 30, 0.5), (0, 60, 1), (0, 3600, 2), (2, 60, 2), (1, -5, 1)]
)
def test_what_was_taken_comes_back_with_time_up_to_the_burst(left, seconds, filled):
    assert TWO.filled(left, seconds) == filled


@given(SECONDS, SECONDS)
def test_waiting_in_two_parts_is_waiting_once(one, other):
    assert TWO.filled(TWO.filled(0, one), other) == pytest.approx(TWO.filled(0, one + other))


@pytest.mark.parametrize(("burst", "every"), [(0, 60), (0.5, 1), (1, 0), (1, -1)])
def test_an_allowance_that_lets_nobody_in_cannot_be_written(burst, every):
    with pytest.raises(ValueError, match="nobody"):
        Allowance(burst, every)


@pytest.mark.parametrize(("rate", "burst", "in_a_second"), [(100, 100, 100), (0.5, 1, 0.5), (0, 1, 0)])
def test_a_rate_a_second(rate, burst, in_a_second):
    allowance = per_second(rate)
    assert (allowance.burst, allowance.filled(0, 1)) == (burst, in_a_second)
