"""My file: what there is, what comes next; starting a registration, its task list, deleting it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sijil.journeys import household_registration as journey
from sijil.kernel.errors import Refused
from sijil.pages import clock, labels, refusals
from sijil.pages.guards import actor_of, citizen_required
from sijil.pages.languages import spoken
from sijil.portal.household import completion, score, way, words


@citizen_required
def home(request: HttpRequest) -> HttpResponse:
    """Show the person's space: the draft to finish, or the household with its score."""
    mine = journey.get_my_file(actor=actor_of(request), now=clock.now())
    context: dict[str, Any] = {"mine": mine, "name": words.name_of(mine.person), "today": clock.today()}
    if mine.household is not None:
        context |= _household(mine)
        found = journey.read_completion(
            mine.completion, mine.household, actor=actor_of(request), now=clock.now()
        )
        context["asked"] = completion.asked(found)
    elif mine.refusal is not None:
        context["refused_for"] = labels.words("reason", mine.refusal.reason)
    elif mine.registration is not None:
        context["rejected_for"] = labels.words("reason", mine.registration.steps[-1].reason)
    return render(request, "portal/household/home.html", context)


def _household(mine: journey.MyFile) -> dict[str, Any]:
    assert mine.household is not None
    assert mine.form is not None
    relations = {sex: words.relations(mine.form, sex) for sex in {m.sex for m in mine.household.members}}
    order = list(next(iter(relations.values()), {}))
    members: list[dict[str, Any]] = [
        {
            "name": words.name_of(mine.people[m.person]) if m.person in mine.people else "",
            "idcs": mine.people[m.person].idcs if m.person in mine.people else "",
            "relation": relations[m.sex].get(m.relation, ""),
            "age": mine.ages.get(m.person),
            "order": order.index(m.relation) if m.relation in order else len(order),
        }
        for m in mine.household.members
    ]
    members.sort(key=lambda row: (row["order"], -(row["age"] or 0)))
    shown = mine.eligibilities
    return {
        "members": members,
        "place": mine.place.name(spoken()) if mine.place else mine.household.commune_code,
        "state": words.household_state(mine.household.state),
        "marks": score.marks(shown),
        "ends": score.ends(mine.score.points if mine.score else None),
        "cards": score.cards(shown),
    }


@citizen_required
def start(request: HttpRequest) -> HttpResponse:
    """Say what is needed and how long it takes; then open the draft."""
    mine = journey.get_my_file(actor=actor_of(request), now=clock.now())
    if mine.household is not None:
        messages.info(request, _("Your household is registered already: here is its file."))
        return redirect("household-home")
    if request.method != "POST":
        return render(request, "portal/household/start.html", {"draft": mine.draft})
    try:
        draft = journey.start(language=words.language(), actor=actor_of(request), now=clock.now())
    except Refused as refused:
        messages.warning(request, str(refusals.words(refused)))
        return redirect("household-home")
    return redirect("household-tasks" if draft.milieu_by else "household-place")


@citizen_required
def tasks(request: HttpRequest) -> HttpResponse:
    """List the pages to fill in, and what is left on each."""
    file = _file_or_home(request)
    if isinstance(file, HttpResponse):
        return file
    problems = journey.list_problems(file)
    members = [p for p in problems if p.member or p.field == "relation"]
    context = {
        "draft": file.draft,
        "place": words.place_name(file.draft.commune_code),
        "members_left": len(members),
        "pages": way.household_pages(file),
        "left": len(problems),
    }
    return render(request, "portal/household/tasks.html", context)


def _file_or_home(request: HttpRequest) -> journey.File | HttpResponse:
    file = journey.find_file(actor=actor_of(request), now=clock.now())
    return file if file is not None else redirect("household-home")


@citizen_required
def delete(request: HttpRequest) -> HttpResponse:
    """Ask, then delete the draft with all that was typed."""
    file = _file_or_home(request)
    if isinstance(file, HttpResponse):
        return file
    if request.method == "POST":
        journey.withdraw(registration_id=file.draft.id, actor=actor_of(request), now=clock.now())
        messages.success(request, _("Your draft was deleted."))
        return redirect("household-home")
    return render(request, "portal/household/delete.html", {"draft": file.draft})
