"""The states of an adjudication case: two officers who agree, or a third who settles."""

from __future__ import annotations

from enum import StrEnum

from sijil.kernel.machine import Machine, Transition


class CaseState(StrEnum):
    OPENED = "opened"
    FIRST_DECIDED = "first_decided"
    DISPUTED = "disputed"
    CLOSED = "closed"


CASE = Machine(
    CaseState,
    initial=CaseState.OPENED,
    transitions=(
        Transition("decide_first", (CaseState.OPENED,), CaseState.FIRST_DECIDED, by=("officer",)),
        Transition("agree", (CaseState.FIRST_DECIDED,), CaseState.CLOSED, by=("officer",)),
        Transition("disagree", (CaseState.FIRST_DECIDED,), CaseState.DISPUTED, by=("officer",)),
        Transition("settle", (CaseState.DISPUTED,), CaseState.CLOSED, by=("officer",)),
    ),
)
