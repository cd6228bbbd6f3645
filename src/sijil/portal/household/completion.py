"""What is asked after the declaration, by age or by a newer form: a block per page, then checked and sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sijil.domains.social_register import rules
from sijil.domains.social_register.errors import NOTHING_ASKED
from sijil.domains.social_register.types import Form, FormField, Problem, Value
from sijil.journeys import household_registration as journey
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey
from sijil.pages import clock
from sijil.pages.guards import actor_of, citizen_required
from sijil.portal.household import questions, words
from sijil.portal.household.forms import SendForm


@dataclass(frozen=True, slots=True)
class Page:
    """One page of questions: a block, about the household (``who`` None) or a member of the declaration."""

    who: rules.Who
    url: str
    block: str
    fields: Sequence[FormField]


@citizen_required
def check(request: HttpRequest) -> HttpResponse:
    """Show what fell due and the answers; send when nothing is left and both boxes are ticked."""
    file = _file_or_home(request)
    if isinstance(file, HttpResponse):
        return file
    form = SendForm(request.POST or None, initial={"version": file.request.version})
    if request.method == "POST" and form.is_valid():
        try:
            return _send(request, form)
        except Refused as refused:
            if refused.error is NOTHING_ASKED:
                return redirect("household-home")
            form = _refused(file, refused)
    return _show(request, file, form)


@citizen_required
def household(request: HttpRequest, block: str) -> HttpResponse:
    """One block of the questions about the household."""
    return _serve(request)


@citizen_required
def member(request: HttpRequest, place: int, block: str) -> HttpResponse:
    """One block of the questions about one member."""
    return _serve(request)


def _serve(request: HttpRequest) -> HttpResponse:
    """Show the page of an address, or keep what was typed on it."""
    file = _file_or_home(request)
    if isinstance(file, HttpResponse):
        return file
    if request.path not in [page.url for page in _pages(file)]:
        raise Http404
    return questions.serve(request, lambda: _sheet(request))


def _file_or_home(request: HttpRequest) -> journey.CompletionFile | HttpResponse:
    """Return what is asked; the person's space where nothing is, or where somebody else is to answer."""
    try:
        file = journey.get_completion(actor=actor_of(request), now=clock.now())
    except Refused as refused:
        if refused.error is NOTHING_ASKED:
            return redirect("household-home")
        raise
    return file if file.may_answer and file.fields else redirect("household-home")


def _send(request: HttpRequest, form: SendForm) -> HttpResponse:
    journey.complete(
        seen_version=form.cleaned_data["version"] or 0,
        accept_law=form.cleaned_data["accept_law"],
        accept_info=form.cleaned_data["accept_info"],
        actor=actor_of(request),
        now=clock.now(),
    )
    messages.success(request, _("Your answers are in your declaration, and the score was computed again."))
    return redirect("household-home")


def _refused(file: journey.CompletionFile, refused: Refused) -> SendForm:
    sentence = words.refusal(refused, file.form.fields.get(refused.field or ""))
    name = _name(file, refused.facts.get("member"))
    return SendForm.refused(file.request.version, f"{name} — {sentence}" if name else sentence)


def _show(request: HttpRequest, file: journey.CompletionFile, form: SendForm) -> HttpResponse:
    context = {
        "file": file,
        "parts": [_part(file, who) for who in file.fields],
        "problems": [_problem(file, problem) for problem in _problems(file)],
        "form": form,
        "is_new_law": _is_new_law(file),
        "is_late": file.request.due_on < clock.today(),
    }
    return render(request, "portal/household/complete.html", context, status=422 if form.errors else 200)


def _is_new_law(file: journey.CompletionFile) -> bool:
    return file.form.version != file.declaration.form_version


def _part(file: journey.CompletionFile, who: rules.Who) -> dict[str, Any]:
    """Return what is asked of the household or of a member, with what was typed."""
    typed, age = file.typed.get(who, {}), _age(file, who)
    known, milieu = _declared(file, who), file.declaration.milieu
    read = rules.read_fields(file.fields[who], typed, milieu, age, known=known)
    rows = [
        {
            "label": words.text(field.labels),
            "value": words.typed(field, typed[field.id].raw) if field.id in typed else "",
            "url": _url(file, who, field),
            "missing": "" if field.id in typed else "yes",
            "is_words": "yes" if field.options else "",
        }
        for field in _agreeing(file, who, file.fields[who])
        if rules.is_asked(field, milieu, read, age)
    ]
    return {"name": _name(file, who), "idcs": _idcs(file, who), "age": age, "rows": rows}


def _problems(file: journey.CompletionFile) -> list[Problem]:
    return [problem for who in file.fields for problem in journey.list_completion_problems(file, who)]


def _problem(file: journey.CompletionFile, found: Problem) -> dict[str, str]:
    return {
        "text": words.problem(found, _form(file, found.member)),
        "name": _name(file, found.member),
        "url": _url(file, found.member, file.form.fields[found.field]),
    }


def _pages(file: journey.CompletionFile) -> list[Page]:
    """Return the pages in their order: the household, members as declared; the blocks of the form."""
    return [
        Page(who, _address(file, who, block.id), block.id, here)
        for who, fields in file.fields.items()
        for block in file.form.blocks
        if (here := [field for field in fields if field.block == block.id])
    ]


def _address(file: journey.CompletionFile, who: rules.Who, block: str) -> str:
    if who is None:
        return reverse("household-complete-household", args=[block])
    people = [member.person for member in file.declaration.members]
    return reverse("household-complete-member", args=[people.index(who), block])


def _sheet(request: HttpRequest) -> questions.Sheet:
    file = journey.get_completion(actor=actor_of(request), now=clock.now())
    pages = _pages(file)
    at = next(n for n, page in enumerate(pages) if page.url == request.path)
    page, following = pages[at], pages[at + 1 :]
    whole = reverse("household-complete")
    return questions.Sheet(
        idcs=_idcs(file, page.who),
        title=next(words.text(b.labels) for b in file.form.blocks if b.id == page.block),
        about=_name(file, page.who),
        age=_age(file, page.who),
        form=_form(file, page.who),
        fields=_agreeing(file, page.who, page.fields),
        answers=file.typed.get(page.who, {}),
        save=partial(journey.save_completion, person=page.who),
        problems=journey.list_completion_problems(file, page.who),
        parent=_("Answers that are asked"),
        parent_url=whole,
        next_url=following[0].url if following else whole,
        later_url=whole,
    )


def _form(file: journey.CompletionFile, who: rules.Who) -> Form:
    """Return the form in the words that agree with a member."""
    return words.form_about(file.form, file.people, who, reader=file.reader)


def _agreeing(file: journey.CompletionFile, who: rules.Who, fields: Sequence[FormField]) -> list[FormField]:
    form = _form(file, who)
    return [form.fields[field.id] for field in fields]


def _url(file: journey.CompletionFile, who: rules.Who, field: FormField) -> str:
    return f"{_address(file, who, field.block)}#id_{field.id}"


def _declared(file: journey.CompletionFile, who: rules.Who) -> Mapping[str, Value]:
    """Return what was declared of the household or of a member."""
    if who is None:
        return file.declaration.answers
    return next(m.answers for m in file.declaration.members if m.person == who)


def _age(file: journey.CompletionFile, who: rules.Who) -> int | None:
    return None if who is None else file.ages[who][1]


def _name(file: journey.CompletionFile, person: PersonKey | None) -> str:
    return words.name_of(file.people[person]) if person and person in file.people else ""


def _idcs(file: journey.CompletionFile, person: PersonKey | None) -> str:
    return file.people[person].idcs if person and person in file.people else ""


def asked(file: journey.CompletionFile | None) -> dict[str, Any] | None:
    """Return what the person's space says of it: of whom, how many questions, by when, who answers.

    ``keeps_score``: the household's last score stands until the answers come.
    """
    if file is None or not file.fields:
        return None
    return {
        "parts": [
            {
                "name": _name(file, who),
                "idcs": _idcs(file, who),
                "questions": [words.text(f.labels) for f in _agreeing(file, who, _first(fields))],
            }
            for who, fields in file.fields.items()
        ],
        "is_by_age": any(journey.is_by_age(file, who) for who in file.fields),
        "is_new_law": _is_new_law(file),
        "keeps_score": bool(file.request.needed_by),
        "due_on": file.request.due_on,
        "is_late": file.request.due_on < clock.today(),
        "may_answer": file.may_answer,
    }


def _first(fields: Sequence[FormField]) -> list[FormField]:
    """Return the questions that hang on no other open one."""
    names = {field.id for field in fields}
    return [field for field in fields if not names & field.condition.when.keys()]
