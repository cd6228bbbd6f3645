"""Every level that a comparison can give has a sentence in words, and a strength."""

import datetime as dt

import pytest

from sijil.backoffice.evidence import SAYS, SENTENCES
from sijil.domains.matching.rules.evidence import spoken, strength_of
from sijil.domains.matching.rules.weights import model_on
from sijil.domains.matching.types import Side

MODEL = model_on(dt.date(2026, 11, 28))


def test_every_level_of_the_model_has_a_sentence():
    for name, levels in MODEL.weights.items():
        assert levels.keys() <= SENTENCES[name].keys(), name


@pytest.mark.parametrize(
    ("weight", "strength"), [(0, 0), (99, 0), (-99, 0), (100, 1), (-300, 2), (600, 3), (1000, 4), (2000, 4)]
)
def test_strength_grows_with_the_weight_on_both_sides(weight, strength):
    assert strength_of(weight) == strength


def test_every_strength_is_said():
    assert {(side.value, n) for side in (Side.FOR, Side.AGAINST) for n in range(1, 5)} <= SAYS.keys()


def test_the_strongest_stands_first_and_what_says_nothing_last():
    levels = {"sex": "equal", "birth": "exact", "commune": "missing", "phone": "different", "family": "none"}
    found = spoken(levels, MODEL.weights)
    assert [(s.field, s.side, s.strength) for s in found] == [
        ("birth", "for", 4),
        ("sex", "for", 1),
        ("commune", "nothing", 0),
        ("phone", "nothing", 0),
    ]


def test_what_the_pictures_say_is_said_too():
    [one] = spoken({"image": "reused"}, MODEL.weights)
    assert (one.side, one.strength) == ("for", 4)
