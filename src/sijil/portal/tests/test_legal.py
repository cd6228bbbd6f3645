"""Who publishes the service: on every page, from one file; and what is known of a centre."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from sijil.domains.appointments import rules
from sijil.domains.appointments import services as appointments
from sijil.domains.geography import services as geography
from sijil.kernel.publisher import SHIPPED, PublisherInvalid, read_publisher
from sijil.reporting import health

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
CENTRE = "04.421.01.01"
pytestmark = pytest.mark.django_db


def page(address, language):
    client = Client()
    client.cookies["language"] = language
    return client.get(address).content.decode()


@pytest.mark.parametrize("language", ["ar", "fr", "en", "zgh"])
@pytest.mark.parametrize("address", ["/", "/track/", "/sign-in/"])
def test_every_page_names_publisher_help_line_and_last_change(address, language):
    found = page(address, language)
    assert read_publisher().publisher.text("ar" if language == "zgh" else language) in found
    assert 'href="tel:+212500000000"' in found
    assert 'href="/legal/"' in found
    assert "2026" in found.split('class="imprint"')[1]


@pytest.mark.parametrize(
    ("language", "words"),
    [("ar", "مختلقة: لا يجيب أحد عليها"), ("fr", "sont inventés"), ("en", "are invented")],
)
def test_invented_values_are_said_to_be_so(language, words):
    found = page("/legal/", language)
    assert words in found
    assert "mailto:avis@sijil.example" in found


def publisher_of(folder: Path, old: str, new: str) -> str:
    path = folder / "publisher.yaml"
    path.write_text(SHIPPED.read_text().replace(old, new))
    return str(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("invented: true\n", ""),
        ("updated_on: 2026-11-27", "updated_on: soon"),
        ("email: contact@sijil.example", "email: nowhere"),
        ("invented: true", "invented: true\nphone: 1"),
        ("  fr: Le directeur des registres (inventé)\n", ""),
    ],
)
def test_a_file_that_says_too_little_or_too_much_is_refused(tmp_path, old, new):
    with pytest.raises(PublisherInvalid, match=r"publisher\.yaml"):
        read_publisher(publisher_of(tmp_path, old, new))


def test_health_warns_while_the_values_are_invented(settings, tmp_path):
    settings.ENV = settings.ENV.model_copy(update={"demo": False, "publisher": ""})
    found = health._publisher()
    assert (found.well, found.warns) == (True, True)
    real = publisher_of(tmp_path, "invented: true", "invented: false")
    settings.ENV = settings.ENV.model_copy(update={"publisher": real})
    assert (health._publisher().well, health._publisher().warns) == (True, False)
    settings.ENV = settings.ENV.model_copy(update={"publisher": str(tmp_path / "none.yaml")})
    assert not health._publisher().well


def load_centre(monkeypatch, **known):
    geography.load_reference(NOW)
    centres = [replace(c, **known) if c.code == CENTRE else c for c in rules.read_centres()]
    monkeypatch.setattr(rules, "read_centres", lambda: centres)
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    appointments.load_centres(now=NOW)


def test_a_centre_says_what_is_not_known_of_it(monkeypatch):
    load_centre(monkeypatch)
    found = page(f"/centres/at/{CENTRE}/", "fr")
    assert found.count("Information non disponible.") == 2
    assert "lundi – vendredi" in found
    assert "08:30–16:30" in found


def test_a_centre_says_its_address_and_telephone(monkeypatch):
    load_centre(monkeypatch, address_fr="1, avenue de France", phone="+212537000000")
    assert "1, avenue de France" in page(f"/centres/at/{CENTRE}/", "ar")
    assert 'href="tel:+212537000000"' in page(f"/centres/at/{CENTRE}/", "fr")


def test_a_centre_says_its_own_hours(monkeypatch):
    load_centre(monkeypatch, kind="mobile", week=("", "10:00-12:00", "", "", "", "", ""))
    found = page(f"/centres/at/{CENTRE}/", "fr")
    assert "10:00–12:00" in found
    assert "08:30–16:30" not in found
    assert "Caravane" in found


def test_a_list_of_centres_may_hold_addresses(tmp_path):
    path = tmp_path / "centres.csv"
    head = "code,kind,name_ar,name_fr,region_code,province_code,commune_codes,desks,address_fr,phone\n"
    path.write_text(f"{head}1,annex,أ,A,01,01.051,01.051.01.01,2,Rue 1,0537 00 00 00\n")
    assert (rules.read_centres(path)[0].address("ar"), rules.read_centres(path)[0].phone) == (
        "Rue 1",
        "+212537000000",
    )
    path.write_text(f"{head}1,annex,أ,A,01,01.051,01.051.01.01,2,Rue 1,12\n")
    with pytest.raises(ValueError, match="line 2"):
        rules.read_centres(path)
