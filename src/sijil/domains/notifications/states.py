"""A message is queued, claimed by a sender, sent; or queued again after a failure, and dead after the
last one.
"""

from __future__ import annotations

from enum import StrEnum

from sijil.kernel.machine import Machine, Transition


class MessageState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


_S = MessageState
_WORKER = ("system",)
MESSAGE = Machine(
    MessageState,
    initial=_S.QUEUED,
    transitions=(
        Transition("claim", (_S.QUEUED,), _S.SENDING, by=_WORKER),
        Transition("confirm", (_S.SENDING,), _S.SENT, by=_WORKER),
        Transition("retry", (_S.SENDING,), _S.QUEUED, by=_WORKER),
        Transition("give_up", (_S.QUEUED, _S.SENDING), _S.DEAD, by=_WORKER),
        Transition("revive", (_S.DEAD,), _S.QUEUED, by=("officer",)),
    ),
)
