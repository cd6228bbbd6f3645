"""A request to the recognition engine: queued, asked for, waiting for its answer, answered.

It is never dropped: a failure is tried again without end, with a growing wait; what the engine refuses for
ever waits for staff. An answer that comes late, or twice, counts.
"""

from __future__ import annotations

from enum import StrEnum

from sijil.kernel.machine import Machine, Transition


class RequestState(StrEnum):
    QUEUED = "queued"
    ASKING = "asking"
    WAITING = "waiting"
    ANSWERED = "answered"
    REFUSED = "refused"


_S = RequestState
REQUEST = Machine(
    RequestState,
    initial=_S.QUEUED,
    transitions=(
        Transition("claim", (_S.QUEUED,), _S.ASKING),
        Transition("defer", (_S.ASKING,), _S.WAITING),
        Transition("answer", (_S.QUEUED, _S.ASKING, _S.WAITING, _S.REFUSED), _S.ANSWERED),
        Transition("amend", (_S.ANSWERED,), _S.ANSWERED),
        Transition("retry", (_S.ASKING, _S.WAITING), _S.QUEUED),
        Transition("give_up", (_S.ASKING, _S.WAITING), _S.REFUSED),
        Transition("revive", (_S.REFUSED,), _S.QUEUED),
    ),
)
