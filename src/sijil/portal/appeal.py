"""Say that a decision is wrong: whoever holds the number of a file that was refused as a duplicate."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sijil.journeys import person_enrolment, tracking
from sijil.kernel import ids
from sijil.kernel.errors import Refused
from sijil.pages import clock, throttle
from sijil.pages.forms import PAPER_FILE, Form
from sijil.pages.guards import actor_of
from sijil.pages.person_forms import paper_choices


class AppealForm(Form):
    """What is wrong, and a paper that shows it."""

    text = forms.CharField(
        label=_("Why is it wrong?"),
        help_text=_("In your words: who you are, and how you know that the other person is not you."),
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": _("Write why the decision is wrong.")},
    )
    paper_kind = forms.ChoiceField(label=_("Which paper is it?"), choices=paper_choices, required=False)
    picture = forms.FileField(
        label=_("Picture or PDF of a paper that shows it, if you have one"),
        required=False,
        widget=forms.FileInput(PAPER_FILE),
    )

    def given(self) -> dict[str, Any]:
        """Return what the journey takes."""
        picture = self.cleaned_data["picture"]
        kind = self.cleaned_data["paper_kind"]
        papers = [person_enrolment.Paper(kind, picture.name, picture.read())] if picture else []
        return {"text": self.cleaned_data["text"], "papers": papers}


def contest(request: HttpRequest, number: str) -> HttpResponse:
    """The form; when it was sent, the page of the request says by when another officer answers."""
    now = clock.now()
    throttle.take("track", request.META["REMOTE_ADDR"], now=now)
    tracked = tracking.find_request(number, now=now)
    if tracked.appeal_until is None:
        return _back(tracked.number)
    form = AppealForm(request.POST or None, request.FILES or None)
    if form.is_valid() and _is_received(request, tracked.number, form):
        messages.success(request, gettext("We received it. Another officer looks at the decision anew."))
        return _back(tracked.number)
    status = 422 if form.errors else 200
    return render(request, "portal/appeal/form.html", {"form": form, "tracked": tracked}, status=status)


def _is_received(request: HttpRequest, number: str, form: AppealForm) -> bool:
    given = form.given()
    if given["papers"]:
        throttle.charge(request, throttle.PAPER)
    try:
        person_enrolment.appeal(number=number, **given, actor=actor_of(request), now=clock.now())
    except Refused as refused:
        if refused.field == "file":
            refused.field = "picture"
        form.refuse(refused)
        return False
    return True


def _back(number: str) -> HttpResponse:
    return redirect("portal-tracked", number=ids.show_number(number))


urlpatterns = [path("track/<str:number>/wrong/", contest, name="portal-contest")]
