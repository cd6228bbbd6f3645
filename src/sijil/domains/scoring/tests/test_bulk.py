"""Scores by the thousand: the same numbers as one by one, nothing lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from sijil.domains.scoring import queries, services
from sijil.domains.scoring.models import CurrentScore, Score
from sijil.domains.scoring.tests.households import FORMULA, NOW, R1, U1
from sijil.kernel.actors import system
from sijil.kernel.errors import Refused

ACTOR = system("test")
VERSION = FORMULA.version
QUARANTINED = R1 | {"phone_internet_year": 12_000_000}
REFUSED = U1 | {"rooms": 0}


def codes_of(n: int) -> np.ndarray:
    return np.array([f"{10_000_000_000 + 37 * k}".encode() for k in range(n)], "S11")


def columns_of(rows: list[dict[str, int]]) -> dict[str, np.ndarray]:
    return {i.id: np.array([row.get(i.id, -1) for row in rows], np.int32) for i in FORMULA.inputs}


def load(rows: list[dict[str, int]], **more: Any) -> Any:
    return services.record_scores(
        household_codes=codes_of(len(rows)),
        columns=columns_of(rows),
        trigger="imported",
        actor=ACTOR,
        now=NOW,
        **more,
    )


@pytest.mark.django_db
def test_a_bulk_writes_what_one_by_one_writes() -> None:
    load([U1, R1, QUARANTINED])
    for code, inputs in zip(codes_of(3).tolist(), (U1, R1, QUARANTINED), strict=True):
        one = services.record_score(
            household_code=f"9{code.decode()[1:]}", inputs=inputs, milieu=inputs["milieu"],
            region_code=inputs["region"], trigger="imported", actor=ACTOR, now=NOW,
        )  # fmt: skip
        two = queries.get_current_score(code.decode())
        assert queries.replay(code.decode(), 1)[1]
        assert (two.points, two.parts, two.inputs, two.state) == (
            one.points,
            one.parts,
            one.inputs,
            one.state,
        )
        kept = CurrentScore.objects.filter(pk__in=[one.household_code, two.household_code])
        assert (
            len(set(kept.values_list("number", "state", "milieu", "region", "size", "a", "b", "score"))) == 1
        )


@pytest.mark.django_db
def test_in_is_done_plus_refused_and_each_refusal_names_its_field() -> None:
    result = load([U1, REFUSED, R1, QUARANTINED])
    assert (result.taken, result.scored, result.quarantined, len(result.refused)) == (4, 2, 1, 1)
    line = result.refused[0]
    assert (line.household_code, line.code, line.field) == (
        "10000000037",
        "scoring.input_out_of_bounds",
        "rooms",
    )
    assert Score.objects.count() == CurrentScore.objects.count() == 3


@pytest.mark.django_db
def test_a_second_bulk_makes_second_scores() -> None:
    load([U1, R1])
    load([U1 | {"cars": 1}, R1, U1])
    assert [queries.get_current_score(c.decode()).number for c in codes_of(3).tolist()] == [2, 2, 1]
    assert CurrentScore.objects.get(pk="10000000000").score == Decimal("9.6581175")


@pytest.mark.django_db
def test_a_bulk_checks_its_codes() -> None:
    with pytest.raises(Refused, match="household_code_invalid"):
        services.record_scores(
            household_codes=np.array([b"1234"], "S11"),
            columns=columns_of([U1]),
            trigger="imported",
            actor=ACTOR,
            now=NOW,
        )


@pytest.mark.django_db
def test_columns_of_current_scores_are_read_in_pieces() -> None:
    load([U1, R1, QUARANTINED] * 5)
    pieces = list(queries.iter_current_columns(chunk=4))
    assert [len(p.points) for p in pieces] == [4, 4, 4, 3]
    points = {int(v) for p in pieces for v in p.points[p.is_scored]}
    assert points == {94_321_175, 90_468_567}
    assert sum(int((~p.is_scored).sum()) for p in pieces) == 5
    assert pieces[0].versions == (VERSION,)


@pytest.mark.django_db
def test_counts_compare_exactly() -> None:
    load([U1, R1, R1, QUARANTINED])
    assert queries.count_current(at_most=Decimal("9.4321175")) == 3
    assert (
        queries.count_current(above=Decimal("9.0468567"), at_most=Decimal("9.4321175")) == 1
    )  # R1 is 9.046856666...
    assert queries.count_current(above=Decimal("9.0468566"), at_most=Decimal("9.0468567")) == 2
    assert queries.count_current(at_most=Decimal("9.0468566")) == 0
    assert queries.count_current() == 3


@pytest.mark.django_db
def test_the_histogram_counts_everybody_who_is_scored() -> None:
    load([U1, R1, R1, QUARANTINED])
    bars = queries.histogram(lowest=Decimal(8), highest=Decimal(12), bars=8)
    assert {edge: n for edge, n in bars if n} == {Decimal("9.0"): 3}
    assert len(bars) == 8
