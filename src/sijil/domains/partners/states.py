"""A partner is active or suspended; a suspended one gets no token and no answer."""

from __future__ import annotations

from enum import StrEnum

from sijil.kernel.machine import Machine, Transition


class PartnerState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


PARTNER = Machine(
    PartnerState,
    initial=PartnerState.ACTIVE,
    transitions=(
        Transition("suspend", (PartnerState.ACTIVE,), PartnerState.SUSPENDED, by=("officer", "system")),
        Transition("resume", (PartnerState.SUSPENDED,), PartnerState.ACTIVE, by=("officer", "system")),
    ),
)
