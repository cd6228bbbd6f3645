"""Another identity of a registered person, from a day on: the one writer of versions after the first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sijil.domains.population_register import errors, models
from sijil.domains.population_register.rules import GUARDIAN, PAPERS, compared_of, read_changes
from sijil.domains.population_register.sealed import (
    found_by,
    in_clear,
    open_idcs,
    open_identity,
    seal_identity,
    seal_paper,
)
from sijil.domains.population_register.services.filiation import keep_guardian
from sijil.domains.population_register.services.papers import unfit_guardian
from sijil.domains.population_register.services.persons import PERSONS
from sijil.domains.population_register.states import IDENTITY_REASONS
from sijil.domains.population_register.types import Identity, IdentityChange
from sijil.kernel import law
from sijil.kernel.actors import Actor
from sijil.kernel.casework import REASON_NEEDED
from sijil.kernel.clean.characters import written
from sijil.kernel.clean.errors import TEXT_TOO_LONG
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey, new_key

FIXED = ("idcs", "state", "mother_idcs", "father_idcs")
"""What people ask to correct and no correction changes."""
LONGEST_PAPER = 120
Periods = Mapping[dt.date, Identity]


def change_identity(
    *,
    person: PersonKey,
    changes: Mapping[str, Any],
    reason: str,
    paper: str = "",
    since: dt.date | None = None,
    actor: Actor,
    now: dt.datetime,
) -> IdentityChange:
    """Say of a person what papers say, from a day on. In the transaction of who changes the copies elsewhere.

    ``since``: the day from which it is true, until now; none if it never was otherwise. What the register
    says of later days changes with it, other fields as they were on each. ``paper``: names the paper; needed
    where an officer compares one (``rules.compared_of``).
    Raises: Refused(UNKNOWN_PERSON, FIELD_UNKNOWN, FIELD_STAYS, PAPER_NEEDED, SINCE_TOO_EARLY,
    SINCE_IN_FUTURE, NOTHING_CHANGES, kernel.role_refused, kernel.reason_needed), or a field.
    """
    plan = _planned(person, changes, reason, paper, since, actor, now)
    made = _write(plan, reason, actor, now)
    held = {"current_id": made.id} if max(plan.new) == max(plan.after) else {}
    told = in_clear(plan.identity) | held
    PERSONS.move_row(plan.row, "correct", actor=actor, now=now, reason=reason, **told)
    if plan.known.value(GUARDIAN) != plan.identity.value(GUARDIAN):
        day = plan.since or legal_day(now)
        keep_guardian(
            child=plan.row, identity=plan.identity, paper=plan.paper, since=day, actor=actor, now=now
        )
    if found_by(plan.known) != (found := found_by(plan.identity)):
        models.EnrolmentRequest.objects.filter(person=plan.row).update(**found)
    return plan.change(made.version)


def weigh_change(
    *,
    person: PersonKey,
    changes: Mapping[str, Any],
    reason: str,
    paper: str = "",
    since: dt.date | None = None,
    actor: Actor,
    now: dt.datetime,
) -> IdentityChange:
    """Return what :func:`change_identity` would do, and do nothing. ``version``: the last one that there is.

    In a transaction: the person is locked. Raises: as change_identity.
    """
    plan = _planned(person, changes, reason, paper, since, actor, now)
    return plan.change(plan.rows[-1].version)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A change that was judged. ``new``: the periods that are another; ``after``: all from its day on."""

    row: models.Person
    rows: Sequence[models.IdentityVersion]
    before: Periods
    after: Periods
    new: Periods
    paper: str
    since: dt.date

    @property
    def known(self) -> Identity:
        return self.before[max(self.before)]

    @property
    def identity(self) -> Identity:
        return self.after[max(self.after)]

    def change(self, version: int) -> IdentityChange:
        row, fields = self.row, _changed(self.before, self.new)
        idcs = open_idcs(row.id, row.sealed_idcs)
        return IdentityChange(row.key, row.id, idcs, self.known, self.identity, fields, self.since, version)


def _planned(
    person: PersonKey,
    changes: Mapping[str, Any],
    reason: str,
    paper: str,
    since: dt.date | None,
    actor: Actor,
    now: dt.datetime,
) -> _Plan:
    """Have the person alone, and judge what is to be said of them."""
    if reason not in IDENTITY_REASONS:
        raise Refused(REASON_NEEDED, field="reason")
    row = PERSONS.lock(person)
    PERSONS.require(row, "correct", actor=actor)
    rows = list(models.IdentityVersion.objects.filter(person=row).order_by("version"))
    before = _periods(rows)
    day, known = _check_since(since, min(before), legal_day(now)), before[max(before)]
    cleaned = _judged(known, changes, now)
    _check_guardian(known, cleaned, legal_day(now))
    named = _check_paper(paper, cleaned, known)
    after = {start: said.with_changes(cleaned) for start, said in _from(before, day).items()}
    new = {start: said for start, said in after.items() if said != _said_on(before, start)}
    if not new:
        raise Refused(errors.NOTHING_CHANGES, field=min(changes))
    return _Plan(row, rows, before, after, new, named, day)


def _periods(rows: Sequence[models.IdentityVersion]) -> Periods:
    """Return what the register says, by the first day of each period; of two, the later version counts."""
    last = {row.valid_from: row for row in rows}
    return {day: open_identity("identity", row.id, row.sealed) for day, row in last.items()}


def _from(before: Periods, day: dt.date) -> Periods:
    """Return what is said on a day, and at the beginning of each later period."""
    return {day: _said_on(before, day)} | {start: said for start, said in before.items() if start > day}


def _said_on(before: Periods, day: dt.date) -> Identity:
    return before[max(start for start in before if start <= day)]


def _changed(before: Periods, new: Periods) -> tuple[str, ...]:
    """Return the names of the fields that are another on some day, sorted."""
    pairs = [(said.as_json(), _said_on(before, day).as_json()) for day, said in new.items()]
    return tuple(sorted({n for now, then in pairs for n in {*now, *then} if now.get(n) != then.get(n)}))


def _judged(known: Identity, changes: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Return the changed fields as they are kept."""
    if not changes:
        raise Refused(errors.NOTHING_CHANGES)
    if fixed := sorted(changes.keys() & set(FIXED)):
        raise Refused(errors.FIELD_STAYS, field=fixed[0])
    return read_changes(known, changes, legal_day(now))


def _check_since(since: dt.date | None, first: dt.date, today: dt.date) -> dt.date:
    if since is None:
        return first
    if since > today:
        raise Refused(errors.SINCE_IN_FUTURE, field="since")
    if since < first:
        raise Refused(errors.SINCE_TOO_EARLY, field="since", first=first.isoformat())
    return since


def _check_guardian(known: Identity, changes: Mapping[str, Any], today: dt.date) -> None:
    """Refuse a new guardian who does not do, as at a deposit. Raises: Refused(GUARDIAN_…)."""
    if GUARDIAN in changes:
        for refused in unfit_guardian(known.with_changes(changes), law.on(PAPERS, today).body, today):
            raise refused


def _check_paper(paper: str, changes: Mapping[str, Any], known: Identity) -> str:
    named = written(paper)
    if len(named) > LONGEST_PAPER:
        raise Refused(TEXT_TOO_LONG, field="paper", limit=LONGEST_PAPER)
    is_needed = any(field.id in changes for field in compared_of(known))
    if not named.isprintable() or (is_needed and not named):
        raise Refused(errors.PAPER_NEEDED, field="paper")
    return named


def _write(plan: _Plan, reason: str, actor: Actor, now: dt.datetime) -> models.IdentityVersion:
    """Add one version for each period that changes, the earliest first; return the last one.

    The moment is not before that of the version before, whatever the clocks of two processes say.
    """
    who = {"actor_kind": actor.kind.value, "actor_id": actor.id}
    why = {"reason": reason, "recorded_at": max(now, plan.rows[-1].recorded_at)}
    made = []
    for number, (start, said) in enumerate(sorted(plan.new.items()), len(plan.rows) + 1):
        key = new_key()
        seals = {"sealed": seal_identity("identity", key, said), "sealed_paper": seal_paper(key, plan.paper)}
        kept = {"id": key, "person": plan.row, "version": number, "valid_from": start}
        made.append(models.IdentityVersion(**kept, **seals, **who, **why))
    return models.IdentityVersion.objects.bulk_create(made)[-1]
