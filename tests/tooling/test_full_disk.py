"""A full disk: nothing new is taken and it is said why, reading goes on, and all comes back by itself."""

import datetime as dt
import errno

import pytest
from django.db import OperationalError, connection
from django.test import Client

from sijil.kernel.disk import LOOK_EVERY, Room
from sijil.pages import throttle
from sijil.reporting import health

NOW = dt.datetime(2026, 11, 28, 9, 0, tzinfo=dt.UTC)
SAID = {
    "ar": "قرصها ممتلئ",
    "fr": "son disque est plein",
}


class Disk:
    free, now = 0, 0.0


@pytest.fixture
def disk(settings, tmp_path):
    found = Disk()
    settings.ROOM = Room([tmp_path], 1000, free=lambda _: found.free, clock=lambda: found.now)
    return found


@pytest.fixture
def reader(client):
    def speak(language):
        client.cookies["language"] = language
        return client

    return speak


@pytest.mark.django_db
@pytest.mark.parametrize("language", SAID)
def test_a_page_that_writes_is_refused_in_the_language_of_the_reader(disk, reader, language):
    answer = reader(language).post("/pre-registration/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert SAID[language] in answer.content.decode()
    disk.free, disk.now = 1000, LOOK_EVERY
    assert reader(language).post("/pre-registration/").status_code == 302


@pytest.mark.django_db
def test_a_call_that_writes_is_refused_with_a_problem(disk):
    answer = Client().post(
        "/v1/sessions", {}, content_type="application/json", headers={"accept-language": "fr"}
    )
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "api.disk_full", "60")
    assert SAID["fr"] in answer.json()["title"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/pre-registration/", "/track/", "/centres/"])
def test_reading_goes_on(disk, client, path):
    assert client.get(path).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("is_known", [True, False], ids=["full", "not yet seen"])
def test_a_write_that_finds_the_disk_full_is_told_so(disk, reader, monkeypatch, is_known):
    disk.free = 0 if is_known else 1000

    def write(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(throttle, "take", write)
    client = reader("fr")
    client.raise_request_exception = False
    answer = client.get("/track/K7QD-4M2X-9T/")
    assert answer.status_code == 503
    assert SAID["fr"] in answer.content.decode()


@pytest.mark.django_db
def test_health_says_disk_full_first(disk):
    first = health.examine(now=NOW)[0]
    assert (first.name, first.well, first.seen[:10]) == ("disk", False, "disk full:")
    disk.free, disk.now = 1000, LOOK_EVERY
    assert health.examine(now=NOW)[0].well


def test_health_says_it_also_when_the_database_has_stopped(disk, monkeypatch):
    monkeypatch.setattr(connection, "cursor", _stopped)
    assert [(c.name, c.well) for c in health.examine(now=NOW)][:2] == [("disk", False), ("database", False)]


def _stopped(*_):
    raise OperationalError("the server is in recovery mode")
