"""A state machine is a table. This file reads it, checks it and draws it.

REQUEST = Machine(RequestState, initial=RequestState.SUBMITTED, transitions=(
    Transition("deposit", (S.SUBMITTED,), S.DEPOSITED, by=("officer",), within="number"),))
REQUEST.target("submitted", "deposit")  -> "deposited", or Refused(TRANSITION_REFUSED)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sijil.kernel.errors import Category, ErrorCode, Refused

TRANSITION_REFUSED = ErrorCode(
    "kernel.transition_refused",
    Category.CONFLICT,
    "This step is not possible now: the file is in the state {state}.",
    "Reload the page to see the present state and its next step.",
)


@dataclass(frozen=True, slots=True)
class Transition:
    """``action`` (imperative) moves any of ``sources`` to ``target`` (past participle).

    ``by``: kinds of actor that may do it. ``within``: name of the legal delay for the step after it, if any.
    """

    action: str
    sources: tuple[StrEnum, ...]
    target: StrEnum
    by: tuple[str, ...] = ()
    within: str = ""


class Machine:
    """A checked table of transitions over one enumeration of states."""

    def __init__(self, states: type[StrEnum], *, initial: StrEnum, transitions: Sequence[Transition]) -> None:
        self.states = states
        self.initial = initial
        self.transitions = tuple(transitions)
        self._table = {(s.value, t.action): t for t in self.transitions for s in t.sources}
        self.actions = tuple(dict.fromkeys(t.action for t in self.transitions))

    def transition(self, state: str, action: str) -> Transition:
        """Return the transition. Raises: Refused(TRANSITION_REFUSED)."""
        found = self._table.get((str(state), action))
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

    def mermaid(self) -> str:
        """Return the drawing kept in ``docs/journeys`` (a test compares them)."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial.value}"]
        lines += [
            f"    {s.value} --> {t.target.value}: {t.action}" for t in self.transitions for s in t.sources
        ]
        lines += [f"    {state} --> [*]" for state in self.final_states()]
        return "\n".join(lines)
