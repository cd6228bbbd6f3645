"""Blocking: two files of one person share a key; keys hold no name once hashed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijil.domains.matching.rules.blocking import Rule, blocking_values, clean_document, clean_phone
from sijil.domains.matching.tests.subjects import fatima
from sijil.kernel.dates import PartialDate

WITH_PLACE = {
    Rule.DATE_COMMUNE,
    Rule.NAMES_COMMUNE,
    Rule.FIRST_NAME_YEAR_COMMUNE,
    Rule.LAST_NAME_YEAR_COMMUNE,
}
BY_DAY = {
    Rule.DATE_LAST_NAME, Rule.DATE_FIRST_NAME, Rule.DATE_COMMUNE, Rule.DATE_INITIALS, Rule.NAMES_DAY_OF_YEAR,
}  # fmt: skip


def rules_shared(a, b):
    return {rule for rule, _ in blocking_values(a) & blocking_values(b)}


def test_a_full_file_has_one_key_per_rule():
    assert sorted(rule for rule, _ in blocking_values(fatima())) == list(Rule)


@pytest.mark.parametrize(
    ("changes", "shared"),
    [
        ({}, set(Rule)),
        ({"last_name_fr": "Echcherkaoui", "first_name_fr": "Fatema"}, set(Rule)),
        ({"last_name_ar": "", "first_name_ar": ""}, set(Rule)),
        ({"phone": "0612345678", "document_number": "ab-123 456"}, set(Rule)),
        ({"birth": PartialDate(1988)}, set(Rule) - BY_DAY),
        ({"birth": PartialDate(1978, 3, 14)},
         {Rule.DOCUMENT, Rule.PHONE, Rule.NAMES_COMMUNE, Rule.NAMES_DAY_OF_YEAR}),
        ({"document_number": "", "phone": ""}, set(Rule) - {Rule.DOCUMENT, Rule.PHONE}),
        ({"commune_code": "09"}, set(Rule) - WITH_PLACE),
        ({"last_name_ar": "بناني", "last_name_fr": "Bennani"},
         {Rule.DOCUMENT, Rule.PHONE, Rule.DATE_COMMUNE, Rule.DATE_FIRST_NAME, Rule.FIRST_NAME_YEAR_COMMUNE}),
    ],
)  # fmt: skip
def test_what_two_files_of_one_person_share(changes, shared):
    assert rules_shared(fatima(), fatima(**changes)) == shared


def test_names_written_in_each_others_box_still_meet():
    turned = fatima(
        first_name_ar="الشرقاوي", first_name_fr="Cherkaoui", last_name_ar="فاطمة", last_name_fr="Fatima"
    )
    assert rules_shared(fatima(), turned) >= {Rule.NAMES_YEAR, Rule.NAMES_COMMUNE}


def test_a_name_spelt_apart_in_its_two_scripts_is_found_by_both():
    apart = fatima(first_name_ar="غيثة", first_name_fr="Rita")
    by_arabic = fatima(first_name_ar="غيثة", first_name_fr="Ghita")
    by_french = fatima(first_name_ar="ريتا", first_name_fr="Rita")
    assert Rule.DATE_FIRST_NAME in rules_shared(apart, by_arabic) & rules_shared(apart, by_french)


def test_first_of_january_is_only_a_year():
    dated = {rule for rule, _ in blocking_values(fatima(birth=PartialDate(1960, 1, 1)))}
    assert dated == {rule for rule, _ in blocking_values(fatima(birth=PartialDate(1960)))}


def test_an_empty_file_has_no_key():
    names = dict.fromkeys(("last_name_ar", "first_name_ar", "last_name_fr", "first_name_fr", "phone"), "")
    assert blocking_values(fatima(**names, document_number="", commune_code="")) == frozenset()


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("+212 612-345678", "612345678"),
        ("0612345678", "612345678"),
        ("٠٦١٢٣٤٥٦٧٨", "612345678"),
        ("12", ""),
        ("", ""),
    ],
)
def test_a_telephone_number_has_one_form(text, clean):
    assert clean_phone(text) == clean


@given(st.text(alphabet="abAB09٠٩ -/.", max_size=30))
def test_a_document_number_has_one_form(text):
    assert clean_document(clean_document(text)) == clean_document(text) == clean_document(f" {text.lower()} ")


def test_an_only_name_is_searched_by_in_whichever_box_it_stands():
    """P04."""
    one = fatima(last_name_ar="", last_name_fr="", phone="", document_number="", birth=PartialDate(1988))
    other = fatima(last_name_ar="فاطمة", last_name_fr="Fatima", first_name_ar="", first_name_fr="", phone="",
                   document_number="", birth=PartialDate(1988))  # fmt: skip
    assert blocking_values(one) & blocking_values(other)


def test_every_paper_is_searched_by():
    several = fatima(document_number="AB1", other_documents=("zx 2",))
    assert {(Rule.DOCUMENT, "AB1"), (Rule.DOCUMENT, "ZX2")} <= blocking_values(several)


MISSING = [{"birth": PartialDate(1988)}, {"commune_code": ""}, {"last_name_ar": "", "last_name_fr": ""},
           {"first_name_ar": "", "first_name_fr": ""}, {"last_name_ar": "", "first_name_ar": ""}]  # fmt: skip
WRONG = [
    {"last_name_ar": "الشرقاني", "last_name_fr": "Cherkani"},
    {"first_name_ar": "فاتمة", "first_name_fr": "Fatna"},
]


@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize("wrong", WRONG)
def test_one_missing_datum_and_one_wrong_letter_leave_a_key(missing, wrong):
    """P18: neither paper nor telephone helps."""
    bare = {"phone": "", "document_number": ""}
    assert rules_shared(fatima(**bare, **missing), fatima(**bare, **wrong))


@pytest.mark.parametrize(
    "short", [("فاطمة", "Fatima"), ("الزهراء", "Zahra"), ("للا فاطمة الزهراء", "Lalla Fatima Zahra")]
)
def test_one_word_of_a_compound_name_still_finds(short):
    long = fatima(first_name_ar="فاطمة الزهراء", first_name_fr="Fatima Zahra")
    assert Rule.NAMES_YEAR in rules_shared(long, fatima(first_name_ar=short[0], first_name_fr=short[1]))
