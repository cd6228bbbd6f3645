"""The fields of the house: what they read, what they refuse, how they are drawn."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from sijil.kernel import ids
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.pages.forms import (
    AddressField,
    ArabicNameField,
    EmailField,
    Form,
    IdcsField,
    LatinNameField,
    MoneyField,
    PaperNumberField,
    PartialDateField,
    PhoneField,
    RequestNumberField,
)
from sijil.pages.tests.html import flat

REFUSAL = ErrorCode("tests.refused", Category.INVALID, "It is {what}.", "Change it.")


class Person(Form):
    """A form with one field of each kind."""

    name = ArabicNameField(label="Name", help_text="As on the card.")
    born = PartialDateField(label="Born", birthday=True)
    sex = forms.ChoiceField(label="Sex", choices=[("F", "F"), ("M", "M")], widget=forms.RadioSelect)
    phone = PhoneField(required=False)


@pytest.mark.parametrize(("typed", "read"), [("06 12 34 56 78", "+212612345678"), ("+33612345678",) * 2])
def test_a_phone_is_read_as_people_write_it(typed, read):
    assert PhoneField().clean(typed) == read


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        (PhoneField, "0412345678", "kernel.phone_invalid"),
        (PhoneField, "\u200f ", "kernel.field_missing"),
        (EmailField, "fatima,ali@example.org", "kernel.email_invalid"),
        (AddressField, "\u2800", "kernel.field_missing"),
        (ArabicNameField, "Ben", "kernel.name_not_arabic"),
        (LatinNameField, "بن", "kernel.name_not_latin"),
        (PaperNumberField, "?", "kernel.paper_number_invalid"),
    ],
)
def test_a_field_refuses_by_the_code_of_the_kernel(field, typed, code):
    with pytest.raises(ValidationError) as refused:
        field().clean(typed)
    assert refused.value.code == code


def test_a_field_that_may_be_empty_is_empty_when_nothing_can_be_seen():
    assert PhoneField(required=False).clean("\u200f ") == ""
    assert MoneyField(required=False).clean(" ") is None
    assert PartialDateField(required=False).clean(["\u200f", "", ""]) is None


@given(st.booleans())
def test_an_idcs_is_read_in_both_digits(arabic):
    number = ids.draw_idcs()
    typed = ids.show_idcs(number)
    if arabic:
        typed = typed.translate({ord(str(d)): "٠١٢٣٤٥٦٧٨٩"[d] for d in range(10)})
    assert IdcsField().clean(typed) == number


@pytest.mark.parametrize("typed", ["1234567890", "2020202050", "202020205", "ab"])
def test_a_wrong_idcs_is_refused(typed):
    with pytest.raises(ValidationError):
        IdcsField().clean(typed)


def test_a_request_number_is_read_in_any_case():
    number = ids.draw_number()
    assert RequestNumberField().clean(f" {ids.show_number(number).lower()} ") == number


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (["", "", "1960"], PartialDate(1960)),
        (["", "5", "1960"], PartialDate(1960, 5)),
        (["٣", "٥", "١٩٦٠"], PartialDate(1960, 5, 3)),
    ],
)
def test_a_date_may_be_partial(typed, read):
    assert PartialDateField().clean(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        ["31", "2", "1990"],
        ["3", "", "1990"],
        ["3", "5", ""],
        ["x", "5", "1990"],
        ["", "13", "1990"],
        ["", "", ""],
    ],
)
def test_a_wrong_date_is_refused(typed):
    with pytest.raises(ValidationError):
        PartialDateField().clean(typed)


@pytest.mark.parametrize(
    ("boxes", "told"),
    [
        (["5", "", "1956"], "The month is missing."),
        (["1", "1", "1376"], "1376 looks like a year of the Hijri calendar."),
        (["", "", "56"], "Write the year with four digits."),
        (["31", "2", "1990"], "31/02/1990"),
    ],
)
def test_a_date_at_fault_says_what_is_wrong_with_it(boxes, told):
    with override("en"), pytest.raises(ValidationError) as refused:
        PartialDateField().clean(boxes)
    assert told in refused.value.message
    assert "None" not in refused.value.message


@pytest.mark.parametrize(("typed", "read"), [("150", 15000), ("1 500,50", 150050), ("٢٠٠", 20000)])
def test_money_is_read_in_dirhams(typed, read):
    assert MoneyField().clean(typed) == read


@pytest.mark.parametrize("typed", ["1,505", "a", "1e400", "NaN", "-5"])
def test_wrong_money_is_refused(typed):
    with pytest.raises(ValidationError):
        MoneyField().clean(typed)


def test_names_are_cleaned():
    assert ArabicNameField().clean("\u202bبنعبد  الله\u202c") == "بنعبد الله"
    assert LatinNameField().clean("Aït-L’Hadj") == "Aït-L'Hadj"


def test_errors_are_tied_to_their_fields():
    html = flat(str(Person({"born_year": "1990"})))
    assert 'class="error-summary" role="alert"' in html
    assert '<a href="#id_name">' in html
    assert 'href="#id_sex_0"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_an_error_of_a_date_leads_to_its_first_box():
    html = str(Person({"born_year": "x"}))
    assert 'href="#id_born_0"' in html
    assert 'id="id_born_0"' in html


def test_typed_text_finds_its_direction():
    html = str(Person())
    assert 'dir="rtl" lang="ar"' in html
    assert 'autocomplete="bday-year"' in html
    assert 'type="tel" name="phone"' in html


def test_a_refusal_goes_to_its_field_or_to_the_head():
    form = Person({})
    form.full_clean()
    taken = Refused(REFUSAL, field="phone", what="taken")
    taken.also = (Refused(REFUSAL, field="name", what="long"),)
    form.refuse(taken)
    form.refuse(Refused(REFUSAL, field="elsewhere", what="closed"))
    with override("en"):
        assert form.errors["phone"] == ["It is taken. Change it."]
        assert "It is long. Change it." in form.errors["name"]
        assert form.non_field_errors() == ["It is closed. Change it."]
