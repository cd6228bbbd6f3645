"""Who consulted my file: who, when, what for, and what was answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language, gettext, gettext_noop

from sijil.journeys import consultations as journey
from sijil.journeys.consultations import Consultation
from sijil.kernel.actors import ActorKind
from sijil.pages import clock
from sijil.pages.guards import actor_of, citizen_required
from sijil.pages.paging import by_key

SIZE = 20
ACTS = {
    "verification.asked": gettext_noop(
        "Asked whether an identifier, a birth date and a sex belong together."
    ),
    "enrolment.file_read": gettext_noop("Opened your registration file."),
    "enrolment.corrected": gettext_noop("Corrected your form after comparing it with your papers."),
    "enrolment.paper_asked": gettext_noop("Asked you for a paper that was missing."),
    "enrolment.captured": gettext_noop("Took the image of your face or of your eyes."),
    "enrolment.capture_excused": gettext_noop("Noted why an image could not be taken."),
    "enrolment.deposited": gettext_noop("Received your papers and gave you the receipt."),
    "enrolment.refused": gettext_noop("Refused your registration request."),
    "enrolment.adjudicated": gettext_noop(
        "Decided whether your file and another one belong to the same person."
    ),
    "person.registered": gettext_noop("Entered you in the population register."),
    "person.read": gettext_noop("Opened your file."),
    "household.member_added": gettext_noop("Named you as a member of a household."),
    "household.member_removed": gettext_noop("Took you off the list of a household."),
    "household.declared": gettext_noop("Sent the form of a household that you belong to."),
    "household.read": gettext_noop("Opened the file of your household."),
    "household.rescored": gettext_noop("Computed the score of your household again."),
    "score.read": gettext_noop("Read the score of your household."),
}
PURPOSES = {
    "enrolment": gettext_noop("Registration in the population register"),
    "adjudication": gettext_noop("Making sure that one person has one identifier"),
    "household_registration": gettext_noop("Registration in the social register"),
}
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
        what=gettext(ACTS.get(found.action, gettext_noop("Consulted your file."))),
        purpose=_purpose(found),
        result=gettext(RESULTS[found.result]) if found.result in RESULTS else "",
    )


def _who(found: Consultation) -> str:
    language = get_language() or "ar"
    if found.actor_kind == ActorKind.CITIZEN:
        return gettext("Another person, for a household")
    if found.partner:
        return found.partner.name("ar" if language in ("ar", "zgh") else language)
    if found.centre:
        return gettext("An officer of %(centre)s") % {"centre": found.centre.name(language)}
    if found.actor_kind == ActorKind.PARTNER:
        return gettext("A partner")
    return gettext("An officer of the registers")


def _purpose(found: Consultation) -> str:
    if found.purpose:
        return found.purpose.label(get_language() or "ar")
    words = PURPOSES.get(found.purpose_code)
    return gettext(words) if words else ""


urlpatterns = [path("my-file/consultations/", show, name="portal-consultations")]
