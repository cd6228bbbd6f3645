"""Urban or rural: what decides in each kind of commune, by each reading of the formula's annexes."""

from __future__ import annotations

from collections import Counter

import pytest

from sijil.domains.geography import rules
from sijil.domains.geography.types import AreaQuestion, HouseholdMilieu, Milieu, MilieuReading, MilieuSource
from sijil.kernel.errors import Refused

COMMUNES = {p.code: p for p in rules.read_reference() if p.level == "commune"}
TOWN, COUNTRY = "04.421.01.0", "01.511.05.19"
WITH_CENTRE, WITH_RURAL_PART = "04.501.03.11", "09.163.01.27"
RURAL_THOUGH_URBAN_KIND = "07.351.01.13"
URBAN, RURAL = Milieu
CENSUS, LEGAL_KIND = MilieuReading


def milieu(code: str, reading: MilieuReading, answer: Milieu | None = None) -> HouseholdMilieu | AreaQuestion:
    return rules.milieu_of(COMMUNES[code], reading, answer)


@pytest.mark.parametrize(("code", "kind"), [(TOWN, URBAN), (COUNTRY, RURAL)])
@pytest.mark.parametrize("reading", MilieuReading)
def test_a_commune_of_one_area_is_what_its_kind_says(code: str, kind: Milieu, reading: MilieuReading) -> None:
    assert milieu(code, reading) == HouseholdMilieu(kind, MilieuSource.KIND)


@pytest.mark.parametrize(
    ("code", "question"),
    [(WITH_CENTRE, AreaQuestion.INSIDE_CENTRE), (WITH_RURAL_PART, AreaQuestion.TOWN_OR_COUNTRY)],
)
def test_a_commune_of_both_areas_asks(code: str, question: AreaQuestion) -> None:
    assert milieu(code, CENSUS) is question


@pytest.mark.parametrize("code", [WITH_CENTRE, WITH_RURAL_PART])
@pytest.mark.parametrize("answer", Milieu)
def test_the_household_of_a_commune_of_both_areas_decides(code: str, answer: Milieu) -> None:
    assert milieu(code, CENSUS, answer) == HouseholdMilieu(answer, MilieuSource.ASKED)


def test_where_the_only_area_is_not_that_of_the_kind_the_census_decides() -> None:
    assert milieu(RURAL_THOUGH_URBAN_KIND, CENSUS) == HouseholdMilieu(RURAL, MilieuSource.CENSUS)


@pytest.mark.parametrize(
    ("code", "kind"), [(WITH_CENTRE, RURAL), (WITH_RURAL_PART, URBAN), (RURAL_THOUGH_URBAN_KIND, URBAN)]
)
def test_by_the_legal_kind_nothing_is_asked(code: str, kind: Milieu) -> None:
    assert milieu(code, LEGAL_KIND) == HouseholdMilieu(kind, MilieuSource.KIND)


@pytest.mark.parametrize(
    ("code", "reading"),
    [(TOWN, CENSUS), (COUNTRY, CENSUS), (RURAL_THOUGH_URBAN_KIND, CENSUS), (WITH_CENTRE, LEGAL_KIND)],
)
def test_an_answer_to_what_is_not_asked_is_refused(code: str, reading: MilieuReading) -> None:
    with pytest.raises(Refused) as refusal:
        milieu(code, reading, URBAN)
    assert (refusal.value.code, refusal.value.field) == ("geography.area_not_asked", "area")


def test_what_the_1503_communes_ask() -> None:
    found = (rules.milieu_of(c, CENSUS) for c in COMMUNES.values())
    counts = Counter(f if isinstance(f, AreaQuestion) else (f.milieu, f.by) for f in found)
    assert counts == {
        AreaQuestion.INSIDE_CENTRE: 148,
        AreaQuestion.TOWN_OR_COUNTRY: 12,
        (RURAL, MilieuSource.CENSUS): 9,
        (URBAN, MilieuSource.KIND): 221,
        (RURAL, MilieuSource.KIND): 1113,
    }


def test_the_census_read_household_by_household_gives_its_own_total() -> None:
    urban = sum(c.urban_households for c in COMMUNES.values() if len(c.areas) == 2)
    for commune in COMMUNES.values():
        found = rules.milieu_of(commune, CENSUS)
        urban += isinstance(found, HouseholdMilieu) and found.milieu is URBAN and commune.households
    assert urban == 6_173_930
