"""The columns that every file has, and the constraints that hold its clock."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from sijil.kernel.casework.clock import OFF, Phase, Reading
from sijil.kernel.casework.table import Kind


class CaseFile(models.Model):
    """State and legal clock of a file. ``due_on``: the last day to answer, while the clock runs.

    Written by the mover (``casework.files``) alone.
    """

    state = models.CharField(max_length=24)
    opened_at = models.DateTimeField()
    clock = models.CharField(max_length=40, blank=True)  # the name of the delay that runs or is stopped
    due_on = models.DateField(null=True)
    clock_since = models.DateField(null=True)
    clock_days = models.SmallIntegerField(default=0)
    clock_left = models.SmallIntegerField(null=True)
    counted_in = models.CharField(max_length=8, blank=True)
    mark_on = models.DateField(null=True)
    escalated = models.SmallIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def reading(self) -> Reading:
        """Return the clock as a value."""
        return Reading(
            name=self.clock,
            due_on=self.due_on,
            since=self.clock_since,
            days=self.clock_days,
            left=self.clock_left,
            counted_in=self.counted_in,
            mark_on=self.mark_on,
            escalated=self.escalated,
        )

    def set_clock(self, reading: Reading = OFF) -> None:
        """Take over a clock; the row is not saved."""
        self.clock, self.due_on, self.clock_since = reading.name, reading.due_on, reading.since
        self.clock_days, self.clock_left = reading.days, reading.left
        self.counted_in, self.mark_on, self.escalated = (
            reading.counted_in,
            reading.mark_on,
            reading.escalated,
        )


def file_constraints(kind: Kind, prefix: str) -> list[models.BaseConstraint]:
    """Return what the database holds of a kind: known states, and a date exactly where a clock runs."""
    running, stopped = kind.in_phase(Phase.RUNNING), kind.in_phase(Phase.STOPPED)
    return [
        models.CheckConstraint(
            condition=Q(state__in=[s.value for s in kind.states]), name=f"{prefix}_state_known"
        ),
        models.CheckConstraint(
            condition=_exactly(Q(state__in=running), Q(due_on__isnull=False)),
            name=f"{prefix}_due_while_clock_runs",
        ),
        models.CheckConstraint(
            condition=_exactly(Q(state__in=stopped), Q(clock_left__isnull=False)),
            name=f"{prefix}_left_while_clock_stops",
        ),
    ]


def file_indexes(kind: Kind, prefix: str) -> list[models.Index]:
    """Return the indexes of a kind: the days on which a mark is passed, what is due, and what waits.

    Files that are done are the many: what waits is counted without reading one of them.
    """
    waiting = models.Index(
        fields=["state", "due_on"],
        include=["escalated"],
        condition=Q(state__in=sorted(kind.waits_on)),
        name=f"{prefix}_waiting",
    )
    return [
        models.Index(fields=["mark_on"], condition=Q(mark_on__isnull=False), name=f"{prefix}_by_mark"),
        models.Index(fields=["due_on"], condition=Q(due_on__isnull=False), name=f"{prefix}_by_due"),
        *([waiting] if kind.delays else []),
    ]


def _exactly(one: Any, other: Any) -> Any:
    return (one & other) | (~one & ~other)
