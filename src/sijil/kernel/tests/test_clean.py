"""What every cleaner keeps, whatever is typed; the texts that each door answers alike are in tests/doors."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijil.kernel import clean
from sijil.kernel.clean.characters import coded, plain, visible, written
from sijil.kernel.errors import Refused

TEXTS = {
    "address": clean.address,
    "email": clean.email,
    "idcs": clean.idcs,
    "name_ar": clean.name_ar,
    "name_latin": clean.name_latin,
    "paper_number": clean.paper_number,
    "phone": clean.phone,
    "request_number": clean.request_number,
}
UNSEEN = "\u00ad\u034f\u061c\u115f\u17b4\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069"
UNSEEN += "\u2800\u3164\ufe0f\ufeff\uffa0\U000e0020\U000e0100\x07\x7f"
DIGITS = "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "０１２３４５６７８９", "߀߁߂߃߄߅߆߇߈߉"
typed = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="اأإآبتمحد كݣ-'ʼ´\u0654\u0653\u064e\u0640\u200c\u200f\ufee3\ufdf2", max_size=20),
    st.text(alphabet="AaÉéḍṭɣɛε .-‑'’ʼ´\u0323\u0301\u00a0\u200b", max_size=20),
    st.text(alphabet="0123456789٠١٦+()-./ \u2011\u200f@aZ", max_size=25),
)


def answer(cleaner, text):
    """Return the value, or the code of the refusal."""
    try:
        return cleaner(text, field="here"), ""
    except Refused as refused:
        return None, refused.code if refused.field == "here" else "the field is not named"


@given(st.sampled_from(sorted(TEXTS)), typed)
def test_cleaning_twice_is_cleaning_once_and_nothing_invisible_survives(kind, text):
    value, _ = answer(TEXTS[kind], text)
    if value is not None:
        assert answer(TEXTS[kind], value) == (value, "")
        assert not [c for c in value if unicodedata.category(c) in ("Cf", "Cc", "Cs")]
        assert not set(value) & set(UNSEEN)
        assert value == value.strip() != ""


@given(typed)
def test_the_forms_of_a_text_are_forms(text):
    for form in (visible, plain, written, coded):
        assert form(form(text)) == form(text)


@pytest.mark.parametrize("kind", [*TEXTS, "money", "integer", "partial_date"])
@given(st.text(alphabet=UNSEEN + " \t\u00a0\u2003", max_size=10))
def test_what_nobody_sees_fills_no_required_field(kind, text):
    assert answer(getattr(clean, kind), text) == (None, "kernel.field_missing")
    assert clean.is_blank(text)
    if kind in TEXTS:
        assert clean.optional(TEXTS[kind], text, field="here") == ""


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("phone", "0612345678"), ("idcs", "6175865813"), ("request_number", "J37BZY7Z7N"),
        ("paper_number", "ZX987654"), ("money", "1500,50"), ("integer", "12"), ("partial_date", "1988-03-14"),
        ("address", "12, rue 5"),
    ],
)  # fmt: skip
@given(st.sampled_from(DIGITS), st.text(alphabet=UNSEEN, min_size=1, max_size=1))
def test_digits_of_any_script_and_marks_that_come_along_change_nothing(kind, text, digits, mark):
    cleaner = getattr(clean, kind)
    other = mark + text.translate({ord(str(n)): digits[n] for n in range(10)}) + mark
    assert answer(cleaner, other) == answer(cleaner, text)


@given(st.sampled_from(sorted(TEXTS)), st.text(min_size=1001, max_size=1100))
def test_a_text_without_end_is_refused(kind, text):
    assert answer(TEXTS[kind], "a" + text)[0] is None


@pytest.mark.parametrize(("typed", "read"), [("150", 15000), ("1 500,5", 150050), ("٢٠٠٫٢٥", 20025)])
def test_money_is_centimes(typed, read):
    assert clean.money(typed, field="x") == read


@pytest.mark.parametrize(
    ("year", "first", "second"),
    [("1376", "1956", "1957"), ("1447", "2025", "2026"), ("١٣٠٠", "1882", "1883")],
)
def test_a_hijri_year_is_named_and_never_converted(year, first, second):
    with pytest.raises(Refused) as refused:
        clean.partial_date(year, field="birth")
    assert refused.value.code == "kernel.date_hijri"
    assert (refused.value.facts["first"], refused.value.facts["second"]) == (first, second)


def test_every_field_at_fault_is_told():
    with pytest.raises(Refused) as refused:
        clean.together(
            {
                "good": lambda: clean.integer("1", field="good"),
                "one": lambda: clean.phone("1", field="one"),
                "two": lambda: clean.email("", field="two"),
            }
        )
    told = [(one.field, one.code) for one in (refused.value, *refused.value.also)]
    assert told == [("one", "kernel.phone_invalid"), ("two", "kernel.field_missing")]


@pytest.mark.parametrize(
    ("number", "in_french", "in_arabic"),
    [
        ("+212612345678", "06 12 34 56 78", "0612345678"),
        ("+33612345678", "+33 6 12 34 56 78", "+33612345678"),
        ("", "", ""),
    ],
)
def test_a_telephone_is_shown_as_it_is_dialled(number, in_french, in_arabic):
    assert (clean.show_phone(number, "fr"), clean.show_phone(number, "ar")) == (in_french, in_arabic)
    assert clean.read_phone(in_french) == clean.read_phone(in_arabic) == number
