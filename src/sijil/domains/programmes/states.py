"""The states of a ranked list."""

from __future__ import annotations

from enum import StrEnum

from sijil.kernel.machine import Machine, Transition


class ListState(StrEnum):
    WAITING = "waiting"  # asked for: a worker takes it
    PREPARING = "preparing"
    PUBLISHED = "published"  # frozen for ever, with its checksum
    REFUSED = "refused"  # something stands in the way: what, and how many, is kept; no row
    FAILED = "failed"  # broken off each time; nothing of it is kept but the reason


UNFINISHED = (ListState.WAITING, ListState.PREPARING)

RANKED_LIST = Machine(
    ListState,
    initial=ListState.WAITING,
    transitions=(
        Transition("prepare", (ListState.WAITING, ListState.PREPARING), ListState.PREPARING),  # or anew
        Transition("publish", (ListState.PREPARING,), ListState.PUBLISHED),
        Transition("refuse", (ListState.PREPARING,), ListState.REFUSED),
        Transition("fail", (ListState.WAITING, ListState.PREPARING), ListState.FAILED),
    ),
)
