"""Tracking: what whoever holds a number may see. State, reason, next step, date; no identity."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments.types import Booking, Centre
from sijil.domains.population_register import queries as population_register
from sijil.domains.population_register.errors import UNKNOWN_NUMBER
from sijil.domains.social_register import queries as social_register
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

# What the person does, or waits for, in each state; the pages put it in words (``pages.labels``).
NEXT_ACTION = {
    "pre_registered": "come_to_centre",
    "papers_requested": "bring_paper",
    "deposited": "wait_for_comparison",
    "in_adjudication": "wait_for_officers",
    "registered": "read_message",
    "rejected": "contest",
    "withdrawn": "start_again",
}
HOUSEHOLD_NEXT_ACTION = {
    "drafted": "finish_form",
    "submitted": "wait_for_score",
    "processed": "see_score",
    "quarantined": "wait_for_check",
    "rejected": "start_again",
    "withdrawn": "start_again",
}


@dataclass(frozen=True, slots=True)
class TrackedStep:
    state: str
    at: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class TrackedRequest:
    """``kind``: person or household. ``due_on``: legal date of the next answer, if one runs."""

    number: str
    kind: str
    state: str
    reason: str
    next_action: str
    due_on: dt.date | None
    is_late: bool
    history: tuple[TrackedStep, ...]
    appointment: Booking | None = None
    centre: Centre | None = None


def find_request(number: str, *, now: dt.datetime) -> TrackedRequest:
    """Return what to show for a number of either register. Raises: Refused(UNKNOWN_NUMBER)."""
    try:
        return _person(number, now)
    except Refused as refused:
        if refused.error is not UNKNOWN_NUMBER:
            raise
    return _household(number, now)


def _person(number: str, now: dt.datetime) -> TrackedRequest:
    status = population_register.get_status(number)
    booking = appointments.find_booking(status.number)
    return TrackedRequest(
        number=status.number,
        kind="person",
        state=status.state,
        reason=status.reason,
        next_action=NEXT_ACTION[status.state],
        due_on=status.due_on,
        is_late=status.due_on is not None and status.due_on < legal_day(now),
        history=tuple(TrackedStep(s.to_state, s.at, s.reason) for s in status.steps),
        appointment=booking,
        centre=appointments.get_centre(status.centre_code),
    )


def _household(number: str, now: dt.datetime) -> TrackedRequest:
    found = social_register.get_registration_by_number(number)
    return TrackedRequest(
        number=found.number,
        kind="household",
        state=found.state,
        reason=found.steps[-1].reason if found.steps else "",
        next_action=HOUSEHOLD_NEXT_ACTION[found.state],
        due_on=found.answer_due_on,
        is_late=found.answer_due_on is not None and found.answer_due_on < legal_day(now),
        history=tuple(TrackedStep(s.to_state, s.at, s.reason) for s in found.steps),
    )
