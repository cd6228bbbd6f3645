"""A confirmation holds as long as what was confirmed is the same; one rule for one and for all."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from sijil.domains.scoring import queries, rules, services
from sijil.domains.scoring.models import Score
from sijil.domains.scoring.rules.confirmation import IN_RANGE, OVER_RANGE, UNDER_RANGE
from sijil.domains.scoring.services import recorded
from sijil.domains.scoring.tests import source as tried
from sijil.domains.scoring.tests.households import FORMULA, NOW, R1, U1
from sijil.domains.scoring.types import RecordedScores, ScoreResult, ScoringLaw
from sijil.kernel.actors import officer, system
from sijil.kernel.law import Pin

CODE, OTHER = "10000000000", "10000000037"
OVER = R1 | {"phone_internet_year": 12_000_000}
LATER = NOW + dt.timedelta(days=400)
OTHER_DECLARATION = b"e" * 16
Again = Callable[..., Any]


@pytest.fixture
def inputs(db: None) -> Iterator[None]:
    with tried.table({CODE: OVER, OTHER: U1}):
        yield


def one(law: ScoringLaw, declaration: bytes) -> None:
    sources = [tried.source(declaration=declaration)]
    services.rescore_some(household_codes=[CODE], law=law, sources=sources, actor=system("test"), now=LATER)


def everybody(law: ScoringLaw, declaration: bytes) -> None:
    run = services.start_rescoring(law=law, total=2, actor=system("test"), now=LATER)
    sources = [tried.source(declaration=declaration)]
    services.rescore(rescoring_id=run, law=law, sources=sources, clock=lambda: LATER)


@pytest.fixture(params=[one, everybody], ids=["one", "everybody"])
def again(request: Any) -> Again:
    def rescore(law: ScoringLaw | None = None, declaration: bytes = b"d" * 16) -> ScoreResult:
        request.param(law or other_law(), declaration)
        return queries.get_current_score(CODE)

    return rescore


def other_law(name: str = "READ-2", **formula: int) -> ScoringLaw:
    """Return another law of the same formula, or of one whose range is another."""
    law = tried.law()
    pins = (*law.pins[:-1], Pin("scoring.readings", name, "e" * 64))
    return dataclasses.replace(law, formula=dataclasses.replace(law.formula, **formula), pins=pins)


def under() -> ScoringLaw:
    """Return a law by which the same answers are under the range."""
    return other_law("READ-U", lowest=FORMULA.highest * 1000, highest=FORMULA.highest * 1001)


def wide() -> ScoringLaw:
    return other_law("READ-W", highest=FORMULA.highest * 1000)


def confirmed() -> ScoreResult:
    one(tried.law(), b"d" * 16)
    assert queries.get_current_score(CODE).state == "quarantined"
    return services.confirm_score(household_code=CODE, actor=officer("salma"), now=NOW)


def test_the_reasons() -> None:
    low, high = FORMULA.lowest, FORMULA.highest
    a = np.array([low - 1, low, high, high + 1])
    found = rules.reasons_of(FORMULA, a, np.zeros(4, np.int64), np.ones(4, np.int64))
    assert found.tolist() == [UNDER_RANGE, IN_RANGE, IN_RANGE, OVER_RANGE]


def test_another_law_for_the_same_declaration_and_reason_and_the_score_names_it(
    inputs: None, again: Again
) -> None:
    assert confirmed().confirmed == 2
    later = again()
    assert (later.number, later.state, later.confirmed, later.trigger) == (3, "scored", 2, "rescored")
    assert queries.replay(CODE, 3)[1]


def test_other_inputs_of_the_same_declaration_as_ages_make_them(inputs: None, again: Again) -> None:
    confirmed()
    tried.put({CODE: OVER | {"head_age": OVER["head_age"] + 1}})
    later = again()
    assert (later.state, later.confirmed) == ("scored", 2)


def test_another_declaration_is_set_aside_again_even_with_the_same_answers(
    inputs: None, again: Again
) -> None:
    confirmed()
    for law in (tried.law(), other_law()):
        later = again(law, OTHER_DECLARATION)
        assert (later.state, later.confirmed) == ("quarantined", 0)
    assert later.declaration.bytes == OTHER_DECLARATION


def test_another_reason_is_set_aside_again(inputs: None, again: Again) -> None:
    confirmed()
    later = again(under())
    assert (later.state, later.confirmed) == ("quarantined", 0)


def test_it_holds_through_scores_that_need_none(inputs: None, again: Again) -> None:
    confirmed()
    between = again(wide())
    assert (between.state, between.confirmed) == ("scored", 0)
    later = again()
    assert (later.state, later.confirmed) == ("scored", 2)


def test_it_holds_through_a_reason_that_was_not_confirmed(inputs: None, again: Again) -> None:
    confirmed()
    again(under())
    assert again().confirmed == 2


def test_nobody_else_is_released_by_it(inputs: None) -> None:
    confirmed()
    tried.put({OTHER: OVER})
    everybody(other_law(), b"d" * 16)
    assert queries.get_current_score(OTHER).state == "quarantined"


def test_a_score_set_aside_anew_can_be_confirmed_anew(inputs: None, again: Again) -> None:
    confirmed()
    again(declaration=OTHER_DECLARATION)
    assert services.confirm_score(household_code=CODE, actor=officer("salma"), now=LATER).confirmed == 4
    assert again(other_law("READ-3"), OTHER_DECLARATION).confirmed == 4
    assert again(other_law("READ-4")).state == "quarantined"


def test_what_was_not_declared_is_confirmed_for_once(inputs: None) -> None:
    def given() -> ScoreResult:
        return services.record_score(
            household_code=CODE, inputs=OVER, milieu=2, region_code="06", trigger="imported",
            actor=system("test"), now=LATER,
        )  # fmt: skip

    given()
    services.confirm_score(household_code=CODE, actor=officer("salma"), now=NOW)
    assert given().state == "quarantined"


def test_who_decides_on_scores_is_told_that_it_counts(inputs: None, again: Again) -> None:
    confirmed()
    told: list[RecordedScores] = []
    before = recorded.use_listener(lambda scores, **_: told.append(scores))
    again()
    again(under())
    recorded.use_listener(before)
    mine = [bool(s.is_scored[s.household_code == CODE.encode()][0]) for s in told]
    assert mine == [True, False]


def test_counts_and_preview_tell_the_same(inputs: None) -> None:
    confirmed()
    sources, law = [tried.source()], other_law()
    counted = services.preview(law=law, sources=sources, actor=system("test"), now=LATER)
    assert (counted.scored, counted.quarantined) == (2, 0)
    run = services.start_rescoring(law=law, total=2, actor=system("test"), now=LATER)
    services.rescore(rescoring_id=run, law=law, sources=sources, clock=lambda: LATER)
    done = queries.get_rescoring(run)
    assert (done.scored, done.quarantined) == (2, 0)


def test_the_database_holds_that_only_what_counts_names_a_confirmation(inputs: None) -> None:
    confirmed()
    row = Score.objects.filter(household_code=CODE).order_by("-number").values().first()
    for wrong in ({"state": "quarantined"}, {"confirmed": 9}):
        with pytest.raises(IntegrityError, match="scoring_score_confirmed_counts"), transaction.atomic():
            Score.objects.create(**row | {"number": 5} | wrong)
