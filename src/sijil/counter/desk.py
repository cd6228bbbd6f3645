"""What stands beside every page of the counter: the line of the centre; and the page an officer lands on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from sijil.journeys import person_enrolment
from sijil.kernel.casework.watch import Selection, count_stock
from sijil.kernel.dates import legal_day
from sijil.pages import clock
from sijil.pages.guards import actor_of, role_required
from sijil.pages.languages import spoken
from sijil.reporting import lateness

officer = role_required("csc_officer")
LINE, BESIDE = 50, 12
"""Files of the line on a page of its own, and beside another page: whose name is not needed is not read."""


@officer
def queue(request: HttpRequest) -> HttpResponse:
    """The files of the centre to treat today, and the search."""
    context = beside(request, after=request.GET.get("after", ""), most=LINE)
    text = request.GET.get("q", "").strip()
    if text:
        context["found"] = person_enrolment.search(text, actor=actor_of(request), now=clock.now())
        context["searched"] = True
    else:
        context |= _next(request, context)
    return render(request, "counter/queue.html", context)


def _next(request: HttpRequest, shown: dict[str, Any]) -> dict[str, Any]:
    """Return what the officer turns to: the first in line, and how much of the centre is late."""
    first = None if shown["after"] else next(iter(shown["waiting"]), None)
    of = Selection(centre=actor_of(request).centre)
    return {"first": first, "late": lateness.total(count_stock(on=shown["today"], of=of)).late}


def beside(request: HttpRequest, *, after: str = "", most: int = BESIDE) -> dict[str, Any]:
    """What stands beside every page of the counter: the centre, files that wait, the day's count."""
    now = clock.now()
    desk = person_enrolment.read_desk(actor=actor_of(request), now=now, after=after, most=most)
    return {
        "centre": desk.centre.name(spoken()),
        "waiting": desk.waiting,
        "after": after,
        "desk": desk,
        "booked": desk.booked,
        "done_today": desk.done_today,
        "now": now,
        "today": legal_day(now),
    }


urlpatterns = [path("", queue, name="counter-queue")]
