"""The questions, a block per page: about one member, or about the household. Saved as they are typed."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sijil.domains.social_register import rules
from sijil.domains.social_register.types import Answer, DraftMember, Form, FormField, Problem, Saved
from sijil.journeys import household_registration as journey
from sijil.pages import clock, formats, refusals
from sijil.pages.guards import actor_of, citizen_required
from sijil.portal.household import way, words
from sijil.portal.household.forms import QuestionsForm, read, read_changed


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of questions: about whom (place in the breadcrumb), which, what was typed, where it leads.

    ``idcs``, ``about``: number and name, ``age``; empty about the household. ``save``: keeps answers;
    ``problems``: what is missing or wrong on the page. ``step``: of the registration, empty elsewhere;
    ``done``: the steps of which nothing is left.
    """

    idcs: str
    title: str
    about: str
    age: int | None
    form: Form
    fields: Sequence[FormField]
    answers: Mapping[str, Answer]
    save: Callable[..., list[Saved]]
    problems: Sequence[Problem]
    parent: str
    parent_url: str
    next_url: str
    later_url: str
    step: str = ""
    done: frozenset[str] = frozenset()


@citizen_required
def member(request: HttpRequest, place: int, block: str) -> HttpResponse:
    """One block of questions about one member."""
    file = _file(request)
    if block not in {b.id for b in way.member_blocks(file, _member_at(file, place))}:
        raise Http404
    return serve(request, lambda: _member_sheet(_file(request), place, block))


@citizen_required
def household(request: HttpRequest, block: str) -> HttpResponse:
    """One block of questions about the household."""
    file = _file(request)
    if block not in {b.id for b in way.household_blocks(file)}:
        raise Http404
    return serve(request, lambda: _household_sheet(_file(request), block))


def _file(request: HttpRequest) -> journey.File:
    return journey.get_file(actor=actor_of(request), now=clock.now())


def _member_at(file: journey.File, place: int) -> DraftMember:
    found = file.draft.member_at(place)
    if found is None:
        raise Http404
    return found


def _member_sheet(file: journey.File, place: int, block: str) -> Sheet:
    member = _member_at(file, place)
    person, age = file.people[member.person], file.ages[member.person]
    title = next(b for b in way.member_blocks(file, member) if b.id == block)
    return Sheet(
        idcs=person.idcs,
        title=words.text(title.labels),
        about=words.name_of(person),
        age=age,
        form=way.form_about(file, member.person),
        fields=way.member_fields(file, member, block),
        answers=member.answers,
        save=partial(journey.save_answers, registration_id=file.draft.id, member=place),
        problems=rules.member_problems(file.form, file.draft, member.person, age),
        parent=_("Members of the household"),
        parent_url=reverse("household-members"),
        next_url=way.after_member(file, member, block),
        later_url=reverse("household-tasks"),
        step="COM",
    )


def _household_sheet(file: journey.File, block: str) -> Sheet:
    title = next(b for b in way.household_blocks(file) if b.id == block)
    return Sheet(
        idcs="",
        title=words.text(title.labels),
        about="",
        age=None,
        form=file.form,
        fields=way.household_fields(file, block),
        answers=file.draft.answers,
        save=partial(journey.save_answers, registration_id=file.draft.id),
        problems=rules.block_problems(file.form, file.draft, block),
        parent=_("Registration"),
        parent_url=reverse("household-tasks"),
        next_url=way.after_household(file, block),
        later_url=reverse("household-tasks"),
        step="SOC",
        done=way.done_steps(file, journey.list_problems(file)),
    )


def serve(request: HttpRequest, make: Callable[[], Sheet]) -> HttpResponse:
    """Show a page of questions, or keep what was typed on it. ``make``: the page as it stands."""
    sheet = make()
    if request.method != "POST":
        return _show(request, sheet, _form(sheet), page=secrets.token_hex(4))
    if "_field" in request.POST:
        return _save_one(request, sheet)
    return _save_all(request, sheet, make)


def _save_one(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Keep one answer that a script sent; say when, and what is wrong with it."""
    answers = read_changed(sheet.fields, request.POST, sheet.answers)
    if not answers:
        return JsonResponse({"error": "unknown field"}, status=422)
    saved = sheet.save(
        answers=answers,
        page=request.GET.get("page", ""),
        actor=actor_of(request),
        now=clock.now(),
    )[0]
    field = _field(sheet, saved.field)
    error = words.refusal(saved.error, field) if saved.error else ""
    error = refusals.beside(error, words.text(field.labels))
    return JsonResponse({"field": saved.field, "saved_at": formats.time(saved.saved_at), "error": error})


def _save_all(request: HttpRequest, sheet: Sheet, make: Callable[[], Sheet]) -> HttpResponse:
    """Keep the page's answers; go on if they are right, else show what to correct."""
    typed = read(sheet.fields, request.POST)
    changed = {name: raw for name, raw in typed.items() if any(raw) or name in sheet.answers}
    saved = sheet.save(
        answers={name: raw for name, raw in changed.items() if _differs(sheet, name, raw)},
        seen_at=_seen_at(request),
        page=request.POST.get("_page", ""),
        actor=actor_of(request),
        now=clock.now(),
    )
    if "_language" in request.POST:
        return redirect(f"{request.path}?{urlencode({'lang': request.POST['_language']})}")
    if "_later" in request.POST:
        return redirect(sheet.later_url)
    again = make()
    form = _form(again)
    _tell(form, again, saved)
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


def _form(sheet: Sheet) -> QuestionsForm:
    typed = {name: answer.raw for name, answer in sheet.answers.items()}
    return QuestionsForm(sheet.fields, typed, sheet.age)


def _tell(form: QuestionsForm, sheet: Sheet, saved: Sequence[Saved]) -> None:
    here = {field.id for field in sheet.fields}
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
    for problem in sheet.problems:
        if problem.field in here:
            form.tell(problem.field, words.problem(problem, sheet.form))


def _field(sheet: Sheet, name: str) -> FormField:
    return next(field for field in sheet.fields if field.id == name)


def _show(
    request: HttpRequest, sheet: Sheet, form: QuestionsForm, *, page: str, status: int = 200
) -> HttpResponse:
    conditional = {field.id for field in sheet.fields if field.condition.when}
    here = {field.id for field in sheet.fields}
    kept = (a.saved_at for name, a in sheet.answers.items() if name in here and any(a.raw))
    context = {
        "sheet": sheet,
        "form": form,
        "page": page,
        "seen_at": clock.now().isoformat(),
        "conditional": conditional,
        "saved_at": max(kept, default=None),
    }
    return render(request, "portal/household/questions.html", context, status=status)
