"""Loading is idempotent and repairs; reading goes region, province, commune."""

from __future__ import annotations

import datetime as dt

import pytest

from sijil.domains.geography import queries, services
from sijil.domains.geography.models import Unit
from sijil.domains.geography.types import Level
from sijil.kernel.errors import Refused

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded() -> None:
    services.load_reference(NOW)


def test_a_second_load_changes_nothing() -> None:
    assert services.load_reference(NOW + dt.timedelta(days=1)).changed == 0
    assert Unit.objects.count() == 2016


def test_a_load_repairs_what_differs() -> None:
    Unit.objects.filter(code="04.421").update(name_ar="خطأ")
    Unit.objects.filter(code="04.441").delete()
    Unit.objects.create(
        code="99", level="region", kind="region", name_ar="x", name_fr="x", region_code="99",
        population=0, households=0, urban_population=0, urban_households=0, loaded_at=NOW,
    )  # fmt: skip
    assert services.load_reference(NOW).changed == 2
    assert Unit.objects.filter(gone_at=None).count() == 2016
    assert queries.get_place("04.421").name_ar == "الرباط"


def test_a_commune_that_the_reference_lacks_is_read_and_no_longer_chosen(monkeypatch) -> None:
    whole = services.read_reference()
    gone = next(place for place in whole if place.level == Level.COMMUNE and place.milieu == "rural")
    monkeypatch.setattr(services, "read_reference", lambda: [p for p in whole if p.code != gone.code])
    services.load_reference(NOW)
    assert queries.get_commune(gone.code).name_ar == gone.name_ar
    assert list(queries.list_places([gone.code])) == [gone.code]
    assert gone.code not in {place.code for place in queries.list_all_communes()}
    assert gone.code not in {found.commune.code for found in queries.search_communes(gone.name_fr)}
    with pytest.raises(Refused):
        queries.choose_commune(gone.code)
    monkeypatch.setattr(services, "read_reference", lambda: whole)
    assert services.load_reference(NOW).changed == 1
    assert queries.choose_commune(gone.code).name_ar == gone.name_ar


def test_the_way_down_from_region_to_commune() -> None:
    regions = queries.list_regions()
    provinces = [p for r in regions for p in queries.list_provinces(r.code)]
    assert (len(regions), len(provinces), len(queries.list_all_communes())) == (12, 83, 1503)
    assert [c.name_fr for c in queries.list_communes("04.421")] == ["Rabat", "Touarga"]


def test_a_prefecture_of_casablanca_leads_to_the_city() -> None:
    assert [c.code for c in queries.list_communes("06.141.01.30")] == ["06.141.01.0"]
    assert len(queries.list_arrondissements("06.141.01.0")) == 16


def test_the_urban_centres_of_a_commune() -> None:
    centres = [(c.name_ar, c.name_fr, c.households) for c in queries.list_urban_centres("04.501.03.11")]
    assert centres == [("سيدي يحيى زعير", "Sidi Yahya Zaer", 3008), ("تامسنا", "Tamesna", 23177)]
    assert queries.list_urban_centres("04.421.01.0") == []


def test_a_commune_is_found_by_code() -> None:
    rabat = queries.get_commune("04.421.01.0")
    assert (rabat.milieu, rabat.region_code, rabat.province_code) == ("urban", "04", "04.421")
    assert queries.find_commune("04.421.01.0") == rabat


@pytest.mark.parametrize("code", ["", "04", "04.421", "99.999.99.9", "04.421.01.01", "04.501.03.11.4"])
def test_what_is_not_a_commune_is_refused(code: str) -> None:
    assert queries.find_commune(code) is None
    with pytest.raises(Refused) as refusal:
        queries.get_commune(code)
    assert (refusal.value.code, refusal.value.field) == ("geography.place_unknown", "commune_code")


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(Refused, match="place_unknown"):
        queries.get_place("99")
