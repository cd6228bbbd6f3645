"""The last step: check the answers, tick, send; then the number and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sijil.domains.social_register.rules import form_of, is_asked, married_alone, read_household, read_members
from sijil.domains.social_register.types import Answer, DeclaredMember, Form, FormField, Value
from sijil.journeys import household_registration as journey
from sijil.journeys.household_registration import papers
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey
from sijil.pages import clock, throttle
from sijil.pages.guards import actor_of, citizen_required
from sijil.portal.household import score, way, words
from sijil.portal.household.forms import SendForm


@citizen_required
def check(request: HttpRequest) -> HttpResponse:
    """Show every answer with a way to change it; send when nothing is left and both boxes are ticked."""
    file = journey.get_file(actor=actor_of(request), now=clock.now())
    form = SendForm(request.POST or None, initial={"version": file.draft.version})
    if request.method == "POST" and form.is_valid():
        try:
            return _send(request, file, form)
        except Refused as refused:
            form = SendForm.refused(file.draft.version, _sentence(file, refused))
    return _show(request, file, form)


def _send(request: HttpRequest, file: journey.File, form: SendForm) -> HttpResponse:
    journey.submit(
        registration_id=file.draft.id,
        seen_version=form.cleaned_data["version"] or 0,
        accept_law=form.cleaned_data["accept_law"],
        accept_info=form.cleaned_data["accept_info"],
        language=words.language(),
        actor=actor_of(request),
        now=clock.now(),
    )
    return redirect("household-sent")


def _sentence(file: journey.File, refused: Refused) -> str:
    at_fault = refused.facts.get("members", ())
    people = [words.name_of(person) for key, person in file.people.items() if key in at_fault]
    sentence = words.refusal(refused, file.form.fields.get(refused.field or ""))
    return f"{words.join(people)} — {sentence}" if people else sentence


def _show(request: HttpRequest, file: journey.File, form: SendForm) -> HttpResponse:
    found = journey.list_problems(file)
    problems = way.show_problems(file, found)
    context = {
        "draft": file.draft,
        "place": words.place_name(file.draft.commune_code),
        "members": _members(file),
        "blocks": _blocks(file),
        "problems": _named(file, found, problems),
        "done": way.done_steps(file, found),
        "form": form,
    }
    return render(request, "portal/household/check.html", context, status=422 if form.errors else 200)


def _named(file: journey.File, found: Any, problems: list[dict[str, str]]) -> list[dict[str, str]]:
    for problem, shown in zip(found, problems, strict=True):
        if problem.member in file.people:
            shown["name"] = words.name_of(file.people[problem.member])
    return problems


def _members(file: journey.File) -> list[dict[str, Any]]:
    read = read_members(file.form, file.draft, file.ages)
    alone = married_alone(read)
    return [
        {
            "name": words.name_of(file.people[member.person]),
            "idcs": file.people[member.person].idcs,
            "age": file.ages[member.person],
            "rows": _member_rows(file, member, typed.answers),
            "is_married_alone": member.person in alone,
        }
        for member, typed in zip(read, file.draft.members, strict=True)
    ]


def _member_rows(
    file: journey.File, member: DeclaredMember, typed: Mapping[str, Answer]
) -> list[dict[str, str]]:
    fields = way.form_about(file, member.person).of_step("COM")
    asked = [f for f in fields if is_asked(f, file.draft.milieu, member.answers, member.age)]
    return [_row(file, field, typed, member.person) for field in asked]


def _blocks(file: journey.File) -> list[dict[str, Any]]:
    values = read_household(file.form, file.draft)
    return [
        {
            "title": words.text(block.labels),
            "rows": [
                _row(file, field, file.draft.answers, None)
                for field in way.household_fields(file, block.id)
                if is_asked(field, file.draft.milieu, values)
            ],
        }
        for block in way.household_blocks(file)
    ]


def _row(
    file: journey.File, field: FormField, answers: Mapping[str, Answer], member: PersonKey | None
) -> dict[str, str]:
    typed = words.typed(field, answers[field.id].raw) if field.id in answers else ""
    return {
        "label": words.text(field.labels),
        "value": typed,
        "unit": words.unit(field) if typed else "",
        "url": way.url_of(file, field.id, member),
        "missing": "" if typed or not field.mandatory else "yes",
        "is_words": "yes" if field.options else "",
    }


@citizen_required
def sent(request: HttpRequest) -> HttpResponse:
    """Say that it was received: the number in large type, and what happens next."""
    mine = journey.get_my_file(actor=actor_of(request), now=clock.now())
    if mine.registration is None or mine.household is None:
        return redirect("household-home")
    shown = mine.eligibilities
    context = {"mine": mine, "cards": score.cards(shown), "marks": score.marks(shown)}
    context["today"] = clock.today()
    context["ends"] = score.ends(mine.score.points if mine.score else None)
    return render(request, "portal/household/sent.html", context)


@citizen_required
def declared(request: HttpRequest) -> HttpResponse:
    """Show what the household declared last: frozen answers, in words."""
    reader = actor_of(request)
    declaration, people = journey.get_declared(actor=reader, now=clock.now())
    form = form_of(declaration.form_version)
    members = [
        {
            "name": words.name_of(people[m.person]) if m.person in people else "",
            "idcs": people[m.person].idcs if m.person in people else "",
            "age": m.age,
            "rows": _frozen_rows(form.about(m.sex, is_self=m.person == reader.person), "COM", m.answers),
        }
        for m in declaration.members
    ]
    context = {
        "declaration": declaration,
        "members": members,
        "rows": _frozen_rows(form, "SOC", declaration.answers),
    }
    return render(request, "portal/household/frozen.html", context)


def _frozen_rows(form: Form, step: str, answers: Mapping[str, Value]) -> list[dict[str, str]]:
    fields = [f for f in form.of_step(step) if f.id in answers]
    return [{"label": words.text(f.labels), "value": words.value(f, answers[f.id])} for f in fields]


@citizen_required
def receipt_pdf(request: HttpRequest) -> HttpResponse:
    """Return the receipt as PDF, in Arabic and French, with its signed QR."""
    throttle.charge(request, throttle.PAGE)
    content, number = papers.render_receipt(actor=actor_of(request), now=clock.now())
    return _pdf(content, number)


@citizen_required
def score_pdf(request: HttpRequest, number: int = 0) -> HttpResponse:
    """Return the present score explained as PDF, or an earlier one as it was printed then."""
    throttle.charge(request, throttle.PAGE)
    content, name = papers.render_score(score=number, actor=actor_of(request), now=clock.now())
    return _pdf(content, name)


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="sijil-{name}.pdf"', "Cache-Control": "no-store"},
    )
