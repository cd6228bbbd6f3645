"""Three tables: the events, which never change, the steps that follow each, and every try of a step."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from sijil.domains.events.states import OPEN, StepState
from sijil.kernel.ids import new_key
from sijil.kernel.rows import StateRow


class Event(models.Model):
    """One event. ``sealed``: what it says, tied to the row; ``fingerprint``: keyed, of the whole content.

    ``xid``: the transaction that wrote the row, given by the database: a reader that goes on from the last
    row it saw misses none that was committed later (``queries.iter_events``).
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=64, blank=True)
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=40)
    source_id = models.CharField(max_length=64)
    annuls = models.CharField(max_length=64, blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    fingerprint = models.BinaryField(max_length=16)
    sealed = models.BinaryField()
    xid = models.BigIntegerField(
        db_default=Cast(
            Cast(models.Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
        )
    )

    class Meta:
        db_table = "event"
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="event_once_from_its_source"),
            models.CheckConstraint(
                condition=~Q(annuls=models.F("source_id")), name="event_not_its_annulment"
            ),
        ]
        indexes = [
            models.Index(fields=["xid", "id"], name="event_in_order"),
            models.Index(fields=["subject", "kind"], name="event_by_subject"),
            models.Index(fields=["source", "annuls"], condition=~Q(annuls=""), name="event_by_annulment"),
        ]


class EventStep(models.Model):
    """One step of one event: done once, in the transaction that does it."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default=StepState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "event_step"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "step"], name="event_step_once"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in StepState]), name="event_step_state"
            ),
            models.CheckConstraint(
                condition=Q(state=StepState.DONE, done_at__isnull=False)
                | (~Q(state=StepState.DONE) & Q(done_at__isnull=True)),
                name="event_step_done_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "id"], condition=Q(state__in=[s.value for s in OPEN]), name="event_step_open"
            ),
        ]


class StepTry(StateRow):
    """What became of a step each time it was asked for, tried or taken back; immutable."""

    step = models.ForeignKey(EventStep, on_delete=models.PROTECT, related_name="tries")

    class Meta(StateRow.Meta):
        abstract = False
        db_table = "event_step_try"
