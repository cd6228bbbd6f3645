"""Writes of appointments: places are booked, people come, days are closed, the register is kept."""

from sijil.domains.appointments.services.booking import (
    APPOINTMENTS,
    book,
    cancel,
    check_in,
    hold,
    mark_missed,
    rebook,
)
from sijil.domains.appointments.services.centres import (
    close_ended,
    import_centres,
    load_centres,
    places_of,
)
from sijil.domains.appointments.services.closures import close_day, displace_due, open_day
from sijil.domains.appointments.services.elsewhere import take_elsewhere
from sijil.domains.appointments.services.reminders import claim_reminders

__all__ = [
    "APPOINTMENTS",
    "book",
    "cancel",
    "check_in",
    "claim_reminders",
    "close_day",
    "close_ended",
    "displace_due",
    "hold",
    "import_centres",
    "load_centres",
    "mark_missed",
    "open_day",
    "places_of",
    "rebook",
    "take_elsewhere",
]
