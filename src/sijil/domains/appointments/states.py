"""States of an appointment."""

from __future__ import annotations

from enum import StrEnum

from sijil.kernel.machine import Machine, Transition


class AppointmentState(StrEnum):
    BOOKED = "booked"
    ATTENDED = "attended"
    CANCELLED = "cancelled"
    MISSED = "missed"


_S = AppointmentState
APPOINTMENT = Machine(
    AppointmentState,
    initial=_S.BOOKED,
    transitions=(
        Transition("rebook", (_S.BOOKED,), _S.BOOKED, by=("public", "citizen", "officer")),
        Transition("cancel", (_S.BOOKED,), _S.CANCELLED, by=("public", "citizen", "officer")),
        Transition("check_in", (_S.BOOKED, _S.CANCELLED, _S.MISSED), _S.ATTENDED, by=("officer",)),
        Transition("miss", (_S.BOOKED,), _S.MISSED, by=("system",)),
        Transition("book", (_S.CANCELLED, _S.MISSED), _S.BOOKED, by=("public", "citizen", "officer")),
    ),
)
