"""What whoever holds the number of a request does on its page: send a paper, move the appointment, withdraw.

The page of the request offers exactly what the tables of states open to the holder (``tracking.may``).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sijil.domains.appointments import queries as appointments
from sijil.journeys import person_enrolment, tracking
from sijil.kernel import clean, ids
from sijil.kernel.errors import Refused
from sijil.pages import clock, refusals, throttle
from sijil.pages.forms import ONLY_LANGUAGE, PAPER_FILE, Form
from sijil.pages.guards import actor_of, post_only
from sijil.pages.languages import spoken
from sijil.pages.person_forms import paper_choices


class PaperForm(Form):
    """The paper that the centre asked for."""

    paper_kind = forms.ChoiceField(label=_("Which paper is it?"), choices=paper_choices)
    picture = forms.FileField(
        label=_("Picture or PDF of the paper"),
        error_messages={"required": _("Choose the file of the paper.")},
        widget=forms.FileInput(PAPER_FILE),
    )


@post_only("portal-tracked")
def send_paper(request: HttpRequest, number: str) -> HttpResponse:
    """Keep the paper that was asked for; the delay goes on."""
    form = PaperForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return _back(number)
    picture = form.cleaned_data["picture"]
    paper = person_enrolment.Paper(form.cleaned_data["paper_kind"], picture.name, picture.read())
    said = gettext("The paper is with your request; the delay goes on.")
    throttle.charge(request, throttle.PAPER)
    return _do(request, number, person_enrolment.add_paper, said, paper=paper)


def send_asked(request: HttpRequest, number: str, ask: UUID) -> HttpResponse:
    """Keep the paper that the officers of a case asked for."""
    if request.method != "POST":
        return _back(number)
    form = PaperForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return _back(number)
    picture = form.cleaned_data["picture"]
    paper = person_enrolment.Paper(form.cleaned_data["paper_kind"], picture.name, picture.read())
    said = gettext("The paper is before the officers.")
    throttle.charge(request, throttle.PAPER)
    return _do(request, number, person_enrolment.send_asked, said, ask=ask, paper=paper)


def remove_paper(request: HttpRequest, number: str, document_id: UUID) -> HttpResponse:
    """Delete a paper that was sent before, while the request waits for papers."""
    if request.method != "POST":
        return _back(number)
    said = gettext("The paper was removed.")
    return _do(request, number, person_enrolment.remove_paper, said, document_id=document_id)


def move_appointment(request: HttpRequest, number: str) -> HttpResponse:
    """The free hours of the centre that has the file, or of another one of its commune; one is chosen."""
    slot = request.POST.get("slot", "")
    if request.method == "POST" and ONLY_LANGUAGE not in request.POST:
        said = gettext("Your new appointment is kept.")
        return _do(request, number, person_enrolment.move_appointment, said, slot_id=slot)
    now = _slowed(request)
    found = tracking.find_request(number, now=now)
    if found.centre is None or not {"rebook", "book"} & set(found.may):
        return _back(number)
    centres = {centre.code: centre for centre in person_enrolment.list_centres(found.number)}
    asked = (request.GET.get("centre"), found.centre.code, *centres)
    code = next((code for code in asked if code in centres), "")
    slots = appointments.list_free_slots(code, now=now) if code else []
    context = {
        "tracked": found,
        "days": [(day, list(free)) for day, free in groupby(slots, key=lambda slot: slot.on)],
        "chosen": slot,
        "chosen_on": next((free.on for free in slots if free.id == slot), None),
        "centres": [(one.code, one.name(spoken())) for one in centres.values()],
        "centre": code,
    }
    return render(request, "portal/move_appointment.html", context)


@post_only("portal-tracked")
def cancel_appointment(request: HttpRequest, number: str) -> HttpResponse:
    """Give the place back; the request stays."""
    said = gettext("Your place was given back.")
    return _do(request, number, person_enrolment.cancel_appointment, said)


@post_only("portal-tracked")
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take the request back."""
    return _do(request, number, person_enrolment.withdraw, gettext("Your request was taken back."))


def _do(
    request: HttpRequest, number: str, use_case: Callable[..., Any], said: str, **values: Any
) -> HttpResponse:
    """Do it and say so, or say why it was refused, on the page of the request."""
    now = _slowed(request)
    try:
        use_case(number=clean.request_number(number), actor=actor_of(request), now=now, **values)
        messages.success(request, said)
    except Refused as refused:
        messages.error(request, str(refusals.words(refused)))
    return _back(number)


def _slowed(request: HttpRequest) -> Any:
    now = clock.now()
    throttle.take("track", request.META["REMOTE_ADDR"], now=now)
    return now


def _back(number: str) -> HttpResponse:
    return redirect("portal-tracked", number=ids.show_number(clean.request_number(number)))


urlpatterns = [
    path("track/<str:number>/paper/", send_paper, name="portal-send-paper"),
    path("track/<str:number>/asked/<uuid:ask>/", send_asked, name="portal-send-asked"),
    path("track/<str:number>/paper/<uuid:document_id>/remove/", remove_paper, name="portal-remove-paper"),
    path("track/<str:number>/appointment/", move_appointment, name="portal-move-appointment"),
    path("track/<str:number>/appointment/cancel/", cancel_appointment, name="portal-cancel-appointment"),
    path("track/<str:number>/withdraw/", withdraw, name="portal-withdraw"),
]
