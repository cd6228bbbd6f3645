"""What fell due by age: the questions still to answer, a block per page, then checked and sent."""

from __future__ import annotations

from collections.abc import Sequence
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
from sijil.domains.social_register.types import DeclaredMember, FormField, Problem
from sijil.journeys import household_registration as journey
from sijil.kernel.errors import Refused
from sijil.pages import clock
from sijil.pages.guards import actor_of, citizen_required
from sijil.portal.household import questions, words
from sijil.portal.household.forms import SendForm


@dataclass(frozen=True, slots=True)
class Page:
    """One page of questions: a block, about the member at a place of the declaration."""

    place: int
    member: DeclaredMember
    block: str
    fields: Sequence[FormField]

    @property
    def url(self) -> str:
        return reverse("household-complete-member", args=[self.place, self.block])


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
def member(request: HttpRequest, place: int, block: str) -> HttpResponse:
    """One block of the questions that fell due about one member."""
    file = _file_or_home(request)
    if isinstance(file, HttpResponse):
        return file
    if (place, block) not in [(page.place, page.block) for page in _pages(file)]:
        raise Http404
    return questions.serve(request, lambda: _sheet(request, place, block))


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
    """Return the form with the refusal, for the answers as they are now; both boxes are to tick again."""
    form = SendForm({"version": file.request.version})
    form.full_clean()
    form.errors.clear()
    sentence = words.refusal(refused, file.form.fields.get(refused.field or ""))
    name = _name(file, str(refused.facts.get("member", "")))
    form.add_error(None, f"{name} — {sentence}" if name else sentence)
    return form


def _show(request: HttpRequest, file: journey.CompletionFile, form: SendForm) -> HttpResponse:
    context = {
        "file": file,
        "members": [_member_rows(file, idcs) for idcs in file.fields],
        "problems": [_problem(file, problem) for problem in _problems(file)],
        "form": form,
        "is_late": file.request.due_on < clock.today(),
    }
    return render(request, "portal/household/complete.html", context, status=422 if form.errors else 200)


def _member_rows(file: journey.CompletionFile, idcs: str) -> dict[str, Any]:
    typed = file.typed.get(idcs, {})
    age = file.ages[idcs][1]
    declared = _declared(file, idcs)
    read = rules.read_fields(file.fields[idcs], typed, file.declaration.milieu, age, known=declared.answers)
    asked = [f for f in file.fields[idcs] if rules.is_asked(f, file.declaration.milieu, read, age)]
    rows = [
        {
            "label": words.text(field.labels),
            "value": words.typed(field, typed[field.id].raw) if field.id in typed else "",
            "url": _url(file, idcs, field),
            "missing": "" if field.id in typed else "yes",
            "is_words": "yes" if field.options else "",
        }
        for field in asked
    ]
    return {"name": _name(file, idcs), "idcs": idcs, "age": age, "rows": rows}


def _problems(file: journey.CompletionFile) -> list[Problem]:
    found: list[Problem] = []
    for idcs in file.fields:
        found += _problems_of(file, idcs)
    return found


def _problems_of(file: journey.CompletionFile, idcs: str) -> tuple[Problem, ...]:
    milieu, age = file.declaration.milieu, file.ages[idcs][1]
    typed = file.typed.get(idcs, {})
    return rules.completion_problems(file.form, milieu, _declared(file, idcs), typed, age)


def _problem(file: journey.CompletionFile, found: Problem) -> dict[str, str]:
    return {
        "text": words.problem(found, file.form),
        "name": _name(file, found.member),
        "url": _url(file, found.member, file.form.fields[found.field]),
    }


def _pages(file: journey.CompletionFile) -> list[Page]:
    """Return the pages in their order: members as declared, the blocks of the form."""
    pages = []
    for place, declared in enumerate(file.declaration.members):
        fields = file.fields.get(declared.idcs, ())
        for block in file.form.blocks:
            here = [field for field in fields if field.block == block.id]
            if here:
                pages.append(Page(place, declared, block.id, here))
    return pages


def _sheet(request: HttpRequest, place: int, block: str) -> questions.Sheet:
    file = journey.get_completion(actor=actor_of(request), now=clock.now())
    pages = _pages(file)
    at = next(n for n, page in enumerate(pages) if (page.place, page.block) == (place, block))
    page, following = pages[at], pages[at + 1 :]
    idcs, whole = page.member.idcs, reverse("household-complete")
    return questions.Sheet(
        member=idcs,
        title=next(words.text(b.labels) for b in file.form.blocks if b.id == block),
        about=_name(file, idcs),
        age=file.ages[idcs][1],
        form=file.form,
        fields=page.fields,
        answers=file.typed.get(idcs, {}),
        save=partial(journey.save_completion, member_idcs=idcs),
        problems=_problems_of(file, idcs),
        parent=_("Answers that are asked"),
        parent_url=whole,
        next_url=following[0].url if following else whole,
        later_url=whole,
    )


def _url(file: journey.CompletionFile, idcs: str, field: FormField) -> str:
    place = [m.idcs for m in file.declaration.members].index(idcs)
    return reverse("household-complete-member", args=[place, field.block]) + f"#id_{field.id}"


def _declared(file: journey.CompletionFile, idcs: str) -> DeclaredMember:
    return next(m for m in file.declaration.members if m.idcs == idcs)


def _name(file: journey.CompletionFile, idcs: str) -> str:
    return words.name_of(file.people[idcs]) if idcs in file.people else ""


def asked(file: journey.CompletionFile | None) -> dict[str, Any] | None:
    """Return what the person's space says of it: of whom, how many questions, by when, who answers."""
    if file is None or not file.fields:
        return None
    return {
        "members": [
            {"name": _name(file, idcs), "idcs": idcs, "questions": [words.text(f.labels) for f in _first(fs)]}
            for idcs, fs in file.fields.items()
        ],
        "due_on": file.request.due_on,
        "is_late": file.request.due_on < clock.today(),
        "may_answer": file.may_answer,
    }


def _first(fields: Sequence[FormField]) -> list[FormField]:
    """Return the questions that hang on no other open one."""
    names = {field.id for field in fields}
    return [field for field in fields if not names & field.condition.when.keys()]
