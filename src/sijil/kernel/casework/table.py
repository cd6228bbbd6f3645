"""The table of one kind of file: who moves it, from where to where, why, and by when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from sijil.kernel.acts import Act
from sijil.kernel.casework.clock import END, KEEP, ClockMove, Phase, Start, phase_after
from sijil.kernel.errors import Category, ErrorCode
from sijil.kernel.machine import Machine
from sijil.kernel.texts import Text4

ROLE_REFUSED = ErrorCode(
    "kernel.role_refused",
    Category.FORBIDDEN,
    "You may not take this step in this file.",
    "Only the persons and offices that the file concerns may.",
)
REASON_NEEDED = ErrorCode(
    "kernel.reason_needed",
    Category.INVALID,
    "A reason is needed.",
    "Choose the reason that the person will read.",
)


class Role(StrEnum):
    """What somebody is to a file. A domain says which of them an actor has for one file."""

    HOLDER = "holder"  # whoever holds the number of the file, not signed in
    DECLARANT = "declarant"
    HEAD = "head"
    MEMBER = "member"
    CONCERNED = "concerned"  # the person whom the file is about
    DELEGATE = "delegate"
    OFFICER = "officer"  # of the centre or the area that treats the file
    SECOND_OFFICER = "second_officer"  # another one than who did the step before
    SUPERVISOR = "supervisor"
    MANAGER = "manager"  # of the programme or the service that the file belongs to
    PARTNER = "partner"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Transition:
    """``action`` (imperative) moves any of ``sources`` to ``target`` (past participle).

    ``by``: the roles that may; ``act``: what is written in the log, and read by the person.

    ``clock``: what the step does to the legal clock. ``reasons``: the codes of which one must be given;
    empty where no reason is asked. ``notice``: the message that goes out with the step, if any.
    """

    action: str
    sources: tuple[StrEnum, ...]
    target: StrEnum
    by: tuple[Role, ...]
    act: Act
    clock: ClockMove = KEEP
    reasons: tuple[str, ...] = ()
    notice: str = ""


def opening(
    action: str, state: StrEnum, *, by: tuple[Role, ...], act: Act, clock: ClockMove = KEEP, notice: str = ""
) -> Transition:
    """Return the step that opens a file."""
    return Transition(action, (), state, by=by, act=act, clock=clock, notice=notice)


class Kind(Machine[Transition]):
    """One kind of file. Checked at import: every clock ends, every waiting state waits on somebody.

    ``waits_on``: for each state that is not final, whose turn it is; ``rests``: those in which nothing is
    waited for (a household that is registered). ``silence``: the action that the system takes when a delay
    ends whose parameter says that silence is acceptance; None: never. ``also``: other ways to open a file,
    which begin further on (a person without an appointment is there at once). ``title``: one file of the
    kind in words; ``says``: its states in words.
    """

    def __init__(
        self,
        name: str,
        states: type[StrEnum],
        *,
        opening: Transition,
        transitions: Sequence[Transition],
        waits_on: Mapping[StrEnum, Role],
        rests: Sequence[StrEnum] = (),
        silence: str | None = None,
        also: tuple[Transition, ...] = (),
        title: Text4 | None = None,
        says: Mapping[StrEnum, Text4] | None = None,
    ) -> None:
        super().__init__(states, initial=opening.target, transitions=transitions)
        self.name = name
        self.opening = opening
        self.openings = {step.action: step for step in (opening, *also)}
        self.waits_on = {state.value: role for state, role in waits_on.items()}
        self.rests = tuple(state.value for state in rests)
        self.silence = silence
        self.title = title
        self.says = {state.value: text for state, text in (says or {}).items()}
        self.phases = self._find_phases()
        self._check()

    @property
    def delays(self) -> tuple[str, ...]:
        """Return the names of the delays that its steps start."""
        steps = (*self.openings.values(), *self.transitions)
        return tuple(dict.fromkeys(t.clock.delay for t in steps if isinstance(t.clock, Start)))

    def cells(self) -> Iterator[tuple[str, str, Role, bool]]:
        """Give every cell of the table: state, action, role, and whether the role may take it there."""
        for state, action in product([s.value for s in self.states], self.actions):
            step = self.find(state, action)
            for role in Role:
                yield state, action, role, step is not None and role in step.by

    def begins(self) -> tuple[str, ...]:
        """Return the states in which a file can be opened."""
        return tuple(dict.fromkeys(step.target.value for step in self.openings.values()))

    def in_phase(self, phase: Phase) -> tuple[str, ...]:
        return tuple(state for state, found in self.phases.items() if found is phase)

    def _find_phases(self) -> dict[str, Phase]:
        """Follow the clock from the opening through every step. Raises: ValueError where it is unclear."""
        opened = self.openings.values()
        found = {step.target.value: phase_after(step.clock, Phase.NONE) for step in opened}
        todo = list(found)
        while todo:
            state = todo.pop()
            for step in (self.transition(state, action) for action in self.allowed(state)):
                target, phase = step.target.value, phase_after(step.clock, found[state])
                if target not in found:
                    todo.append(target)
                if found.setdefault(target, phase) is not phase:
                    raise ValueError(f"{self.name}: {target} is reached with two clocks")
        return found

    def _check(self) -> None:
        unreached = {s.value for s in self.states} - self.phases.keys()
        if unreached:
            raise ValueError(f"{self.name}: no step leads to {sorted(unreached)}")
        final = set(self.final_states()) | set(self.rests)
        ticking = [s for s in final if self.phases[s] is not Phase.NONE]
        if ticking:
            raise ValueError(f"{self.name}: the clock does not end in {ticking}")
        waiting = {s.value for s in self.states} - final
        if waiting != self.waits_on.keys():
            raise ValueError(f"{self.name}: who is waited for? {sorted(waiting ^ self.waits_on.keys())}")
        nobody = [t.action for t in (*self.openings.values(), *self.transitions) if not t.by]
        if nobody:
            raise ValueError(f"{self.name}: nobody may {nobody}")
        if self.silence and any(self._silence(state) is None for state in self.in_phase(Phase.RUNNING)):
            raise ValueError(f"{self.name}: silence cannot {self.silence} from every state with a clock")

    def _silence(self, state: str) -> Transition | None:
        step = self.find(state, self.silence or "")
        return step if step and Role.SYSTEM in step.by and step.clock is END else None
