"""Every cell of the table of states, with somebody of each role."""

from __future__ import annotations

import datetime as dt

import pytest

from sijil.domains.appointments.models import AppointmentRow, SlotRow
from sijil.domains.appointments.services import APPOINTMENTS
from sijil.domains.appointments.states import APPOINTMENT
from sijil.domains.appointments.tests.conftest import ADMINISTRATOR, AGDAL, ELSEWHERE, NOW, OFFICER
from sijil.kernel.actors import PUBLIC, Actor, partner, system
from sijil.kernel.casework import ROLE_REFUSED, Role
from sijil.kernel.casework.files import kept_notices
from sijil.kernel.errors import Refused
from sijil.kernel.machine import TRANSITION_REFUSED

pytestmark = pytest.mark.usefixtures("centres")
ACTORS: dict[Role, Actor] = {
    Role.HOLDER: PUBLIC,
    Role.OFFICER: OFFICER,
    Role.MANAGER: ADMINISTRATOR,
    Role.SYSTEM: system("clock"),
}
STRANGER = partner("bank")  # for the roles that nobody has here


def in_state(state: str) -> AppointmentRow:
    day = dt.date(2026, 11, 23)
    slot = SlotRow.objects.create(centre_id=AGDAL, on=day, at=dt.time(8, 30), capacity=2, booked=1)
    return AppointmentRow.objects.create(
        request_number="A", centre_id=AGDAL, on=day, slot=slot, state=state, opened_at=NOW, changed_at=NOW
    )


@pytest.mark.parametrize(("state", "action", "role", "allowed"), list(APPOINTMENT.cells()))
def test_each_cell(state: str, action: str, role: Role, allowed: bool) -> None:
    row, step, actor = in_state(state), APPOINTMENT.find(state, action), ACTORS.get(role, STRANGER)
    if allowed and step:
        with kept_notices() as told:
            reason = next(iter(step.reasons), "")
            moved = APPOINTMENTS.move_row(row, action, actor=actor, now=NOW, reason=reason)
        assert (moved.state, [one.notice for one in told]) == (step.target, [step.notice] * bool(step.notice))
        return
    with pytest.raises(Refused) as refused:
        APPOINTMENTS.move_row(row, action, actor=actor, now=NOW)
    assert refused.value.error is (ROLE_REFUSED if step else TRANSITION_REFUSED)


def test_an_officer_of_another_centre_does_not_touch_it() -> None:
    assert APPOINTMENTS.may(in_state("booked"), ELSEWHERE) == ()


def test_attended_is_the_end_and_no_delay_runs() -> None:
    assert APPOINTMENT.final_states() == ("attended",)
    assert APPOINTMENT.delays == ()


def test_a_person_without_appointment_is_there_at_once() -> None:
    assert [step.target for step in APPOINTMENT.openings.values()] == ["booked", "attended"]
