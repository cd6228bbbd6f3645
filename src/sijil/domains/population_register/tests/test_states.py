"""Every cell of the two tables."""

import pytest

from sijil.domains.population_register.states import PERSON, REQUEST, PersonState, RequestState
from sijil.kernel.errors import Refused

ALLOWED = {
    ("pre_registered", "request_papers"): "papers_requested",
    ("pre_registered", "deposit"): "deposited",
    ("pre_registered", "reject"): "rejected",
    ("pre_registered", "withdraw"): "withdrawn",
    ("papers_requested", "deposit"): "deposited",
    ("papers_requested", "reject"): "rejected",
    ("papers_requested", "withdraw"): "withdrawn",
    ("deposited", "flag_duplicate"): "in_adjudication",
    ("deposited", "register"): "registered",
    ("in_adjudication", "register"): "registered",
    ("in_adjudication", "reject"): "rejected",
}
PERSON_ALLOWED = {
    ("active", "suspend"): "suspended",
    ("active", "declare_death"): "deceased",
    ("suspended", "reactivate"): "active",
    ("suspended", "declare_death"): "deceased",
    ("deceased", "annul_death"): "active",
    ("deceased", "annul_death_of_suspended"): "suspended",
}
CELLS = [(REQUEST, s, a, ALLOWED) for s in RequestState for a in REQUEST.actions]
CELLS += [(PERSON, s, a, PERSON_ALLOWED) for s in PersonState for a in PERSON.actions]


@pytest.mark.parametrize(("machine", "state", "action", "allowed"), CELLS)
def test_cell(machine, state, action, allowed):
    expected = allowed.get((state.value, action))
    if expected:
        assert machine.target(state, action) == expected
    else:
        with pytest.raises(Refused, match="transition_refused"):
            machine.target(state, action)
