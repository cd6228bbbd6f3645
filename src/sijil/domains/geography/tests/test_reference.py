"""The shipped file is the census: counts, totals, names in both scripts."""

from __future__ import annotations

import dataclasses
import re

import pytest

from sijil.domains.geography import rules
from sijil.domains.geography.types import Level

PLACES = rules.read_reference()
BY_CODE = {place.code: place for place in PLACES}


def of(level: Level) -> list[rules.Place]:
    return [place for place in PLACES if place.level == level]


@pytest.mark.parametrize(("level", "number"), rules.EXPECTED.items())
def test_each_rank_is_whole(level: Level, number: int) -> None:
    assert len(of(level)) == number


@pytest.mark.parametrize("level", [Level.REGION, Level.COMMUNE])
def test_totals_are_those_of_the_census(level: Level) -> None:
    assert sum(p.population for p in of(level)) == 36_828_330
    assert sum(p.households for p in of(level)) == 9_275_038


def test_every_region_and_province_adds_up_from_its_communes() -> None:
    for unit in of(Level.REGION) + [p for p in of(Level.PROVINCE) if "arrondissements" not in p.kind]:
        inside = [c for c in of(Level.COMMUNE) if unit.code in (c.region_code, c.province_code)]
        assert sum(c.population for c in inside) == unit.population, unit.code


def test_every_name_is_in_its_script() -> None:
    for place in PLACES:
        assert re.fullmatch(r"[\u0600-\u06ff ()\-.\d]+", place.name_ar), place
        assert re.fullmatch(r"[A-Za-zÀ-ÿœŒ'’ \-.\d]+", place.name_fr), place


def test_242_communes_are_urban_and_1261_rural() -> None:
    urban = [c for c in of(Level.COMMUNE) if c.milieu == "urban"]
    assert (len(urban), len(of(Level.COMMUNE)) - len(urban)) == (242, 1261)


def test_the_two_areas_are_those_of_the_census() -> None:
    urban = sum(c.urban_households for c in of(Level.COMMUNE))
    assert (urban, 9_275_038 - urban) == (6_173_930, 3_101_108)
    people = sum(c.urban_population for c in of(Level.COMMUNE))
    assert (people, 36_828_330 - people) == (23_110_108, 13_718_222)


def test_the_kind_of_the_commune_is_not_the_area_for_one_household_in_eighteen() -> None:
    rural = [c for c in of(Level.COMMUNE) if c.milieu == "rural" and c.urban_households]
    urban = [c for c in of(Level.COMMUNE) if c.milieu == "urban" and c.households > c.urban_households]
    assert (len(rural), sum(c.urban_households for c in rural)) == (148, 332_171)
    assert (len(urban), sum(c.households - c.urban_households for c in urban)) == (21, 185_654)


@pytest.mark.parametrize("level", [Level.REGION, Level.PROVINCE, Level.CERCLE])
def test_urban_figures_add_up_from_the_communes(level: Level) -> None:
    for unit in of(level):
        inside = [c for c in of(Level.COMMUNE) if c.code.startswith(unit.code)]
        if "arrondissements" not in unit.kind:
            assert sum(c.urban_households for c in inside) == unit.urban_households, unit.code


def test_164_urban_centres_hold_the_urban_households_of_the_160_communes_with_both_areas() -> None:
    both = [c for c in of(Level.COMMUNE) if len(c.areas) == 2]
    assert (len(both), len(of(Level.URBAN_CENTRE))) == (160, 164)
    for commune in both:
        centres = [c for c in of(Level.URBAN_CENTRE) if c.parent_code == commune.code]
        assert sum(c.households for c in centres) == commune.urban_households, commune.code


def test_an_urban_centre_of_another_name_has_an_arabic_name_of_its_own() -> None:
    centres = {c.name_fr: c.name_ar for c in of(Level.URBAN_CENTRE)}
    assert (centres["Tamesna"], centres["Tamensourte"], centres["Oulmes"]) == (
        "تامسنا", "تامنصورت", BY_CODE["04.291.05.11"].name_ar
    )  # fmt: skip


def test_every_parent_exists() -> None:
    assert all(p.parent_code in BY_CODE for p in PLACES if p.level != Level.REGION)
    assert all(p.province_code in BY_CODE for p in PLACES if p.level != Level.REGION)


def test_the_regions_of_the_south_bear_their_own_names() -> None:
    names = [BY_CODE[code].name_fr for code in ("10", "11", "12")]
    assert names == ["Guelmim-Oued Noun", "Laâyoune-Sakia El Hamra", "Dakhla-Oued Ed-Dahab"]


def test_a_name_is_given_in_the_language_asked() -> None:
    assert BY_CODE["04"].name("ar") == "الرباط-سلا-القنيطرة"
    assert BY_CODE["04"].name("fr") == BY_CODE["04"].name("zgh-fr") == "Rabat-Salé-Kénitra"
    assert BY_CODE["04"].name("zgh") == BY_CODE["04"].name("ar")


def test_a_reference_that_misses_a_commune_is_refused() -> None:
    with pytest.raises(ValueError, match="not whole"):
        rules.check_reference(p for p in PLACES if p.code != "04.421.01.0")


def test_a_reference_with_a_code_twice_is_refused() -> None:
    twice = [dataclasses.replace(p, code="01") if p.code == "02" else p for p in PLACES]
    with pytest.raises(ValueError, match="twice"):
        rules.check_reference(twice)


def test_a_reference_without_an_arabic_name_is_refused() -> None:
    with pytest.raises(ValueError, match="miss a name"):
        rules.check_reference(dataclasses.replace(p, name_ar="") if p.code == "02" else p for p in PLACES)


def test_a_reference_that_lacks_the_centre_of_a_commune_with_both_areas_is_refused() -> None:
    elsewhere = [
        dataclasses.replace(p, parent_code="01.511.01.0") if p.code == "07.351.03.03.3" else p for p in PLACES
    ]
    with pytest.raises(ValueError, match=r"urban centre.*07\.351\.03\.03"):
        rules.check_reference(elsewhere)


def test_the_licence_is_beside_the_data() -> None:
    text = (rules.DATA / "LICENSE.txt").read_text(encoding="utf-8")
    assert "Haut-Commissariat au Plan" in text
    assert "CC BY 4.0" in text
    assert "MIT License" in text
