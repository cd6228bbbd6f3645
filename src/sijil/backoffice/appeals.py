"""Appeals: who was refused as a duplicate says that it is wrong; an officer without a part in it answers.

The appeal stands beside the evidence of the case. Each reading of words, papers and files is written down.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sijil.backoffice.adjudication import adjudicator, decisions_of, evidence_of
from sijil.domains.grievances.states import GRIEVANCE, GrievanceState
from sijil.domains.grievances.types import Grievance
from sijil.journeys import person_enrolment
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.pages import clock
from sijil.pages.forms import Form
from sijil.pages.guards import actor_of, only_reads, post_only
from sijil.pages.labels import file_state_words
from sijil.pages.pictures import picture_response


class AnswerForm(Form):
    """What becomes of the decision, and why, in words for the person."""

    outcome = forms.ChoiceField(
        label=_("Your decision"),
        choices=[
            (GrievanceState.UPHELD.value, _("The decision stands: it is the same person")),
            (GrievanceState.REVERSED.value, _("The decision is reversed: it is another person")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the decision stands.")},
    )
    answer = forms.CharField(
        label=_("What you answer the person"),
        help_text=_(
            "In plain words. Whoever holds the number of the file reads it: write no name and no number."
        ),
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": _("Write what you answer the person.")},
    )


@adjudicator
def show_appeals(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, by age: first what this officer may decide."""
    officer = "" if only_reads(request) else actor_of(request).id
    lines = [_line(found) for found in person_enrolment.list_appeals()]
    context = {
        "mine": [line for line in lines if officer and line["found"].is_decidable_by(officer)],
        "others": [line for line in lines if not officer or not line["found"].is_decidable_by(officer)],
    }
    return render(request, "backoffice/appeals/list.html", context)


@adjudicator
def show_appeal(request: HttpRequest, number: str) -> HttpResponse:
    """One appeal: what the person says, beside the two files and what was decided of them."""
    return _page(request, number, None)


@adjudicator
@post_only("backoffice-appeal")
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Keep the answer; a reversed decision lets the file go on."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, number, form)
    try:
        found = person_enrolment.answer_appeal(
            number, **form.cleaned_data, actor=actor_of(request), now=clock.now()
        )
    except Refused as refused:
        form.refuse(refused)
        return _page(request, number, form)
    is_reversed = found.state == GrievanceState.REVERSED
    said = gettext(
        "The person was told. The file goes on: it is compared anew, without the file it was taken for."
    )
    messages.success(
        request, said if is_reversed else gettext("The person was told that the decision stands.")
    )
    return redirect("backoffice-appeals")


@adjudicator
def show_paper(request: HttpRequest, number: str, document_id: UUID) -> HttpResponse:
    """One paper that came with an appeal."""
    found = person_enrolment.read_appeal_paper(number, document_id, actor=actor_of(request), now=clock.now())
    return picture_response(found.content, found.media_type)


def _page(request: HttpRequest, number: str, form: AnswerForm | None) -> HttpResponse:
    """Render an appeal; a refused form keeps what was typed."""
    actor = actor_of(request)
    appeal = person_enrolment.read_appeal(number, actor=actor, now=clock.now())
    case = person_enrolment.get_case(appeal.case)
    context = {
        **evidence_of(request, case),
        "appeal": _line(appeal.grievance),
        "grounds": appeal.grounds,
        "documents": appeal.papers,
        "decisions": decisions_of(case, actor.id),
        "side": gettext("Contested file"),
        "form": form or AnswerForm(),
        "is_decidable": appeal.grievance.is_decidable_by(actor.id) and not only_reads(request),
    }
    return render(request, "backoffice/appeals/appeal.html", context, status=422 if form else 200)


def _line(found: Grievance) -> dict[str, Any]:
    """Return what the list says of an appeal: no identity."""
    today = clock.today()
    return {
        "found": found,
        "words": file_state_words(GRIEVANCE, found.state),
        "age": (today - legal_day(found.opened_at)).days,
        "is_late": found.due_on is not None and found.due_on < today,
    }


urlpatterns = [
    path("", show_appeals, name="backoffice-appeals"),
    path("<str:number>/", show_appeal, name="backoffice-appeal"),
    path("<str:number>/answer/", answer, name="backoffice-answer-appeal"),
    path("<str:number>/joined/<uuid:document_id>/", show_paper, name="backoffice-appeal-paper"),
]
