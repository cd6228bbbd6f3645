"""The nearest centre, by hand: region, province, commune, centre, free time."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import translation

from sijil.domains.appointments import services as appointments
from sijil.domains.geography import queries as places
from sijil.domains.geography import services as geography
from sijil.pages import communes

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reference(monkeypatch: pytest.MonkeyPatch) -> None:
    geography.load_reference(NOW)
    appointments.load_centres(now=NOW)
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("/centres/", "/centres/04/"),
        ("/centres/04/", "/centres/04.421/"),
        ("/centres/04.421/", "/centres/04.421.01.0/"),
        ("/centres/04.421.01.0/", "/centres/at/04.421.01.01/"),
    ],
)
def test_each_page_leads_one_step_down(client: Client, address: str, link: str) -> None:
    assert f'href="{link}"' in client.get(address).content.decode()


@pytest.mark.parametrize(("language", "name"), [("ar", "أكدال الرياض"), ("fr", "Agdal Riyad, Rabat")])
def test_a_centre_says_its_name_and_its_first_free_time(client: Client, language: str, name: str) -> None:
    page = client.get(f"/centres/04.421.01.0/?lang={language}", follow=True).content.decode()
    assert name in page
    assert "08:30" in page


def test_a_centre_shows_its_free_times_and_communes(client: Client) -> None:
    page = client.get("/centres/at/12.066.03/?lang=fr", follow=True).content.decode()
    assert "Tichla" in page
    assert page.count("<details") == 10


@pytest.mark.parametrize("address", ["/centres/99/", "/centres/at/99/"])
def test_an_unknown_place_is_refused_in_words(client: Client, address: str) -> None:
    assert client.get(address).status_code in (404, 422)


@pytest.mark.parametrize(
    ("language", "commune", "above"),
    [
        ("ar", "04.421.01.0", "عمالة"),
        ("fr", "04.421.01.0", "Préfecture :"),
    ],
)
def test_a_prefecture_is_not_called_a_province(language: str, commune: str, above: str) -> None:
    with translation.override(language):
        name = places.get_commune(commune).name(language)
        shown = {one["code"]: one["province"] for one in communes.suggest(name)}
    assert shown[commune].startswith(above)
