"""Scores in the database: immutable, current, replayed, explained."""

from __future__ import annotations

from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from sijil.domains.scoring import queries, rules, services
from sijil.domains.scoring.models import CurrentScore, Score
from sijil.domains.scoring.tests.households import FORMULA, NOW, R1, U1
from sijil.domains.scoring.types import ScoreResult, ScoreState
from sijil.kernel.actors import officer, system
from sijil.kernel.errors import Refused

CODE = "12345678903"
ACTOR = system("test")


def record(
    inputs: dict[str, int] = U1, code: str = CODE, trigger: str = "registered", **more: object
) -> ScoreResult:
    values = {"milieu": inputs["milieu"], "region_code": f"{inputs['region']:02d}"} | more
    return services.record_score(
        household_code=code, inputs=inputs, trigger=trigger, actor=ACTOR, now=NOW, **values
    )


@pytest.mark.django_db
def test_a_score_is_stored_and_current() -> None:
    made = record()
    assert (made.number, made.points, made.state) == (1, Decimal("9.4321175"), ScoreState.SCORED)
    assert queries.get_current_score(CODE) == made
    assert CurrentScore.objects.get(pk=CODE).score == made.points


@pytest.mark.django_db
def test_milieu_and_region_may_be_given_apart_from_the_answers() -> None:
    answers = {k: v for k, v in R1.items() if k not in ("milieu", "region")}
    made = record(answers | {"milieu": 2, "region": 7}, milieu="rural", region_code="07")
    assert made.points == Decimal("9.0468567")


@pytest.mark.django_db
def test_a_new_score_follows_and_the_old_one_stays() -> None:
    record()
    record(U1 | {"cars": 1}, trigger="updated")
    assert [s.number for s in queries.list_scores(CODE)] == [2, 1]
    assert queries.get_current_score(CODE).points == Decimal("9.6581175")
    assert queries.get_score(CODE, 1).points == Decimal("9.4321175")
    assert CurrentScore.objects.get(pk=CODE).number == 2


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["UPDATE scoring_score SET a = 0", "DELETE FROM scoring_score"])
def test_a_past_score_cannot_be_changed_even_in_sql(change: str) -> None:
    record()
    with (
        pytest.raises(IntegrityError, match="immutable"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


@pytest.mark.django_db
@pytest.mark.parametrize("inputs", [U1, R1])
def test_a_past_score_is_replayed_to_the_last_unit(inputs: dict[str, int]) -> None:
    record(inputs)
    again, is_equal = queries.replay(CODE, 1)
    assert is_equal
    assert again.points == queries.get_score(CODE, 1).points


@pytest.mark.django_db
def test_a_quarantined_score_is_kept_and_shown_as_such() -> None:
    made = record(R1 | {"phone_internet_year": 12_000_000})
    assert made.state is ScoreState.QUARANTINED
    assert made.points > 15


@pytest.mark.django_db
def test_a_refusal_stores_nothing() -> None:
    with pytest.raises(Refused):
        record(U1 | {"rooms": 0})
    assert not Score.objects.exists()
    assert queries.find_current_score(CODE) is None
    with pytest.raises(Refused, match="score_missing"):
        queries.get_current_score(CODE)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", "1234567890", "123456789012", "1234567890x", "١٢٣٤٥٦٧٨٩٠١"])
def test_a_household_code_has_eleven_digits(code: str) -> None:
    with pytest.raises(Refused, match="household_code_invalid"):
        record(code=code)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"), [("milieu", "suburban"), ("region_code", "Casablanca"), ("region_code", "13")]
)
def test_a_wrong_place_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(Refused) as caught:
        record(**{name: value})
    assert caught.value.field in ("milieu", "region")


@pytest.mark.django_db(transaction=True)
def test_scores_of_one_household_at_the_same_moment_get_different_numbers() -> None:
    start = Barrier(4)

    def work() -> None:
        start.wait()
        record()
        connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [s.number for s in queries.list_scores(CODE)] == [4, 3, 2, 1]
    assert CurrentScore.objects.get(pk=CODE).number == 4


@pytest.mark.django_db
@pytest.mark.parametrize("decimals", [0, 2, 3, 7, 9])
@pytest.mark.parametrize("inputs", [U1, R1])
def test_an_explanation_adds_up_as_shown(inputs: dict[str, int], decimals: int) -> None:
    record(inputs)
    told = queries.explain(CODE, decimals=decimals, language="fr")
    assert told.shown == rules.as_decimal(rules.score_one(FORMULA, inputs).exact, decimals)
    assert sum(g.shown for g in told.groups) == told.shown
    assert all(sum(t.shown for t in g.terms) == g.shown for g in told.groups)
    terms = [t for g in told.groups for t in g.terms]
    assert len(terms) == len(FORMULA.annexes[inputs["milieu"]].terms)
    assert told.previous is None


@pytest.mark.django_db
def test_an_explanation_tells_what_changed_and_only_that() -> None:
    record()
    record(U1 | {"phone_internet_year": 144_000}, trigger="updated")
    told = queries.explain(CODE, language="ar")
    changed = {t.id: t.change for g in told.groups for t in g.terms if t.change}
    assert changed == {"phone_internet": Decimal("0.0144960")}
    assert told.change == Decimal("0.0144960")
    assert told.previous is not None


@pytest.mark.django_db
def test_moving_from_town_to_country_lists_the_terms_that_went() -> None:
    record()
    record(R1, trigger="updated")
    told = queries.explain(CODE, language="fr")
    terms = {t.id: t for g in told.groups for t in g.terms}
    assert terms["bath"].shown == 0
    assert terms["bath"].change == Decimal("-0.096")
    assert terms["cows"].change == Decimal("0.0257")
    assert told.change == told.score.points - queries.get_score(CODE, 1).points


@pytest.mark.django_db
def test_an_explanation_of_an_old_score_is_told_in_its_own_terms() -> None:
    record()
    record(U1 | {"cars": 1})
    assert queries.explain(CODE, 1).score.points == Decimal("9.4321175")
    assert queries.explain(CODE, 1).score.computed_at == NOW


def impossible() -> ScoreResult:
    return record(U1 | {"cars": 10, "mobiles": 40, "phone_internet_year": 40_000_00})


@pytest.mark.django_db
def test_a_score_that_a_person_confirmed_counts_and_replays() -> None:
    made = impossible()
    confirmed = services.confirm_score(household_code=CODE, actor=officer("salma"), now=NOW)
    assert (made.state, confirmed.state, confirmed.trigger) == ("quarantined", "scored", "reviewed")
    assert (confirmed.number, confirmed.points, confirmed.parts) == (2, made.points, made.parts)
    assert queries.get_current_score(CODE) == confirmed
    current = CurrentScore.objects.get(pk=CODE)
    assert (current.number, current.state, current.score) == (2, "scored", made.points)
    assert queries.get_score(CODE, 1).state == "quarantined"
    assert [queries.replay(CODE, number)[1] for number in (1, 2)] == [True, True]


@pytest.mark.django_db
def test_a_score_that_counts_is_not_confirmed_again() -> None:
    made = record()
    assert services.confirm_score(household_code=CODE, actor=officer("salma"), now=NOW) == made
    assert Score.objects.count() == 1


@pytest.mark.django_db
def test_without_a_score_there_is_nothing_to_confirm() -> None:
    with pytest.raises(Refused) as refused:
        services.confirm_score(household_code=CODE, actor=officer("salma"), now=NOW)
    assert refused.value.code == "scoring.score_missing"


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["inputs", "contributions"])
@pytest.mark.parametrize("change", [lambda v: v[:-1], lambda v: [*v, 0]], ids=["one less", "one more"])
def test_a_row_that_its_formula_did_not_write_is_never_read_askew(column: str, change: Any) -> None:
    record()
    row = Score.objects.filter(household_code=CODE).values().get()
    Score.objects.create(**row | {"number": 2, column: change(row[column])})
    with pytest.raises(ValueError, match=r"HCP-2021|zip"):
        queries.get_score(CODE, 2)


@pytest.mark.django_db
def test_the_pins_of_a_formula_name_every_law_that_it_reads() -> None:
    names = ["scoring.formula", "scoring.inputs", "scoring.butane_prices"]
    assert [(pin.name, pin.version) for pin in FORMULA.pins] == list(
        zip(names, ["HCP-2021-BO7011", "I-2021", "BUT-2021"], strict=True)
    )
