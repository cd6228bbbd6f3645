"""A commune by its name: any alphabet, any spelling, its arrondissements, its province."""

import pytest

from sijil.domains.geography import queries, services
from sijil.domains.population_register.tests.samples import NOW

pytestmark = pytest.mark.django_db
RABAT, CASABLANCA = "04.421.01.0", "06.141.01.0"


@pytest.fixture(autouse=True)
def reference():
    services.load_reference(now=NOW)


def first(text):
    found = queries.search_communes(text)
    return (found[0].commune.code, found[0].is_named) if found else None


@pytest.mark.parametrize("text", ["Rabat", "rabat", " RABAT ", "الرباط", "رباط", "الرّباط", "الربـاط"])
def test_the_name_in_either_script_is_the_commune(text):
    assert first(text) == (RABAT, True)


@pytest.mark.parametrize("text", ["kasablanka", "Casa", "Anfa", "أنفا", "الدار البيضاء", "dar el beida"])
def test_another_spelling_and_an_arrondissement_find_the_city(text):
    assert first(text)[0] == CASABLANCA


@pytest.mark.parametrize("text", ["ⵔⴱⴰⵟ", "ⵕⵕⴱⴰⵟ"])
def test_tifinagh_is_read_by_its_sounds(text):
    assert first(text)[0] == RABAT


def test_a_province_finds_its_communes_after_its_own_name():
    found = queries.search_communes("Zagora", 40)
    assert found[0].commune.name_fr == "Zagora"
    assert len([one for one in found if one.province.name_fr == "Zagora"]) > 20


@pytest.mark.parametrize("text", ["", " ", "x", "123", "%", "zzzzz", "ⵣ"])
def test_what_means_nothing_finds_nothing_or_little(text):
    assert all(not one.is_named for one in queries.search_communes(text))


def test_every_commune_is_found_first_by_its_own_two_names():
    communes = queries.list_all_communes()
    for commune in communes[::50]:
        for name in (commune.name_ar, commune.name_fr):
            named = [one.commune.code for one in queries.search_communes(name, 60) if one.is_named]
            assert commune.code in named
