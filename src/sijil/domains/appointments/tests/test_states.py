"""Every cell of the table of states."""

from __future__ import annotations

import pytest

from sijil.domains.appointments.states import APPOINTMENT
from sijil.kernel.errors import Refused

TABLE = {
    ("booked", "rebook"): "booked",
    ("booked", "cancel"): "cancelled",
    ("booked", "check_in"): "attended",
    ("booked", "miss"): "missed",
    ("cancelled", "book"): "booked",
    ("cancelled", "check_in"): "attended",
    ("missed", "book"): "booked",
    ("missed", "check_in"): "attended",
}


@pytest.mark.parametrize("state", [s.value for s in APPOINTMENT.states])
@pytest.mark.parametrize("action", APPOINTMENT.actions)
def test_each_cell(state: str, action: str) -> None:
    if (state, action) in TABLE:
        assert APPOINTMENT.target(state, action) == TABLE[state, action]
    else:
        with pytest.raises(Refused, match="transition_refused"):
            APPOINTMENT.target(state, action)


def test_attended_is_the_end() -> None:
    assert APPOINTMENT.final_states() == ("attended",)
