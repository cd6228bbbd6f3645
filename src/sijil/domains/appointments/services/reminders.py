"""Reminders: each goes once, in the transaction in which it is noted that it went."""

from __future__ import annotations

import datetime as dt

from sijil.domains.appointments import rules
from sijil.domains.appointments.models import AppointmentRow
from sijil.domains.appointments.queries import booking_of
from sijil.domains.appointments.states import AppointmentState
from sijil.domains.appointments.types import Booking
from sijil.kernel.dates import legal_day

_MANY = 500


def claim_reminders(*, now: dt.datetime, after: int = 0) -> tuple[list[Booking], int]:
    """Note the reminders that are due as gone, in the caller's transaction, which sends them.

    Return the appointments, and after which one to go on; 0 at the end. Of several that are due one goes;
    none whose time had passed when the appointment was made.
    """
    today = legal_day(now)
    rows = AppointmentRow.objects.select_related("slot").filter(
        id__gt=after, state=AppointmentState.BOOKED, on__range=(today, rules.furthest_reminder(today))
    )
    looked = list(rows.select_for_update(skip_locked=True, of=("self",)).order_by("id")[:_MANY])
    due = [row for row in looked if _note(row, now)]
    AppointmentRow.objects.bulk_update(due, ["reminded"])
    return [booking_of(row) for row in due], looked[-1].id if len(looked) == _MANY else 0


def _note(row: AppointmentRow, now: dt.datetime) -> bool:
    """Set how many have gone; tell whether one goes now."""
    starts_at = booking_of(row).starts_at
    if starts_at is None or starts_at <= now:
        return False
    gone = max(row.reminded, rules.count_due(starts_at, row.changed_at))
    row.reminded = rules.count_due(starts_at, now)
    return row.reminded > gone
