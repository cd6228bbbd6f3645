"""The states of a step that follows an event, as a table. A step is done once; done is for ever."""

from __future__ import annotations

from enum import StrEnum

from sijil.kernel.machine import Machine, Transition


class StepState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    UNMATCHED = "unmatched"
    FAILED = "failed"
    ANNULLED = "annulled"


S = StepState
OPEN = (S.WAITING, S.UNMATCHED, S.FAILED)
"""Not done yet, and not given up by whoever told of the event."""

EVENT_STEP = Machine(
    StepState,
    initial=S.WAITING,
    transitions=(
        Transition("finish", OPEN, S.DONE),
        Transition("keep", OPEN, S.UNMATCHED),
        Transition("fail", OPEN, S.FAILED),
        Transition("annul", OPEN, S.ANNULLED),
        Transition("retry", OPEN, S.WAITING),
    ),
)
