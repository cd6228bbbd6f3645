"""The page of one file: form beside papers, captures, the next action."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sijil.counter import desk, elsewhere, typed, witnesses
from sijil.counter.forms import PaperValuesForm, declared, papers_form, refuse_form
from sijil.domains.biometrics.types import ExceptionReason, Modality
from sijil.domains.notifications.rules import title_of
from sijil.domains.population_register.rules import PersonForm
from sijil.domains.population_register.states import REQUEST, UNDECIDED
from sijil.domains.population_register.types import Identity, Request
from sijil.journeys import family, person_enrolment
from sijil.kernel import clean
from sijil.kernel.ids import show_number
from sijil.pages import clock, refusals
from sijil.pages.guards import actor_of
from sijil.pages.languages import spoken
from sijil.pages.person_forms import paper_choices, proofs, shown, wording


def show(request: HttpRequest, number: str, **forms: Any) -> HttpResponse:
    """Render the file, with the form that was refused if there is one."""
    found = read(request, number)
    if request.method == "POST":  # refused: what was typed stands here, and on the page of later
        pressed = next((form.prefix or typed.LINES for form in forms.values()), None)
        typed.keep(request, number, part=pressed, is_taken=False)
    said = typed.read(request, number, declared(found.identity))
    values = forms.get("values") or PaperValuesForm(found.identity, said or None, is_judged=False)
    form, captures = values.law_form, _captures(found, said)
    changed = request.session.get(corrected_at(number), []) if found.is_compared else []
    context = {
        **desk.beside(request),
        "file": found,
        "bound_to": declared(found.identity),
        "values": values,
        "rows": values.rows(found.identity, changed),
        "others": _others(form, found.identity),
        "contacts": _contacts(form, found.identity),
        **_known_of(found),
        "compared": found.is_compared,
        "changed": changed,
        "paper_kinds": paper_choices(),
        "paper_kind": said.get("paper-kind") or found.identity.paper_kind,
        "documents": person_enrolment.list_papers(found.number),
        "captures": captures,
        "capture_form": forms.get("capture"),
        "papers_form": forms.get("papers") or papers_form(known=said),
        "refuse_form": forms.get("refuse") or refuse_form(known=said),
        "family": family.read_parents(found.number, actor=actor_of(request), now=clock.now()),
        "witnesses": witnesses.of_file(request, found, said),
        **elsewhere.of_file(found, said, is_open=is_open(found)),
        "is_open": is_open(found),
        "may_ask": REQUEST.find(found.state, "request_papers") is not None,
        "asked": person_enrolment.list_asked(found.number),
        "has_slip": found.state in UNDECIDED,
        "has_receipt": any(step.action == "deposit" for step in found.steps),
        "history": [s for s in found.steps if s.is_move or s.action == "compare_papers"],
        "title": show_number(found.number),
        "saved_at": _kept_at(found, captures),
        "is_typed": typed.has_lines(said),
    }
    refused = any(form is not None and form.errors for form in forms.values())
    return render(request, "counter/file.html", context, status=422 if refused else 200)


def read(request: HttpRequest, number: str) -> Request:
    """Return the file, of this centre only, and write down the reading."""
    return person_enrolment.read_file(number, actor=actor_of(request), now=clock.now())


def corrected_at(number: str) -> str:
    """Return where the session keeps which fields were just corrected: shown, and nothing depends on it."""
    return f"corrected:{clean.request_number(number)}"


def is_open(found: Request) -> bool:
    return REQUEST.find(found.state, "deposit") is not None


def _known_of(found: Request) -> dict[str, Any]:
    """Return what was sent to the person; of an open file what is missing, and if its card is elsewhere."""
    sent = [(m, title_of(m.template, spoken())) for m in person_enrolment.list_messages(found)]
    if not is_open(found):
        return {"sent": sent}
    missing = person_enrolment.list_missing_papers(found, now=clock.now())
    return {
        "sent": sent,
        "card_elsewhere": person_enrolment.is_card_elsewhere(found),
        "missing": [refusals.words(one) for one in missing],
    }


def _kept_at(found: Request, captures: dict[str, Any]) -> dt.datetime:
    """Return when something was last kept of the file: a step of it, or a picture."""
    kept: list[dt.datetime] = [step.at for step in found.steps]
    kept += [place["capture"].captured_at for place in captures["places"] if place["capture"]]
    return max(kept)


def _others(form: PersonForm, identity: Identity) -> list[tuple[str, str, str, str]]:
    """Return (label, answer, what it proves, page) of what no paper is compared with."""
    return [
        (wording(f.label), shown(form, f, identity), proofs(form, f, identity), f.page)
        for f in form.shown_to("officer")
        if not f.compared
    ]


def _contacts(form: PersonForm, identity: Identity) -> list[tuple[str, str, str]]:
    """Return (label, answer, page) of how the person is reached, to be read back."""
    fields = [f for f in form.shown_to("receipt") if f.kind in ("phone", "email")]
    return [(wording(f.label), shown(form, f, identity), f.page) for f in fields]


def _captures(found: Request, said: Mapping[str, str]) -> dict[str, Any]:
    """Return the three places of the capture column, with what is there and what is still asked."""
    state = person_enrolment.read_captures(found, now=clock.now())
    given, excused = state.given, state.excused
    places = [
        {
            "modality": m.value,
            "capture": given.get(m),
            "reason": excused.get(m),
            "is_asked": m in state.missing or m in given or m in excused or m is Modality.FACE,
            "is_needed": m in state.missing or m in given or m in excused,
            "is_done": m in given or m in excused,
            "reasons": [] if m is Modality.FACE else list(ExceptionReason),
            "why": said.get(f"{m}-reason", ""),
        }
        for m in Modality
    ]
    return {"places": places, "is_complete": not state.missing}
