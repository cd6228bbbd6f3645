"""The form of the social register produces exactly the inputs of the score: names, codes and bounds agree."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sijil.domains.scoring.rules import check_inputs, formula_on, load_inputs, score_one
from sijil.domains.scoring.types import RURAL, URBAN
from sijil.domains.social_register.rules import (
    form_on,
    is_asked,
    offered_options,
    parse,
)
from sijil.domains.social_register.tests.columns import inputs
from sijil.domains.social_register.types import DeclaredMember
from sijil.kernel.ids import draw_person_key

DAY = dt.date(2026, 11, 22)
FORM = form_on(DAY)
FORMULA = formula_on(DAY)
MILIEUS = {"urban": URBAN, "rural": RURAL}
KNOWN = {i.id: i for i in load_inputs(FORM.inputs_version)}


@pytest.mark.parametrize("milieu", MILIEUS)
def test_every_input_of_a_milieu_is_produced_and_no_other(milieu):
    assert FORM.inputs_in(milieu) == {i.id for i in KNOWN.values() if MILIEUS[milieu] in i.bounds}


@pytest.mark.parametrize("name", [n for n, d in FORM.derivations.items() if d.codes])
def test_codes_are_those_of_the_score(name):
    assert set(FORM.derivations[name].codes.values()) <= set(KNOWN[name].codes)


@pytest.mark.parametrize(
    ("name", "field"), [("dwelling_type", "dwelling_type"), ("head_profession", "occupation")]
)
def test_codes_of_the_same_name_mean_the_same(name, field):
    by_name = {word: code for code, word in KNOWN[name].codes.items()}
    for option, code in FORM.derivations[name].codes.items():
        assert by_name.get(option, code) == code, (field, option)


@st.composite
def households(draw):
    milieu = draw(st.sampled_from(sorted(MILIEUS)))
    ages = [draw(st.integers(15, 100)), *draw(st.lists(st.integers(0, 100), max_size=9))]
    members = [_member(draw, milieu, age, "head" if n == 0 else "") for n, age in enumerate(ages)]
    return milieu, _answers(draw, "SOC", milieu, None, {}), members


def _member(draw, milieu, age, relation):
    answers = _answers(draw, "COM", milieu, age, {"relation": relation} if relation else {})
    return DeclaredMember(draw_person_key(), "F", age, answers)


def _answers(draw, step, milieu, age, answers):
    for field in FORM.of_step(step):
        if field.id not in answers and is_asked(field, milieu, answers, age):
            answers[field.id] = parse(field, draw(_typed(field, milieu, answers, age)), milieu)
    return answers


def _typed(field, milieu, answers, age):
    if field.options:
        codes = [o.code for o in offered_options(field, answers, age) if o.code != "head"]
        return st.sampled_from(codes)
    low, high = field.bounds[milieu].minimum, field.bounds[milieu].maximum
    if field.kind == "integer":
        return st.integers(low, high).map(str)
    return st.lists(st.integers(low // 100, high // 100).map(str), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(households(), st.integers(1, 12))
def test_any_answers_that_the_form_accepts_can_be_scored(household, region):
    milieu, answers, members = household
    found = inputs(FORM, answers, members, milieu=milieu, region_code=f"{region:02d}")
    assert check_inputs(FORMULA, found) == found
    assert score_one(FORMULA, found).milieu == MILIEUS[milieu]


def test_the_urban_vector_through_the_form():
    """U1 of the published vectors: 9.4321175. Its 600 DH of gas are set as bottles (15 big ones a year)."""
    answers = {
        "rooms": 2,
        "bath": 1,
        "garage": 0,
        "second_home": 0,
        "business_premises": 0,
        "electricity_meter": 1,
        "electricity_bills": (10000,),
        "water_bills": (10000,),
        "butane_big": 0,
        "butane_small": 0,
        "computer": 0,
        "dish_antenna": 1,
        "fixed_line": 0,
        "mobiles": 2,
        "cars": 0,
        "motorcycles": 0,
        "telecom_bills": (10000,),
        "loan": 0,
    }
    adult = {
        "marital_status": "married",
        "education_level": "none",
        "diploma": "none",
        "health_cover": "none",
    }
    working = {
        **adult,
        "activity": "employed",
        "occupation": "labourer",
        "professional_status": "private_employee",
    }
    members = [
        DeclaredMember(draw_person_key(), "M", 45, {"relation": "head", **working}),
        DeclaredMember(draw_person_key(), "F", 40, {"relation": "spouse", **adult, "activity": "homemaker"}),
        *(
            DeclaredMember(
                draw_person_key(),
                "F",
                age,
                {"relation": "child", "schooling": "public", "health_cover": "none"},
            )
            for age in (8, 10)
        ),
        DeclaredMember(draw_person_key(), "F", 3, {"relation": "child", "health_cover": "none"}),
    ]
    found = inputs(FORM, answers, members, milieu="urban", region_code="06")
    found["butane_big_bottles_year"] = 60000 // FORMULA.prices["big_bottle"]
    assert str(score_one(FORMULA, found).points) == "9.4321175"
