"""Reminders: once each, never in the night, none for what was moved, given back, or made too late for it."""

from __future__ import annotations

import datetime as dt

import pytest

from sijil.domains.appointments import queries, rules, services
from sijil.domains.appointments.tests.conftest import AGDAL, NOW, OFFICER
from sijil.kernel.actors import PUBLIC, system
from sijil.kernel.dates import ZONE
from sijil.kernel.errors import Refused

THURSDAY = f"{AGDAL}@2026-11-26T14:10"
EARLY = f"{AGDAL}@2026-11-26T08:30"


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def reminded(now: dt.datetime) -> list[str]:
    due, after = services.claim_reminders(now=now)
    assert after == 0
    return [booking.request_number for booking in due]


def book(request: str, slot: str = THURSDAY, now: dt.datetime = NOW) -> None:
    services.book(slot_id=slot, request_number=request, actor=PUBLIC, now=now)


@pytest.mark.usefixtures("centres")
def test_each_reminder_goes_once() -> None:
    book("A")
    assert reminded(at(24, 14, 9)) == []
    assert (reminded(at(24, 14, 10)), reminded(at(24, 14, 15))) == (["A"], [])
    assert reminded(at(26, 11, 9)) == []
    assert (reminded(at(26, 11, 10)), reminded(at(26, 11, 15)), reminded(at(26, 14, 10))) == (["A"], [], [])


@pytest.mark.usefixtures("centres")
def test_after_a_standstill_one_goes_for_both() -> None:
    book("A")
    assert (reminded(at(26, 12)), reminded(at(26, 13))) == (["A"], [])


@pytest.mark.usefixtures("centres")
def test_what_falls_in_the_night_goes_the_evening_before() -> None:
    book("A", EARLY)
    assert reminded(at(24, 9)) == ["A"]
    assert reminded(at(25, 18, 59)) == []
    assert (reminded(at(25, 19)), reminded(at(26, 5, 30))) == (["A"], [])


@pytest.mark.usefixtures("centres")
def test_an_appointment_made_shortly_before_is_not_reminded_at_once() -> None:
    book("A", now=at(25, 10))
    assert reminded(at(25, 10, 5)) == []
    assert reminded(at(26, 11, 10)) == ["A"]


@pytest.mark.usefixtures("centres")
def test_what_was_moved_is_reminded_of_its_new_time_only() -> None:
    book("A")
    assert reminded(at(24, 15)) == ["A"]
    friday = f"{AGDAL}@2026-11-27T14:10"
    services.rebook(slot_id=friday, request_number="A", actor=PUBLIC, now=at(24, 16))
    assert reminded(at(25, 14, 9)) == []
    assert reminded(at(25, 14, 10)) == ["A"]
    assert reminded(at(26, 11, 10)) == []


@pytest.mark.usefixtures("centres")
def test_what_was_given_back_is_not_reminded() -> None:
    book("A")
    services.cancel(request_number="A", actor=PUBLIC, now=NOW)
    assert reminded(at(24, 15)) == []


def test_hours_are_those_that_pass_where_the_clock_changes() -> None:
    starts = dt.datetime(2027, 2, 8, 14, 10, tzinfo=ZONE)  # the clock went back an hour on the 7th
    before = starts.astimezone(dt.UTC) - dt.timedelta(hours=48)
    assert rules.count_due(starts, before - dt.timedelta(minutes=1)) == 0
    assert rules.count_due(starts, before) == 1
    assert before.astimezone(ZONE).time() != starts.time()


@pytest.mark.usefixtures("centres")
def test_after_three_missed_none_is_booked_online_and_an_officer_still_gives_one() -> None:
    for day in (23, 24, 25):
        slot, noted = f"{AGDAL}@2026-11-{day}T08:30", at(day + 1, 3)
        book("A", slot, now=at(day - 1, 12))
        assert services.mark_missed(before=noted.date(), actor=system("clock"), now=noted) == 1
    with pytest.raises(Refused, match="missed_too_often"):
        book("A", THURSDAY, now=at(26, 9))
    services.book(slot_id=THURSDAY, request_number="A", actor=OFFICER, now=at(26, 9))
    assert queries.get_booking("A").state == "booked"
