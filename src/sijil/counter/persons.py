"""Correcting a registered person at the counter: found by the number, one thing a page, before and after.

    find → record → change (one page of the person's form) → evidence (why, which paper, from when) → check

The number stands in no address: it is kept sealed in the session, with what was typed. Every page that shows
the person is written down.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext

from sijil.counter.forms import DayForm, EvidenceForm, FindPersonForm, ThingForm
from sijil.domains.population_register.errors import NOTHING_CHANGES
from sijil.domains.population_register.rules import PersonField, PersonForm, form_of, is_asked, values_of
from sijil.domains.population_register.types import Identity, IdentityChange, IdentityVersion
from sijil.journeys import identity_change as journey
from sijil.journeys.identity_change import History
from sijil.kernel.errors import Refused
from sijil.kernel.ids import show_idcs
from sijil.pages import background, clock, kept, labels, refusals
from sijil.pages.forms import Form
from sijil.pages.guards import actor_of, role_required
from sijil.pages.person_forms import shown, wording
from sijil.pages.pictures import picture_response

officer = role_required("csc_officer")
_STATE = "correction"
FIRST = "registered"


@officer
def find(request: HttpRequest) -> HttpResponse:
    """The number of the person, sent in the body."""
    form = FindPersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        idcs = form.cleaned_data["idcs"]
        try:
            journey.find(idcs=idcs, actor=actor_of(request), now=clock.now())
        except Refused as refused:
            refused.field = "idcs"
            form.refuse(refused)
        else:
            kept.keep(request, _STATE, {"idcs": idcs})
            return redirect("counter-person")
    return _render(request, "find", {"form": form}, form)


@officer
def record(request: HttpRequest) -> HttpResponse:
    """The record as it is, each answer with what said it and since which day; each part can be corrected."""
    state = kept.read(request, _STATE)
    if not state:
        return redirect("counter-persons")
    known = _read(request, state, clock.today())
    identity = known.current.identity
    form, values = form_of(identity), values_of(identity)
    things = [
        {
            "id": page.id,
            "name": wording(page.name),
            "rows": [_row(known, form, f) for f in form.on_page(page.id) if is_asked(form, f, values)],
        }
        for page in form.pages
    ]
    return _render(request, "record", {**_head(state, identity), "things": things})


@officer
def change(request: HttpRequest, step: str) -> HttpResponse:
    """One part of the person's form; only what is another than the record is a change."""
    state = kept.read(request, _STATE)
    if not state:
        return redirect("counter-persons")
    if _is_of_another(request, state):
        return _not_this_one(request)
    identity = _read(request, state, clock.today()).current.identity
    if not form_of(identity).on_page(step):
        return redirect("counter-person")
    form = _thing(request, identity, step, state)
    if request.method == "POST":
        _keep(request, state, step=step, typed=_typed(request, form))
        if form.is_valid() and (changes := form.changes(identity)):
            _keep(request, state, changes=changes)
            return redirect("counter-person-evidence")
        if not form.errors and not form.is_left:
            form.refuse(Refused(NOTHING_CHANGES))
    page = next(page for page in form_of(identity).pages if page.id == step)
    return _render(
        request, "change", {**_head(state, identity), "form": form, "title": wording(page.name)}, form
    )


@officer
def evidence(request: HttpRequest) -> HttpResponse:
    """Why it is another, which paper shows it, from which day; judged before it goes on."""
    state = kept.read(request, _STATE)
    if _is_of_another(request, state):
        return _not_this_one(request)
    if not state.get("changes"):
        return redirect("counter-person")
    is_sent = request.method == "POST"
    form = (
        EvidenceForm(request.POST, request.FILES) if is_sent else EvidenceForm(initial=state.get("evidence"))
    )
    if request.method == "POST":
        _keep(request, state, evidence=form.typed())
        if form.is_valid() and _is_taken(request, state, form):
            return redirect("counter-person-check")
    context = {
        "form": form,
        "number": show_idcs(state["idcs"]),
        "bound_to": _bound_to(state),
        "step": state["step"],
        "scanned": state.get("scan"),
    }
    return _render(request, "evidence", context, form)


@officer
def check(request: HttpRequest) -> HttpResponse:
    """Before and after; confirming does it, in the register and in every copy."""
    state = kept.read(request, _STATE)
    if state and background.is_of_another_thing(request, _to_confirm(state)):
        return _not_this_one(request)
    if not state.get("told"):
        return redirect("counter-person")
    form = Form(request.POST if request.method == "POST" else None)
    try:
        if request.method == "POST":
            return _correct(request, state)
        made = journey.weigh(**_asked(state), actor=actor_of(request), now=clock.now())
    except Refused as refused:
        context = {"refused": refusals.words(refused), "step": state["step"]}
        return render(request, "counter/persons/refused.html", context, status=422)
    return _render(request, "check", _compared(state, made) | {"form": form, "step": state["step"]})


def _correct(request: HttpRequest, state: Mapping[str, Any]) -> HttpResponse:
    """Do it, and show the record; a person who moved out of the officer's area is not shown any more."""
    journey.correct(**_asked(state), actor=actor_of(request), now=clock.now())
    kept.keep(request, _STATE, {"idcs": state["idcs"], "done": _to_confirm(state)})
    messages.success(request, gettext("The person is corrected, in the register and everywhere else."))
    try:
        journey.find(idcs=state["idcs"], actor=actor_of(request), now=clock.now())
    except Refused:
        kept.keep(request, _STATE, {})
        return redirect("counter-persons")
    return redirect("counter-person")


@officer
def history(request: HttpRequest) -> HttpResponse:
    """Every version, and the person as they were on a day."""
    state = kept.read(request, _STATE)
    if not state:
        return redirect("counter-persons")
    form = DayForm(request.GET or None)
    day = form.cleaned_data["on"] if request.GET and form.is_valid() else None
    known = _read(request, state, day or clock.today())
    context = _head(state, known.current.identity) | {
        "form": form,
        "on": day,
        "then": _answers(known.then.identity) if day and known.then else [],
        "versions": [_version(known, said) for said in reversed(known.versions)],
        "papers": journey.list_papers(idcs=state["idcs"], actor=actor_of(request)),
    }
    return _render(request, "history", context, form if request.GET else None)


@officer
def paper(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One scanned paper, unsealed for the officer and written down."""
    state = kept.read(request, _STATE)
    if not state:
        return redirect("counter-persons")
    found = journey.read_paper(
        idcs=state["idcs"], document_id=document_id, actor=actor_of(request), now=clock.now()
    )
    return picture_response(found.content, found.media_type)


# --- what is typed ------------------------------------------------------------------------------------------


def _thing(request: HttpRequest, identity: Identity, step: str, state: Mapping[str, Any]) -> ThingForm:
    """Return the form of a part: bound to what was sent, or as it was typed, or as the register has it."""
    asked = form_of(identity).on_page(step)
    if request.method == "POST":
        return ThingForm(identity, asked, request.POST)
    return ThingForm(identity, asked, typed=state["typed"] if state.get("step") == step else {})


def _typed(request: HttpRequest, form: ThingForm) -> dict[str, str]:
    names = tuple(form.fields)
    return {name: str(value) for name, value in request.POST.items() if name.startswith(names)}


def _is_of_another(request: HttpRequest, state: Mapping[str, Any]) -> bool:
    return bool(state) and background.is_of_another_thing(request, _bound_to(state))


def _not_this_one(request: HttpRequest) -> HttpResponse:
    """A page of before, in another tab: what it says does not go to the person who is open now."""
    told = gettext("This page was of another person or of another change. Nothing of it was kept.")
    messages.warning(request, told)
    return redirect("counter-person")


def _keep(request: HttpRequest, state: dict[str, Any], **more: Any) -> None:
    """Keep what was typed; another change takes what was told of the one before away."""
    if "step" in more:
        state.pop("told", None)
        state.pop("changes", None)
        state.pop("scan", None)
    state |= more
    kept.keep(request, _STATE, state)


def _is_taken(request: HttpRequest, state: dict[str, Any], form: EvidenceForm) -> bool:
    """Let the register judge the change, then keep the scan; what is refused stands on its field."""
    told = form.told()
    try:
        journey.weigh(**_asked(state | {"told": told}), actor=actor_of(request), now=clock.now())
        scan = form.cleaned_data["picture"]
        if scan is not None:
            _keep(request, state, scan=_keep_scan(request, state, form.cleaned_data["kind"], scan))
    except Refused as refused:
        refused.field = {"paper": "kind", "file": "picture"}.get(refused.field or "", refused.field)
        form.refuse(refused)
        return False
    _keep(request, state, told=told)
    return True


def _keep_scan(request: HttpRequest, state: Mapping[str, Any], kind: str, scan: Any) -> str:
    kept_as = journey.keep_paper(
        idcs=state["idcs"],
        kind=kind or "other",
        filename=scan.name or "",
        content=scan.read(),
        actor=actor_of(request),
        now=clock.now(),
    )
    return str(kept_as)


def _asked(state: Mapping[str, Any]) -> dict[str, Any]:
    told = state["told"]
    since = dt.date.fromisoformat(told["since"]) if told["since"] else None
    return {
        "idcs": state["idcs"],
        "changes": state["changes"],
        "reason": told["reason"],
        "paper": told["paper"],
        "since": since,
    }


# --- what is shown ------------------------------------------------------------------------------------------


def _read(request: HttpRequest, state: Mapping[str, Any], day: dt.date) -> History:
    return journey.read_history(idcs=state["idcs"], on=day, actor=actor_of(request), now=clock.now())


def _head(state: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    name = identity.listed_name
    return {"number": show_idcs(state["idcs"]), "name": name, "bound_to": _bound_to(state)}


def _bound_to(state: Mapping[str, Any]) -> str:
    """Return the digest of the person that a page shows."""
    return background.bound_to("correction", state["idcs"])


def _to_confirm(state: Mapping[str, Any]) -> str:
    """Return the digest of what is confirmed; of what was, for a second click."""
    if not state.get("told"):
        return str(state.get("done", ""))
    said = [sorted(state[name].items()) for name in ("changes", "told")]
    return background.bound_to("confirm", state["idcs"], said)


def _row(known: History, form: PersonForm, field: PersonField) -> dict[str, Any]:
    said = known.source(field.id)
    return {
        "label": wording(field.label),
        "value": shown(form, field, known.current.identity),
        **_source(said),
    }


def _source(said: IdentityVersion) -> dict[str, Any]:
    """Return what said it: the registration, or the reason and the paper; and since which day it is true."""
    reason = gettext("Registration") if said.reason == FIRST else labels.words("reason", said.reason)
    return {"reason": reason, "paper": _paper_words(said.paper), "since": said.valid_from}


def _paper_words(paper: str) -> str:
    """Return the kind of a paper in words with its number; what a program named stays as it is."""
    kind, _, number = paper.partition(" ")
    return f"{labels.words('paper', kind)} {number}".strip() if kind else ""


def _answers(identity: Identity) -> list[tuple[str, str]]:
    form, values = form_of(identity), values_of(identity)
    asked = [field for field in form.fields if is_asked(form, field, values)]
    return [(wording(field.label), shown(form, field, identity)) for field in asked]


def _version(known: History, said: IdentityVersion) -> dict[str, Any]:
    form = form_of(said.identity)
    changed = known.changed(said)
    return {
        "number": said.version,
        "at": said.recorded_at,
        "by": said.actor_id,
        "fields": _labels(form, changed),
        **_source(said),
    }


def _labels(form: PersonForm, names: Sequence[str]) -> list[str]:
    return [wording(field.label) for field in form.fields if field.id in names]


def _compared(state: Mapping[str, Any], made: IdentityChange) -> dict[str, Any]:
    form, told = form_of(made.identity), state["told"]
    rows = [
        (wording(field.label), shown(form, field, made.before), shown(form, field, made.identity))
        for field in form.fields
        if field.id in made.fields
    ]
    return _head(state, made.before) | {
        "rows": rows,
        "reason": labels.words("reason", told["reason"]),
        "paper": _paper_words(told["paper"]),
        "since": made.since,
        "is_mistake": not told["since"],
        "bound_to": _to_confirm(state),
        "scanned": state.get("scan"),
    }


def _render(request: HttpRequest, page: str, context: Mapping[str, Any], form: Any = None) -> HttpResponse:
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, f"counter/persons/{page}.html", dict(context), status=status)


urlpatterns = [
    path("", find, name="counter-persons"),
    path("record/", record, name="counter-person"),
    path("change/<slug:step>/", change, name="counter-person-change"),
    path("evidence/", evidence, name="counter-person-evidence"),
    path("check/", check, name="counter-person-check"),
    path("history/", history, name="counter-person-history"),
    path("papers/<uuid:document_id>/", paper, name="counter-person-paper"),
]
