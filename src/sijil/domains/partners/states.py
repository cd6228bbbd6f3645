"""A partner is active or suspended; a suspended one gets no token and no answer.

An administrator decides, on the command line until there is a page. Neither state waits for anybody.
"""

from __future__ import annotations

from enum import StrEnum

from sijil.domains.partners import acts
from sijil.kernel.casework import Kind, Role, Transition
from sijil.kernel.casework.table import opening


class PartnerState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


_ACTIVE, _SUSPENDED = PartnerState.ACTIVE, PartnerState.SUSPENDED
_BY = (Role.MANAGER, Role.SYSTEM)
PARTNER = Kind(
    "partner",
    PartnerState,
    opening=opening("register", _ACTIVE, by=_BY, act=acts.REGISTERED),
    transitions=(
        Transition("suspend", (_ACTIVE,), _SUSPENDED, by=_BY, act=acts.SUSPENDED),
        Transition("resume", (_SUSPENDED,), _ACTIVE, by=_BY, act=acts.RESUMED),
        *(
            Transition(action, (state,), state, by=_BY, act=act)
            for action, act in (
                ("rotate_secret", acts.SECRET_ROTATED),
                ("add_key", acts.KEY_ADDED),
                ("remove_key", acts.KEY_REMOVED),
            )
            for state in (_ACTIVE, _SUSPENDED)
        ),
    ),
    waits_on={},
    rests=(_ACTIVE, _SUSPENDED),
)
