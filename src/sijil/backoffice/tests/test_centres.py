"""The register of centres in the back office: a table in and out, a day closed, and who may."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile

from sijil.counter.tests.test_counter import sign_in
from sijil.domains.appointments import queries, services
from sijil.domains.geography.services import load_reference
from sijil.kernel.actors import COUNTRY, PUBLIC
from sijil.kernel.casework.files import kept_notices

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
AGDAL, SOUISSI = "04.421.01.01", "04.421.01.06"
LIST, ONE = "/backoffice/centres/", f"/backoffice/centres/{AGDAL}/"
REASONS = {"on": "2026-11-23", "reason_ar": "عطب", "reason_fr": "Panne"}


@pytest.fixture(autouse=True)
def centres(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    load_reference(NOW)
    services.load_centres(now=NOW)


@pytest.fixture
def admin():
    client = sign_in("admin-1", "", "administrator")
    get_user_model().objects.update(area=COUNTRY)
    return client


def send(client, content, **more):
    return client.post(f"{LIST}import/", {"file": SimpleUploadedFile("c.csv", content), **more})


def table(admin):
    return admin.get(f"{LIST}export.csv").content


def test_the_table_goes_out_and_comes_back(admin):
    looked = send(admin, table(admin).replace(b"Souissi, Rabat", b"Le Souissi")).content.decode()
    assert "name_fr" in looked
    assert queries.get_centre(SOUISSI).name_fr == "Souissi, Rabat"
    send(admin, table(admin).replace(b"Souissi, Rabat", b"Le Souissi"), bring_in="1")
    assert queries.get_centre(SOUISSI).name_fr == "Le Souissi"


def test_a_file_that_is_no_table_says_so_beside_its_field(admin):
    answer = send(admin, b"x,y\n1,2")
    assert answer.status_code == 422
    assert "aria-invalid" in answer.content.decode()


def test_a_centre_is_found_and_a_day_closed_and_opened(admin):
    assert ONE in admin.get(f"{LIST}?q=Agdal").content.decode()
    services.book(slot_id=f"{AGDAL}@2026-11-23T08:30", request_number="A", actor=PUBLIC, now=NOW)
    with kept_notices() as told:
        admin.post(f"{ONE}close/", REASONS)
    assert [one.file for one in told] == ["A"]
    assert "Panne" in admin.get(ONE).content.decode()
    assert admin.post(f"{ONE}close/", REASONS).status_code == 422
    admin.post(f"{ONE}open/", {"on": "2026-11-23"})
    assert queries.list_closures(AGDAL, NOW.date()) == []


def test_a_supervisor_keeps_the_days_of_the_own_centre_only():
    client = sign_in("agdal-2", AGDAL, "supervisor")
    assert client.get(ONE).status_code == 200
    with kept_notices():
        assert client.post(f"{ONE}close/", REASONS).status_code == 302
    assert client.get(f"/backoffice/centres/{SOUISSI}/").status_code == 403
    assert client.post(f"/backoffice/centres/{SOUISSI}/close/", REASONS).status_code == 403
    assert client.get(LIST).status_code == 403


@pytest.mark.parametrize("text", ["", "31/12/2026", "2026-13-01"])
def test_a_day_that_is_none_is_not_opened(admin, text):
    assert admin.post(f"{ONE}open/", {"on": text}).status_code == 302
