"""Reads of centres, slots and appointments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import Q

from sijil.domains.appointments import rules
from sijil.domains.appointments.errors import APPOINTMENT_UNKNOWN, CENTRE_UNKNOWN
from sijil.domains.appointments.models import AppointmentRow, CentreRow, SlotRow
from sijil.domains.appointments.states import AppointmentState
from sijil.domains.appointments.types import Booking, Centre, Slot, SlotKey
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused


def list_centres(commune_code: str) -> list[Centre]:
    """Return the open centres that serve a commune."""
    return _centres(Q(commune_codes__contains=[commune_code]))


def serves(centre_code: str, commune_code: str) -> bool:
    """Tell whether a centre serves a commune; also one that was closed since."""
    return CentreRow.objects.filter(code=centre_code, commune_codes__contains=[commune_code]).exists()


def list_province_centres(province_code: str) -> list[Centre]:
    """Return the open centres of a province or prefecture."""
    return _centres(Q(province_code=province_code))


def get_centre(code: str) -> Centre:
    """Return a centre. Raises: Refused(CENTRE_UNKNOWN)."""
    found = _centres(Q(code=code))
    if not found:
        raise Refused(CENTRE_UNKNOWN, field="centre", code=code)
    return found[0]


def list_hours(on: dt.date) -> list[tuple[tuple[int, ...], str, str]]:
    """Return the hours of a week in force on a day: days (1 = Monday), opens, closes; of every centre."""
    return rules.list_hours(on)


def list_named(codes: Iterable[str]) -> list[Centre]:
    """Return the centres of these codes, closed ones too: what an old record names."""
    return [_centre(row) for row in CentreRow.objects.filter(code__in=set(codes))]


def list_slots(
    centre_code: str, from_on: dt.date, days: int, *, now: dt.datetime | None = None
) -> list[Slot]:
    """Return the slots of a centre over ``days`` days from ``from_on``, full ones included, in order.

    With ``now``, those that have passed or are beyond the booking horizon are left out.
    Raises: Refused(CENTRE_UNKNOWN).
    """
    centre = get_centre(centre_code)
    listed = rules.list_days(from_on, days, now)
    rows = SlotRow.objects.filter(centre_id=centre_code, on__in=listed)
    taken = {(row.on, row.at): (row.capacity, row.booked) for row in rows}
    return [
        Slot(str(SlotKey(centre_code, on, at)), centre_code, on, at, *taken.get((on, at), (centre.desks, 0)))
        for on in listed
        for at in rules.list_times(on)
        if now is None or rules.is_bookable(SlotKey(centre_code, on, at), now)
    ]


def list_free_slots(centre_code: str, *, now: dt.datetime, days: int = 14) -> list[Slot]:
    """Return the slots from now on with a place left. Raises: Refused(CENTRE_UNKNOWN)."""
    slots = list_slots(centre_code, legal_day(now), days, now=now)
    return [slot for slot in slots if slot.free > 0]


def find_next_slot(centre_code: str, *, now: dt.datetime) -> Slot | None:
    """Return the first slot with a place left within two weeks, or None."""
    return next(iter(list_free_slots(centre_code, now=now)), None)


def find_booking(request_number: str) -> Booking | None:
    """Return the appointment of a request in whatever state, or None."""
    row = AppointmentRow.objects.select_related("slot").filter(request_number=request_number).first()
    return None if row is None else booking_of(row)


def get_booking(request_number: str) -> Booking:
    """Return the appointment of a request. Raises: Refused(APPOINTMENT_UNKNOWN)."""
    found = find_booking(request_number)
    if found is None:
        raise Refused(APPOINTMENT_UNKNOWN, field="request_number", request_number=request_number)
    return found


def list_day(centre_code: str, on: dt.date) -> list[Booking]:
    """Return who is expected or came on a day, by time; walk-ins after, cancelled ones left out."""
    rows = AppointmentRow.objects.select_related("slot").filter(centre_id=centre_code, on=on)
    kept = rows.exclude(state=AppointmentState.CANCELLED).order_by("id")
    bookings = [booking_of(row) for row in kept]
    return sorted(bookings, key=lambda b: b.at or dt.time.max)


def list_bookings(request_numbers: Collection[str]) -> list[Booking]:
    """Return the appointments of some requests, on whatever day; cancelled ones left out."""
    rows = AppointmentRow.objects.select_related("slot").filter(request_number__in=list(request_numbers))
    return [booking_of(row) for row in rows.exclude(state=AppointmentState.CANCELLED)]


def _centres(where: Q) -> list[Centre]:
    return [_centre(row) for row in CentreRow.objects.filter(where, closed_on__isnull=True).order_by("code")]


def _centre(row: CentreRow) -> Centre:
    names = (row.kind, row.name_ar, row.name_fr)
    places = (row.region_code, row.province_code, tuple(row.commune_codes))
    return Centre(row.code, *names, *places, row.desks, row.address_ar, row.address_fr, row.phone)


def booking_of(row: AppointmentRow) -> Booking:
    """Return the value of an appointment."""
    at = None if row.slot is None else row.slot.at
    return Booking(row.request_number, row.centre_id, row.on, at, row.state, row.changed_at)
