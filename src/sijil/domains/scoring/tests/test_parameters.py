"""The data files hold together."""

from __future__ import annotations

import datetime as dt

import pytest

from sijil.domains.scoring import queries, rules
from sijil.domains.scoring.rules import columns
from sijil.domains.scoring.tests.households import DAY, FORMULA
from sijil.kernel.errors import Refused

FROZEN = """milieu region size members_15_plus rooms single_or_couple_without_children several_family_nuclei
dwelling_type bath electricity_meter head_age head_education head_profession head_employer head_retired
computer dish_antenna fixed_line health_cover loan second_home garage business_premises
non_agricultural_land irrigated_land
mobiles cars motorcycles cows children_6_14_private children_6_14_public members_15_no_diploma
members_15_technical_diploma members_15_active members_15_machine_operators members_15_senior_executives
members_19_29 members_30_59 members_60_plus members_15_literate members_15_higher_diploma members_15_traders
butane_big_bottles_year butane_small_bottles_year water_electricity_year phone_internet_year"""


def test_the_order_of_stored_answers_never_changes() -> None:
    """New inputs go at the end of this list: stored scores are read by position."""
    assert [i.id for i in FORMULA.inputs][: len(FROZEN.split())] == FROZEN.split()


@pytest.mark.parametrize("milieu", [1, 2])
def test_an_input_is_asked_where_a_term_reads_it_and_nowhere_else(milieu: int) -> None:
    asked = {i.id for i in FORMULA.inputs if milieu in i.bounds}
    read = set(columns.names_read(FORMULA, milieu))
    assert asked == read | {"region"}


def test_every_text_is_there_in_arabic_french_and_english() -> None:
    labels = [i.label for i in FORMULA.inputs] + list(FORMULA.groups.values())
    labels += [label for i in FORMULA.inputs for label in i.code_labels.values()]
    labels += [t.label for annex in FORMULA.annexes.values() for t in annex.terms]
    assert all(label.ar and label.fr and label.en for label in labels)


def test_codes_named_by_the_terms_exist() -> None:
    for annex in FORMULA.annexes.values():
        for term in annex.terms:
            if term.when and term.when.among:
                assert set(term.when.among) <= set(FORMULA.input(term.when.input).codes)


def test_the_formula_in_force_is_named_with_its_prices() -> None:
    assert FORMULA.version == "HCP-2021-BO7011/BUT-2021"
    assert rules.load_formula(FORMULA.version) == FORMULA


@pytest.mark.parametrize("version", ["", "HCP-2021-BO7011", "HCP-1999/BUT-2021", "HCP-2021-BO7011/BUT-1999"])
def test_an_unknown_version_is_refused(version: str) -> None:
    with pytest.raises(Refused, match="formula_missing"):
        rules.load_formula(version)


def test_there_was_no_formula_before_the_bulletin() -> None:
    with pytest.raises(Refused, match="formula_missing"):
        rules.formula_on(dt.date(2021, 8, 8))


def test_the_doubts_are_written_beside_the_numbers() -> None:
    for name in (
        "terms",
        "valid_range",
        "share_denominator",
        "urban.regions",
        "rural.car",
        "rural.solid_dwelling",
    ):
        assert name in {doubt.about for doubt in FORMULA.doubts}


@pytest.mark.parametrize("language", ["ar", "fr", "en", "zgh"])
def test_the_formula_is_described_in_every_language(language: str) -> None:
    described = queries.describe_formula(DAY, language)
    assert described["urban"]["constant"] == "9.825"
    assert described["rural"]["regions"][6] == "0.464"
    assert sum(len(g["terms"]) for g in described["urban"]["groups"]) == 35
    assert all(g["label"] for g in described["rural"]["groups"])
