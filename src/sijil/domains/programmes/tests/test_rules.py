"""At the threshold is eligible, one unit over is not; the distance says so too."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sijil.domains.programmes import queries, rules, sql
from sijil.domains.programmes.types import SCALE, Outcome
from sijil.kernel.errors import Refused

DAY = dt.date(2026, 11, 22)
ASD = queries.get_programme("asd", DAY)
AMO = queries.get_programme("amo_tadamon", DAY)


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
    columns = (np.array([value], np.int64) for value in (limit, delta, divisor))
    assert rules.is_eligible(*columns, limit)[0] == decision.eligible


@given(st.integers(0, 20 * SCALE), st.integers(-(10**12), 10**12), st.integers(1, 3600))
def test_one_and_columns_decide_the_same_and_exactly(a: int, b: int, divisor: int) -> None:
    limit = rules.units(ASD.threshold)
    exact = Fraction(a * divisor + b, SCALE * divisor) <= Fraction("9.743001")
    assert rules.is_eligible(a, b, divisor, limit) == exact
    assert rules.is_eligible(*(np.array([v], np.int64) for v in (a, b, divisor)), limit)[0] == exact


def random_rows(count: int) -> tuple[list[tuple[int, int, int]], int]:
    """Return scores of which half lie at the threshold or one unit of their divisor beside it."""
    draw, limit = random.Random(7), rules.units(ASD.threshold)
    rows = [(draw.randrange(5 * SCALE, 15 * SCALE), draw.randrange(10**12), draw.randint(1, 3600))
            for _ in range(count // 2)]  # fmt: skip
    return rows + [(limit - d, d * d + draw.choice((-1, 0, 1)), d) for _, _, d in rows], limit


@pytest.mark.django_db
def test_sql_decides_as_python_on_100_000_scores() -> None:
    rows, limit = random_rows(100_000)
    line, distance = sql.is_eligible("s", "x.t"), sql.distance("s", "x.t")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {line}, {distance} FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) "
            "WITH ORDINALITY AS s (a, b, divisor, n), (SELECT %s::bigint AS t) x ORDER BY s.n",
            [*(list(column) for column in zip(*rows, strict=True)), limit],
        )
        found = cursor.fetchall()
    expected = [(rules.is_eligible(*row, limit), rules.distance(*row, limit)) for row in rows]
    assert found == expected
    assert 20_000 < sum(eligible for eligible, _ in found) < 80_000


def test_a_distance_shows_as_many_decimals_as_it_takes() -> None:
    limit = rules.units(ASD.threshold)
    assert rules.decide(limit, 20, 1, ASD).distance == Decimal("-0.00000002")
    assert rules.decide(limit, -1, 7, ASD).distance == Decimal("0.0000000001")
    assert rules.decide(limit + 310_900_000, 1, 3, ASD).distance == Decimal("-0.3109000")


def test_a_quarantined_score_is_pending() -> None:
    decision = rules.decide(9 * SCALE, 0, 1, ASD, is_scored=False)
    assert (decision.outcome, decision.reason, decision.eligible) == (Outcome.PENDING, "quarantined", False)


@given(a=st.integers(5 * SCALE, 15 * SCALE), b=st.integers(-(10**10), 10**10), divisor=st.integers(1, 40))
@example(a=9_742_999_950, b=0, divisor=1)
def test_the_shown_score_taken_from_the_threshold_is_the_shown_distance(a: int, b: int, divisor: int) -> None:
    found = rules.decide(a, b, divisor, ASD)
    units = Decimal(round(Fraction(a * divisor + b, divisor * 100))).scaleb(-7)
    if abs(found.exact_distance) * 10**7 > 1:
        assert ASD.threshold - units == found.distance
    assert (found.distance == 0) == (found.exact_distance == 0)


def test_a_threshold_with_more_decimals_than_units_is_an_error() -> None:
    with pytest.raises(ValueError, match="nine decimals"):
        rules.units(Decimal("9.0000000001"))


@pytest.mark.django_db
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**6), st.integers(1, 65535)), max_size=20))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_in_sql_is_that_of_the_exact_scores(rows: list[tuple[int, int, int]]) -> None:
    listed = [(w * d + rest % d, d, f"{code:011d}") for code, (w, rest, d) in enumerate(rows)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT household_code FROM unnest(%s::bigint[], %s::int[], %s::text[]) "
            f"AS x (numerator, divisor, household_code) ORDER BY {sql.FARTHEST_FIRST}",
            [[row[place] for row in listed] for place in range(3)],
        )
        found = [code for (code,) in cursor.fetchall()]
    assert found == [code for _, _, code in sorted(listed, key=lambda r: (-Fraction(r[0], r[1]), r[2]))]


def test_an_unknown_programme_is_refused() -> None:
    with pytest.raises(Refused, match="programme_missing"):
        queries.get_programme("tayssir", DAY)
