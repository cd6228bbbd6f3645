"""The states of a registration and of a household, as tables."""

from __future__ import annotations

from enum import StrEnum

from sijil.kernel.machine import Machine, Transition


class RegistrationState(StrEnum):
    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    PROCESSED = "processed"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class HouseholdState(StrEnum):
    DECLARED = "declared"
    ACTIVE = "active"
    CLOSED = "closed"


_R = RegistrationState
_H = HouseholdState
_DECLARANT = ("citizen", "officer")
_OFFICE = ("officer", "system")

REGISTRATION = Machine(
    RegistrationState,
    initial=_R.DRAFTED,
    transitions=(
        Transition("submit", (_R.DRAFTED,), _R.SUBMITTED, by=_DECLARANT, within="answer"),
        Transition("withdraw", (_R.DRAFTED,), _R.WITHDRAWN, by=_DECLARANT),
        Transition("process", (_R.SUBMITTED, _R.QUARANTINED), _R.PROCESSED, by=_OFFICE),
        Transition("quarantine", (_R.SUBMITTED,), _R.QUARANTINED, by=_OFFICE, within="review"),
        Transition("reject", (_R.SUBMITTED, _R.QUARANTINED), _R.REJECTED, by=("officer",)),
    ),
)

HOUSEHOLD = Machine(
    HouseholdState,
    initial=_H.DECLARED,
    transitions=(
        Transition("activate", (_H.DECLARED,), _H.ACTIVE, by=_OFFICE),
        Transition("close", (_H.DECLARED, _H.ACTIVE), _H.CLOSED, by=_OFFICE),
    ),
)
