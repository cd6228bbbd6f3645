"""A state machine is a table. This file reads it, checks it and draws it.

Technical rows (a message on its way, a one-time code) use it bare; files of people are casework
(``sijil.kernel.casework``), which adds who may, why, the legal clock and what is written down.

MESSAGE = Machine(MessageState, initial=S.QUEUED, transitions=(
    Transition("claim", (S.QUEUED,), S.SENDING),))
MESSAGE.target("queued", "claim")  -> "sending", or Refused(TRANSITION_REFUSED)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from sijil.kernel.errors import Category, ErrorCode, Refused

TRANSITION_REFUSED = ErrorCode(
    "kernel.transition_refused",
    Category.CONFLICT,
    "This step is not possible now: the file is in the state {state}.",
    "Reload the page to see the present state and its next step.",
)


@dataclass(frozen=True, slots=True)
class Transition:
    """``action`` (imperative) moves any of ``sources`` to ``target`` (past participle)."""

    action: str
    sources: tuple[StrEnum, ...]
    target: StrEnum


class Step(Protocol):
    """What a table needs to know of a transition."""

    @property
    def action(self) -> str: ...
    @property
    def sources(self) -> tuple[StrEnum, ...]: ...
    @property
    def target(self) -> StrEnum: ...


T = TypeVar("T", bound=Step)


class Machine(Generic[T]):
    """A checked table of transitions over one enumeration of states."""

    def __init__(self, states: type[StrEnum], *, initial: StrEnum, transitions: Sequence[T]) -> None:
        self.states = states
        self.initial = initial
        self.transitions = tuple(transitions)
        self._table = {(s.value, t.action): t for t in self.transitions for s in t.sources}
        self.actions = tuple(dict.fromkeys(t.action for t in self.transitions))
        if len(self._table) != sum(len(t.sources) for t in self.transitions):
            raise ValueError(f"{states.__name__}: an action leaves a state twice")

    def find(self, state: str, action: str) -> T | None:
        """Return the transition, or None."""
        return self._table.get((str(state), action))

    def transition(self, state: str, action: str) -> T:
        """Return the transition. Raises: Refused(TRANSITION_REFUSED)."""
        found = self.find(state, action)
        if found is None:
            raise Refused(TRANSITION_REFUSED, state=str(state), action=action)
        return found

    def target(self, state: str, action: str) -> str:
        return self.transition(state, action).target.value

    def allowed(self, state: str) -> tuple[str, ...]:
        """Return the actions possible in ``state``, in the order of the table."""
        return tuple(a for a in self.actions if (str(state), a) in self._table)

    def final_states(self) -> tuple[str, ...]:
        return tuple(s.value for s in self.states if not self.allowed(s.value))

    def begins(self) -> tuple[str, ...]:
        """Return the states in which something can begin."""
        return (self.initial.value,)

    def mermaid(self) -> str:
        """Return the drawing kept in ``docs/journeys`` (a test compares them)."""
        lines = ["stateDiagram-v2", *(f"    [*] --> {state}" for state in self.begins())]
        lines += [
            f"    {s.value} --> {t.target.value}: {t.action}" for t in self.transitions for s in t.sources
        ]
        lines += [f"    {state} --> [*]" for state in self.final_states()]
        return "\n".join(lines)
