"""Writes: an event is recorded once with its steps; a step is claimed, and ended or noted as failed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from sijil.domains.events import models
from sijil.domains.events.errors import EVENT_DIFFERS, EVENT_MISSING, STEP_MISSING
from sijil.domains.events.queries import show_event
from sijil.domains.events.rules import fingerprint
from sijil.domains.events.states import EVENT_STEP, OPEN
from sijil.domains.events.types import Event, Outcome, RecordedEvent
from sijil.kernel.actors import Actor, system
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key
from sijil.kernel.sealing import keyring
from sijil.kernel.steps import Rows

STEPS = Rows(EVENT_STEP, models.EventStep, models.StepTry, "step")
TAKER = system("events")


def record_event(
    *,
    kind: str,
    subject: str,
    effective_on: dt.date,
    facts: Mapping[str, Any],
    source: str,
    source_id: str = "",
    annuls: str = "",
    steps: Sequence[str],
    actor: Actor,
    now: dt.datetime,
) -> RecordedEvent:
    """Keep an event and the steps that follow it, in the caller's transaction; a second time changes nothing.

    ``source_id``: empty for one that only we number. Of two that arrive at the same moment with one number,
    the second waits for the first. Raises: Refused(EVENT_DIFFERS): the number is there with another content.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{kind} outside a transaction: the change and its event must commit together.")
    key = new_key()
    content = {"kind": kind, "subject": subject, "on": effective_on, "annuls": annuls, "facts": dict(facts)}
    row = models.Event(
        id=key,
        kind=kind,
        subject=subject,
        effective_on=effective_on,
        recorded_at=now,
        source=source,
        source_id=source_id or str(key),
        annuls=annuls,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        fingerprint=fingerprint(keyring(), content),
        sealed=keyring().seal_json("events", dict(facts), aad=f"event.sealed:{key}"),
    )
    models.Event.objects.bulk_create([row], ignore_conflicts=True)
    kept = models.Event.objects.get(source=source, source_id=source_id) if source_id else row
    if bytes(kept.fingerprint) != row.fingerprint:
        raise Refused(EVENT_DIFFERS, field="id")
    if kept.id == key:
        _open(key, steps, actor, now)
    return RecordedEvent(kept.id, kept.recorded_at, is_new=kept.id == key)


def claim_step(*, event_id: UUID, step: str, now: dt.datetime) -> Event | None:
    """Have a step alone until the end of the transaction; return its event, or None: nothing is left to do.

    A step of an event that its source has annulled meanwhile is annulled here.
    Raises: Refused(STEP_MISSING).
    """
    row = models.EventStep.objects.select_for_update().filter(event=event_id, step=step).first()
    if row is None:
        raise Refused(STEP_MISSING, step=step)
    if row.state not in OPEN:
        return None
    event = models.Event.objects.get(pk=event_id)
    if models.Event.objects.filter(source=event.source, annuls=event.source_id).exists():
        _end(row, Outcome("annul"), now)
        return None
    return show_event(event)


def end_step(*, event_id: UUID, step: str, outcome: Outcome, now: dt.datetime) -> None:
    """Write what came of a claimed step, in the transaction that took it. Raises: Refused(STEP_MISSING)."""
    row = models.EventStep.objects.filter(event=event_id, step=step).first()
    if row is None:
        raise Refused(STEP_MISSING, step=step)
    _end(row, outcome, now)


@transaction.atomic
def note_failure(*, event_id: UUID, step: str, reason: str, now: dt.datetime) -> None:
    """Write that a try failed, after its transaction was rolled back; staff sees it until it is done."""
    rows = models.EventStep.objects.select_for_update()
    row = rows.filter(event=event_id, step=step, state__in=OPEN).first()
    if row is not None:
        _end(row, Outcome("fail", reason), now)


def annul_steps(*, event_id: UUID, now: dt.datetime) -> None:
    """Let nothing more follow an event: waits for steps that are being taken, annuls those not done."""
    rows = models.EventStep.objects.select_for_update().filter(event=event_id).order_by("id")
    for row in rows:
        if row.state in OPEN:
            _end(row, Outcome("annul"), now)


@transaction.atomic
def reopen_steps(*, event_id: UUID, steps: Sequence[str], actor: Actor, now: dt.datetime) -> list[str]:
    """Make the steps of an event that are not done wait again; return them.

    A step that its kind has got since is added. Raises: Refused(EVENT_MISSING).
    """
    if not models.Event.objects.filter(pk=event_id).exists():
        raise Refused(EVENT_MISSING)
    rows = models.EventStep.objects.filter(event=event_id)
    list(rows.select_for_update().order_by("id"))  # one at a time; each event has a step
    states = dict(rows.values_list("step", "state"))
    again = [step for step in steps if states.get(step) in OPEN]
    if again:
        STEPS.move(rows.filter(step__in=again), "retry", actor=actor, now=now)
    new = [step for step in steps if step not in states]
    _open(event_id, new, actor, now)
    return [*again, *new]


def _open(event_id: UUID, steps: Sequence[str], actor: Actor, now: dt.datetime) -> None:
    for step in steps:
        STEPS.open(models.EventStep(event_id=event_id, step=step), "ask", actor=actor, now=now)


def _end(row: models.EventStep, outcome: Outcome, now: dt.datetime) -> None:
    STEPS.move_one(
        row.pk,
        outcome.action,
        actor=TAKER,
        now=now,
        reason=outcome.reason[:120],
        attempts=row.attempts + 1,
        tried_at=now,
        done_at=now if outcome.action == "finish" else None,
    )
