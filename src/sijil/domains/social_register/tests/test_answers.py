"""Reading one answer: what is kept, what is refused, in which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijil.domains.social_register.errors import ANSWER_INVALID, ANSWER_MISSING, ANSWER_OUT_OF_BOUNDS
from sijil.domains.social_register.rules import form_on, is_asked, offered_options, parse, problem_of
from sijil.domains.social_register.tests.households import TODAY
from sijil.kernel.errors import Refused

FIELDS = form_on(TODAY).fields


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("rooms", "3", 3),
        ("rooms", " ٣ ", 3),
        ("bath", "1", 1),
        ("bath", "0", 0),
        ("relation", "child", "child"),
        ("water_bills", ["100", "", "50,5"], (10000, 5050)),
        ("water_bills", "12.25", (1225,)),
        ("water_bills", ["١٠٠٫٥"], (10050,)),
        ("water_bills", ["0"], (0,)),
    ],
)
def test_what_is_typed_is_read(name, raw, value):
    assert parse(FIELDS[name], raw, "urban") == value


@pytest.mark.parametrize(
    ("name", "raw", "error"),
    [
        ("rooms", "", ANSWER_MISSING),
        ("rooms", "two", ANSWER_INVALID),
        ("rooms", "-1", ANSWER_INVALID),
        ("rooms", "1.5", ANSWER_INVALID),
        ("rooms", "²", ANSWER_INVALID),
        ("rooms", ["1", "2"], ANSWER_INVALID),
        ("rooms", "0", ANSWER_OUT_OF_BOUNDS),
        ("rooms", "21", ANSWER_OUT_OF_BOUNDS),
        ("rooms", "9" * 30, ANSWER_INVALID),
        ("bath", "yes", ANSWER_INVALID),
        ("relation", "king", ANSWER_INVALID),
        ("water_bills", ["", " "], ANSWER_MISSING),
        ("water_bills", ["-5"], ANSWER_INVALID),
        ("water_bills", ["1,234"], ANSWER_INVALID),
        ("water_bills", ["NaN"], ANSWER_INVALID),
        ("water_bills", ["1", "2", "3", "4"], ANSWER_INVALID),
        ("water_bills", ["3000", "3000", "3001"], ANSWER_OUT_OF_BOUNDS),
    ],
)
def test_what_is_wrong_names_the_field(name, raw, error):
    with pytest.raises(Refused) as refused:
        parse(FIELDS[name], raw, "urban")
    assert (refused.value.error, refused.value.field) == (error, name)


def test_bounds_differ_by_milieu():
    assert parse(FIELDS["rooms"], "25", "rural") == 25
    with pytest.raises(Refused):
        parse(FIELDS["rooms"], "25", "urban")


def test_an_empty_optional_answer_is_right():
    assert problem_of(FIELDS["disability"], "", "urban") is None
    assert problem_of(FIELDS["disability"], "x", "urban") is not None


@given(st.lists(st.integers(0, 300000), min_size=1, max_size=3))
def test_bills_are_exact_centimes(amounts):
    raw = [f"{a // 100},{a % 100:02d}" for a in amounts]
    assert parse(FIELDS["water_bills"], raw, "urban") == tuple(amounts)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    for field in FIELDS.values():
        problem = problem_of(field, text, "urban")
        assert problem is None or problem.field == field.id


@pytest.mark.parametrize(("age", "asked"), [(5, False), (6, True), (14, True), (15, False)])
def test_schooling_is_asked_from_six_to_fourteen(age, asked):
    assert is_asked(FIELDS["schooling"], "urban", {}, age) is asked


def test_profession_is_asked_of_those_who_work():
    assert is_asked(FIELDS["occupation"], "urban", {"activity": "employed"}, 30)
    assert not is_asked(FIELDS["occupation"], "urban", {"activity": "student"}, 30)
    assert not is_asked(FIELDS["cows"], "urban", {})


def test_options_follow_age_and_level():
    diplomas = {o.code for o in offered_options(FIELDS["diploma"], {"education_level": "primary"}, 40)}
    assert diplomas == {"none", "primary", "technical"}
    assert "retired" not in {o.code for o in offered_options(FIELDS["activity"], {}, 20)}
