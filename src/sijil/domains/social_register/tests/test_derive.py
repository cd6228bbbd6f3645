"""Columns give what one household after the other gives: inputs, refusals, and who is due."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from sijil.domains.social_register import rules
from sijil.domains.social_register.errors import ANSWER_INVALID, BIRTH_UNKNOWN, FIELD_UNKNOWN, HEAD_NOT_ONE
from sijil.domains.social_register.rules.packing import BIRTH
from sijil.domains.social_register.tests import one_by_one
from sijil.domains.social_register.tests.columns import Home, declarations, inputs
from sijil.domains.social_register.tests.households import ADULT, PUPIL, TODAY, URBAN, WORKER, member
from sijil.domains.social_register.types import DeclaredMember, FormField
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import person_key

FORM = rules.form_on(TODAY)
SOC, COM = FORM.of_step("SOC"), FORM.of_step("COM")
MILIEUS = ("urban", "rural")


def draw_value(random: np.random.Generator, field: FormField) -> int | str | tuple[int, ...]:
    if field.kind in ("choice", "flag"):
        code = field.options[random.integers(len(field.options))].code
        return int(code) if field.kind == "flag" else code
    if field.kind == "integer":
        return int(random.integers(0, 9))
    return tuple(random.integers(0, 300_000, random.integers(1, 4)).tolist())


def draw_member(random: np.random.Generator, place: int, milieu: str, gaps: float) -> DeclaredMember:
    age = int(random.choice([random.integers(0, 100), 5, 6, 14, 15, 18, 19, 29, 30, 59, 60]))
    answers: dict[str, int | str | tuple[int, ...]] = {}
    for field in COM:
        if rules.is_asked(field, milieu, answers, age) and random.random() > gaps:
            answers[field.id] = draw_value(random, field)
    if random.random() > gaps:
        answers["relation"] = "head" if place == 0 else "child" if random.random() < 0.6 else "spouse"
    return DeclaredMember(f"{9_000_000_000 + place}", "F", age, answers)


def draw_home(random: np.random.Generator, gaps: float) -> Home:
    milieu = MILIEUS[random.integers(2)]
    asked = [f for f in SOC if milieu in f.milieus and random.random() > gaps / 10]
    answers = {field.id: draw_value(random, field) for field in asked}
    members = [draw_member(random, place, milieu, gaps / 10) for place in range(random.integers(1, 8))]
    return milieu, int(random.integers(1, 13)), answers, members


def one(home: Home, ages: dict[str, int]) -> dict[str, int] | tuple[str, str | None, object]:
    """Return the inputs by the other program, or its refusal."""
    milieu, region, answers, members = home
    grown = [replace(m, age=ages[m.person]) for m in members]
    before = {m.person: m.age for m in members}
    try:
        return one_by_one.inputs(
            FORM, answers, grown, milieu=milieu, region_code=f"{region:02d}", before=before
        )
    except Refused as refused:
        return refused.code, refused.field, refused.facts.get("member")


def many(homes: list[Home], ages: list[dict[str, int]]) -> list[object]:
    """Return the same from columns."""
    declared = declarations(FORM, homes, ages)
    derived = rules.derive(declared)
    found: list[object] = []
    for row, (milieu, *_) in enumerate(homes):
        refused = rules.refusal_of(declared, derived, row)
        if refused:
            found.append((refused.code, refused.field, refused.facts.get("member")))
        else:
            found.append(
                {n: int(c[row]) for n, c in derived.columns.items() if milieu in FORM.derivations[n].milieus}
            )
    return found


@pytest.mark.parametrize(("seed", "gaps"), [(1, 0.0), (2, 0.1), (3, 0.5)])
@pytest.mark.parametrize("years", [0, 1, 3])
def test_columns_equal_one_by_one(seed: int, gaps: float, years: int) -> None:
    random = np.random.default_rng(seed)
    homes = [draw_home(random, gaps) for _ in range(700)]
    ages = [{m.person: m.age + int(random.integers(0, years + 1)) for m in home[3]} for home in homes]
    found = many(homes, ages)
    assert found == [one(home, age) for home, age in zip(homes, ages, strict=True)]
    assert any(isinstance(inputs, dict) for inputs in found)
    if gaps:
        assert any(isinstance(refused, tuple) for refused in found)


def family(**pupil: object) -> list[DeclaredMember]:
    worker = {k: v for k, v in WORKER.items() if k != "literate"}
    mother = {k: v for k, v in ADULT.items() if k != "literate"}
    children = [member("child", 14, **PUPIL), member("child", 5, health_cover="none")]
    return [member("head", 45, **worker), member("spouse", 40, **mother), *children]


ANSWERS = {name: rules.parse(FORM.fields[name], raw, "urban") for name, raw in URBAN.items()}


def later(members: list[DeclaredMember], years: int) -> dict[str, int]:
    return {m.person: m.age + years for m in members}


def test_until_it_is_answered_a_member_keeps_the_age_class_for_what_needs_the_answer() -> None:
    members = family()
    now = inputs(FORM, ANSWERS, members, milieu="urban", region_code="06", ages=later(members, 1))
    assert now["members_15_plus"] == 3  # the eldest is fifteen: that needs no answer
    assert now["children_6_14_public"] == 0  # and is no pupil of 6 to 14 any more; the youngest was not asked
    assert (now["members_15_no_diploma"], now["members_15_active"]) == (2, 1)  # not asked: as before
    assert now["head_age"] == 46


def test_who_is_due_is_named_with_the_questions() -> None:
    members = family()
    declared = declarations(FORM, [("urban", 6, ANSWERS, members)], [later(members, 1)])
    ((row, due),) = rules.iter_due(declared, rules.derive(declared))
    assert row == 0
    assert [(d.member, d.person) for d in due] == [(2, members[2].person), (3, members[3].person)]
    assert due[0].fields == ("marital_status", "education_level", "diploma", "activity")
    assert due[1].fields == ("schooling",)


def test_on_the_day_of_the_declaration_nobody_is_due() -> None:
    members = family()
    declared = declarations(FORM, [("urban", 6, ANSWERS, members)])
    assert not list(rules.iter_due(declared, rules.derive(declared)))


def test_an_answer_that_was_asked_and_not_given_is_missing_still() -> None:
    members = family()
    del members[1].answers["diploma"]  # type: ignore[attr-defined]
    with pytest.raises(Refused) as refused:
        inputs(FORM, ANSWERS, members, milieu="urban", region_code="06", ages=later(members, 2))
    assert (refused.value.field, refused.value.facts["member"]) == ("diploma", members[1].person)


def test_without_one_head_there_are_no_inputs() -> None:
    with pytest.raises(Refused) as refused:
        inputs(FORM, ANSWERS, [*family(), *family()], milieu="urban", region_code="06")
    assert (refused.value.error, refused.value.facts["count"]) == (HEAD_NOT_ONE, 2)


def test_without_a_birth_date_there_are_no_inputs() -> None:
    members = family()
    with pytest.raises(Refused) as refused:
        inputs(FORM, ANSWERS, members, milieu="urban", region_code="06", ages={m.person: -1 for m in members})
    assert (refused.value.error, refused.value.facts["member"]) == (BIRTH_UNKNOWN, members[0].person)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"yachts": 1}, FIELD_UNKNOWN),
        ({"relation": "head"}, FIELD_UNKNOWN),
        ({"rooms": -1}, ANSWER_INVALID),
        ({"rooms": 2**31}, ANSWER_INVALID),
        ({"rooms": (1, 2)}, ANSWER_INVALID),
        ({"rooms": "2"}, ANSWER_INVALID),
        ({"water_bills": ()}, ANSWER_INVALID),
        ({"water_bills": (1, 2, 3, 4)}, ANSWER_INVALID),
        ({"dwelling_type": "castle"}, ANSWER_INVALID),
    ],
)
def test_what_is_no_answer_is_not_packed(answers: dict[str, object], error: object) -> None:
    with pytest.raises(Refused) as refused:
        rules.pack_household(FORM, answers)  # type: ignore[arg-type]
    assert (refused.value.error, refused.value.field) == (error, next(iter(answers)))


def test_ages_over_columns_are_those_of_each_date() -> None:
    random = np.random.default_rng(5)
    births = {}
    for n in range(3000):
        year, month = int(random.integers(1900, 2026)), int(random.integers(0, 13)) or None
        day = int(random.integers(0, 29)) or None
        births[person_key(n)] = PartialDate(year, month, day if month else None)
    days = [dt.date(2026, 1, 1), dt.date(2028, 2, 29), dt.date(2026, 7, 1), dt.date(2027, 12, 31)]
    packed = rules.pack_births(births)
    assert rules.unpack_births(packed) == births
    for day in days:
        found = rules.ages_on(np.frombuffer(packed, BIRTH), np.full(3000, np.datetime64(day, "D")))
        assert found.tolist() == [birth.age_on(day) for birth in births.values()]
