"""Events: the only way in which one journey is followed by another.

    publish           a journey tells what happened, in the transaction in which it happened
    take_step         worker: one step that follows, once, in a transaction of its own
    retry_unmatched   worker, by the clock: events about somebody whom the registers did not know
    retry_failed      worker, by the clock: steps that failed by a fault, not by a refusal
    replay            staff: what failed is taken again; what is done is not

``EVENTS`` is the one table of what follows what. A step is a function ``step(event, *, now) -> Outcome`` of
another journey, named here and never imported; it looks at how things stand now, not at how they stood, so
that the order of steps does not matter. A step that publishes in turn says so in the table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID

from django.db import transaction

from sijil.domains.events import queries, services
from sijil.domains.events.acts import EVENT_REPLAYED
from sijil.domains.events.errors import STEP_MISSING
from sijil.domains.events.states import StepState
from sijil.domains.events.types import EventStep, Outcome, RecordedEvent
from sijil.kernel import acts
from sijil.kernel.actors import Actor, system
from sijil.kernel.errors import Refused
from sijil.kernel.jobs import enqueue

OURS = "sijil"
"""The source of what the registers tell themselves."""
CLOCK = system("clock")


@dataclass(frozen=True, slots=True)
class Step:
    """``name``: ``module.function`` below ``sijil.journeys``. ``publishes``: kinds that it tells in turn."""

    name: str
    publishes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event. ``nothing``: why no step follows (yet). ``silent``: why nobody tells it (yet)."""

    code: str
    says: str
    steps: tuple[Step, ...] = ()
    nothing: str = ""
    silent: str = ""

    @property
    def step_names(self) -> list[str]:
        return [step.name for step in self.steps]


class EventTable(Mapping[str, EventKind]):
    """The kinds by their code. Checked at import: each has steps, or says why none follows."""

    def __init__(self, *kinds: EventKind) -> None:
        self._kinds = {kind.code: kind for kind in kinds}
        if len(self._kinds) != len(kinds):
            raise ValueError("a kind of event stands twice")
        for kind in kinds:
            self._check(kind)

    def _check(self, kind: EventKind) -> None:
        if bool(kind.steps) is bool(kind.nothing):
            raise ValueError(f"{kind.code}: name its steps, or say why there are none")
        unknown = {told for step in kind.steps for told in step.publishes} - self._kinds.keys()
        if unknown or len(set(kind.step_names)) != len(kind.steps):
            raise ValueError(f"{kind.code}: a step twice, or unknown kinds {sorted(unknown)}")

    def __getitem__(self, code: str) -> EventKind:
        return self._kinds[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    def mermaid(self) -> str:
        """Return the drawing kept in ``docs/journeys/events.md``: kinds, their steps, what these tell."""
        lines = ["flowchart LR"]
        for kind in self._kinds.values():
            if not kind.steps:
                lines.append(f"    {kind.code}([{kind.code}])")
            for step in kind.steps:
                lines.append(f"    {kind.code}([{kind.code}]) --> {step.name}[{step.name}]")
                lines += [f"    {step.name} -.-> {told}" for told in step.publishes]
        return "\n".join(dict.fromkeys(lines))

    def rows(self) -> list[tuple[str, ...]]:
        """Return the same in words: columns, then kind, meaning, steps or why none, why nobody tells it."""
        found: list[tuple[str, ...]] = [("Kind", "What happened", "What follows", "Not told yet")]
        for kind in self._kinds.values():
            follows = ", ".join(f"`{name}`" for name in kind.step_names) or f"nothing: {kind.nothing}"
            found.append((f"`{kind.code}`", kind.says, follows, kind.silent and f"nobody: {kind.silent}"))
        return found


_AFTER_LIFE_OR_DEATH = (
    Step("person_death.align_verification"),
    Step("person_death.align_account"),
    Step("person_death.tell_household", publishes=("household.changed",)),
)
_ONE_ACT = "the household's own acts come with requests and lives; until then the event is kept, not lost"

EVENTS = EventTable(
    EventKind(
        "person.registered",
        "A person was registered and has a number.",
        nothing="register, verification and message are one act of the enrolment, so that the number can be "
        "verified from its first moment",
    ),
    EventKind(
        "person.identity_changed",
        "What the register says of a person is another; every copy changed with it, in one act.",
        steps=(
            Step("household_registration.rescoring.follow_identity"),
            Step("person_enrolment.recheck.follow_identity"),
        ),
    ),
    EventKind(
        "person.guessed",
        "A partner was wrong about a person so often that it was stopped.",
        steps=(Step("guessing.tell_person"),),
    ),
    EventKind("person.died", "A person is deceased in the register.", steps=_AFTER_LIFE_OR_DEATH),
    EventKind(
        "person.death_annulled",
        "A death was entered by mistake; the person is as before.",
        steps=_AFTER_LIFE_OR_DEATH,
    ),
    EventKind(
        "household.registered",
        "A household was registered with what it declared.",
        nothing="its score is a job of the registration itself",
    ),
    EventKind(
        "household.changed",
        "A member of a household died, or the death was annulled.",
        nothing="who leaves a household and how is an act of its own, to come; a rescoring before it would "
        "still count the deceased",
    ),
    EventKind(
        "score.recorded",
        "A household has a new score.",
        nothing="the decisions of the programmes are stored with the score, in its transaction",
        silent="a run over everybody would tell it once for each household; nobody asks for it yet",
    ),
    EventKind(
        "score.confirmed",
        "An officer confirmed a score that was set aside.",
        steps=(Step("household_registration.rescoring.follow_check"),),
    ),
    EventKind(
        "law.enacted",
        "A version of the law was enacted on this installation.",
        nothing="a version applies by its day, and the rescoring by the clock takes it up then",
    ),
    EventKind(
        "civil.birth",
        "The civil register tells of a birth.",
        steps=(Step("person_enrolment.births.open_file"), Step("person_enrolment.births.link_parents")),
    ),
    EventKind(
        "civil.death",
        "The civil register tells of a death.",
        steps=(Step("civil_events.enter_death", publishes=("person.died",)),),
    ),
    EventKind(
        "birth.annulled",
        "The civil register took a birth back that it had told.",
        steps=(Step("person_enrolment.births.close_file"),),
    ),
    EventKind("civil.marriage", "The civil register tells of a marriage.", nothing=_ONE_ACT),
    EventKind("civil.divorce", "The civil register tells of a divorce.", nothing=_ONE_ACT),
    EventKind(
        "civil.correction",
        "The civil register takes back what it told.",
        steps=(Step("civil_events.annul", publishes=("person.death_annulled", "birth.annulled")),),
    ),
)


def publish(
    kind: str,
    *,
    subject: str,
    effective_on: dt.date,
    facts: Mapping[str, Any] | None = None,
    source: str = OURS,
    source_id: str = "",
    annuls: str = "",
    actor: Actor,
    now: dt.datetime,
) -> RecordedEvent:
    """Record that something happened, and ask for one job a step: both commit with the caller, or neither.

    ``subject``: whom or what it is about. The same number of the same source a second time changes nothing.
    Raises: Refused(EVENT_DIFFERS); KeyError for a kind that is not in the table.
    """
    steps = EVENTS[kind].step_names
    recorded = services.record_event(
        kind=kind,
        subject=subject,
        effective_on=effective_on,
        facts=facts or {},
        source=source,
        source_id=source_id,
        annuls=annuls,
        steps=steps,
        actor=actor,
        now=now,
    )
    if recorded.is_new:
        _ask(recorded.id, steps)
    return recorded


def take_step(*, event_id: UUID, step: str, now: dt.datetime) -> None:
    """Worker: take one step, once. What it does and the mark that it is done are one transaction.

    A fault is noted, then raised: the queue tries again with a growing wait, a refusal at the next replay.
    """
    try:
        _take(event_id, step, now)
    except Exception as fault:
        reason = fault.code if isinstance(fault, Refused) else type(fault).__name__
        services.note_failure(event_id=event_id, step=step, reason=reason, now=now)
        raise


@transaction.atomic
def _take(event_id: UUID, step: str, now: dt.datetime) -> None:
    event = services.claim_step(event_id=event_id, step=step, now=now)
    if event is not None:
        outcome = find_step(step)(event, now=now)
        services.end_step(event_id=event_id, step=step, outcome=outcome, now=now)


def find_step(name: str) -> Callable[..., Outcome]:
    """Return the function of a step of the table. Raises: Refused(STEP_MISSING)."""
    if name not in {known for kind in EVENTS.values() for known in kind.step_names}:
        raise Refused(STEP_MISSING, step=name)
    module, _, function = name.rpartition(".")
    return getattr(import_module(f"sijil.journeys.{module}"), function)  # type: ignore[no-any-return]


@transaction.atomic
def replay(*, event_id: UUID, step: str = "", actor: Actor, now: dt.datetime) -> list[str]:
    """Ask again for the steps of an event that are not done (or for one of them); return their names.

    Raises: Refused(EVENT_MISSING, STEP_MISSING).
    """
    event = queries.get_event(event_id)
    names = EVENTS[event.kind].step_names
    if step and step not in names:
        raise Refused(STEP_MISSING, step=step)
    steps = [step] if step else names
    found = services.reopen_steps(event_id=event_id, steps=steps, actor=actor, now=now)
    _ask(event_id, found)
    facts = {"kind": event.kind, "steps": found}
    acts.record(EVENT_REPLAYED, actor=actor, subject=f"event:{event_id}", facts=facts, now=now)
    return found


def retry_unmatched(*, now: dt.datetime, limit: int = 10_000) -> int:
    """Worker, by the clock: try again what was told of somebody whom nobody knew; return how many steps."""
    return _retry(list_steps(StepState.UNMATCHED, limit=limit), now)


def retry_failed(*, now: dt.datetime, limit: int = 10_000) -> int:
    """Worker, by the clock: try again what failed by a fault (the database was away for an hour).

    A refusal would only be repeated: its reason is a code, with a point in it. Returns: how many steps.
    """
    found = list_steps(StepState.FAILED, limit=limit)
    return _retry([kept for kept in found if "." not in kept.reason], now)


def _retry(found: Sequence[EventStep], now: dt.datetime) -> int:
    for kept in found:
        with transaction.atomic():
            steps = services.reopen_steps(event_id=kept.event, steps=[kept.step], actor=CLOCK, now=now)
            _ask(kept.event, steps)
    return len(found)


def list_steps(*states: StepState, limit: int = 200) -> list[EventStep]:
    """Return the steps in these states (all that are not done, if none is given), the oldest first."""
    return queries.list_open_steps(*states, limit=limit)


def _ask(event_id: UUID, steps: Sequence[str]) -> None:
    for step in steps:
        enqueue("events.take_step", event_id=str(event_id), step=step)
