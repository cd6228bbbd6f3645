"""Scores set aside for being out of range, of a registration or of a household registered before: the list of
an area, one of them, the decision.

An officer sees answers and figures, never who the household is; each reading is written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sijil.domains.geography import queries as geography
from sijil.domains.geography.types import Place
from sijil.domains.scoring.types import Explanation, TermShare
from sijil.domains.social_register.errors import NOTHING_TO_REVIEW, SCORE_CHANGED
from sijil.domains.social_register.rules import REASONS, REJECTIONS
from sijil.journeys import household_registration as journey
from sijil.kernel import clean, ids
from sijil.kernel.errors import Refused
from sijil.pages import clock, formats, refusals
from sijil.pages.forms import Form
from sijil.pages.guards import actor_of, role_required
from sijil.pages.languages import said, spoken
from sijil.pages.paging import Page

reviewer = role_required("adjudicator")
SIZE = 50
CONFIRM = "confirm"
PLACE = "place"  # the group of the two constants: no answer, but where the household lives


class SettleForm(Form):
    """One decision: the answers are right, or the reason of a refusal. ``seen``: the score looked at."""

    decision = forms.ChoiceField(
        label=_("Your decision"),
        help_text=_("The declarant receives it in a message, with the reason if you refuse."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the decisions.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["decision"]
        field.choices = [(CONFIRM, gettext("The answers are right: the score stands"))] + [
            (code, gettext("Refuse: %(reason)s") % {"reason": said(reason)})
            for code, reason in REJECTIONS.items()
        ]


@reviewer
def show_list(request: HttpRequest) -> HttpResponse:
    """What waits for a check in the officer's area, the most urgent first."""
    after = request.GET.get("after", "")
    found = journey.list_to_review(after=after, size=SIZE, actor=actor_of(request), now=clock.now())
    places = geography.list_places({line.file.commune_code for line in found.lines})
    page = Page([_line(line, places) for line in found.lines], found.following, after)
    context = {"page": page, "page_query": "", "total": found.total}
    return render(request, "backoffice/households/list.html", context)


@reviewer
def review(request: HttpRequest, number: str) -> HttpResponse:
    """One score set aside: what makes it, and the decision on it."""
    form = SettleForm(request.POST if request.method == "POST" else None)
    cleaned = number if ids.is_household_code(number) else clean.request_number(number)
    try:
        if request.method == "POST" and form.is_valid():
            return _settle(request, cleaned, form)
        return _show(request, cleaned, form)
    except Refused as refused:
        if refused.error is SCORE_CHANGED:
            messages.warning(request, str(refusals.words(refused)))
            return redirect("backoffice-household", number)
        if refused.error is not NOTHING_TO_REVIEW:
            raise
    messages.warning(request, gettext("Nothing of this number waits for a check any more."))
    return redirect("backoffice-households")


def _settle(request: HttpRequest, number: str, form: SettleForm) -> HttpResponse:
    decision = form.cleaned_data["decision"]
    rejected_for = "" if decision == CONFIRM else decision
    journey.settle(
        number=number,
        seen=form.cleaned_data["seen"],
        rejected_for=rejected_for,
        actor=actor_of(request),
        now=clock.now(),
    )
    messages.success(request, gettext("Your decision is kept, and the declarant is told."))
    return redirect("backoffice-households")


def _show(request: HttpRequest, number: str, form: SettleForm) -> HttpResponse:
    found = journey.get_review(number=number, language=spoken(), actor=actor_of(request), now=clock.now())
    line = _line(found.line, geography.list_places([found.line.file.commune_code]))
    form.fields["seen"].initial = found.explanation.score.number
    context = {
        "line": line,
        "size": len(found.declaration.members),
        "declared_on": found.declaration.declared_on,
        "terms": _terms(found.explanation),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "backoffice/households/review.html", context, status=status)


def _line(line: journey.ToReview, places: dict[str, Place]) -> dict[str, Any]:
    file, place = line.file, places.get(line.file.commune_code)
    return {
        "number": file.number,
        "is_registered": file.is_registered,
        "code": file.household_code,
        "place": place.name(spoken()) if place else file.commune_code,
        "milieu": file.milieu,
        "reason": said(REASONS[file.reason]) if file.reason in REASONS else "",
        "since": file.since,
        "due_on": file.due_on,
        "is_late": file.due_on < clock.today(),
        "points": line.points,
        "lowest": line.lowest,
        "highest": line.highest,
        "is_high": line.points > line.highest,
    }


def _terms(explanation: Explanation) -> Sequence[dict[str, Any]]:
    """Return the answers that count, the heaviest first; not the constants of milieu and region."""
    groups = [group for group in explanation.groups if group.id != PLACE]
    counted = [term for group in groups for term in group.terms if term.exact]
    return [_term(term) for term in sorted(counted, key=lambda term: -abs(term.exact))]


def _term(term: TermShare) -> dict[str, Any]:
    value = term.exact / Fraction(term.coefficient) if term.coefficient else Fraction(0)
    shown = formats.number(value, 4 if value.denominator > 1 else 0)
    return {"label": term.label, "value": shown, "shown": term.shown}


urlpatterns = [
    path("", show_list, name="backoffice-households"),
    path("<slug:number>/", review, name="backoffice-household"),
]
