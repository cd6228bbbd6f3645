"""Public tracking: a deposit or request number is enough to see where the file is, and no identity."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from sijil.domains.appointments.queries import why_displaced
from sijil.domains.appointments.states import AppointmentState
from sijil.journeys.person_enrolment import list_papers
from sijil.journeys.tracking import TrackedRequest, find_request
from sijil.kernel import ids
from sijil.kernel.errors import Refused
from sijil.pages import background, clock, refusals, throttle
from sijil.pages.forms import Form, RequestNumberField
from sijil.pages.languages import spoken
from sijil.portal.own_request import PaperForm

TO_DO = ("come_to_centre", "choose_time", "bring_paper", "bring_asked", "bring_child")  # the person's turn
FAMILY = {"person": "request", "household": "registration", "re_enrolment": "re_enrolment"}  # of pages.labels


class TrackForm(Form):
    """The number printed on the receipt."""

    number = RequestNumberField(
        label=_("Deposit or request number"),
        error_messages={"required": _("Write the number printed on your receipt.")},
    )


def track(request: HttpRequest) -> HttpResponse:
    """Read the number, then show the file at an address that can be kept."""
    form = TrackForm(request.GET if "number" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("portal-tracked", number=ids.show_number(form.cleaned_data["number"]))
    return render(request, "portal/track.html", {"form": form}, status=422 if form.errors else 200)


def tracked(request: HttpRequest, number: str) -> HttpResponse:
    """Show state, reason, next action and date."""
    now = clock.now()
    throttle.take("track", request.META["REMOTE_ADDR"], now=now)
    try:
        found = find_request(number, now=now)
    except Refused as refused:
        form = TrackForm({"number": number})
        if form.is_valid():
            refusals.attach(form, refused)
        return render(request, "portal/track.html", {"form": form}, status=404)
    is_ours = found.next_action not in TO_DO or bool(found.asked)  # whose delay runs: ours, or the person's
    context = {
        "tracked": found,
        "centre": _centre(found),
        "family": FAMILY[found.kind],
        "is_ours": is_ours,
        "paper_form": PaperForm(),
        "appointment": "" if found.asked else appointment_of(found),
        "why_taken": why_displaced(found.appointment, spoken()) if found.appointment else "",
        "papers": list_papers(found.number) if "remove_paper" in found.may else (),
        "is_own": request.session.get(background.SENT) == found.number,
    }
    return render(request, "portal/tracked.html", context)


def appointment_of(found: TrackedRequest) -> str:
    """Return what an appointment is by now: ahead, passed, taken away, or nothing to speak of."""
    booking = found.appointment
    if booking is None or booking.state == AppointmentState.CANCELLED:
        return ""
    if booking.state == AppointmentState.DISPLACED:
        return "taken"
    starts = booking.starts_at
    is_over = starts < clock.now() if starts else booking.on < clock.today()
    return "passed" if is_over or booking.state != AppointmentState.BOOKED else "ahead"


def _centre(found: TrackedRequest) -> dict[str, str] | None:
    """Return the centre to go to, while there is still something to bring there."""
    if found.centre is None or found.next_action not in TO_DO:
        return None
    return {"code": found.centre.code, "name": found.centre.name(spoken())}


urlpatterns = [
    path("track/", track, name="portal-track"),
    path("track/<str:number>/", tracked, name="portal-tracked"),
]
