"""Somebody of a commune that the centre does not serve: why they are received here, and where it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sijil.counter import typed
from sijil.domains.appointments.rules import elsewhere_reasons, elsewhere_words
from sijil.domains.population_register.types import Request
from sijil.journeys import person_enrolment
from sijil.journeys.person_enrolment import Why
from sijil.kernel import clean
from sijil.kernel.errors import Refused
from sijil.pages import clock, refusals
from sijil.pages.forms import Form
from sijil.pages.guards import actor_of, post_only, role_required
from sijil.pages.languages import spoken

officer = role_required("csc_officer")
_PART = "elsewhere"


def boxes(**attributes: str) -> dict[str, forms.Field]:
    """Return the two boxes: the reason, and the sentence beside it."""
    words = [(code, one.text(spoken())) for code, one in elsewhere_reasons(clock.today()).items()]
    reason = forms.ChoiceField(
        label=_("Why is a person of another commune received here?"),
        help_text=_("Only if this centre does not serve the commune where the person lives."),
        required=False,
        choices=[("", _("Choose")), *words],
        widget=forms.Select(attributes),
    )
    note = forms.CharField(
        label=_("In a sentence, without a name (needed for another reason)"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off", **attributes}),
    )
    return {"elsewhere_reason": reason, "elsewhere_note": note}


def said(cleaned: Mapping[str, Any]) -> Why:
    """Return what the two boxes say."""
    return Why(cleaned.get("elsewhere_reason", ""), cleaned.get("elsewhere_note", ""))


def of_file(found: Request, kept: Mapping[str, str], *, is_open: bool) -> dict[str, Any]:
    """Return the reason of a file in words; or the boxes, with what was typed, where one is asked."""
    if person_enrolment.is_served(found):
        return {}
    if known := person_enrolment.find_elsewhere(found):
        return {"elsewhere": known, "elsewhere_words": elsewhere_words(known.reason, known.on, spoken())}
    form = Form(prefix=_PART, initial={name: kept.get(f"{_PART}-{name}", "") for name in _NAMES})
    form.fields |= boxes(form="compare")
    return {"elsewhere_form": form} if is_open else {}


_NAMES = ("elsewhere_reason", "elsewhere_note")


@officer
@post_only("counter-file")
def receive(request: HttpRequest, number: str) -> HttpResponse:
    """Keep why the file is received here."""
    reason, note = (request.POST.get(f"{_PART}-{name}", "") for name in _NAMES)
    is_done = False
    try:
        person_enrolment.receive_elsewhere(
            number=number, reason=reason, note=note, actor=actor_of(request), now=clock.now()
        )
    except Refused as refused:
        messages.error(request, str(refusals.words(refused)))
    else:
        is_done = True
        messages.success(request, gettext("The reason stands on the file."))
    typed.keep(request, number, part=_PART, is_taken=is_done)
    return redirect("counter-file", number=clean.request_number(number))


urlpatterns = [path("<str:number>/elsewhere/", receive, name="counter-elsewhere")]
