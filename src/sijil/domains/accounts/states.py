"""A one-time code is sent, confirmed by typing it, and used once; it expires by the clock, without a row
changing.
"""

from __future__ import annotations

from enum import StrEnum

from sijil.kernel.machine import Machine, Transition


class ChallengeState(StrEnum):
    SENT = "sent"
    CONFIRMED = "confirmed"
    USED = "used"


CHALLENGE = Machine(
    ChallengeState,
    initial=ChallengeState.SENT,
    transitions=(
        Transition("confirm", (ChallengeState.SENT,), ChallengeState.CONFIRMED),
        Transition("use", (ChallengeState.CONFIRMED,), ChallengeState.USED),
    ),
)
