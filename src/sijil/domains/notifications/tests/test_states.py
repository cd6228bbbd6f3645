import pytest

from sijil.domains.notifications.states import MESSAGE, MessageState
from sijil.kernel.errors import Refused

TABLE = {
    ("queued", "claim"): "sending",
    ("sending", "confirm"): "sent",
    ("sending", "retry"): "queued",
    ("queued", "give_up"): "dead",
    ("sending", "give_up"): "dead",
    ("dead", "revive"): "queued",
}


@pytest.mark.parametrize("action", MESSAGE.actions)
@pytest.mark.parametrize("state", [s.value for s in MessageState])
def test_every_cell(state, action):
    if (state, action) in TABLE:
        assert MESSAGE.target(state, action) == TABLE[state, action]
    else:
        with pytest.raises(Refused):
            MESSAGE.target(state, action)


def test_only_sent_is_final():
    assert MESSAGE.final_states() == ("sent",)
