"""A subject is active, or closed (death, a number withdrawn): then no claim about it is confirmed."""

from __future__ import annotations

from enum import StrEnum

from sijil.kernel.machine import Machine, Transition


class SubjectState(StrEnum):
    ACTIVE = "active"
    CLOSED = "closed"


SUBJECT = Machine(
    SubjectState,
    initial=SubjectState.ACTIVE,
    transitions=(
        Transition("close", (SubjectState.ACTIVE,), SubjectState.CLOSED),
        Transition("reopen", (SubjectState.CLOSED,), SubjectState.ACTIVE),
    ),
)
