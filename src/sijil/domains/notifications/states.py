"""A message is queued, claimed by a sender, sent; or queued again after a failure, and dead after the
last one.

A gateway may answer late: what went is sent, also when its claim was given back, or given up, meanwhile.
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
MESSAGE = Machine(
    MessageState,
    initial=_S.QUEUED,
    transitions=(
        Transition("claim", (_S.QUEUED,), _S.SENDING),
        Transition("confirm", (_S.SENDING, _S.QUEUED, _S.DEAD), _S.SENT),
        Transition("retry", (_S.SENDING,), _S.QUEUED),
        Transition("give_up", (_S.QUEUED, _S.SENDING), _S.DEAD),
        Transition("revive", (_S.DEAD,), _S.QUEUED),
    ),
)
