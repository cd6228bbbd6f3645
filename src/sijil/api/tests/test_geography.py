"""The public reference over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from sijil.domains.appointments import services as appointments
from sijil.domains.geography import services as geography

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reference(monkeypatch: pytest.MonkeyPatch) -> None:
    geography.load_reference(NOW)
    appointments.load_centres(now=NOW)
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)


def read(client: Client, address: str) -> Any:
    answer = client.get(f"/v1/{address}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_way_down(client: Client) -> None:
    assert len(read(client, "regions")) == 12
    assert "04.421" in [p["code"] for p in read(client, "regions/04/provinces")]
    assert [c["name_ar"] for c in read(client, "provinces/04.421/communes")] == ["الرباط", "التواركة"]
    assert read(client, "communes/04.421.01.0")["milieu"] == "urban"


def test_centres_and_their_free_times(client: Client) -> None:
    assert "04.421.01.01" in [c["code"] for c in read(client, "communes/04.421.01.0/centres")]
    assert read(client, "centres/04.421.01.01")["desks"] == 2
    first = read(client, "centres/04.421.01.01/slots?from_on=2026-11-23&days=1")[0]
    assert first["id"] == "04.421.01.01@2026-11-23T08:30"
    assert (first["starts_at"], first["free"]) == ("2026-11-23T08:30:00+01:00", 2)


@pytest.mark.parametrize(
    ("address", "status"),
    [("regions/99/provinces", 422), ("communes/99", 422), ("centres/99", 404), ("centres/99/slots", 404)],
)
def test_what_is_unknown_is_a_problem(client: Client, address: str, status: int) -> None:
    answer = client.get(f"/v1/{address}")
    assert answer.status_code == status


def test_too_many_days_are_refused(client: Client) -> None:
    assert client.get("/v1/centres/04.421.01.01/slots?days=400").status_code == 422
