"""An appointment from booking to coming. A place is taken by one statement: two never share the last one.

Who takes a place shares its centre with others who do; who changes when the centre receives people has it
alone. So nobody is left with an appointment on a day that was closed at the same moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from sijil.domains.appointments import rules
from sijil.domains.appointments.errors import (
    ALREADY_BOOKED,
    APPOINTMENT_UNKNOWN,
    MISSED_TOO_OFTEN,
    SLOT_FULL,
)
from sijil.domains.appointments.models import AppointmentRow, AppointmentStep, SlotRow
from sijil.domains.appointments.queries import booking_of, get_calendar, get_centre
from sijil.domains.appointments.states import APPOINTMENT, AppointmentState
from sijil.domains.appointments.types import Booking, Shut, SlotKey
from sijil.kernel.actors import COUNTRY, Actor, ActorKind
from sijil.kernel.casework import Delay, Role
from sijil.kernel.casework.files import Files, staff_roles
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

_REQUESTS = 0x52445630  # our space among the advisory locks
_CENTRES = 0x52445631


def _roles(row: AppointmentRow, actor: Actor) -> set[Role]:
    """Return what somebody is to an appointment: who holds the number, an officer of its centre, or who keeps
    the register of centres."""
    if actor.kind in (ActorKind.PUBLIC, ActorKind.CITIZEN):
        return {Role.HOLDER}
    if actor.kind is ActorKind.OFFICER and not actor.centre:
        return {Role.MANAGER} if actor.area == COUNTRY and "administrator" in actor.roles else set()
    return staff_roles(actor, centre=row.centre_id)


def _delay(name: str, day: dt.date) -> Delay:
    raise LookupError(f"an appointment has no delay {name}")


def _place(row: AppointmentRow) -> Mapping[str, Any]:
    at = row.slot.at.isoformat("minutes") if row.slot else ""
    return {"centre": row.centre_id, "day": row.on.isoformat(), "time": at}


APPOINTMENTS = Files(
    APPOINTMENT,
    AppointmentRow,
    AppointmentStep,
    "appointment",
    APPOINTMENT_UNKNOWN,
    roles=_roles,
    delay=_delay,
    subject=lambda row: row.request_number,
    key="request_number",
    centre="centre_id",
    facts=_place,
    facts_from=("slot",),
)


def book(*, slot_id: str, request_number: str, actor: Actor, now: dt.datetime) -> Booking:
    """Give a request a place in a slot. The same call again returns the same appointment.

    Raises: Refused(SLOT_UNKNOWN | SLOT_PAST | CENTRE_UNKNOWN | SLOT_FULL | ALREADY_BOOKED), or
    Refused(kernel.transition_refused) when the person already came, Refused(MISSED_TOO_OFTEN) online.
    """
    key = rules.read_slot(slot_id)
    with transaction.atomic():
        row = _locked(request_number, key.centre_code)
        _check(key, now)
        if row is None:
            return _open_at(key, request_number, actor, now)
        if row.state == AppointmentState.BOOKED:
            return _same_or_refuse(row, key)
        APPOINTMENTS.require(row, "book", actor=actor)
        _check_missed(row, actor, now)
        return _move_to(row, "book", key, actor, now)


def rebook(*, slot_id: str, request_number: str, actor: Actor, now: dt.datetime) -> Booking:
    """Move an appointment to another slot; the old place is free again at once.

    Raises: as :func:`book`, and Refused(APPOINTMENT_UNKNOWN). Nothing moves if the new slot is full.
    """
    key = rules.read_slot(slot_id)
    with transaction.atomic():
        row = _get_locked(request_number, key.centre_code)
        _check(key, now)
        APPOINTMENTS.require(row, "rebook", actor=actor)
        if _key(row) == key:
            return booking_of(row)
        _lock_slots(row, key)
        old = row.slot_id
        moved = _move_to(row, "rebook", key, actor, now)
        _release(old)
        return moved


@transaction.atomic
def cancel(*, request_number: str, actor: Actor, now: dt.datetime) -> Booking:
    """Give the place back. Raises: Refused(APPOINTMENT_UNKNOWN, kernel.transition_refused)."""
    row = _get_locked(request_number)
    APPOINTMENTS.move_row(row, "cancel", actor=actor, now=now, changed_at=now)
    _release(row.slot_id)
    return booking_of(row)


def check_in(*, centre_code: str, request_number: str, actor: Actor, now: dt.datetime) -> Booking:
    """Note that the person came today, with the appointment of today here or as a walk-in.

    An appointment for another day or centre is moved here and its place given back. Idempotent.
    Raises: Refused(CENTRE_UNKNOWN, kernel.role_refused).
    """
    get_centre(centre_code)
    here = {"centre_id": centre_code, "on": legal_day(now), "changed_at": now}
    with transaction.atomic():
        row = _locked(request_number)
        if row is None:
            row = AppointmentRow(request_number=request_number, **here)
            APPOINTMENTS.open(row, actor=actor, now=now, action="check_in")
        elif row.state != AppointmentState.ATTENDED:
            _come(row, here, actor, now)
        return booking_of(row)


def mark_missed(*, before: dt.date, actor: Actor, now: dt.datetime) -> int:
    """Close the appointments of the days before ``before`` to which nobody came. Return how many."""
    rows = AppointmentRow.objects.filter(state=AppointmentState.BOOKED, on__lt=before)
    with transaction.atomic():
        missed = list(rows.select_for_update(skip_locked=True))
        for row in missed:
            APPOINTMENTS.move_row(row, "miss", actor=actor, now=now)
    return len(missed)


def _come(row: AppointmentRow, here: Mapping[str, Any], actor: Actor, now: dt.datetime) -> None:
    """Receive a person at the place booked, or here and now in its stead."""
    booked = row.state == AppointmentState.BOOKED
    if booked and (row.centre_id, row.on) == (here["centre_id"], here["on"]):
        APPOINTMENTS.move_row(row, "check_in", actor=actor, now=now)
        return
    if booked:
        _release(row.slot_id)
    row.centre_id = here["centre_id"]  # the officer is asked for at this centre, not at the one booked
    APPOINTMENTS.move_row(row, "check_in", actor=actor, now=now, slot=None, **here)


def _open_at(key: SlotKey, request_number: str, actor: Actor, now: dt.datetime) -> Booking:
    row = AppointmentRow(
        request_number=request_number, centre_id=key.centre_code, on=key.on, slot=_take(key), changed_at=now
    )
    APPOINTMENTS.open(row, actor=actor, now=now)
    return booking_of(row)


def _move_to(row: AppointmentRow, action: str, key: SlotKey, actor: Actor, now: dt.datetime) -> Booking:
    place: dict[str, Any] = {
        "centre_id": key.centre_code,
        "on": key.on,
        "slot": _take(key),
        "changed_at": now,
        "reminded": 0,
    }
    APPOINTMENTS.move_row(row, action, actor=actor, now=now, **place)
    return booking_of(row)


def _check(key: SlotKey, now: dt.datetime) -> None:
    """Raises: Refused(CENTRE_UNKNOWN | SLOT_PAST | SLOT_UNKNOWN)."""
    _desks, calendar = get_calendar(key.centre_code, key.on, key.on)
    rules.check_slot(key, now, calendar)


def _check_missed(row: AppointmentRow, actor: Actor, now: dt.datetime) -> None:
    """Who let too many places go to waste comes without an appointment; an officer may still give one."""
    if actor.kind is ActorKind.OFFICER:
        return
    count = AppointmentStep.objects.filter(appointment=row, action="miss").count()
    if count >= rules.most_missed(legal_day(now)):
        raise Refused(MISSED_TOO_OFTEN, field="slot", count=count)


def _take(key: SlotKey) -> SlotRow:
    """Take one place. Raises: Refused(SLOT_FULL)."""
    slots = SlotRow.objects.filter(centre_id=key.centre_code, on=key.on, at=key.at)
    _open(key)
    if not slots.filter(booked__lt=F("capacity")).update(booked=F("booked") + 1):
        raise Refused(SLOT_FULL, field="slot", slot=str(key))
    return slots.get()


def _open(key: SlotKey) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO appointments_slot (centre_id, "on", at, capacity, booked)'
            " SELECT code, %s, %s, desks, 0 FROM appointments_centre WHERE code = %s ON CONFLICT DO NOTHING",
            [key.on, key.at.isoformat(), key.centre_code],
        )


def displace(row: AppointmentRow, why: Shut, *, actor: Actor, now: dt.datetime) -> None:
    """Take a booked appointment away that the caller has locked: the person is told why, and chooses anew."""
    APPOINTMENTS.move_row(row, "displace", actor=actor, now=now, reason=why.value, changed_at=now)
    _release(row.slot_id)


def _release(slot_id: int | None) -> None:
    SlotRow.objects.filter(id=slot_id or 0).update(booked=F("booked") - 1)


def _lock_slots(row: AppointmentRow, key: SlotKey) -> None:
    """Lock the old and the new slot in one order, so that two people who swap never wait for each other."""
    _open(key)
    new = SlotRow.objects.get(centre_id=key.centre_code, on=key.on, at=key.at)
    list(SlotRow.objects.select_for_update().filter(id__in=[row.slot_id or 0, new.id]).order_by("id"))


def hold(request_number: str) -> None:
    """Have a request alone until the commit, also where it takes no place."""
    _locked(request_number)


def _locked(request_number: str, centre_code: str = "") -> AppointmentRow | None:
    """Have the request's appointment alone, also when it is not written yet, and share a centre.

    The row is read without its slot: a joined row would be as of before the wait for the lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s)), pg_advisory_xact_lock_shared(%s, hashtext(%s))",
            [_REQUESTS, request_number, _CENTRES, centre_code],
        )
    return AppointmentRow.objects.select_for_update().filter(request_number=request_number).first()


def lock_centre(code: str) -> None:
    """Have a centre alone, until the end of the transaction: nobody takes or moves to a place there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_CENTRES, code])


def _get_locked(request_number: str, centre_code: str = "") -> AppointmentRow:
    row = _locked(request_number, centre_code)
    if row is None:
        raise Refused(APPOINTMENT_UNKNOWN, field="request_number", request_number=request_number)
    return row


def _key(row: AppointmentRow) -> SlotKey | None:
    return None if row.slot is None else SlotKey(row.centre_id, row.on, row.slot.at)


def _same_or_refuse(row: AppointmentRow, key: SlotKey) -> Booking:
    if _key(row) != key:
        raise Refused(ALREADY_BOOKED, field="slot", request_number=row.request_number)
    return booking_of(row)
