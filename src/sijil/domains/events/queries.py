"""Reads of events and of their steps. Who shows what an event says writes the act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from sijil.domains.events import models
from sijil.domains.events.errors import EVENT_MISSING
from sijil.domains.events.states import OPEN, StepState
from sijil.domains.events.types import Event, EventStep
from sijil.kernel.errors import Refused
from sijil.kernel.horizon import get_horizon
from sijil.kernel.sealing import keyring


def get_event(event_id: UUID) -> Event:
    """Return an event. Raises: Refused(EVENT_MISSING)."""
    row = models.Event.objects.filter(pk=event_id).first()
    if row is None:
        raise Refused(EVENT_MISSING)
    return show_event(row)


def find_event(source: str, source_id: str) -> Event | None:
    """Return the event that has this number at its source, if it came."""
    row = models.Event.objects.filter(source=source, source_id=source_id).first()
    return show_event(row) if row else None


def has_standing(kind: str, subject: str) -> bool:
    """Tell whether an event of this kind about this subject stands: its source has not annulled it."""
    annulment = models.Event.objects.filter(source=OuterRef("source"), annuls=OuterRef("source_id"))
    rows = models.Event.objects.filter(kind=kind, subject=subject)
    return rows.filter(~Exists(annulment)).exists()


def is_annulled(event: Event) -> bool:
    """Tell whether the source has taken an event back."""
    return models.Event.objects.filter(source=event.source, annuls=event.source_id).exists()


def iter_events(after_id: UUID | None = None, *, chunk: int = 500) -> Iterator[Event]:
    """Yield the events after one, in an order to which nothing is added behind the reader.

    Only those below the horizon, before which every transaction here has ended: one that is written now,
    or beside a transaction that runs for long, comes with a later call. (Numbers of transactions start again
    when a dump is restored into another cluster: who keeps a place over such a restore begins after its
    last row.)
    """
    place = _place(after_id)
    while rows := _page(place, chunk):
        yield from map(show_event, rows)
        place = (rows[-1].xid, rows[-1].id)


def _place(after_id: UUID | None) -> tuple[int, UUID]:
    row = models.Event.objects.filter(pk=after_id).values_list("xid", "id").first() if after_id else None
    if after_id and row is None:
        raise Refused(EVENT_MISSING)
    return row or (-1, UUID(int=0))


def _page(place: tuple[int, UUID], chunk: int) -> list[models.Event]:
    xid, key = place
    later = Q(xid__gt=xid) | Q(xid=xid, id__gt=key)
    return list(models.Event.objects.filter(later, xid__lt=get_horizon()).order_by("xid", "id")[:chunk])


def list_steps(event_id: UUID) -> list[EventStep]:
    """Return the steps that follow an event, in order. Raises: Refused(EVENT_MISSING)."""
    kind = models.Event.objects.filter(pk=event_id).values_list("kind", flat=True).first()
    if kind is None:
        raise Refused(EVENT_MISSING)
    return [_step(row) for row in models.EventStep.objects.filter(event=event_id).select_related("event")]


def list_open_steps(*states: StepState, limit: int = 200) -> list[EventStep]:
    """Return the steps in these states (all that are not done, if none is given), the oldest first."""
    rows = models.EventStep.objects.filter(state__in=states or OPEN).select_related("event")
    return [_step(row) for row in rows.order_by("id")[:limit]]


def count_failed(*, before: dt.datetime) -> int:
    """Return how many steps failed before a moment and have not been done since."""
    return models.EventStep.objects.filter(state=StepState.FAILED, tried_at__lt=before).count()


def show_event(row: models.Event) -> Event:
    """Return a row as a value, opened. Raises: SealBroken."""
    return Event(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        effective_on=row.effective_on,
        recorded_at=row.recorded_at,
        source=row.source,
        source_id=row.source_id,
        annuls=row.annuls,
        facts=keyring().unseal_json("events", bytes(row.sealed), aad=f"event.sealed:{row.id}"),
    )


def _step(row: models.EventStep) -> EventStep:
    return EventStep(
        event=row.event_id,
        kind=row.event.kind,
        step=row.step,
        state=StepState(row.state),
        attempts=row.attempts,
        tried_at=row.tried_at,
        done_at=row.done_at,
        reason=row.reason,
    )
