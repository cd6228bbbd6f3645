"""A day that is closed by exception, or became a holiday: nobody is offered it, nobody is left with it."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from sijil.domains.appointments import queries, rules, services
from sijil.domains.appointments.models import AppointmentRow
from sijil.domains.appointments.tests.conftest import (
    ADMINISTRATOR,
    AGDAL,
    ELSEWHERE,
    NINE,
    NOW,
    OFFICER,
    TEN,
)
from sijil.domains.appointments.types import Shut
from sijil.kernel import law
from sijil.kernel.actors import PUBLIC, Actor, system
from sijil.kernel.casework.files import kept_notices
from sijil.kernel.errors import Refused

MONDAY = dt.date(2026, 11, 23)
WEDNESDAY = f"{AGDAL}@2026-11-25T08:30"


def close(on: dt.date = MONDAY, actor: Actor = ADMINISTRATOR) -> list[str]:
    reasons = {"reason_ar": "عطب في الكهرباء", "reason_fr": "Panne de courant"}
    with kept_notices() as told:
        services.close_day(centre_code=AGDAL, on=on, **reasons, actor=actor, now=NOW)
    return [one.file for one in told]


def book(request: str, slot: str = NINE) -> str:
    return services.book(slot_id=slot, request_number=request, actor=PUBLIC, now=NOW).state


@pytest.mark.usefixtures("centres")
def test_a_closed_day_is_offered_to_nobody_and_who_has_it_is_told() -> None:
    book("A"), book("B", TEN), book("C", WEDNESDAY)
    assert close() == ["A", "B"]
    assert [queries.get_booking(n).state for n in "ABC"] == ["displaced", "displaced", "booked"]
    assert all(slot.on != MONDAY for slot in queries.list_free_slots(AGDAL, now=NOW))
    with pytest.raises(Refused, match="slot_unknown"):
        book("D")
    found = queries.find_closure(AGDAL, MONDAY)
    assert found is not None
    assert (found.reason("ar"), found.reason("fr")) == ("عطب في الكهرباء", "Panne de courant")


@pytest.mark.usefixtures("centres")
def test_who_was_displaced_chooses_another_time() -> None:
    book("A")
    close()
    assert book("A", WEDNESDAY) == "booked"


@pytest.mark.usefixtures("centres")
def test_a_day_is_opened_again_and_what_fell_stays() -> None:
    book("A")
    close()
    services.open_day(centre_code=AGDAL, on=MONDAY, actor=ADMINISTRATOR, now=NOW)
    assert queries.get_booking("A").state == "displaced"
    assert queries.list_closures(AGDAL, MONDAY) == []
    assert book("B") == "booked"
    assert close() == ["B"]


@pytest.mark.usefixtures("centres")
def test_what_cannot_be_closed_or_opened_is_refused() -> None:
    close()
    with pytest.raises(Refused, match="closed_already"):
        close()
    with pytest.raises(Refused, match="closure_past"):
        close(NOW.date() - dt.timedelta(days=1))
    with pytest.raises(Refused, match="field_missing"):
        services.close_day(
            centre_code=AGDAL, on=MONDAY, reason_ar=" ", reason_fr="x", actor=ADMINISTRATOR, now=NOW
        )
    with pytest.raises(Refused, match="closure_unknown"):
        services.open_day(centre_code=AGDAL, on=MONDAY + dt.timedelta(days=1), actor=OFFICER, now=NOW)


@pytest.mark.usefixtures("centres")
def test_another_centre_takes_no_appointment_away() -> None:
    book("A")
    with pytest.raises(Refused, match="role_refused"):
        close(actor=ELSEWHERE)
    assert close(actor=OFFICER) == ["A"]


@pytest.mark.usefixtures("centres")
def test_a_day_that_became_a_holiday_displaces_at_night(monkeypatch: pytest.MonkeyPatch) -> None:
    book("A"), book("B", WEDNESDAY)
    monkeypatch.setattr(rules.hours, "is_holiday", lambda day: day == MONDAY)
    with kept_notices() as told:
        assert services.displace_due(actor=system("clock"), now=NOW) == 1
        assert services.displace_due(actor=system("clock"), now=NOW) == 0
    assert [(one.file, one.reason) for one in told] == [("A", Shut.HOLIDAY)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("centres")
def test_nobody_keeps_a_place_on_a_day_closed_at_the_same_moment() -> None:
    def one(number: int) -> None:
        try:
            if number == 4:
                services.close_day(
                    centre_code=AGDAL, on=MONDAY, reason_ar="عطب", reason_fr="Panne", actor=OFFICER, now=NOW
                )
            else:
                hour, minute = divmod(510 + 20 * (number % 20), 60)
                book(f"R{number}", f"{AGDAL}@2026-11-23T{hour:02}:{minute:02}")
        except Refused:
            pass
        finally:
            connection.close()

    with kept_notices(), ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(40)))
    assert not AppointmentRow.objects.filter(state="booked", on=MONDAY).exists()


def test_days_that_follow_the_moon_are_computed_where_none_were_published() -> None:
    assert rules.foreseen_days(2026) == law.load(rules.MOON, "MOON-2026").body.days
    assert rules.foreseen_days(2027) == law.load(rules.MOON, "MOON-2027").body.days
    eid = dt.date(2030, 2, 5)
    assert rules.is_holiday(eid)
    assert rules.is_foreseen(eid)


def test_a_foreseen_holiday_is_marked_and_a_fixed_one_is_not() -> None:
    found = rules.list_holidays(dt.date(2027, 2, 28), dt.date(2027, 5, 2))
    assert [(str(day.on), day.is_foreseen) for day in found] == [
        ("2027-03-10", True),
        ("2027-03-11", True),
        ("2027-05-01", False),
    ]
