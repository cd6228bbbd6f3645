"""Many people, few places, real connections: nobody is told of a place that is not theirs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from sijil.domains.appointments import queries, services
from sijil.domains.appointments.models import AppointmentRow, SlotRow
from sijil.domains.appointments.tests.conftest import NINE, NOW, TEN
from sijil.kernel.actors import PUBLIC
from sijil.kernel.errors import Refused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("centres")]


def outcome(call: Callable[..., object], request: str, slot: str) -> str:
    try:
        call(slot_id=slot, request_number=request, actor=PUBLIC, now=NOW)
        return "booked"
    except Refused as refusal:
        return refusal.code
    finally:
        connection.close()


def at_once(call: Callable[..., object], cases: list[tuple[str, str]]) -> list[str]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda case: outcome(call, *case), cases))


def test_thirty_people_want_two_places() -> None:
    told = at_once(services.book, [(f"R{n}", NINE) for n in range(30)])
    assert sorted(set(told)) == ["appointments.slot_full", "booked"]
    assert told.count("booked") == AppointmentRow.objects.count() == SlotRow.objects.get().booked == 2
    assert {r for r, t in zip(range(30), told, strict=True) if t == "booked"} == {
        int(a.request_number[1:]) for a in AppointmentRow.objects.all()
    }


def test_one_request_sent_many_times_takes_one_place() -> None:
    told = at_once(services.book, [("R", NINE if n % 2 else TEN) for n in range(16)])
    assert set(told) <= {"booked", "appointments.already_booked"}
    assert sum(SlotRow.objects.values_list("booked", flat=True)) == AppointmentRow.objects.count() == 1


def test_the_last_place_clicked_twice_is_not_told_full() -> None:
    services.book(slot_id=NINE, request_number="A", actor=PUBLIC, now=NOW)
    assert at_once(services.book, [("R", NINE)] * 8) == ["booked"] * 8


def test_people_who_swap_never_block_each_other() -> None:
    services.book(slot_id=NINE, request_number="A", actor=PUBLIC, now=NOW)
    services.book(slot_id=TEN, request_number="B", actor=PUBLIC, now=NOW)
    for slots in [(TEN, NINE), (NINE, TEN)] * 4:
        assert at_once(services.rebook, [("A", slots[0]), ("B", slots[1])]) == ["booked", "booked"]
    assert queries.get_booking("A").slot_id == NINE


def test_the_same_click_sent_many_times_is_told_the_same() -> None:
    assert at_once(services.book, [("R", NINE)] * 12) == ["booked"] * 12
    assert at_once(services.rebook, [("R", TEN)] * 12) == ["booked"] * 12
    assert sorted(SlotRow.objects.values_list("booked", flat=True)) == [0, 1]
