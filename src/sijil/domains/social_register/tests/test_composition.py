"""Who is a household, who leads it, who may declare it."""

from collections import Counter

import pytest

from sijil.domains.social_register import errors
from sijil.domains.social_register.rules import (
    check_declarant,
    composition_on,
    composition_problems,
    count_nuclei,
    head_of,
    is_single_or_couple,
    married_alone,
)
from sijil.domains.social_register.tests.households import HEAD, SON, TODAY, WIFE, member
from sijil.kernel.errors import Refused

LIMITS = composition_on(TODAY)


def problems(*members, declarant=HEAD):
    return [p.refusal.error for p in composition_problems(members, declarant, LIMITS)]


def test_one_person_is_a_household():
    assert problems(member("head", 30, HEAD)) == []


def test_a_family_is_a_household():
    head, wife = member("head", 45, HEAD), member("spouse", 40, WIFE, marital_status="married")
    assert problems(head, wife, member("child", 10), declarant=WIFE) == []


@pytest.mark.parametrize(
    ("others", "asked"),
    [
        ([], ["head"]),
        (["spouse"], []),
        (["spouse", "child"], ["child"]),
        (["child", "child_in_law"], ["head"]),
        (["spouse", "parent"], ["parent"]),
        (["spouse", "parent", "parent"], []),
        (["spouse", "other"], []),
    ],
)
def test_the_married_without_husband_or_wife_in_the_list_are_asked_and_not_refused(others, asked):
    members = [member(relation, 40, marital_status="married") for relation in ("head", *others)]
    found = married_alone(members)
    assert [m.get("relation") for m in members if m.person in found] == asked


@pytest.mark.parametrize("heads", [0, 2])
def test_exactly_one_head(heads):
    members = [member("head", 40) for _ in range(heads)] + [member("spouse", 40, HEAD)]
    assert errors.HEAD_NOT_ONE in problems(*members)
    with pytest.raises(Refused):
        head_of(members)


@pytest.mark.parametrize(
    ("relation", "age", "allowed"),
    [
        ("head", 30, True),
        ("spouse", 30, True),
        ("parent", 70, True),
        ("child", 18, True),
        ("child", 17, False),
        ("sibling", 40, False),
        ("parent_in_law", 70, False),
        ("unrelated", 40, False),
        ("other_relative", 40, False),
        ("child_in_law", 40, False),
        ("sibling_in_law", 40, False),
        ("grandchild", 19, False),
    ],
)
def test_who_may_declare(relation, age, allowed):
    found = errors.DECLARANT_NOT_ALLOWED in problems(member(relation, age, SON), declarant=SON)
    assert found is not allowed


def test_the_declarant_lives_there():
    with pytest.raises(Refused) as refused:
        check_declarant([member("head", 30)], HEAD, LIMITS)
    assert refused.value.error is errors.DECLARANT_NOT_LISTED


@pytest.mark.parametrize(
    ("relation", "age", "error"),
    [
        ("spouse", 14, errors.SPOUSE_TOO_YOUNG),
        ("parent", 45, errors.PARENT_YOUNGER),
        ("grandchild", 45, errors.PARENT_YOUNGER),
    ],
)
def test_ages_that_cannot_be(relation, age, error):
    assert error in problems(member("head", 45, HEAD), member(relation, age))


@pytest.mark.parametrize(("relation", "age"), [("spouse", 15), ("parent", 46), ("grandchild", 44)])
def test_ages_that_can_be(relation, age):
    assert problems(member("head", 45, HEAD), member(relation, age)) == []


def test_a_child_cannot_lead():
    assert errors.HEAD_TOO_YOUNG in problems(member("head", 14, HEAD))


def test_both_spouses_are_married():
    head = member("head", 45, HEAD, marital_status="single")
    found = composition_problems([head, member("spouse", 40, WIFE, marital_status="married")], HEAD, LIMITS)
    assert [(p.refusal.error, p.member) for p in found] == [(errors.SPOUSE_NOT_MARRIED, HEAD)]


def test_a_household_has_an_end():
    members = [member("head", 45, HEAD)] + [member("unrelated", 30) for _ in range(40)]
    assert errors.HOUSEHOLD_TOO_BIG in problems(*members)


@pytest.mark.parametrize(
    ("others", "nuclei"),
    [
        ([], 0),
        (["sibling"], 0),
        (["spouse"], 1),
        (["child"], 1),
        (["spouse", "child", "child"], 1),
        (["spouse", "parent"], 1),
        (["spouse", "parent", "parent"], 2),
        (["parent_in_law", "parent_in_law"], 1),
        (["spouse", "child", "child_in_law"], 2),
        (["spouse", "child", "child_in_law", "grandchild"], 2),
        (["spouse", "child", "grandchild"], 2),
        (["spouse", "sibling", "sibling_in_law"], 2),
    ],
)
def test_family_nuclei(others, nuclei):
    assert count_nuclei(Counter(others)) == nuclei


@pytest.mark.parametrize(
    ("others", "alone"),
    [([], True), (["spouse"], True), (["child"], False), (["sibling"], False), (["spouse", "child"], False)],
)
def test_single_or_couple_without_children(others, alone):
    assert is_single_or_couple(1 + len(others), Counter(others)["spouse"]) is alone
