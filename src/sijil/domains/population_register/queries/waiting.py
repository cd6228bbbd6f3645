"""Reads without identity: what waits, since when, and how long the others waited."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Max, OuterRef, Subquery

from sijil.domains.population_register import models
from sijil.domains.population_register.states import RequestState
from sijil.domains.population_register.types import Standstill, Turn

WAITING = (RequestState.PAPERS_REQUESTED, RequestState.DEPOSITED, RequestState.IN_ADJUDICATION)
"""States in which a file waits for a paper, a machine or officers."""


def list_standstills(*, centre_code: str = "", limit: int) -> list[Standstill]:
    """Return the files that wait, the longest first; of one centre, or of all. ``limit``: of each state, so
    that many that wait for a paper hide none that waits for a machine.
    """
    entered = models.RequestStep.objects.filter(request=OuterRef("pk"), to_state=OuterRef("state"))
    since = entered.exclude(from_state=F("to_state")).order_by("-at").values("at")[:1]
    rows = models.EnrolmentRequest.objects.annotate(since=Subquery(since)).order_by("since", "number")
    rows = rows.filter(centre_code=centre_code) if centre_code else rows
    found = (rows.filter(state=s).values_list("id", "number", "state", "since")[:limit] for s in WAITING)
    return sorted((Standstill(*row) for of_state in found for row in of_state), key=_longest)


def _longest(one: Standstill) -> tuple[dt.datetime, str]:
    return one.since, one.number


_FAR, _RECENT = 10_000, 20_000
"""How far a place is counted, and how many steps are read back: anybody may ask."""


def find_turn(number: str, *, of: int = 100) -> Turn | None:
    """Return the place of a file that waits for us in its queue, and how long the last ones waited.

    ``of``: how many of the last that left the state are looked at. None for a file that waits for nobody.
    """
    row = models.EnrolmentRequest.objects.filter(number=number, state__in=WAITING[1:]).first()
    if row is None:
        return None
    entered = models.RequestStep.objects.filter(to_state=row.state).exclude(from_state=row.state)
    since = entered.filter(request=row).latest("at").at
    ahead = entered.filter(request__state=row.state, at__lt=since).values("request").distinct()
    return Turn(ahead[:_FAR].count() + 1, since, _waits(row.state, of))


def _waits(state: str, of: int) -> tuple[dt.timedelta, ...]:
    """Return how long those who left a state last were in it."""
    steps = models.RequestStep.objects
    last = steps.aggregate(last=Max("id"))["last"] or 0
    began = steps.filter(request=OuterRef("request"), to_state=state).exclude(from_state=state)
    left = steps.filter(from_state=state, id__gt=last - _RECENT).exclude(to_state=state).order_by("-id")[:of]
    rows = left.annotate(began=Subquery(began.order_by("-at").values("at")[:1])).values_list("at", "began")
    return tuple(at - since for at, since in rows)
