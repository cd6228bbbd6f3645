"""The questions, a block per page: about one member, or about the household. Saved as they are typed."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sijil.domains.social_register import rules
from sijil.domains.social_register.types import Answer, DraftMember, FormField, Problem, Saved
from sijil.journeys import household_registration as journey
from sijil.pages import clock, formats
from sijil.pages.guards import actor_of, citizen_required
from sijil.portal.household import way, words
from sijil.portal.household.forms import QuestionsForm, read, read_changed


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of questions: about whom, which, what was typed, and where it leads."""

    file: journey.File
    member: DraftMember | None
    title: str
    about: str
    fields: Sequence[FormField]
    answers: Mapping[str, Answer]
    next_url: str
    back_url: str
    step: str


@citizen_required
def member(request: HttpRequest, place: int, block: str) -> HttpResponse:
    """One block of questions about one member."""
    file = _file(request)
    about = file.draft.member_at(place)
    if about is None or block not in {b.id for b in way.member_blocks(file, about)}:
        raise Http404
    return _serve(request, _member_sheet(file, about, block))


@citizen_required
def household(request: HttpRequest, block: str) -> HttpResponse:
    """One block of questions about the household."""
    file = _file(request)
    if block not in {b.id for b in way.household_blocks(file)}:
        raise Http404
    return _serve(request, _household_sheet(file, block))


def _file(request: HttpRequest) -> journey.File:
    return journey.get_file(actor=actor_of(request), now=clock.now())


def _member_sheet(file: journey.File, member: DraftMember, block: str) -> Sheet:
    title = next(b for b in way.member_blocks(file, member) if b.id == block)
    return Sheet(
        file=file,
        member=member,
        title=words.text(title.labels),
        about=words.name_of(file.people[member.person]),
        fields=way.member_fields(file, member, block),
        answers=member.answers,
        next_url=way.after_member(file, member, block),
        back_url=reverse("household-members"),
        step="COM",
    )


def _household_sheet(file: journey.File, block: str) -> Sheet:
    title = next(b for b in way.household_blocks(file) if b.id == block)
    return Sheet(
        file=file,
        member=None,
        title=words.text(title.labels),
        about="",
        fields=way.household_fields(file, block),
        answers=file.draft.answers,
        next_url=way.after_household(file, block),
        back_url=reverse("household-tasks"),
        step="SOC",
    )


def _serve(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    if request.method != "POST":
        return _show(request, sheet, _form(sheet), page=secrets.token_hex(4))
    if "_field" in request.POST:
        return _save_one(request, sheet)
    return _save_all(request, sheet)


def _save_one(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Keep one answer that a script sent; say when, and what is wrong with it."""
    answers = read_changed(sheet.fields, request.POST, sheet.answers)
    if not answers:
        return JsonResponse({"error": "unknown field"}, status=422)
    saved = journey.save_answers(
        registration_id=sheet.file.draft.id,
        answers=answers,
        member=sheet.member.place if sheet.member else 0,
        page=request.GET.get("page", ""),
        actor=actor_of(request),
        now=clock.now(),
    )[0]
    error = words.refusal(saved.error, _field(sheet, saved.field)) if saved.error else ""
    return JsonResponse({"field": saved.field, "saved_at": formats.time(saved.saved_at), "error": error})


def _save_all(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Keep the page's answers; go on if they are right, else show what to correct."""
    typed = read(sheet.fields, request.POST)
    changed = {name: raw for name, raw in typed.items() if raw or name in sheet.answers}
    saved = journey.save_answers(
        registration_id=sheet.file.draft.id,
        answers={name: raw for name, raw in changed.items() if _differs(sheet, name, raw)},
        member=sheet.member.place if sheet.member else 0,
        seen_at=_seen_at(request),
        page=request.POST.get("_page", ""),
        actor=actor_of(request),
        now=clock.now(),
    )
    if "_later" in request.POST:
        return redirect("household-tasks")
    again = _reload(request, sheet)
    form, problems = _form(again), _problems(again)
    _tell(form, again, problems, saved)
    if form.errors:
        return _show(request, again, form, page=secrets.token_hex(4), status=422)
    return redirect(again.next_url)


def _differs(sheet: Sheet, name: str, raw: object) -> bool:
    return name not in sheet.answers or sheet.answers[name].raw != raw


def _seen_at(request: HttpRequest) -> dt.datetime | None:
    try:
        seen = dt.datetime.fromisoformat(request.POST.get("_seen_at", ""))
    except ValueError:
        return None
    return seen if seen.tzinfo else None


def _reload(request: HttpRequest, sheet: Sheet) -> Sheet:
    file = _file(request)
    block = sheet.fields[0].block
    if sheet.member is None:
        return _household_sheet(file, block)
    about = file.draft.member_at(sheet.member.place)
    if about is None:
        raise Http404
    return _member_sheet(file, about, block)


def _form(sheet: Sheet) -> QuestionsForm:
    typed = {name: answer.raw for name, answer in sheet.answers.items()}
    age = sheet.file.ages[sheet.member.person] if sheet.member else None
    return QuestionsForm(sheet.fields, typed, age)


def _problems(sheet: Sheet) -> list[Problem]:
    draft, ages = sheet.file.draft, sheet.file.ages
    form = sheet.file.form
    if sheet.member:
        who = sheet.member.person
        found = rules.member_problems(form, draft, who, ages[who])
    else:
        found = rules.block_problems(form, draft, sheet.fields[0].block)
    here = {field.id for field in sheet.fields}
    return [problem for problem in found if problem.field in here]


def _tell(form: QuestionsForm, sheet: Sheet, problems: Sequence[Problem], saved: Sequence[Saved]) -> None:
    for one in saved:
        if one.kept_other:
            moment = formats.time(one.saved_at)
            form.tell(
                one.field,
                _(
                    "This was answered on another device at %(time)s; "
                    "that answer is shown. Change it if needed."
                )
                % {"time": moment},
            )
    for problem in problems:
        form.tell(problem.field, words.problem(problem, sheet.file.form))


def _field(sheet: Sheet, name: str) -> FormField:
    return next(field for field in sheet.fields if field.id == name)


def _show(
    request: HttpRequest, sheet: Sheet, form: QuestionsForm, *, page: str, status: int = 200
) -> HttpResponse:
    conditional = {field.id for field in sheet.fields if field.condition.when}
    last = max((answer.saved_at for answer in sheet.answers.values()), default=None)
    context = {
        "sheet": sheet,
        "idcs": sheet.file.people[sheet.member.person].idcs if sheet.member else "",
        "form": form,
        "page": page,
        "seen_at": clock.now().isoformat(),
        "conditional": conditional,
        "saved_at": last,
    }
    return render(request, "portal/household/questions.html", context, status=status)
