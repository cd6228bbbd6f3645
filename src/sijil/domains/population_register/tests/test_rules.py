"""How a declared identity is read and kept."""

import dataclasses

import pytest

from sijil.domains.population_register.rules import (
    check_identity,
    differences,
    is_compared,
    normalise_phone,
)
from sijil.domains.population_register.tests.samples import FATIMA, NOW, paper_of
from sijil.kernel.errors import Refused


def test_names_are_kept_without_invisible_marks():
    typed = dataclasses.replace(FATIMA, last_name_fr="El \u202eAlaoui\n", address=" 12,\n rue ")
    kept = check_identity(typed, NOW.date())
    assert (kept.last_name_fr, kept.address) == ("El Alaoui", "12, rue")


def test_what_is_typed_is_cleaned_before_it_is_judged():
    typed = FATIMA.with_changes(
        {"phone": "06 12 34 56 78\n", "email": " a@b.ma\n", "paper_number": "ab 123-456"}
    )
    kept = check_identity(typed, NOW.date())
    assert (kept.phone, kept.email, kept.paper_number) == ("+212612345678", "a@b.ma", "AB123456")


@pytest.mark.parametrize("contact", [{"phone": ""}, {"email": ""}, {"phone": "", "email": ""}])
def test_nobody_is_refused_for_lack_of_a_telephone_or_an_address(contact):
    """Law 72.18, article 6: when available."""
    assert check_identity(dataclasses.replace(FATIMA, **contact), NOW.date())


def test_papers_and_form_are_compared_field_by_field():
    paper = paper_of(last_name_fr="Alaoui", paper_number="ab-123456")
    assert differences(FATIMA, paper) == {"last_name_fr": "Alaoui"}
    with pytest.raises(KeyError):
        differences(FATIMA, {"sex": "F"})


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
    [("address", " "), ("phone", "06123"), ("email", "a b@c.ma"), ("commune_code", ""), ("paper_kind", "")],
)
def test_what_is_refused_names_its_field(field, value):
    with pytest.raises(Refused) as caught:
        check_identity(dataclasses.replace(FATIMA, **{field: value}), NOW.date())
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 12-34.56 78", "+212612345678"),
        ("\u202a٠٦١٢٣٤٥٦٧٨\u202c", "+212612345678"),
        ("00212 612345678", "+212612345678"),
        ("0612abc", "0612abc"),
        ("", ""),
    ],
)
def test_telephones(typed, kept):
    assert normalise_phone(typed) == kept
