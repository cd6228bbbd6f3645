"""Adjudication: the queue of doubtful files, and one case with its files and images side by side.

An officer never sees what another decided before having decided: two decisions count only if each is its
officer's own. Every reading of a case and of an image is written down.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from sijil.domains.biometrics.types import Modality
from sijil.domains.matching.states import CASE, CaseState
from sijil.domains.matching.types import Candidate, Case, CaseVerdict, Decision, Outcome
from sijil.domains.population_register.rules import NOTHING, PersonField, form_of
from sijil.domains.population_register.types import Identity
from sijil.journeys import person_enrolment
from sijil.journeys.person_enrolment import Side
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.kernel.ids import show_idcs, show_number
from sijil.kernel.names import fold, skeleton
from sijil.pages import clock
from sijil.pages.forms import Form
from sijil.pages.guards import actor_of, only_reads, role_required
from sijil.pages.labels import file_state_words
from sijil.pages.person_forms import shown, wording
from sijil.pages.pictures import picture_response

FILE_MISSING = ErrorCode(
    "backoffice.file_missing",
    Category.MISSING,
    "A file of this case can no longer be read.",
    "Do not decide. Tell your administrator the number of the case.",
)
adjudicator = role_required("adjudicator")

VERDICTS = {
    "different_person": gettext_noop("Different person: register the new file"),
    "same_person": gettext_noop("Same person: refuse the new file"),
}
OF_A_PERSON = {
    "different_person": gettext_noop("Different person"),
    "same_person": gettext_noop("Same person"),
}
CLOSENESS = {
    "likely": gettext_noop("Very close"),
    "possible": gettext_noop("Somewhat close"),
    "unique": gettext_noop("Not close"),
}
MARKS = {
    "equal": gettext_noop("Equal"),
    "sound": gettext_noop("Other spelling"),
    "year": gettext_noop("Same year"),
    "different": gettext_noop("Different"),
    "missing": gettext_noop("Not given"),
}
LEFT_TO_RIGHT = ("date", "phone", "email", "postcode", "paper_number")
NAME_KINDS = ("name_ar", "name_latin")


@dataclass(frozen=True, slots=True)
class Row:
    """One field on both sides, and how it compares (a key of ``MARKS``)."""

    label: str
    new: str
    known: str
    mark: str
    words: str
    is_ltr: bool


class DecisionForm(Form):
    """One decision: the verdict on the file shown, and why."""

    verdict = forms.ChoiceField(
        label=_("Your decision"),
        choices=[("different_person", _("Different person")), ("same_person", _("Same person"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two decisions.")},
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Name the fields, papers or images that convinced you. Kept with the decision."),
        widget=forms.Textarea({"rows": 4, "data-key": "r"}),
        error_messages={"required": _("Write why you decide so.")},
    )
    candidate = forms.UUIDField(widget=forms.HiddenInput, required=False)


@adjudicator
def show_queue(request: HttpRequest) -> HttpResponse:
    """The open cases, the oldest first: first those this officer may decide."""
    officer = actor_of(request).id
    mine = [] if only_reads(request) else person_enrolment.list_cases(officer=officer)
    own = {case.id for case in mine}
    others = [case for case in person_enrolment.list_cases() if case.id not in own]
    context = {"mine": _lines(mine), "others": _lines(others), "next": mine[0].id if mine else None}
    return render(request, "backoffice/adjudication/queue.html", context)


@adjudicator
def show_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case: the new file beside a known one, differences marked, images, the decision."""
    return _page(request, case_id, None)


@adjudicator
@require_POST
def decide(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keep this officer's decision, then go on to the next case."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, case_id, form)
    cleaned, actor = form.cleaned_data, actor_of(request)
    known = cleaned["candidate"] if cleaned["verdict"] == CaseVerdict.SAME_PERSON else None
    try:
        outcome = person_enrolment.adjudicate(
            case_id,
            verdict=cleaned["verdict"],
            reason=cleaned["reason"],
            candidate=known,
            actor=actor,
            now=clock.now(),
        )
    except Refused as refused:
        form.refuse(refused)
        return _page(request, case_id, form)
    messages.success(request, _said(outcome))
    following = person_enrolment.find_next_case(officer=actor.id)
    return redirect("backoffice-case", following) if following else redirect("backoffice-adjudication")


@adjudicator
def show_image(request: HttpRequest, case_id: UUID, capture_id: UUID) -> HttpResponse:
    """One image of one of the files of the case, unsealed for this officer and written down."""
    found = person_enrolment.read_image(case_id, capture_id, actor=actor_of(request), now=clock.now())
    if found is None:
        raise Refused(FILE_MISSING)
    content, media_type = found
    return picture_response(content, media_type)


def _page(request: HttpRequest, case_id: UUID, form: DecisionForm | None) -> HttpResponse:
    """Render a case; a refused form keeps what was typed. Only the two files shown are opened."""
    actor, now = actor_of(request), clock.now()
    case = person_enrolment.get_case(case_id)
    shown = _shown(request, case)
    refs = [case.subject, *([shown.ref] if shown else [])]
    sides = person_enrolment.read_files(case, refs, actor=actor, now=now)
    if set(refs) - sides.keys():
        raise Refused(FILE_MISSING)
    new, known = sides[case.subject], sides[shown.ref] if shown else None
    context = {
        "case": _line(case, clock.today()),
        "title": _label(new),
        "new": {"label": _label(new)},
        "side": gettext("Corrected person") if case.person else gettext("New file"),
        "known": _known(known),
        "choices": [(number, c.ref, c is shown) for number, c in enumerate(case.candidates, 1)],
        "rows": compare_identities(new.file.identity, known.file.identity if known else None),
        "images": [(m.value, new.images.get(m), known.images.get(m) if known else None) for m in Modality],
        "closeness": gettext(CLOSENESS[shown.verdict.value]) if shown else "",
        "is_reused": shown is not None and shown.levels.get("image") == "reused",
        "form": form or DecisionForm(initial={"candidate": shown.ref if shown else None}),
        "is_decidable": case.is_decidable_by(actor.id) and not only_reads(request),
        "is_own": actor.id == case.deposited_by,
        "decisions": _decisions(case, case.decisions_for(actor.id)),
        "has_earlier": bool(case.decisions) and not case.decisions_for(actor.id),
        "next": person_enrolment.find_next_case(officer=actor.id, after=case.id),
    }
    return render(request, "backoffice/adjudication/case.html", context, status=422 if form else 200)


def _shown(request: HttpRequest, case: Case) -> Candidate | None:
    """Return the known file to show: the one asked for, else the closest, if there is any."""
    asked = request.POST.get("candidate") or request.GET.get("file", "")
    closest = case.candidates[0] if case.candidates else None
    return next((c for c in case.candidates if str(c.ref) == asked), closest)


def _label(side: Side) -> str:
    return show_idcs(side.file.idcs) if side.file.idcs else show_number(side.file.number)


def _known(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return {"ref": side.file.ref, "label": _label(side), "is_registered": bool(side.file.idcs)}


def compare_identities(new: Identity, known: Identity | None) -> list[Row]:
    """Return what the form of the new file shows of two identities, each with its mark; of one when alone."""
    form = form_of(new)
    return [
        Row(
            wording(field.label),
            shown(form, field, new),
            shown(form, field, known) if known else NOTHING,
            mark,
            gettext(MARKS[mark]),
            field.kind in LEFT_TO_RIGHT,
        )
        for field in form.shown_to("adjudicator")
        for mark in [mark_field(field, new.value(field.id), known.value(field.id) if known else "")]
    ]


def mark_field(field: PersonField, new: Any, known: Any) -> str:
    """Return how one field compares: equal, sound (names), year (birth dates), different or missing."""
    if not new or not known:
        return "missing"
    is_name = field.kind in NAME_KINDS
    if new == known or (is_name and fold(new) == fold(known)):
        return "equal"
    if is_name and skeleton(new) == skeleton(known):
        return "sound"
    return "year" if field.kind == "date" and new.year == known.year else "different"


def _lines(cases: Sequence[Case]) -> list[dict[str, Any]]:
    today = clock.today()
    return [_line(case, today) for case in cases]


def _line(case: Case, today: dt.date) -> dict[str, Any]:
    """Return what the queue says of a case: no identity, only the number of the new file."""
    return {
        "id": case.id,
        "number": case.number,
        "is_of_a_person": bool(case.person),
        "state": case.state,
        "words": file_state_words(CASE, case.state),
        "opened_at": case.opened_at,
        "age": (today - legal_day(case.opened_at)).days,
        "due_on": case.due_on,
        "is_late": case.due_on is not None and case.due_on < today,
        "is_closed": case.closed_at is not None,
        "count": len(case.candidates),
    }


def _decisions(case: Case, decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    words = OF_A_PERSON if case.person else VERDICTS
    return [
        {"officer": d.officer, "words": gettext(words[d.verdict]), "reason": d.reason, "at": d.decided_at}
        for d in decisions
    ]


def _said(outcome: Outcome) -> str:
    """Return what the officer is told once a decision is kept."""
    if outcome.is_settled and outcome.person:
        return gettext("The case is closed. No number changes.")
    if outcome.is_settled:
        return gettext("The case is closed, and the person was told.")
    if outcome.state == CaseState.DISPUTED:
        return gettext("Your decision is kept. The two decisions differ: a third officer will settle.")
    return gettext("Your decision is kept. A second officer now decides without seeing it.")


urlpatterns = [
    path("", show_queue, name="backoffice-adjudication"),
    path("<uuid:case_id>/", show_case, name="backoffice-case"),
    path("<uuid:case_id>/decision/", decide, name="backoffice-decide"),
    path("<uuid:case_id>/images/<uuid:capture_id>/", show_image, name="backoffice-case-image"),
]
