"""Every cell of the two tables of states."""

import itertools

import pytest

from sijil.domains.social_register.states import HOUSEHOLD, REGISTRATION, HouseholdState, RegistrationState
from sijil.kernel.errors import Refused

REGISTRATION_CELLS = {
    ("drafted", "submit"): "submitted",
    ("drafted", "withdraw"): "withdrawn",
    ("submitted", "process"): "processed",
    ("submitted", "quarantine"): "quarantined",
    ("submitted", "reject"): "rejected",
    ("quarantined", "process"): "processed",
    ("quarantined", "reject"): "rejected",
}
HOUSEHOLD_CELLS = {
    ("declared", "activate"): "active",
    ("declared", "close"): "closed",
    ("active", "close"): "closed",
}
CELLS = [
    (machine, state.value, action, cells.get((state.value, action)))
    for machine, states, cells in (
        (REGISTRATION, RegistrationState, REGISTRATION_CELLS),
        (HOUSEHOLD, HouseholdState, HOUSEHOLD_CELLS),
    )
    for state, action in itertools.product(states, machine.actions)
]


@pytest.mark.parametrize(("machine", "state", "action", "target"), CELLS)
def test_every_cell(machine, state, action, target):
    if target:
        assert machine.target(state, action) == target
    else:
        with pytest.raises(Refused):
            machine.target(state, action)


def test_ends():
    assert set(REGISTRATION.final_states()) == {"processed", "rejected", "withdrawn"}
    assert HOUSEHOLD.final_states() == ("closed",)
