"""Who consulted my file: who, when, what for, and what was answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext, gettext_noop, ngettext

from sijil.journeys import consultations as journey
from sijil.journeys.consultations import Consultation
from sijil.kernel.actors import ActorKind
from sijil.kernel.dates import local
from sijil.pages import clock, formats
from sijil.pages.guards import actor_of, citizen_required
from sijil.pages.languages import said, spoken
from sijil.pages.paging import by_key

SIZE = 20
RESULTS = {
    "match": gettext_noop("The data agreed."),
    "no_match": gettext_noop("The data did not agree."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A consultation in words."""

    key: str
    at: dt.datetime
    who: str
    what: str
    purpose: str
    result: str
    times: str


@citizen_required
def show(request: HttpRequest) -> HttpResponse:
    """The page, newest first, by key."""
    actor, now = actor_of(request), clock.now()

    def fetch(after: str | None, limit: int) -> list[Consultation]:
        return journey.list_mine(actor=actor, after=after, limit=limit, now=now)

    page = by_key(fetch, after=request.GET.get("after"), key_of=lambda found: found.key, size=SIZE)
    rows = [in_words(found) for found in page.rows]
    return render(request, "portal/consultations.html", {"page": page, "rows": rows})


def in_words(found: Consultation) -> Row:
    """Return a consultation in the language of the page."""
    return Row(
        key=found.key,
        at=found.at,
        who=_who(found),
        what=said(found.act.says) if found.act else gettext("Consulted your file."),
        purpose=said(found.purpose) if found.purpose else "",
        result=gettext(RESULTS[found.result]) if found.result in RESULTS else "",
        times=_times(found) if found.times > 1 else "",
    )


def _who(found: Consultation) -> str:
    if found.actor_kind == ActorKind.CITIZEN:
        return gettext("Another person, for a household")
    if found.partner:
        return found.partner.name(spoken())
    if found.centre_code:
        name = found.centre.name(spoken()) if found.centre else found.centre_code
        return gettext("An officer of %(centre)s") % {"centre": name}
    if found.actor_kind == ActorKind.PARTNER:
        return gettext("A partner")
    return gettext("An officer of the registers")


def _times(found: Consultation) -> str:
    """``3 times between 10:00 and 11:00``."""
    begins = local(found.at).replace(minute=0, second=0, microsecond=0)
    hours = {"begin": formats.time(begins), "end": formats.time(begins + dt.timedelta(hours=1))}
    words = ngettext(
        "%(count)s time between %(begin)s and %(end)s",
        "%(count)s times between %(begin)s and %(end)s",
        found.times,
    )
    return words % {"count": found.times, **hours}


urlpatterns = [path("my-file/consultations/", show, name="portal-consultations")]
