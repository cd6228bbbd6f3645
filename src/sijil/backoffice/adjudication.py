"""Adjudication: the queue of doubtful files, and one case with its files and images side by side.

An officer never sees what another decided before having decided: two decisions count only if each is its
officer's own. Every reading of a case and of an image is written down.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from sijil.backoffice.evidence import lines_of
from sijil.domains.biometrics.types import Modality
from sijil.domains.matching.states import CASE, CaseState
from sijil.domains.matching.types import Ask, Candidate, Case, CaseVerdict, Decision, Outcome, Wanted
from sijil.domains.population_register.rules import NOTHING, PersonField, form_of
from sijil.domains.population_register.types import Identity
from sijil.journeys import person_enrolment
from sijil.journeys.person_enrolment import Side
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.kernel.ids import show_idcs, show_number
from sijil.kernel.names import fold, skeleton
from sijil.pages import clock, refusals
from sijil.pages.forms import Form
from sijil.pages.guards import actor_of, only_reads, post_only, role_required
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
    "cannot_tell": gettext_noop("Cannot tell: ask for more"),
}
OF_A_PERSON = {
    "different_person": gettext_noop("Different person"),
    "same_person": gettext_noop("Same person"),
    "cannot_tell": gettext_noop("Cannot tell: ask for more"),
}
ASKS = {f"ask_{wanted}": wanted.value for wanted in Wanted}  # choice of "cannot tell" -> what it asks
ASKING = (
    ("ask_paper", "p", gettext_noop("Cannot tell: ask for a paper")),
    ("ask_capture", "c", gettext_noop("Cannot tell: ask for new pictures")),
    ("ask_visit", "v", gettext_noop("Cannot tell: ask for a visit")),
)
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


Pieces = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Row:
    """One field on both sides, and how it compares (a key of ``MARKS``).

    ``new``, ``known``: in pieces, each with whether its letters differ from the other side.
    """

    label: str
    new: Pieces
    known: Pieces
    mark: str
    words: str
    is_ltr: bool


class DecisionForm(Form):
    """One decision: the verdict on the file shown, and why."""

    verdict = forms.ChoiceField(
        label=_("Your decision"),
        choices=[
            ("different_person", _("Different person")),
            ("same_person", _("Same person")),
            *((value, _(words)) for value, _key, words in ASKING),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three answers.")},
    )
    of_known = forms.BooleanField(required=False)
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Name the fields, papers or images that convinced you. Kept with the decision."),
        widget=forms.Textarea({"rows": 4, "data-key": "r"}),
        error_messages={"required": _("Write why you decide so.")},
    )
    candidate = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def answer(self) -> dict[str, Any]:
        """Return the answer as the journey takes it: verdict, what is asked, and of which file."""
        said, known = self.cleaned_data["verdict"], self.cleaned_data["candidate"]
        wanted = ASKS.get(said, "")
        names_known = said == CaseVerdict.SAME_PERSON or (wanted and self.cleaned_data["of_known"])
        return {
            "verdict": CaseVerdict.CANNOT_TELL.value if wanted else said,
            "ask": wanted,
            "candidate": known if names_known else None,
        }


@adjudicator
def show_queue(request: HttpRequest) -> HttpResponse:
    """The open cases, by priority and age: first those this officer may decide; and who decided how many."""
    officer, now = actor_of(request).id, clock.now()
    today = legal_day(now)
    mine = [] if only_reads(request) else person_enrolment.list_cases(officer=officer, on=today)
    own = {case.id for case in mine}
    others = [case for case in person_enrolment.list_cases(on=today) if case.id not in own]
    work = person_enrolment.list_work(now=now)
    context = {
        "mine": _lines(mine),
        "others": _lines([case for case in others if case.asked_until is None]),
        "asked": _lines([case for case in others if case.asked_until is not None]),
        "next": mine[0].id if mine else None,
        "work": work,
        "done_today": next((one.today for one in work if one.officer == officer), 0),
    }
    return render(request, "backoffice/adjudication/queue.html", context)


@adjudicator
def show_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case: the new file beside a known one, differences marked, images, the decision."""
    return _page(request, case_id, None)


@adjudicator
@post_only("backoffice-case")
def decide(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keep this officer's decision, then go on to the next case."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, case_id, form)
    actor, now = actor_of(request), clock.now()
    try:
        outcome = person_enrolment.adjudicate(
            case_id, reason=form.cleaned_data["reason"], **form.answer(), actor=actor, now=now
        )
    except Refused as refused:
        form.refuse(refused)
        return _page(request, case_id, form)
    messages.success(request, _said(outcome))
    following = person_enrolment.find_next_case(officer=actor.id, on=legal_day(now))
    return redirect("backoffice-case", following) if following else redirect("backoffice-adjudication")


@adjudicator
def show_image(request: HttpRequest, case_id: UUID, capture_id: UUID) -> HttpResponse:
    """One image of one of the files of the case, unsealed for this officer and written down."""
    found = person_enrolment.read_image(case_id, capture_id, actor=actor_of(request), now=clock.now())
    if found is None:
        raise Refused(FILE_MISSING)
    content, media_type = found
    return picture_response(content, media_type)


@adjudicator
def receive(request: HttpRequest, case_id: UUID, ask: UUID) -> HttpResponse:
    """Note that what was asked came to this desk: the case is decided anew."""
    if request.method == "POST":
        try:
            person_enrolment.receive_at_desk(case_id, ask, actor=actor_of(request), now=clock.now())
            messages.success(request, gettext("It is noted as received."))
        except Refused as refused:
            messages.error(request, str(refusals.words(refused)))
    return redirect("backoffice-case", case_id)


@adjudicator
def show_sent(request: HttpRequest, case_id: UUID, document_id: UUID) -> HttpResponse:
    """One paper that was sent because the officers asked for it."""
    found = person_enrolment.read_sent(case_id, document_id, actor=actor_of(request), now=clock.now())
    if found is None:
        raise Refused(FILE_MISSING)
    return picture_response(found.content, found.media_type)


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
        "evidence": lines_of(person_enrolment.speaks(case, shown)) if shown else [],
        "asks": [_asked(one, case) for one in case.asks],
        "sent": person_enrolment.list_sent(case),
        "new_ref": case.subject,
        "asking": [(value, key, gettext(words)) for value, key, words in ASKING],
        "closeness": gettext(CLOSENESS[shown.verdict.value]) if shown else "",
        "is_reused": shown is not None and shown.levels.get("image") == "reused",
        "form": form or DecisionForm(initial={"candidate": shown.ref if shown else None}),
        "is_decidable": case.is_decidable_by(actor.id) and not only_reads(request),
        "is_own": actor.id == case.deposited_by,
        "decisions": _decisions(case, case.decisions_for(actor.id)),
        "has_earlier": bool(case.current) and not case.decisions_for(actor.id),
        "next": person_enrolment.find_next_case(officer=actor.id, after=case.id, on=clock.today()),
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
            *_pieces(
                shown(form, field, new),
                shown(form, field, known) if known else NOTHING,
                differ=mark != "missing",
            ),
            mark,
            gettext(MARKS[mark]),
            field.kind in LEFT_TO_RIGHT,
        )
        for field in form.shown_to("adjudicator")
        for mark in [mark_field(field, new.value(field.id), known.value(field.id) if known else "")]
    ]


def _pieces(new: str, known: str, *, differ: bool) -> tuple[Pieces, Pieces]:
    """Cut two texts where their letters differ, however little; whole where one is not given."""
    if not differ or new == known:
        return [(new, False)], [(known, False)]
    steps = SequenceMatcher(None, new, known, autojunk=False).get_opcodes()
    left = [(new[a:b], tag != "equal") for tag, a, b, _c, _d in steps if b > a]
    right = [(known[c:d], tag != "equal") for tag, _a, _b, c, d in steps if d > c]
    return left, right


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
        "asked_until": case.asked_until,
        "is_overdue": case.asked_until is not None and case.asked_until < today,
        "is_unanswered": case.is_unanswered,
        "is_back": case.round > 1 and case.asked_until is None,
    }


def _asked(one: Ask, case: Case) -> dict[str, Any]:
    """Return one thing that was asked, of which side, and whether it came."""
    is_open = case.asked_until is not None and one.answered_at is None and one.until == case.asked_until
    return {
        "id": one.id,
        "what": one.what.value,
        "is_of_new": one.of == case.subject,
        "until": one.until,
        "answered_at": one.answered_at,
        "is_open": is_open,
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
    if outcome.state == CaseState.ASKED:
        return gettext(
            "The person was told what to bring. The case comes back with it, or when the day has passed."
        )
    if outcome.state == CaseState.DISPUTED:
        return gettext("Your decision is kept. The two decisions differ: a third officer will settle.")
    return gettext("Your decision is kept. A second officer now decides without seeing it.")


urlpatterns = [
    path("", show_queue, name="backoffice-adjudication"),
    path("<uuid:case_id>/", show_case, name="backoffice-case"),
    path("<uuid:case_id>/decision/", decide, name="backoffice-decide"),
    path("<uuid:case_id>/asked/<uuid:ask>/", receive, name="backoffice-receive-asked"),
    path("<uuid:case_id>/sent/<uuid:document_id>/", show_sent, name="backoffice-case-sent"),
    path("<uuid:case_id>/images/<uuid:capture_id>/", show_image, name="backoffice-case-image"),
]
