"""A declaration read by a newer form: what still answers it, what is open, which form completes it."""

from __future__ import annotations

import dataclasses as dc

import pytest

from sijil.domains.social_register import rules
from sijil.domains.social_register.rules import form_of
from sijil.domains.social_register.tests.households import DAUGHTER, HEAD, member
from sijil.domains.social_register.types import (
    Bounds,
    Condition,
    Derivation,
    Form,
    FormField,
    FrozenDeclaration,
)

OWN = form_of("RSU-2026-1")
TABLETS = dc.replace(OWN.fields["mobiles"], id="tablets", feeds=("tablets",))


def newer(*fields: FormField, **derivations: Derivation) -> Form:
    """Return a form with some fields changed or added, that makes one more input."""
    found = {**OWN.fields, **{field.id: field for field in fields}}
    derived = {**OWN.derivations, "tablets": Derivation(answer="tablets"), **derivations}
    return dc.replace(OWN, pin=dc.replace(OWN.pin, version="RSU-2"), fields=found, derivations=derived)


def declared(milieu: str = "urban", **answers: object) -> FrozenDeclaration:
    members = (member("head", 40, HEAD), member("child", 14, DAUGHTER, schooling="public"))
    given = {"rooms": 2, "mobiles": 3, "electricity_bills": (9000, 11000), **answers}
    return FrozenDeclaration(
        None, "1" * 11, OWN.version, OWN.pin.digest, None, milieu, "asked", given, members, ""
    )  # fmt: skip


def test_its_own_form_completes_it_until_the_form_in_force_makes_an_input_more():
    same = dc.replace(newer(), derivations=OWN.derivations)
    assert rules.form_to_complete(OWN, same, "urban") is OWN
    assert rules.form_to_complete(OWN, newer(TABLETS), "urban").version == "RSU-2"
    only = {"tablets": Derivation(answer="tablets", milieus=("urban",))}
    assert rules.form_to_complete(OWN, newer(TABLETS, **only), "rural") is OWN


def test_an_older_form_never_takes_an_answer_back():
    """A rescoring by the law of an earlier day: what the newer form asked stays as it was declared."""
    assert rules.form_to_complete(newer(TABLETS), OWN, "urban").version == "RSU-2"


def test_read_by_its_own_form_a_declaration_is_itself():
    assert rules.read_by(OWN, OWN, declared()) == declared()


@pytest.mark.parametrize(
    ("change", "stays"),
    [
        ({}, True),
        ({"labels": {"en": "Said otherwise"}}, True),
        ({"bounds": {"urban": Bounds(0, 3)}}, True),
        ({"bounds": {"urban": Bounds(0, 2)}}, False),
        ({"bounds": {"rural": Bounds(0, 2)}}, True),
        ({"unit": "dozens"}, False),
        ({"kind": "flag"}, False),
        ({"milieus": ("rural",)}, False),
    ],
)
def test_an_answer_stays_where_the_question_is_the_same(change, stays):
    form = newer(TABLETS, dc.replace(OWN.fields["mobiles"], **change))
    found = rules.read_by(form, OWN, declared())
    assert ("mobiles" in found.answers) is stays
    assert (found.form_version, found.answers["rooms"]) == ("RSU-2026-1", 2)


def test_bills_stay_within_the_bounds_of_the_average():
    bills = OWN.fields["electricity_bills"]
    for most, stays in ((10_000, True), (9_999, False)):
        form = newer(TABLETS, dc.replace(bills, bounds={"urban": Bounds(0, most)}))
        assert ("electricity_bills" in rules.read_by(form, OWN, declared()).answers) is stays


def test_an_option_that_is_gone_is_asked_again():
    school = OWN.fields["schooling"]
    left = tuple(option for option in school.options if option.code != "public")
    found = rules.read_by(newer(TABLETS, dc.replace(school, options=left)), OWN, declared())
    assert "schooling" not in found.members[1].answers


def asked(form: Form, found: FrozenDeclaration, *ages: int) -> dict[str, list[str]]:
    known = dict(zip((HEAD, DAUGHTER), ages, strict=True))
    questions = rules.open_questions(form, found, known)
    return {str(who): [field.id for field in fields] for who, fields in questions.items()}


def whole(form: Form) -> FrozenDeclaration:
    """Return a declaration that answers all that its form asks."""
    head = {"marital_status": "single", "education_level": "none", "diploma": "none", "activity": "retired"}
    found = declared(**{f.id: 0 for f in OWN.of_step("SOC")} | {"rooms": 2})
    people = (dc.replace(found.members[0], answers={**found.members[0].answers, **head}), found.members[1])
    return rules.read_by(form, OWN, dc.replace(found, members=people))


def test_the_home_is_asked_first_what_the_newer_form_adds_and_nothing_else():
    form = newer(TABLETS)
    assert asked(form, whole(form), 40, 14) == {"None": ["tablets"]}
    assert asked(OWN, whole(OWN), 40, 14) == {}


def test_what_fell_due_by_age_is_asked_with_it():
    form = newer(TABLETS)
    found = asked(form, whole(form), 40, 15)
    assert list(found) == ["None", DAUGHTER]
    assert found[DAUGHTER][:2] == ["marital_status", "education_level"]


@pytest.mark.parametrize("change", [{"mandatory": False}, {"milieus": ("rural",)}])
def test_what_is_optional_or_of_the_other_milieu_is_not_asked(change):
    form = newer(dc.replace(TABLETS, **change))
    assert asked(form, whole(form), 40, 14) == {}


def test_a_question_that_hangs_on_an_open_one_is_asked_with_it():
    chargers = dc.replace(TABLETS, id="chargers", condition=Condition(when={"tablets": ("1",)}))
    form = newer(TABLETS, chargers)
    assert asked(form, whole(form), 40, 14) == {"None": ["tablets", "chargers"]}
    answered = dc.replace(whole(form), answers={**whole(form).answers, "tablets": 2})
    assert asked(form, answered, 40, 14) == {}
