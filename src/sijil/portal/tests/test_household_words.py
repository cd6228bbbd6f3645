"""How answers, thresholds and months read on the household's pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import translation

from sijil.domains.programmes.queries import decide_all, list_programmes
from sijil.domains.scoring.types import SCALE
from sijil.domains.social_register.rules import form_on
from sijil.domains.social_register.types import Condition, Option
from sijil.journeys.household_registration import Eligibility
from sijil.pages.languages import reading
from sijil.portal.household import forms, score, words

DAY = dt.date(2026, 11, 22)
FIELDS = form_on(DAY).fields


@pytest.fixture(autouse=True)
def in_french():
    with translation.override("fr"):
        yield


def cards(points: str, *, is_scored: bool = True):
    decisions = decide_all(int(Decimal(points) * SCALE), 0, 1, is_scored=is_scored, on=DAY)
    programmes = {p.code: p for p in list_programmes(DAY)}
    found = [Eligibility(programmes[d.programme], d, DAY) for d in decisions]
    return {e.programme.code: card for e, card in zip(found, score.cards(found), strict=True)}


def test_exactly_at_the_threshold_is_eligible_and_said():
    card = cards("9.743001")["asd"]
    assert card.outcome == "eligible"
    assert "exactement" in card.sentence


def test_a_hair_over_is_never_shown_as_zero():
    card = cards("9.7430011")["asd"]
    assert card.outcome == "not_eligible"
    assert "0,0000001" in card.sentence


def test_score_and_distance_add_up_to_the_threshold():
    assert "0,3615235" in cards("9.3814775")["asd"].sentence
    assert "0,0505" in cards("9.6925010")["asd"].sentence


def test_in_quarantine_nothing_is_decided():
    assert {card.outcome for card in cards("20", is_scored=False).values()} == {"pending"}


@pytest.mark.parametrize(
    ("points", "ends"), [("9.4", ("8.5", "10.75")), ("7", ("7", "10.75")), ("12", ("8.5", "12"))]
)
def test_the_scale_reaches_the_score(points, ends):
    assert score.ends(Decimal(points)) == {"low": Decimal(ends[0]), "high": Decimal(ends[1])}


@pytest.mark.parametrize(
    ("name", "raw", "shown"),
    [
        ("bath", "1", "Oui"),
        ("relation", "head", "Chef(fe) de ménage"),
        ("rooms", "3", "3"),
        ("bath", "?", "?"),
    ],
)
def test_what_was_typed_is_read_back(name, raw, shown):
    assert words.typed(FIELDS[name], raw) == shown


def test_bills_are_read_back_without_the_empty_ones():
    assert words.typed(FIELDS["water_bills"], ["80", "", "95,50"]) == "80 · 95,50"


def test_frozen_answers_are_read_back():
    assert words.value(FIELDS["bath"], 0) == "Non"
    assert words.value(FIELDS["rooms"], 3) == "3"
    assert [part.split()[0] for part in words.value(FIELDS["water_bills"], (8000, 9550)).split(" · ")] == [
        "80",
        "95,50",
    ]


def test_the_months_before_this_one():
    assert forms.last_months(dt.date(2026, 1, 31)) == ["décembre", "novembre", "octobre"]


def test_a_label_without_tamazight_is_read_in_the_second_language():
    with reading("zgh", "fr"):
        assert words.text({"fr": "Oui", "ar": "نعم"}) == "Oui"
        assert words.text(FIELDS["rooms"].labels).startswith("ⵎ")


def test_only_what_the_page_sent_is_read():
    fields = [FIELDS["rooms"], FIELDS["water_bills"], FIELDS["bath"]]
    data = QueryDict("rooms=3&water_bills_0=10&water_bills_2=30")
    assert forms.read(fields, data) == {"rooms": "3", "water_bills": ["10", "", "30"]}


def test_one_bill_joins_the_others():
    data = QueryDict("_field=water_bills_9&water_bills_9=10")
    assert forms.read_changed([FIELDS["water_bills"]], data, {}) == {"water_bills": ["", "", ""]}


@pytest.mark.parametrize(
    ("age", "offered"), [(15, ["a", "b"]), (40, ["a", "b", "c"]), (None, ["a", "b", "c"])]
)
def test_the_age_rules_out_an_option_even_beside_one_that_hangs_on_an_answer(age, offered):
    """What hangs on another answer of the page is offered; what the age excludes is not."""
    employed = Condition(when={"activity": ("employed",)})
    conditions = {"a": Condition(), "b": employed, "c": Condition(age_from=40)}
    options = tuple(Option(code, {"fr": code}, condition) for code, condition in conditions.items())
    field = replace(FIELDS["occupation"], options=options)
    shown = forms.QuestionsForm([field], {}, age).fields["occupation"].choices
    assert [code for code, _ in shown] == offered
