"""The one mover of files. Everything of a move commits with the caller's transaction, or nothing does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from types import SimpleNamespace
from typing import Any, Generic, Protocol, TypeVar

from django.db import transaction
from django.db.models import Model

from sijil.kernel import acts
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.casework import clock
from sijil.kernel.casework.clock import Delay, Start, Tick
from sijil.kernel.casework.rows import CaseFile
from sijil.kernel.casework.table import REASON_NEEDED, ROLE_REFUSED, Kind, Role, Transition
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import ErrorCode, Refused
from sijil.kernel.rows import StateRow, insert_all
from sijil.kernel.together import Asked, Rows

Row = TypeVar("Row", bound=CaseFile)


@dataclass(frozen=True, slots=True)
class Moved:
    """One step, done. ``file``: the key of the file; ``step``: of the row that tells it, None in a run."""

    kind: str
    file: Any
    step: int | None
    action: str
    before: str
    state: str
    reason: str
    due_on: dt.date | None
    notice: str = ""


class Notifier(Protocol):
    """Who queues the notice of a step, in the transaction of the step."""

    def __call__(self, moved: Moved, *, actor: Actor, now: dt.datetime) -> None: ...


class RunNotifier(Protocol):
    """Who queues the notices of many files that a run opened, in a few statements."""

    def __call__(self, moves: Sequence[Moved], *, actor: Actor, now: dt.datetime) -> None: ...


_registered: dict[str, Files[Any]] = {}
_notify: Notifier | None = None
_notify_run: RunNotifier | None = None


def use_notifier(notifier: Notifier | None) -> Notifier | None:
    """Choose who queues notices (``sijil.config``); return who did before."""
    global _notify
    before, _notify = _notify, notifier
    return before


def use_run_notifier(notifier: RunNotifier | None) -> RunNotifier | None:
    """Choose who queues the notices of a run (``sijil.config``); return who did before. None: one by one."""
    global _notify_run
    before, _notify_run = _notify_run, notifier
    return before


def registered() -> Mapping[str, Files[Any]]:
    """Return the files of every kind, by its name."""
    return _registered


@dataclass(frozen=True, slots=True)
class Files(Generic[Row]):
    """A kind of file and where it is kept.

    ``step``, ``link``: the table of its steps and the name of its foreign key to the file. ``key``: the
    column by which callers name a file. ``unknown``: the refusal of a key that leads nowhere. ``roles``:
    what an actor is to a file. ``delay``: the delay of a name on a day. ``subject``: what the log calls the
    file. ``guards``: action -> what else must hold (raises Refused). ``centre``: the column with the centre
    that treats the file; empty: no centre does. ``facts``: what decides and stands in no
    step: each entry says it too, so that ``sijil verify-state`` can compare. ``facts_from``: the
    joined rows that they are read of.
    """

    kind: Kind
    model: type[Row]
    step: type[StateRow]
    link: str
    unknown: ErrorCode
    roles: Callable[[Row, Actor], Collection[Role]]
    delay: Callable[[str, dt.date], Delay]
    subject: Callable[[Row], str]
    key: str = "pk"
    guards: Mapping[str, Callable[[Row], None]] = field(default_factory=dict)
    centre: str = ""
    facts: Callable[[Row], Mapping[str, Any]] | None = None
    facts_from: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if _registered.setdefault(self.kind.name, self) is not self:
            raise ValueError(f"the kind {self.kind.name} is bound twice")

    def lock(self, key: Any) -> Row:
        """Have a file alone until the end of the transaction. Raises: Refused(unknown).

        The row is read alone: a joined row would be as of before the wait for the lock.
        """
        found: list[Row] = Asked(list, _locked(self.model, self.key).of(key)).value
        if not found:
            raise Refused(self.unknown)
        return found[0]

    def open(self, row: Row, *, actor: Actor, now: dt.datetime, reason: str = "", action: str = "") -> Moved:
        """Insert a new file and write its first step. Raises: Refused(ROLE_REFUSED).

        ``action``: which of the kind's openings; the first one if none is named. Whoever goes on after a
        constraint refused the row makes the savepoint to go back to.
        """
        step = self.kind.openings[action or self.kind.opening.action]
        row.state, row.opened_at = step.target.value, now
        self._check(row, step, actor, reason)
        self._turn(row, step, now)
        with transaction.atomic(savepoint=False):
            row.save(force_insert=True)
            return self._write(row, step, "", actor, now, reason)

    def open_all(self, columns: Mapping[str, Sequence[Any]], *, actor: Actor, now: dt.datetime) -> None:
        """Insert many new files at once, each with its step, its entry and its notice: for runs.

        ``columns``: a value for each, by the name of the attribute, the key among them.
        Raises: Refused(ROLE_REFUSED).
        """
        step, keys = self.kind.opening, columns[self._pk]
        if not keys:
            raise ValueError(f"{self.kind.name}: nothing to open")
        self._check_all(columns, step, actor)
        one = self.model(state=step.target.value, opened_at=now)
        self._turn(one, step, now)
        told = new_step(self.step, self.link, None, step.action, "", step.target.value, actor, now)
        alike = {field.attname: getattr(one, field.attname) for field in CaseFile._meta.fields}
        shown = {"state": one.state, "due_on": one.due_on}
        rows: list[Any] = [
            SimpleNamespace(**row, **shown, pk=key)
            for row, key in zip(_iter_rows(columns), keys, strict=True)
        ]
        with transaction.atomic():
            insert_with_steps(self.model, columns, alike, told, self.link)
            facts = {"file": self.kind.name, "action": step.action}
            acts.record_each(step.act, actor=actor, subjects=map(self.subject, rows), facts=facts, now=now)
            if step.notice:
                _tell_all([self._moved(row, step, told, "") for row in rows], actor, now)

    @property
    def _pk(self) -> str:
        assert self.model._meta.pk is not None
        return self.model._meta.pk.attname

    def _check_all(self, columns: Mapping[str, Sequence[Any]], step: Transition, actor: Actor) -> None:
        """Check each; a machine is the same to every file (``staff_roles``), so one stands for all."""
        is_alike = actor.kind is ActorKind.SYSTEM and step.action not in self.guards
        for row in islice(_iter_rows(columns), 1 if is_alike else None):
            self._check(self.model(**row), step, actor, "")

    def opened(self, row: Row, *, actor: Actor, now: dt.datetime) -> Moved:
        """Write the first step of a file that its domain inserted by SQL. Raises: Refused(ROLE_REFUSED)."""
        self._check(row, self.kind.opening, actor, "")
        return self._write(row, self.kind.opening, "", actor, now, "")

    def move(
        self, key: Any, action: str, *, actor: Actor, now: dt.datetime, reason: str = "", **columns: Any
    ) -> Moved:
        """Lock a file and move it; ``columns`` change with it.

        Raises: Refused(unknown, TRANSITION_REFUSED, ROLE_REFUSED, REASON_NEEDED), or what a guard refuses.
        """
        with transaction.atomic():
            return self.move_row(self.lock(key), action, actor=actor, now=now, reason=reason, **columns)

    def move_row(
        self, row: Row, action: str, *, actor: Actor, now: dt.datetime, reason: str = "", **columns: Any
    ) -> Moved:
        """Move a file that the caller has locked. Raises: as :meth:`move`."""
        step = self.kind.transition(row.state, action)
        self._check(row, step, actor, reason)
        for name, value in columns.items():
            setattr(row, name, value)
        before, row.state = row.state, step.target.value
        self._turn(row, step, now)
        row.save()
        return self._write(row, step, before, actor, now, reason)

    def may(self, row: Row, actor: Actor) -> tuple[str, ...]:
        """Return the actions that an actor may take on a file as it is."""
        mine = set(self.roles(row, actor))
        steps = (self.kind.transition(row.state, action) for action in self.kind.allowed(row.state))
        return tuple(step.action for step in steps if mine & set(step.by))

    def require(self, row: Row, action: str, *, actor: Actor) -> None:
        """Refuse unless ``action`` is open to the actor now: for what prepares a step without taking it."""
        self._check_role(row, self.kind.transition(row.state, action), actor)

    def _check(self, row: Row, step: Transition, actor: Actor, reason: str) -> None:
        self._check_role(row, step, actor)
        if step.reasons and reason not in step.reasons:
            raise Refused(REASON_NEEDED, field="reason")
        guard = self.guards.get(step.action)
        if guard:
            guard(row)

    def _check_role(self, row: Row, step: Transition, actor: Actor) -> None:
        if not set(self.roles(row, actor)) & set(step.by):
            raise Refused(ROLE_REFUSED)

    def _turn(self, row: Row, step: Transition, now: dt.datetime) -> None:
        """Do to the clock what the step says."""
        today, move = legal_day(now), step.clock
        if isinstance(move, Start):
            row.set_clock(clock.start(move.delay, self.delay(move.delay, today), today))
        elif move is Tick.STOP:
            row.set_clock(clock.stop(row.reading, today))
        elif move is Tick.RESUME:
            row.set_clock(clock.resume(row.reading, today))
        elif move is Tick.END:
            row.set_clock(clock.OFF)

    def _write(
        self, row: Row, step: Transition, before: str, actor: Actor, now: dt.datetime, reason: str
    ) -> Moved:
        told = new_step(self.step, self.link, row, step.action, before, row.state, actor, now, reason)
        told.save(force_insert=True)
        facts = {"file": self.kind.name, "action": step.action} | ({"reason": reason} if reason else {})
        facts |= self.facts(row) if self.facts else {}
        acts.record(step.act, actor=actor, subject=self.subject(row), facts=facts, now=now)
        moved = self._moved(row, step, told, before)
        if step.notice:
            _tell(moved, actor, now)
        return moved

    def _moved(self, row: Row, step: Transition, told: StateRow, before: str) -> Moved:
        return Moved(
            kind=self.kind.name,
            file=getattr(row, self.key),
            step=told.pk,
            action=step.action,
            before=before,
            state=row.state,
            reason=told.reason,
            due_on=row.due_on,
            notice=step.notice,
        )


@cache
def _locked(model: type[CaseFile], key: str) -> Rows:
    """Return the row of a key, for one alone."""
    rows: Any = model._default_manager.select_for_update()
    return Rows(lambda wanted: rows.filter(**{key: wanted}))


def new_step(
    table: type[StateRow],
    link: str,
    row: Any,
    action: str,
    before: str,
    after: str,
    actor: Actor,
    now: dt.datetime,
    reason: str = "",
) -> StateRow:
    """Return one step of a file or of a technical row, not yet written."""
    return table(
        action=action,
        from_state=before,
        to_state=after,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        actor_for=actor.acts_for,
        at=now,
        reason=reason,
        **{link: row},
    )


def _iter_rows(columns: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


def insert_with_steps(
    model: type[Model],
    columns: Mapping[str, Sequence[Any]],
    alike: Mapping[str, Any],
    told: StateRow,
    link: str,
) -> None:
    """Insert new rows of one table, their keys among the columns, and for each the step ``told``."""
    insert_all(model, columns, alike)
    shared = {field.attname: getattr(told, field.attname) for field in told._meta.concrete_fields}
    del shared["id"], shared[f"{link}_id"]
    assert model._meta.pk is not None
    insert_all(type(told), {f"{link}_id": columns[model._meta.pk.attname]}, shared)


def staff_roles(actor: Actor, *, centre: str = "", place: str = "") -> set[Role]:
    """Return what machines, partners and officers are to a file of a centre, or of a place.

    An officer of a centre treats the files of that centre; one without a centre those of the area.
    """
    if actor.kind is ActorKind.SYSTEM:
        return {Role.SYSTEM}
    if actor.kind is ActorKind.PARTNER:
        return {Role.PARTNER}
    if actor.kind is not ActorKind.OFFICER:
        return set()
    is_here = actor.centre == centre if actor.centre and centre else actor.covers(place)
    return {Role.OFFICER} if is_here else set()


def _tell(moved: Moved, actor: Actor, now: dt.datetime) -> None:
    if _notify is None:
        raise RuntimeError("Nobody sends notices: sijil.config wires who does before a file is moved.")
    _notify(moved, actor=actor, now=now)


def _tell_all(moves: Sequence[Moved], actor: Actor, now: dt.datetime) -> None:
    if _notify_run is not None:
        _notify_run(moves, actor=actor, now=now)
        return
    for moved in moves:
        _tell(moved, actor, now)


@contextmanager
def kept_notices() -> Iterator[list[Moved]]:
    """Keep the notices in a list instead of sending them: for tests of one domain."""
    kept: list[Moved] = []

    def keep(moved: Moved, *, actor: Actor, now: dt.datetime) -> None:
        kept.append(moved)

    before = use_notifier(keep), use_run_notifier(None)
    try:
        yield kept
    finally:
        use_notifier(before[0])
        use_run_notifier(before[1])
