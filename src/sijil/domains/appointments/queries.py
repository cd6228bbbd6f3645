"""Reads of centres, slots and appointments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q

from sijil.domains.appointments import rules
from sijil.domains.appointments.errors import APPOINTMENT_UNKNOWN, CENTRE_UNKNOWN
from sijil.domains.appointments.models import AppointmentRow, AppointmentStep, CentreRow, ClosureRow, SlotRow
from sijil.domains.appointments.states import AppointmentState
from sijil.domains.appointments.types import (
    WHY_SHUT,
    Booking,
    Calendar,
    Centre,
    Closure,
    Displaced,
    Holiday,
    Shut,
    Slot,
    SlotKey,
)
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


def find_centre(code: str) -> Centre | None:
    """Return a centre, also one that was closed since, or None."""
    return next(iter(list_named([code])), None)


def list_every_centre() -> list[Centre]:
    """Return the whole register, closed centres too."""
    return [_centre(row) for row in CentreRow.objects.order_by("code")]


def search_centres(text: str, limit: int = 30) -> list[Centre]:
    """Return the open centres whose code or name holds a text."""
    where = Q(code__startswith=text) | Q(name_ar__icontains=text) | Q(name_fr__icontains=text)
    return _centres(where)[:limit]


def list_closures(centre_code: str, from_on: dt.date) -> list[Closure]:
    """Return the days from ``from_on`` on which a centre is closed by exception, in order."""
    rows = ClosureRow.objects.filter(centre_id=centre_code, on__gte=from_on, lifted_at=None)
    return [_closure(row) for row in rows.order_by("on")]


def find_closure(centre_code: str, on: dt.date) -> Closure | None:
    """Return why a centre is closed by exception on a day, or None."""
    return next((found for found in list_closures(centre_code, on) if found.on == on), None)


def list_holidays(from_on: dt.date, days: int) -> list[Holiday]:
    """Return the holidays of the coming days, those that may still move marked as foreseen."""
    return rules.list_holidays(from_on, from_on + dt.timedelta(days=days))


def list_hours(on: dt.date, centre: Centre | None = None) -> list[tuple[tuple[int, ...], str, str]]:
    """Return the hours of a week: days (1 = Monday), opens, closes; of a centre, or of all."""
    return rules.list_hours(on, centre.week if centre else ())


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
    listed = rules.list_days(from_on, days, now)
    first, last = min(listed, default=from_on), max(listed, default=from_on)
    desks, calendar = get_calendar(centre_code, first, last)
    rows = SlotRow.objects.filter(centre_id=centre_code, on__in=listed)
    taken = {(row.on, row.at): (row.capacity, row.booked) for row in rows}
    return [
        Slot(str(SlotKey(centre_code, on, at)), centre_code, on, at, *taken.get((on, at), (desks, 0)))
        for on in listed
        for at in rules.list_times(on, calendar)
        if now is None or rules.is_bookable(SlotKey(centre_code, on, at), now)
    ]


def get_calendar(centre_code: str, first: dt.date, last: dt.date) -> tuple[int, Calendar]:
    """Return the desks of an open centre, and when it receives people between two days.

    Raises: Refused(CENTRE_UNKNOWN).
    """
    shut = ClosureRow.objects.filter(
        centre_id=OuterRef("code"), lifted_at=None, on__gte=first, on__lte=last
    ).values("on")
    rows = CentreRow.objects.filter(code=centre_code, closed_on=None)
    row = rows.annotate(shut=ArraySubquery(shut)).values_list("desks", "week", "opens_on", "ends_on", "shut")
    found = row.first()
    if found is None:
        raise Refused(CENTRE_UNKNOWN, field="centre", code=centre_code)
    desks, week, opens_on, ends_on, closed = found
    return desks, Calendar(tuple(week), opens_on, ends_on, frozenset(closed))


def list_displaced(
    centre_code: str, calendar: Calendar, *, from_on: dt.date, to_on: dt.date | None = None
) -> list[Displaced]:
    """Return the appointments of some days at which a centre with this calendar receives nobody."""
    rows = AppointmentRow.objects.select_related("slot").filter(
        centre_id=centre_code, state=AppointmentState.BOOKED, on__gte=from_on, on__lte=to_on or dt.date.max
    )
    found = [booking_of(row) for row in rows.order_by("on", "id")]
    judged = [(one, rules.why_shut(one.on, one.at or dt.time.min, calendar)) for one in found]
    return [Displaced(one, why) for one, why in judged if why]


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


def why_displaced(booking: Booking, language: str) -> str:
    """Return in words why an appointment was taken away, of who closed the day if any; "" if none was."""
    if booking.state != AppointmentState.DISPLACED:
        return ""
    steps = AppointmentStep.objects.filter(appointment__request_number=booking.request_number)
    code = Shut(steps.filter(action="displace").order_by("id").values_list("reason", flat=True)[::-1][0])
    closure = find_closure(booking.centre_code, booking.on) if code is Shut.DAY else None
    return closure.reason(language) if closure else WHY_SHUT[code].text(language)


def list_day(centre_code: str, on: dt.date) -> list[Booking]:
    """Return who is expected or came on a day, by time; walk-ins after, cancelled ones left out."""
    return _coming(Q(centre_id=centre_code, on=on))


def list_from(centre_code: str, on: dt.date) -> list[Booking]:
    """The same of that day and all after it, by day."""
    return _coming(Q(centre_id=centre_code, on__gte=on))


def _coming(where: Q) -> list[Booking]:
    rows = AppointmentRow.objects.select_related("slot").filter(where)
    kept = rows.exclude(state=AppointmentState.CANCELLED)
    return [booking_of(row) for row in kept.order_by("on", F("slot__at").asc(nulls_last=True), "id")]


def list_bookings(request_numbers: Collection[str]) -> list[Booking]:
    """Return the appointments of some requests, on whatever day; cancelled ones left out."""
    rows = AppointmentRow.objects.select_related("slot").filter(request_number__in=list(request_numbers))
    return [booking_of(row) for row in rows.exclude(state=AppointmentState.CANCELLED)]


def _centres(where: Q) -> list[Centre]:
    return [_centre(row) for row in CentreRow.objects.filter(where, closed_on__isnull=True).order_by("code")]


def _centre(row: CentreRow) -> Centre:
    names = (row.kind, row.name_ar, row.name_fr)
    places = (row.region_code, row.province_code, tuple(row.commune_codes))
    reached = (row.address_ar, row.address_fr, row.phone)
    position, days = (row.latitude, row.longitude), (row.opens_on, row.ends_on)
    return Centre(row.code, *names, *places, row.desks, *reached, *position, tuple(row.week), *days)


def _closure(row: ClosureRow) -> Closure:
    return Closure(row.centre_id, row.on, row.reason_ar, row.reason_fr)


def booking_of(row: AppointmentRow) -> Booking:
    """Return the value of an appointment."""
    at = None if row.slot is None else row.slot.at
    return Booking(row.request_number, row.centre_id, row.on, at, row.state, row.changed_at)
