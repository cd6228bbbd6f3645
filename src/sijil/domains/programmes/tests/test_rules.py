"""At the threshold is eligible, one unit over is not; the distance says so too."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijil.domains.programmes import queries, rules
from sijil.domains.programmes.states import RANKED_LIST, ListState
from sijil.domains.programmes.types import SCALE, Candidates, Outcome
from sijil.kernel.errors import Refused

DAY = dt.date(2026, 11, 22)
ASD = queries.get_programme("asd", DAY)
AMO = queries.get_programme("amo_tadamon", DAY)


def candidates(rows: list[tuple[int, int, int]], codes: list[str] | None = None) -> Candidates:
    a, b, divisor = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    points = (a * divisor + b) // (divisor * 100)
    codes = codes or [f"{10_000_000_000 + k}" for k in range(len(rows))]
    zeros = np.zeros(len(rows), np.int64)
    return Candidates(
        np.array([c.encode() for c in codes], "S11"),
        zeros + 1,
        a,
        b,
        divisor,
        points,
        zeros == 0,
        zeros,
        ("F/P",),
    )


def test_the_thresholds_are_those_of_the_decrees() -> None:
    assert (ASD.threshold, ASD.version) == (Decimal("9.743001"), "ASD-2023-12")
    assert (AMO.threshold, AMO.version) == (Decimal("9.3264284"), "AMOT-2022-12")
    assert [p.code for p in queries.list_programmes(DAY)] == ["asd", "amo_tadamon"]
    assert [p.code for p in queries.list_programmes(dt.date(2023, 11, 30))] == ["amo_tadamon"]


@pytest.mark.parametrize("language", ["ar", "fr", "en", "zgh"])
def test_programmes_have_names(language: str) -> None:
    assert all(
        p.name(language) and p.authority(language) and p.law(language) and p.note(language)
        for p in (ASD, AMO)
    )


@pytest.mark.parametrize("programme", [ASD, AMO], ids=lambda p: p.code)
@pytest.mark.parametrize("divisor", [1, 3, 5, 7, 40])
@pytest.mark.parametrize(
    ("delta", "outcome", "reason"),
    [
        (-1, Outcome.ELIGIBLE, "under_threshold"),
        (0, Outcome.ELIGIBLE, "at_threshold"),
        (1, Outcome.NOT_ELIGIBLE, "over_threshold"),
    ],
)
def test_at_the_threshold_is_eligible(
    programme: object, divisor: int, delta: int, outcome: Outcome, reason: str
) -> None:
    limit = rules.units(programme.threshold)
    decision = rules.decide(limit, delta, divisor, programme)
    assert (decision.outcome, decision.reason) == (outcome, reason)
    assert decision.exact_distance == Fraction(-delta, SCALE * divisor)
    assert (decision.distance == 0) == (delta == 0)
    assert (
        rules.are_eligible(candidates([(limit, delta, divisor)]), programme.threshold)[0] == decision.eligible
    )


@given(st.integers(0, 20 * SCALE), st.integers(-(10**12), 10**12), st.integers(1, 1600))
def test_one_and_columns_decide_the_same_and_exactly(a: int, b: int, divisor: int) -> None:
    exact = Fraction(a * divisor + b, SCALE * divisor) <= Fraction("9.743001")
    assert rules.is_eligible(a, b, divisor, ASD.threshold) == exact
    assert rules.are_eligible(candidates([(a, b, divisor)]), ASD.threshold)[0] == exact


def test_a_quarantined_score_is_pending() -> None:
    decision = rules.decide(9 * SCALE, 0, 1, ASD, is_scored=False)
    assert (decision.outcome, decision.reason, decision.eligible) == (Outcome.PENDING, "quarantined", False)


@pytest.mark.parametrize(
    ("distance", "shown"),
    [("0.0000001", "0.001"), ("-0.0000001", "-0.001"), ("0", "0.000"), ("0.3109", "0.311")],
)
def test_a_distance_is_never_shown_as_nothing(distance: str, shown: str) -> None:
    assert rules.as_shown(Decimal(distance), 3) == Decimal(shown)


def test_a_threshold_with_more_decimals_than_units_is_an_error() -> None:
    with pytest.raises(ValueError, match="nine decimals"):
        rules.units(Decimal("9.0000000001"))


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(0, 10**9)), min_size=1, max_size=30, unique_by=lambda t: t[1]
    )
)
def test_the_order_is_by_score_then_code(rows: list[tuple[int, int]]) -> None:
    points = np.array([p for p, _ in rows], np.int64)
    codes = np.array([f"{c:011d}".encode() for _, c in rows], "S11")
    ordered = [(int(points[i]), codes[i]) for i in rules.order(points, codes)]
    assert ordered == sorted(ordered)


def test_an_unknown_programme_is_refused() -> None:
    with pytest.raises(Refused, match="programme_missing"):
        queries.get_programme("tayssir", DAY)


@pytest.mark.parametrize("state", list(ListState))
@pytest.mark.parametrize("action", ["publish", "fail"])
def test_every_cell_of_the_table_of_states(state: ListState, action: str) -> None:
    target = {("preparing", "publish"): "published", ("preparing", "fail"): "failed"}.get(
        (state.value, action)
    )
    if target is None:
        with pytest.raises(Refused):
            RANKED_LIST.target(state, action)
    else:
        assert RANKED_LIST.target(state, action) == target
