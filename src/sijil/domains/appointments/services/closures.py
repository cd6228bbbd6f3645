"""Days on which a centre is closed by exception, and what becomes of the appointments of such a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Q

from sijil.domains.appointments.acts import DAY_CLOSED, DAY_OPENED
from sijil.domains.appointments.errors import CLOSED_ALREADY, CLOSURE_PAST, CLOSURE_UNKNOWN
from sijil.domains.appointments.models import AppointmentRow, CentreRow, ClosureRow
from sijil.domains.appointments.queries import get_calendar, get_centre, list_displaced
from sijil.domains.appointments.services.booking import displace, lock_centre
from sijil.domains.appointments.states import AppointmentState
from sijil.domains.appointments.types import Displaced
from sijil.kernel import acts, clean
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused


@transaction.atomic
def close_day(
    *, centre_code: str, on: dt.date, reason_ar: str, reason_fr: str, actor: Actor, now: dt.datetime
) -> list[Displaced]:
    """Close a centre for a day: no place is offered, and who has one is told and chooses another.

    Return whose appointments fell. Raises: Refused(CENTRE_UNKNOWN, CLOSURE_PAST, CLOSED_ALREADY), or what is
    wrong with a reason.
    """
    reasons = clean.together(
        {
            "reason_ar": lambda: clean.line(reason_ar, field="reason_ar"),
            "reason_fr": lambda: clean.line(reason_fr, field="reason_fr"),
        }
    )
    if on < legal_day(now):
        raise Refused(CLOSURE_PAST, field="on")
    get_centre(centre_code)
    lock_centre(centre_code)
    _write(ClosureRow(centre_id=centre_code, on=on, **reasons, made_by=str(actor), made_at=now))
    _log(DAY_CLOSED, centre_code, on, actor, now)
    _desks, calendar = get_calendar(centre_code, on, on)
    fallen = list_displaced(centre_code, calendar, from_on=on, to_on=on)
    return displace_all(fallen, actor=actor, now=now)


@transaction.atomic
def open_day(*, centre_code: str, on: dt.date, actor: Actor, now: dt.datetime) -> None:
    """Open a day again. Appointments that fell stay fallen: their people chose, or choose, another time.

    Raises: Refused(CLOSURE_UNKNOWN).
    """
    lock_centre(centre_code)
    rows = ClosureRow.objects.filter(centre_id=centre_code, on=on, lifted_at=None)
    if not rows.update(lifted_at=now):
        raise Refused(CLOSURE_UNKNOWN, field="on")
    _log(DAY_OPENED, centre_code, on, actor, now)


def displace_all(fallen: Iterable[Displaced], *, actor: Actor, now: dt.datetime) -> list[Displaced]:
    """Take appointments away, of one centre that the caller has alone. Return those that still stood."""
    why = {one.booking.request_number: one for one in fallen}
    rows = AppointmentRow.objects.select_for_update().filter(
        request_number__in=why, state=AppointmentState.BOOKED
    )
    done = list(rows.order_by("id"))
    for row in done:
        displace(row, why[row.request_number].why, actor=actor, now=now)
    return [why[row.request_number] for row in done]


def displace_due(*, actor: Actor, now: dt.datetime) -> int:
    """Take away what falls on a time at which a centre receives nobody any more; return how many.

    A day that follows the moon is announced after people booked on it. A transaction for each centre.
    """
    return sum(_displace_at(code, actor, now) for code in _booked_centres(legal_day(now)))


def _booked_centres(today: dt.date) -> list[str]:
    booked = Q(appointmentrow__state=AppointmentState.BOOKED, appointmentrow__on__gte=today)
    return list(CentreRow.objects.filter(booked).distinct().values_list("code", flat=True))


@transaction.atomic
def _displace_at(centre_code: str, actor: Actor, now: dt.datetime) -> int:
    lock_centre(centre_code)
    today = legal_day(now)
    try:
        _desks, calendar = get_calendar(centre_code, today, dt.date.max)
    except Refused:  # it was closed: ``ends_on`` took its appointments away
        return 0
    fallen = list_displaced(centre_code, calendar, from_on=today)
    ahead = [one for one in fallen if one.booking.starts_at is None or one.booking.starts_at > now]
    return len(displace_all(ahead, actor=actor, now=now))


def _write(row: ClosureRow) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(CLOSED_ALREADY, field="on") from None


def _log(act: acts.Act, centre_code: str, on: dt.date, actor: Actor, now: dt.datetime) -> None:
    facts = {"on": on.isoformat()}
    acts.record(act, actor=actor, subject=f"centre:{centre_code}", facts=facts, now=now)
