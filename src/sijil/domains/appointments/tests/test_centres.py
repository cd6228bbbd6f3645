"""Centres: loaded from CSV, found by commune and province; what is free."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sijil.domains.appointments import queries, rules, services
from sijil.domains.appointments.tests.conftest import AGDAL, NINE, NOW
from sijil.kernel.actors import PUBLIC
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.usefixtures("centres")


def test_a_second_load_changes_nothing() -> None:
    report = services.load_centres(now=NOW)
    assert (report.centres, report.changed) == (496, 0)


def test_a_real_list_replaces_the_seed(tmp_path: Path) -> None:
    file = tmp_path / "centres.csv"
    lines = rules.SHIPPED.read_text(encoding="utf-8").splitlines()
    agdal = next(line for line in lines if line.startswith(AGDAL))
    file.write_text(
        "\n".join([lines[0], agdal.replace(",2", ",5"), "N,annex,جديد,Neuf,04,04.421,04.421.01.0,1"])
    )
    assert services.load_centres(now=NOW, path=file).changed == 2
    assert [c.code for c in queries.list_centres("04.421.01.0")] == [AGDAL, "N"]
    assert services.load_centres(now=NOW).changed == 496  # all but one were closed
    assert len(queries.list_centres("04.421.01.0")) == 6


def test_every_commune_of_rabat_has_its_centres() -> None:
    names = [c.name_fr for c in queries.list_centres("04.421.01.0")]
    assert names == [
        "Rabat",
        "Agdal Riyad, Rabat",
        "El Youssoufia, Rabat",
        "Hassan, Rabat",
        "Souissi, Rabat",
        "Yacoub El Mansour, Rabat",
    ]
    assert len(queries.list_province_centres("04.421")) == 7


def test_a_rural_commune_goes_to_its_cercle() -> None:
    [centre] = queries.list_centres("12.066.03.07")
    assert (centre.kind, centre.name("fr"), centre.name("ar")) == ("caidat", "Aousserd", "أوسرد")


def test_an_unknown_centre_is_refused() -> None:
    with pytest.raises(Refused, match="centre_unknown"):
        queries.list_slots("99", NOW.date(), 1)


def test_slots_show_what_is_left() -> None:
    services.book(slot_id=NINE, request_number="A", actor=PUBLIC, now=NOW)
    slots = queries.list_slots(AGDAL, dt.date(2026, 11, 21), 3)
    assert (len(slots), slots[0].id, slots[0].free, slots[1].free) == (24, NINE, 1, 2)


def test_a_full_or_past_slot_is_not_offered() -> None:
    for request in "AB":
        services.book(slot_id=NINE, request_number=request, actor=PUBLIC, now=NOW)
    found = queries.find_next_slot(AGDAL, now=NOW)
    assert found is not None
    assert found.at == dt.time(8, 50)
    later = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)  # ten o'clock in Rabat
    assert queries.list_free_slots(AGDAL, now=later, days=1)[0].at == dt.time(10, 10)
