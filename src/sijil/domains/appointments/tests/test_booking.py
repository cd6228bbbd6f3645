"""Book, move, give back, come: and each refusal."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from sijil.domains.appointments import queries, services
from sijil.domains.appointments.models import AppointmentStep, SlotRow
from sijil.domains.appointments.tests.conftest import AGDAL, ELSEWHERE, NINE, NOW, OFFICER, SOUISSI, TEN
from sijil.domains.appointments.types import Booking
from sijil.kernel.actors import PUBLIC, system
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.usefixtures("centres")
MONDAY = dt.datetime(2026, 11, 23, 7, 45, tzinfo=dt.UTC)


def book(request: str, slot: str = NINE, now: dt.datetime = NOW) -> Booking:
    return services.book(slot_id=slot, request_number=request, actor=PUBLIC, now=now)


def rebook(request: str, slot: str) -> Booking:
    return services.rebook(slot_id=slot, request_number=request, actor=PUBLIC, now=NOW)


def cancel(request: str) -> Booking:
    return services.cancel(request_number=request, actor=PUBLIC, now=NOW)


def check_in(request: str, centre: str = AGDAL, now: dt.datetime = MONDAY) -> Booking:
    actor = OFFICER if centre == AGDAL else ELSEWHERE
    return services.check_in(centre_code=centre, request_number=request, actor=actor, now=now)


def booked(slot: str) -> int:
    key = slot.partition("@")[2]
    return SlotRow.objects.get(on=key[:10], at=key[11:]).booked


def test_a_place_is_taken() -> None:
    booking = book("A")
    assert (booking.slot_id, booking.state, booking.is_walk_in) == (NINE, "booked", False)
    assert queries.get_booking("A") == booking
    assert queries.list_slots(AGDAL, booking.on, 1)[0].free == 1


def test_the_same_call_again_takes_no_second_place() -> None:
    assert book("A") == book("A")
    assert booked(NINE) == 1


def test_a_full_slot_is_refused_and_leaves_no_trace() -> None:
    book("A"), book("B")
    with pytest.raises(Refused, match=r"appointments\.slot_full"):
        book("C")
    assert queries.find_booking("C") is None
    assert booked(NINE) == 2


@pytest.mark.parametrize(
    ("slot", "code"),
    [
        (f"{AGDAL}@2026-11-20T08:30", "slot_past"),
        (f"{AGDAL}@2026-11-22T12:10", "slot_unknown"),
        ("99@2026-11-23T08:30", "centre_unknown"),
        ("nonsense", "slot_unknown"),
    ],
)
def test_a_slot_that_cannot_be_taken_is_refused(slot: str, code: str) -> None:
    with pytest.raises(Refused, match=f"appointments.{code}"):
        book("A", slot)


def test_a_second_appointment_for_a_request_is_refused() -> None:
    book("A")
    with pytest.raises(Refused, match=r"appointments\.already_booked"):
        book("A", TEN)


def test_an_appointment_moves_and_frees_its_place() -> None:
    book("A")
    assert rebook("A", TEN).slot_id == TEN
    assert (booked(NINE), booked(TEN)) == (0, 1)
    assert rebook("A", TEN).slot_id == TEN


def test_a_move_to_a_full_slot_changes_nothing() -> None:
    book("A"), book("B", TEN), book("C", TEN)
    with pytest.raises(Refused, match="slot_full"):
        rebook("A", TEN)
    assert queries.get_booking("A").slot_id == NINE
    assert (booked(NINE), booked(TEN)) == (1, 2)


def test_a_cancelled_place_is_free_and_the_request_can_book_again() -> None:
    book("A")
    assert cancel("A").state == "cancelled"
    assert booked(NINE) == 0
    assert book("A", TEN).state == "booked"


@pytest.mark.parametrize(
    "call", [lambda: cancel("X"), lambda: rebook("X", NINE), lambda: queries.get_booking("X")]
)
def test_a_request_without_appointment_is_refused(call: object) -> None:
    with pytest.raises(Refused, match=r"appointments\.appointment_unknown"):
        call()  # type: ignore[operator]


def test_who_came_cannot_move_or_cancel() -> None:
    book("A")
    check_in("A")
    for call in (lambda: cancel("A"), lambda: rebook("A", TEN), lambda: book("A", TEN)):
        with pytest.raises(Refused, match="transition_refused"):
            call()


def test_a_person_comes_at_her_time() -> None:
    book("A")
    assert check_in("A").slot_id == NINE
    assert check_in("A").state == "attended"
    assert AppointmentStep.objects.filter(action="check_in").count() == 1


def test_a_person_walks_in() -> None:
    booking = check_in("W")
    assert (booking.is_walk_in, booking.on, booking.state) == (True, MONDAY.date(), "attended")


def test_a_person_comes_on_another_day_or_elsewhere_and_gives_the_place_back() -> None:
    book("A", f"{AGDAL}@2026-11-24T08:30"), book("B", TEN)
    assert check_in("A").is_walk_in
    assert check_in("B", SOUISSI).centre_code == SOUISSI
    assert set(SlotRow.objects.values_list("booked", flat=True)) == {0}


def test_a_person_who_cancelled_and_comes_all_the_same_is_received() -> None:
    book("A")
    cancel("A")
    assert check_in("A").is_walk_in
    assert booked(NINE) == 0


def test_check_in_at_an_unknown_centre_is_refused() -> None:
    with pytest.raises(Refused, match="centre_unknown"):
        check_in("A", "99")


def test_an_officer_receives_people_at_the_own_centre_only() -> None:
    book("A")
    for number in ("A", "W"):
        with pytest.raises(Refused, match="role_refused"):
            services.check_in(centre_code=AGDAL, request_number=number, actor=ELSEWHERE, now=MONDAY)
    assert queries.get_booking("A").state == "booked"


def test_a_centre_serves_its_communes() -> None:
    assert queries.serves(AGDAL, "04.421.01.0")
    assert not queries.serves(AGDAL, "01.051.01.01")


def test_the_day_lists_by_time_then_walk_ins() -> None:
    book("B", TEN), book("A"), book("C"), check_in("W")
    cancel("C")
    assert [b.request_number for b in queries.list_day(AGDAL, MONDAY.date())] == ["A", "B", "W"]
    assert queries.list_day(SOUISSI, MONDAY.date()) == []


def test_who_did_not_come_is_marked_and_may_book_again() -> None:
    book("A"), book("B", f"{AGDAL}@2026-11-24T08:30")
    tuesday = MONDAY + dt.timedelta(days=1)
    assert services.mark_missed(before=dt.date(2026, 11, 24), actor=system("clock"), now=tuesday) == 1
    assert queries.get_booking("A").state == "missed"
    assert book("A", f"{AGDAL}@2026-11-25T08:30", tuesday).state == "booked"


def test_each_step_is_kept_and_cannot_be_rewritten() -> None:
    book("A"), rebook("A", TEN), cancel("A")
    steps = AppointmentStep.objects.values_list("action", "from_state", "to_state", "actor_kind")
    assert [s[:3] for s in steps] == [
        ("book", "", "booked"), ("rebook", "booked", "booked"), ("cancel", "booked", "cancelled"),
    ]  # fmt: skip
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        AppointmentStep.objects.update(action="x")
