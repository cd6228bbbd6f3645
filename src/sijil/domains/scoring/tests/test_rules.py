"""The score is exact, the same for one household and for columns, and equal to the law read literally."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sijil.domains.scoring import rules
from sijil.domains.scoring.rules.law import FORMULA as FORMULAS
from sijil.domains.scoring.tests.households import CASES, FORMULA, R1, U1, complete, households
from sijil.domains.scoring.types import SCALE, ScoreState
from sijil.kernel.errors import Refused


def columns_of(rows: list[dict[str, int]]) -> dict[str, np.ndarray]:
    return {i.id: np.array([row.get(i.id, -1) for row in rows], np.int64) for i in FORMULA.inputs}


LAW = yaml.safe_load((FORMULAS.folder / "HCP-2021-BO7011.yaml").read_text())


def read_literally(x: dict[str, int]) -> Fraction:
    """The law straight from the YAML, in fractions: another program than the one tested."""
    body = LAW[{1: "urban", 2: "rural"}[x["milieu"]]]
    prices = {"big_bottle": 40, "small_bottle": 20}
    score = Fraction(body["constant"]["value"]) + Fraction(body["regions"]["value"][x["region"]])
    for term in body["terms"]:
        score += Fraction(term["coefficient"]) * _value(term, x, prices)
    return score


def _value(term: dict[str, Any], x: dict[str, int], prices: dict[str, int]) -> Fraction:
    match term["form"]:
        case "flag":
            return Fraction(int(_met(term["when"], x)))
        case "count":
            return Fraction(x[term["input"]])
        case "square":
            return Fraction(x[term["input"]]) ** 2
        case "share":
            return Fraction(x[term["input"]], x["size"])
    dirhams = [
        Fraction(x[p["input"]]) * (prices[p["price"]] if "price" in p else Fraction(1, 100))
        for p in term["inputs"]
    ]
    return sum(dirhams, Fraction(0)) / x["size"]


def _met(when: dict[str, Any], x: dict[str, int]) -> bool:
    value = Fraction(x[when["input"]], x[when["per"]]) if "per" in when else Fraction(x[when["input"]])
    if "in" in when:
        return value in when["in"]
    if "per" in when:
        return value <= when["at_most"] and value > when.get("above", 0)
    return value >= when.get("at_least", 1)


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_cases(case: dict[str, Any]) -> None:
    assert rules.score_one(FORMULA, complete(case["inputs"])).points == Decimal(case["score"])


@given(households())
def test_one_household_equals_the_law_read_literally(x: dict[str, int]) -> None:
    assert rules.score_one(FORMULA, x).exact == read_literally(x)


@given(st.lists(households(), min_size=1, max_size=12))
@settings(deadline=None)
def test_columns_equal_one_by_one(rows: list[dict[str, int]]) -> None:
    found = rules.score_columns(FORMULA, columns_of(rows), with_parts=True)
    for row, x in enumerate(rows):
        one = rules.score_one(FORMULA, x)
        assert (found.a[row], found.b[row], found.divisor[row]) == (one.a, one.b, one.divisor)
        assert tuple(found.parts[row][: len(one.parts)]) == one.parts
        assert found.points[row] == int(one.points.scaleb(7))
        assert found.outcome[row] == [ScoreState.SCORED, ScoreState.QUARANTINED].index(one.state)


wild = st.integers(-3, 50) | st.integers(-(2**31), 2**31 - 1)


@given(
    st.lists(
        st.tuples(households(), st.sampled_from([i.id for i in FORMULA.inputs]), wild), min_size=1, max_size=8
    )
)
@settings(deadline=None)
def test_columns_refuse_the_same_field_for_the_same_reason(
    rows: list[tuple[dict[str, int], str, int]],
) -> None:
    spoilt = [x | {name: value} for x, name, value in rows]
    columns = columns_of(spoilt)
    found = rules.score_columns(FORMULA, columns)
    for row, x in enumerate(spoilt):
        if found.outcome[row] == 2:
            same = found.refusal(row, columns)
            with pytest.raises(Refused) as caught:
                rules.score_one(FORMULA, x)
            refusal = caught.value
            assert (same.code, same.field, same.facts) == (refusal.code, refusal.field, refusal.facts)
            assert found.a[row] == found.b[row] == found.points[row] == 0
        else:
            assert found.points[row] == int(rules.score_one(FORMULA, x).points.scaleb(7))


@given(households())
def test_parts_add_up_to_the_score(x: dict[str, int]) -> None:
    score = rules.score_one(FORMULA, x)
    terms = FORMULA.annexes[x["milieu"]].terms
    parts = [
        Fraction(p, SCALE * (score.divisor if t.is_divided else 1))
        for p, t in zip(score.parts, terms, strict=True)
    ]
    assert sum(parts) == score.exact


@pytest.mark.parametrize("milieu", [1, 2])
@pytest.mark.parametrize("name", [i.id for i in FORMULA.inputs])
def test_a_missing_answer_is_refused_by_name(name: str, milieu: int) -> None:
    x = {1: U1, 2: R1}[milieu]
    if milieu not in FORMULA.input(name).bounds:
        assert rules.score_one(FORMULA, {k: v for k, v in x.items() if k != name}) == rules.score_one(
            FORMULA, x
        )
        return
    with pytest.raises(Refused) as caught:
        rules.score_one(FORMULA, {k: v for k, v in x.items() if k != name})
    assert (caught.value.code, caught.value.field) == ("scoring.input_missing", name)


@pytest.mark.parametrize("name", [i.id for i in FORMULA.inputs])
@pytest.mark.parametrize("milieu", [1, 2])
def test_the_bounds_are_kept_on_both_sides(name: str, milieu: int) -> None:
    i, x = FORMULA.input(name), {1: U1, 2: R1}[milieu]
    for value in (
        (least - 1 if least > 0 else -2, most + 1)
        if (bounds := i.bounds.get(milieu)) and (least := bounds[0]) is not None and (most := bounds[1])
        else ()
    ):
        with pytest.raises(Refused) as caught:
            rules.score_one(FORMULA, x | {name: value})
        assert (caught.value.code, caught.value.field) == ("scoring.input_out_of_bounds", name)


@pytest.mark.parametrize("value", ["1", 1.0, None, Decimal(1)])
def test_only_whole_numbers_are_answers(value: Any) -> None:
    with pytest.raises(Refused):
        rules.score_one(FORMULA, U1 | {"rooms": value})


def test_an_unknown_answer_is_refused_by_name() -> None:
    with pytest.raises(Refused) as caught:
        rules.score_one(FORMULA, U1 | {"yachts": 1})
    assert (caught.value.code, caught.value.field) == ("scoring.input_unknown", "yachts")


@pytest.mark.parametrize(("name", "other"), [(i.id, i.at_most) for i in FORMULA.inputs if i.at_most])
def test_a_part_cannot_exceed_its_whole(name: str, other: str) -> None:
    i = FORMULA.input(name)
    x = {1: U1, 2: R1}[min(i.bounds)]
    with pytest.raises(Refused) as caught:
        rules.score_one(FORMULA, x | {name: x[other] + 1})
    assert caught.value.code == "scoring.input_inconsistent"
    assert caught.value.field == name


@pytest.mark.parametrize("name", ["yachts", "size"])
def test_columns_name_the_unknown_or_missing_column(name: str) -> None:
    columns = columns_of([U1])
    columns = (
        columns | {name: columns["size"]}
        if name == "yachts"
        else {k: v for k, v in columns.items() if k != name}
    )
    with pytest.raises(Refused) as caught:
        rules.score_columns(FORMULA, columns)
    assert caught.value.field == name


def test_outside_five_to_fifteen_is_quarantined() -> None:
    rich = rules.score_one(
        FORMULA,
        R1
        | {
            "size": 1,
            "members_15_plus": 1,
            "members_15_literate": 1,
            "members_19_29": 0,
            "members_30_59": 1,
            "phone_internet_year": 12_000_000,
        },
    )
    assert rich.points > 15
    assert rich.state is ScoreState.QUARANTINED
    assert rules.score_one(FORMULA, U1).state is ScoreState.SCORED


def test_the_ends_of_the_range_are_inside() -> None:
    score = rules.score_one(FORMULA, U1 | {"size": 5})
    exact = score.a + score.b // score.divisor
    at_end = type(FORMULA)(
        **{n: getattr(FORMULA, n) for n in FORMULA.__slots__} | {"highest": exact, "lowest": exact}
    )
    assert rules.score_one(at_end, U1).state is ScoreState.SCORED
    under = type(FORMULA)(**{n: getattr(FORMULA, n) for n in FORMULA.__slots__} | {"highest": exact - 1})
    assert rules.score_one(under, U1).state is ScoreState.QUARANTINED


def test_the_bounds_of_the_inputs_keep_every_sum_within_int64_and_numeric() -> None:
    """The largest magnitude each term can reach, added up, times the largest divisor."""
    worst = 0
    for annex in FORMULA.annexes.values():
        total = max(abs(v) for v in annex.regions)
        for term in annex.terms:
            names = [n for n in rules.inputs_of(term) if n != "region"]
            most = {n: FORMULA.input(n).bounds[annex.milieu][1] for n in names}
            value = 1 if term.when or term.form in ("constant", "region") else 0
            value = value or (
                sum(most[a.input] * a.price for a in term.amounts) if term.amounts else most[term.input]
            )
            total += abs(term.weight) * (value * value if term.form == "square" else value)
        worst = max(worst, total)
    assert worst * 40 * 40 < 2**63 // 100
    assert worst < 1000 * SCALE  # numeric(10,7), with everything at its most and one member


@pytest.mark.parametrize("terms", [{1: 35, 2: 28}])
def test_the_annexes_have_the_terms_of_the_law(terms: dict[int, int]) -> None:
    for milieu, count in terms.items():
        found = FORMULA.annexes[milieu].terms[2:]
        assert [t.n for t in found] == list(range(1, count + 1))
        assert len({t.id for t in found}) == count
        assert {t.group for t in found} <= set(FORMULA.groups)


def test_shares_can_be_read_as_of_the_members_aged_fifteen_or_more() -> None:
    """The switch of the doubtful wording keeps everything exact and whole."""
    other = type(FORMULA)(
        **{n: getattr(FORMULA, n) for n in FORMULA.__slots__} | {"share_denominator": "members_15_plus"}
    )
    score, usual = rules.score_one(other, U1), rules.score_one(FORMULA, U1)
    shares = Fraction("-0.0557") * 2 + Fraction("0.139")
    assert score.exact - usual.exact == shares * (Fraction(1, 3) - Fraction(1, 5))
    found = rules.score_columns(other, columns_of([U1, R1]))
    assert found.points[0] == int(score.points.scaleb(7))


@given(st.lists(households(), min_size=1, max_size=8))
@settings(deadline=None)
def test_parts_of_columns_are_apportioned_as_one_by_one(rows: list[dict[str, int]]) -> None:
    found = rules.score_columns(FORMULA, columns_of(rows), with_parts=True)
    shown = rules.apportion_columns(found)
    for row, x in enumerate(rows):
        score = rules.score_one(FORMULA, x)
        terms = FORMULA.annexes[x["milieu"]].terms
        exact = [
            Fraction(p, SCALE * (score.divisor if t.is_divided else 1))
            for p, t in zip(score.parts, terms, strict=True)
        ]
        assert shown[row].sum() == int(score.points.scaleb(7))
        assert shown[row][: len(exact)].tolist() == [int(d.scaleb(7)) for d in rules.apportion(exact, 7)]
