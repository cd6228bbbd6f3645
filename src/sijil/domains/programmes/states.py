"""The states of a ranked list."""

from __future__ import annotations

from enum import StrEnum

from sijil.kernel.machine import Machine, Transition


class ListState(StrEnum):
    PREPARING = "preparing"
    PUBLISHED = "published"  # frozen for ever, with its checksum
    FAILED = "failed"  # interrupted or refused; nothing of it is kept but the reason


RANKED_LIST = Machine(
    ListState,
    initial=ListState.PREPARING,
    transitions=(
        Transition("publish", (ListState.PREPARING,), ListState.PUBLISHED),
        Transition("fail", (ListState.PREPARING,), ListState.FAILED),
    ),
)
