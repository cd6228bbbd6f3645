"""A message is queued, claimed by a sender, sent; or queued again after a failure, and dead after the
last one. Where the gateway reports, it is delivered in the end, or dead because it did not arrive.

A gateway may answer late: what went is sent, also when its claim was given back, or given up, meanwhile. A
report may come before the answer, and a good one after a bad one: what arrived is delivered.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from sijil.kernel.machine import Machine, Transition
from sijil.kernel.texts import Text4


class MessageState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
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
        Transition("deliver", (_S.QUEUED, _S.SENDING, _S.SENT, _S.DEAD), _S.DELIVERED),
        Transition("bounce", (_S.SENT,), _S.DEAD),
        Transition("revive", (_S.DEAD,), _S.QUEUED),
    ),
)
SAYS: Mapping[str, Text4] = {
    _S.QUEUED: Text4("في انتظار الإرسال", "En attente d’envoi", "Waits to be sent"),
    _S.SENDING: Text4("جارٍ إرسالها", "Envoi en cours", "Being sent"),
    _S.SENT: Text4("أُرسلت", "Envoyé", "Sent"),
    _S.DELIVERED: Text4("وصلت", "Arrivé", "Arrived"),
    _S.DEAD: Text4("لم تصل", "Non arrivé", "Did not arrive"),
}
