"""States of an appointment. No legal delay runs here: that of the request does."""

from __future__ import annotations

from enum import StrEnum

from sijil.domains.appointments import acts
from sijil.domains.appointments.types import Shut
from sijil.kernel.casework import Kind, Role, Transition
from sijil.kernel.casework.table import opening
from sijil.kernel.texts import Text4


class AppointmentState(StrEnum):
    BOOKED = "booked"
    ATTENDED = "attended"
    CANCELLED = "cancelled"
    MISSED = "missed"
    DISPLACED = "displaced"  # the centre receives nobody then; another time is to be chosen


_S = AppointmentState
_BOTH = (Role.HOLDER, Role.OFFICER)
APPOINTMENT = Kind(
    "appointment",
    AppointmentState,
    opening=opening("book", _S.BOOKED, by=_BOTH, act=acts.BOOKED),
    also=(opening("check_in", _S.ATTENDED, by=(Role.OFFICER,), act=acts.ATTENDED),),  # without appointment
    transitions=(
        Transition("rebook", (_S.BOOKED,), _S.BOOKED, by=_BOTH, act=acts.REBOOKED),
        Transition("cancel", (_S.BOOKED,), _S.CANCELLED, by=(*_BOTH, Role.SYSTEM), act=acts.CANCELLED),
        Transition(
            "check_in",
            (_S.BOOKED, _S.CANCELLED, _S.MISSED, _S.DISPLACED),
            _S.ATTENDED,
            by=(Role.OFFICER,),
            act=acts.ATTENDED,
        ),
        Transition("miss", (_S.BOOKED,), _S.MISSED, by=(Role.SYSTEM,), act=acts.MISSED),
        Transition(
            "displace",
            (_S.BOOKED,),
            _S.DISPLACED,
            by=(Role.OFFICER, Role.MANAGER, Role.SYSTEM),
            act=acts.DISPLACED,
            reasons=tuple(Shut),
            notice="appointment_displaced",
        ),
        Transition("book", (_S.CANCELLED, _S.MISSED, _S.DISPLACED), _S.BOOKED, by=_BOTH, act=acts.BOOKED),
    ),
    waits_on={_S.BOOKED: Role.HOLDER, _S.DISPLACED: Role.HOLDER},
    rests=(_S.CANCELLED, _S.MISSED),
    title=Text4("موعد", "Rendez-vous", "Appointment"),
)
