"""The alphabetical order, and dates whose day ages a person."""

import datetime as dt

import pytest

from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import fill
from sijil.kernel.order import sort_key


@pytest.mark.parametrize(
    "names",
    [
        ["أحمد", "إدريس", "آمنة", "أمين", "بركة", "تازة", "كلميم", "ڭيسر", "مراكش", "يعقوب"],
        ["Aït Baha", "Aït Melloul", "Al Hoceima", "Béni Mellal", "Berkane", "Fès", "M'diq", "Oujda"],
        ["Ait", "Ait Baha", "Aït Baha", "Aitbaha"],
        ["Zagora", "آسفي"],
    ],
)
def test_names_stand_as_a_reader_looks_for_them(names):
    assert sorted(reversed(names), key=sort_key) == names
    assert sorted(reversed(names), key=lambda n: sort_key(n).encode()) == names  # as the column does


@pytest.mark.parametrize("text", ["", "أَحمد\u200f", "  Fès "])
def test_a_key_does_not_depend_on_how_a_name_was_typed(text):
    assert sort_key(text) == sort_key(text.replace("َ", "").replace("\u200f", "").strip())


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        (PartialDate(2026), dt.date(2026, 3, 1), 0),
        (PartialDate(2026, 11), dt.date(2026, 11, 10), 0),
        (PartialDate(2025), dt.date(2026, 3, 1), 0),
        (PartialDate(2025), dt.date(2026, 7, 1), 1),
    ],
)
def test_nobody_is_younger_than_nothing(birth, on, age):
    """P07: an estimated birthday ahead of the day is the day."""
    assert birth.age_on(on) == age


def test_a_fact_that_is_a_question_takes_no_full_stop():
    """P20."""
    assert fill("An answer is missing: {label}.", {"label": "How many rooms?"}).endswith("rooms?")
