"""How a declared identity is read and kept."""

import pytest

from sijil.domains.population_register.rules import (
    check_identity,
    differences,
    is_compared,
)
from sijil.domains.population_register.tests.samples import FATIMA, NOW, paper_of
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused


def test_names_are_kept_without_invisible_marks():
    typed = FATIMA.with_changes({"last_name_fr": "El \u202eAlaoui\n", "street": " 12,\n rue "})
    kept = check_identity(typed, NOW.date())
    assert (kept.last_name_fr, kept.value("street")) == ("El Alaoui", "12, rue")


def test_what_is_typed_is_cleaned_before_it_is_judged():
    typed = FATIMA.with_changes(
        {"phone": "06 12 34 56 78\n", "email": " a@b.ma\n", "paper_number": "ab 123-456"}
    )
    kept = check_identity(typed, NOW.date())
    assert (kept.phone, kept.email, kept.paper_number) == ("+212612345678", "a@b.ma", "AB123456")


@pytest.mark.parametrize("contact", [{"phone": ""}, {"email": ""}, {"phone": "", "email": ""}])
def test_nobody_is_refused_for_lack_of_a_telephone_or_an_address(contact):
    """Law 72.18, article 6: when available."""
    assert check_identity(FATIMA.with_changes(contact), NOW.date())


def test_papers_and_form_are_compared_field_by_field():
    paper = paper_of(last_name_fr="Alaoui", paper_number="ab-123456")
    assert differences(FATIMA, paper, NOW.date()) == {"last_name_fr": "Alaoui"}
    with pytest.raises(KeyError):
        differences(FATIMA, {"sex": "F"}, NOW.date())


@pytest.mark.parametrize(
    ("steps", "answer"),
    [
        (["submit", "compare_papers"], True),
        (["submit", "compare_papers", "escalate"], True),
        (["submit", "compare_papers", "correct"], False),
        (["submit", "compare_papers", "request_papers"], False),
        (["submit"], False),
        ([], False),
    ],
)
def test_a_comparison_is_good_until_form_or_papers_change(steps, answer):
    assert is_compared(steps) is answer


@pytest.mark.parametrize(
    ("field", "value"),
    [("quarter", " "), ("phone", "06123"), ("email", "a b@c.ma"), ("commune_code", ""), ("paper_kind", "")],
)
def test_what_is_refused_names_its_field(field, value):
    with pytest.raises(Refused) as caught:
        check_identity(FATIMA.with_changes({field: value}), NOW.date())
    assert caught.value.field == field


def test_every_field_at_fault_is_told():
    typed = FATIMA.with_changes({"last_name_fr": "العلوي", "phone": "06", "birth": PartialDate(2030)})
    with pytest.raises(Refused) as caught:
        check_identity(typed, NOW.date())
    told = {one.field: one.code for one in (caught.value, *caught.value.also)}
    assert told == {
        "last_name_fr": "kernel.name_not_latin",
        "phone": "kernel.phone_invalid",
        "birth": "population_register.born_in_future",
    }


@pytest.mark.parametrize("typed", ["zx 100-056", "ZX١٠٠٠٥٦", "zx\u2011100.056\u200f"])
def test_a_paper_is_kept_in_one_form_when_it_is_compared_too(typed):
    """One card, typed by two officers, is one card (P08, P09)."""
    assert differences(FATIMA, paper_of(paper_number=typed), NOW.date()) == {"paper_number": "ZX100056"}


def test_a_paper_that_is_not_read_is_no_correction():
    with pytest.raises(Refused) as caught:
        differences(FATIMA, paper_of(last_name_ar="\u200f", paper_number="?"), NOW.date())
    assert {caught.value.field, caught.value.also[0].field} == {"last_name_ar", "paper_number"}
