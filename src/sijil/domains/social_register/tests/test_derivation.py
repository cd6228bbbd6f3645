"""From answers to inputs: the vectors, what is missing, and what always holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijil.domains.social_register.errors import ANSWER_MISSING
from sijil.domains.social_register.rules import form_on, parse
from sijil.domains.social_register.tests.columns import inputs
from sijil.domains.social_register.tests.households import ADULT, PUPIL, RURAL, TODAY, URBAN, WORKER, member
from sijil.kernel.errors import Refused

FORM = form_on(TODAY)


def values(raw, milieu):
    return {name: parse(FORM.fields[name], text, milieu) for name, text in raw.items()}


def person(relation, age, answers):
    return member(relation, age, **values(answers, "rural"))


def urban(**changes):
    members = [
        person("head", 45, WORKER),
        person("spouse", 40, ADULT),
        person("child", 10, PUPIL),
        person("child", 8, PUPIL),
        person("child", 3, {"health_cover": "none"}),
    ]
    answers = values(URBAN, "urban") | changes
    return inputs(FORM, answers, members, milieu="urban", region_code="06")


def test_urban_household():
    found = urban()
    expected = {
        "milieu": 1, "region": 6, "size": 5, "members_15_plus": 2, "rooms": 2, "bath": 1, "head_age": 45,
        "electricity_meter": 1, "dish_antenna": 1, "mobiles": 2, "children_6_14_public": 2,
        "children_6_14_private": 0, "members_15_no_diploma": 2, "members_15_active": 1,
        "butane_big_bottles_year": 12, "water_electricity_year": 240_000, "phone_internet_year": 120_000,
        "several_family_nuclei": 0, "single_or_couple_without_children": 0, "head_profession": 8,
        "head_employer": 0, "head_retired": 0, "health_cover": 0,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert "cows" not in found


def test_rural_household():
    farmer = {**WORKER, "occupation": "farm_operator", "education_level": "primary"}
    members = [person("head", 45, farmer), person("spouse", 40, {**ADULT, "literate": "0"})]
    members += [person("child", 20, ADULT), *(person("child", n, {"health_cover": "cnss"}) for n in (3, 4))]
    found = inputs(FORM, values(RURAL, "rural"), members, milieu="rural", region_code="07")
    expected = {
        "milieu": 2, "region": 7, "size": 5, "dwelling_type": 3, "head_profession": 5, "head_education": 2,
        "members_19_29": 1, "members_30_59": 2, "members_60_plus": 0, "members_15_literate": 2, "cows": 1,
        "members_15_higher_diploma": 0, "motorcycles": 1, "health_cover": 1, "water_electricity_year": 90_000,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert "bath" not in found


@pytest.mark.parametrize("name", sorted(URBAN))
def test_a_missing_answer_is_refused_by_name(name):
    answers = values(URBAN, "urban")
    del answers[name]
    with pytest.raises(Refused) as refused:
        inputs(FORM, answers, [person("head", 45, WORKER)], milieu="urban", region_code="06")
    assert (refused.value.error, refused.value.field) == (ANSWER_MISSING, name)


@pytest.mark.parametrize(
    "name", ["education_level", "diploma", "activity", "occupation", "professional_status", "health_cover"]
)
def test_a_missing_answer_about_a_member_is_refused_by_name(name):
    head = {k: v for k, v in WORKER.items() if k != name}
    lonely = member("head", 45, **values(head, "urban"))
    lonely.answers.pop(name, None)
    with pytest.raises(Refused) as refused:
        inputs(FORM, values(URBAN, "urban"), [lonely], milieu="urban", region_code="06")
    assert refused.value.field == name
    assert refused.value.facts["member"] == lonely.person


def test_without_work_there_is_no_profession():
    retired = person("head", 70, {**ADULT, "activity": "retired"})
    found = inputs(FORM, values(URBAN, "urban"), [retired], milieu="urban", region_code="06")
    assert (found["head_profession"], found["head_employer"], found["head_retired"]) == (0, 0, 1)
    assert found["single_or_couple_without_children"] == 1


@given(st.lists(st.integers(0, 300_000), min_size=1, max_size=3), st.integers(0, 300_000))
def test_a_year_is_twelve_average_months_exactly(electricity, water):
    found = urban(electricity_bills=tuple(electricity), water_bills=(water,))
    assert found["water_electricity_year"] * len(electricity) == 12 * (
        sum(electricity) + water * len(electricity)
    )


@given(st.lists(st.integers(0, 100), max_size=8))
def test_every_member_is_counted_in_one_age_class(ages):
    members = [person("head", 45, WORKER), *(person("unrelated", age, ADULT) for age in ages)]
    for m in members:
        m.answers["health_cover"] = "none"
    found = inputs(FORM, values(RURAL, "rural"), members, milieu="rural", region_code="07")
    classes = found["members_19_29"] + found["members_30_59"] + found["members_60_plus"]
    assert classes == 1 + sum(age >= 19 for age in ages)
    assert found["size"] == len(members)
