"""A list waits until every score is made by the law in force on its day: any version that decides counts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.journeys import publishing
from tests.journeys.test_rescoring import (
    ACTOR,
    FIRST_OF_YEAR,
    FORM,
    FORMULA,
    INPUTS,
    LAST_OF_YEAR,
    NEW_DAY,
    NOW,
    PRICES,
    READINGS,
    journey,
    load,
    new_law,
    reference,
    rescore_all,
    scoring,
)

from sijil.kernel.errors import Refused

__all__ = ["reference"]
pytestmark = pytest.mark.django_db
CHANGES = {
    "scoring.readings": [(*READINGS, NEW_DAY)],
    "scoring.butane_prices": [(*PRICES, NEW_DAY)],
    "scoring.formula": [(*FORMULA, NEW_DAY)],
    "scoring.inputs": [(*INPUTS, NEW_DAY), (*FORMULA, NEW_DAY | {"inputs: I-2021": "inputs: I-2027"})],
}

NEW = {
    "scoring.readings": "READ-2027",
    "scoring.butane_prices": "BUT-2027",
    "scoring.formula": "HCP-2027",
    "scoring.inputs": "I-2027",
}


def publish(now: dt.datetime):
    return publishing.publish(programme="asd", actor=ACTOR, now=now)


@pytest.mark.parametrize("name", CHANGES)
def test_a_list_waits_while_a_version_that_made_a_score_is_not_in_force(tmp_path: Path, name: str) -> None:
    codes = load(12)
    with new_law(tmp_path, *CHANGES[name]):
        assert publish(LAST_OF_YEAR).considered == 12
        journey.rescore(household_code=codes[0], actor=ACTOR, now=FIRST_OF_YEAR)
        with pytest.raises(Refused) as refused:
            publish(FIRST_OF_YEAR)
        assert (refused.value.code, refused.value.facts["count"]) == (
            "programmes.scores_of_another_law", 11,
        )  # fmt: skip
        rescore_all(FIRST_OF_YEAR)
        made = publish(FIRST_OF_YEAR)
        assert made.considered == 12
        assert (name, NEW[name]) in {(pin.name, pin.version) for pin in made.pins}
        assert set(made.pins) >= {p for p in scoring.get_current_score(codes[0]).pins if p.name == name}


def test_who_declared_by_an_older_form_declared_rightly(tmp_path: Path) -> None:
    load(5)
    with new_law(tmp_path, (*FORM, NEW_DAY | {"urban: [0, 15]": "urban: [0, 16]"})):
        assert publish(FIRST_OF_YEAR).considered == 5
        assert journey.rescore_due(now=FIRST_OF_YEAR) is not None  # ages of a new day, not another law
        assert not scoring.is_any_of_another_law(FIRST_OF_YEAR.date())


def test_a_score_by_given_inputs_is_of_the_law_in_force() -> None:
    (code,) = load(1)
    score = scoring.get_current_score(code)
    journey.rescoring.scoring_services.record_score(
        household_code="99999999999", inputs=score.inputs, milieu=score.milieu, region_code=score.region,
        trigger="imported", actor=ACTOR, now=NOW,
    )  # fmt: skip
    assert publish(NOW).considered == 2
