"""The same seed gives the same people; every household is one the form and the registers accept."""

from __future__ import annotations

import pytest

from sijil.country.generator import CHUNK, Country, DemoHousehold
from sijil.country.tests.conftest import NOW, make_country
from sijil.domains.population_register.rules import check_identity
from sijil.domains.social_register import rules as social
from sijil.domains.social_register.types import DeclaredMember, FormField, Value

FORM = social.form_on(NOW.date())


@pytest.fixture(scope="module")
def homes(country: Country) -> list[DemoHousehold]:
    return [home for _, chunk in country.chunks(2 * CHUNK) for home in chunk]


def test_the_same_seed_gives_the_same_people(country: Country) -> None:
    assert make_country().chunk(3) == country.chunk(3)
    assert make_country(seed=7).chunk(3) != country.chunk(3)


def test_a_chunk_does_not_depend_on_the_others(country: Country) -> None:
    assert dict(country.chunks(2 * CHUNK))[1] == country.chunk(1)


def test_the_number_asked_is_the_number_given(country: Country) -> None:
    assert [len(chunk) for _, chunk in country.chunks(CHUNK + 7)] == [CHUNK, 7]


def test_the_first_person_is_known_before_the_chunk_is_made(country: Country) -> None:
    assert country.first_idcs(5) == country.chunk(5)[0].persons[0].idcs


def test_nobody_is_twice(homes: list[DemoHousehold]) -> None:
    persons = [p for home in homes for p in home.persons]
    papers = [p.identity.paper_number for p in persons if p.identity.paper_number]
    for column in (
        [p.idcs for p in persons],
        [p.id for p in persons],
        papers,
        [h.loaded.code for h in homes],
    ):
        assert len(set(column)) == len(column)


def test_the_register_accepts_every_person(homes: list[DemoHousehold]) -> None:
    for home in homes:
        for person in home.persons:
            check_identity(person.identity, NOW.date())


def test_members_are_the_persons_with_their_age(homes: list[DemoHousehold]) -> None:
    for home in homes:
        for person, member in zip(home.persons, home.loaded.members, strict=True):
            assert (member.person, member.sex) == (person.key, person.identity.sex)
            assert member.age == person.identity.birth.age_on(NOW.date())


def test_the_composition_is_one_that_may_be_declared(homes: list[DemoHousehold]) -> None:
    for home in homes:
        members = home.loaded.members
        assert (
            social.composition_problems(members, members[0].person, social.composition_on(NOW.date())) == ()
        )


def test_every_question_asked_is_answered_and_no_other(homes: list[DemoHousehold]) -> None:
    for home in homes:
        _check(FORM.of_step("SOC"), home.loaded.milieu, home.loaded.answers)
        for member in home.loaded.members:
            _check(FORM.of_step("COM"), home.loaded.milieu, member.answers, member)


def _check(
    fields: tuple[FormField, ...],
    milieu: str,
    answers: dict[str, Value],
    member: DeclaredMember | None = None,
) -> None:
    age = member.age if member else None
    for field in fields:
        asked = social.is_asked(field, milieu, answers, age)
        assert field.id not in answers or asked, (field.id, age)
        assert field.id in answers or not asked or not field.mandatory, (field.id, age)
        if field.id in answers:
            _check_value(field, milieu, answers, age)


def _check_value(field: FormField, milieu: str, answers: dict[str, Value], age: int | None) -> None:
    value = answers[field.id]
    if field.kind == "choice":
        assert value in [o.code for o in social.offered_options(field, answers, age)], (field.id, value, age)
    elif field.kind in ("integer", "money_month"):
        bounds = field.bounds[milieu]
        number = sum(value) // len(value) if isinstance(value, tuple) else value
        assert bounds.minimum <= number <= bounds.maximum, (field.id, value)
    else:
        assert value in (0, 1), (field.id, value)


def test_a_commune_of_both_areas_has_households_in_both(country: Country) -> None:
    loaded = [home.loaded for _, chunk in country.chunks(20 * CHUNK) for home in chunk]
    asked = [h.milieu for h in loaded if h.milieu_by == "asked"]
    in_both = [c for c in country.census.communes if len(c.areas) == 2]
    share = sum(c.urban_households for c in in_both) / sum(c.households for c in in_both)
    assert asked.count("urban") / len(asked) == pytest.approx(share, abs=0.05)
    both = {c.code for c in in_both}
    assert all((h.commune_code in both) is (h.milieu_by == "asked") for h in loaded)
    assert {h.milieu for h in loaded if h.milieu_by == "census"} == {"rural"}


@pytest.mark.parametrize("index", [4_000, 150_000])
def test_the_same_code_makes_millions(country: Country, index: int) -> None:
    far, near = country.chunk(index), country.chunk(0)
    assert len(far) == CHUNK
    assert {p.idcs for h in far for p in h.persons}.isdisjoint(p.idcs for h in near for p in h.persons)
    assert {h.loaded.code for h in far}.isdisjoint(h.loaded.code for h in near)
