"""Writes of appointments. A place is taken by one statement, so two people never share the last one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from sijil.domains.appointments import rules
from sijil.domains.appointments.errors import ALREADY_BOOKED, APPOINTMENT_UNKNOWN, SLOT_FULL
from sijil.domains.appointments.models import AppointmentRow, AppointmentStep, CentreRow, SlotRow
from sijil.domains.appointments.queries import booking_of, get_centre
from sijil.domains.appointments.states import APPOINTMENT, AppointmentState
from sijil.domains.appointments.types import Booking, LoadReport, SlotKey
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.casework import Delay, Role
from sijil.kernel.casework.files import Files, staff_roles
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

_REQUESTS = 0x52445630  # our space among the advisory locks
_FIELDS = (
    *("kind", "name_ar", "name_fr", "region_code", "province_code", "commune_codes", "desks"),
    *("address_ar", "address_fr", "phone"),
)


@transaction.atomic
def load_centres(*, now: dt.datetime, path: Path | None = None) -> LoadReport:
    """Write the centres of a CSV file (the seed if none is given); those it leaves out are closed.

    Idempotent. Raises: ValueError naming the line that cannot be used; nothing is written then.
    """
    centres = rules.read_centres(path) if path else rules.read_centres()
    known = {row.code: row for row in CentreRow.objects.all()}
    rows = [CentreRow(code=c.code, loaded_at=now, **_values(c)) for c in centres]
    changed = [r for r in rows if r.code not in known or _values(r) != _values(known[r.code])]
    CentreRow.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["code"], update_fields=[*_FIELDS, "loaded_at"]
    )
    kept = [c.code for c in centres]
    CentreRow.objects.exclude(code__in=kept).filter(closed_on=None).update(closed_on=legal_day(now))
    CentreRow.objects.filter(code__in=kept).exclude(closed_on=None).update(closed_on=None)
    return LoadReport(len(rows), len(changed))


def _values(centre: object) -> dict[str, object]:
    values = {name: getattr(centre, name) for name in _FIELDS}
    return values | {"commune_codes": list(values["commune_codes"])}


def _roles(row: AppointmentRow, actor: Actor) -> set[Role]:
    """Return what somebody is to an appointment: who holds the number, or an officer of its centre."""
    if actor.kind in (ActorKind.PUBLIC, ActorKind.CITIZEN):
        return {Role.HOLDER}
    if actor.kind is ActorKind.OFFICER and not actor.centre:
        return set()
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
    Refused(kernel.transition_refused) when the person already came.
    """
    key = _checked(slot_id, now)
    with transaction.atomic():
        row = _locked(request_number)
        if row is None:
            return _open_at(key, request_number, actor, now)
        if row.state == AppointmentState.BOOKED:
            return _same_or_refuse(row, key)
        APPOINTMENTS.require(row, "book", actor=actor)
        return _move_to(row, "book", key, actor, now)


def rebook(*, slot_id: str, request_number: str, actor: Actor, now: dt.datetime) -> Booking:
    """Move an appointment to another slot; the old place is free again at once.

    Raises: as :func:`book`, and Refused(APPOINTMENT_UNKNOWN). Nothing moves if the new slot is full.
    """
    key = _checked(slot_id, now)
    with transaction.atomic():
        row = _get_locked(request_number)
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
    }
    APPOINTMENTS.move_row(row, action, actor=actor, now=now, **place)
    return booking_of(row)


def _checked(slot_id: str, now: dt.datetime) -> SlotKey:
    key = rules.read_slot(slot_id)
    get_centre(key.centre_code)
    rules.check_slot(key, now)
    return key


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


def _locked(request_number: str) -> AppointmentRow | None:
    """Have the request's appointment alone, also when it is not written yet.

    The row is read without its slot: a joined row would be as of before the wait for the lock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_REQUESTS, request_number])
    return AppointmentRow.objects.select_for_update().filter(request_number=request_number).first()


def _get_locked(request_number: str) -> AppointmentRow:
    row = _locked(request_number)
    if row is None:
        raise Refused(APPOINTMENT_UNKNOWN, field="request_number", request_number=request_number)
    return row


def _key(row: AppointmentRow) -> SlotKey | None:
    return None if row.slot is None else SlotKey(row.centre_id, row.on, row.slot.at)


def _same_or_refuse(row: AppointmentRow, key: SlotKey) -> Booking:
    if _key(row) != key:
        raise Refused(ALREADY_BOOKED, field="slot", request_number=row.request_number)
    return booking_of(row)
