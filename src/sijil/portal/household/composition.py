"""Who the household is and where it lives: the place, the list of members, adding and removing one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sijil.domains.social_register.rules import composition_on, composition_problems, read_members
from sijil.domains.social_register.types import DraftMember, Problem
from sijil.journeys import household_registration as journey
from sijil.kernel.errors import Refused
from sijil.pages import clock, refusals, throttle
from sijil.pages.guards import actor_of, citizen_required
from sijil.portal.household import way, words
from sijil.portal.household.forms import AddMemberForm, AreaForm, CommuneForm


def _file(request: HttpRequest) -> journey.File:
    return journey.get_file(actor=actor_of(request), now=clock.now())


@citizen_required
def place(request: HttpRequest) -> HttpResponse:
    """Write the commune of the dwelling; then say in which part of it, where the census has two."""
    file = _file(request)
    if request.method == "POST":
        return _moved(request, file)
    asked = journey.find_place_question(file.draft)
    area = AreaForm(asked, initial={"area": file.draft.area}) if asked else None
    commune = file.draft.commune_code
    return _show_place(request, file, CommuneForm(initial={"commune": commune}), commune, area)


def _moved(request: HttpRequest, file: journey.File) -> HttpResponse:
    """Keep the commune; its part too, if the question shown was about this commune and not the one before."""
    form = CommuneForm(request.POST)
    if not form.is_valid():
        return _show_place(request, file, form)
    commune = form.cleaned_data["commune"]
    asked = journey.find_place_question(file.draft, commune)
    area = AreaForm(asked, request.POST) if asked and request.POST.get("area_of") == commune else None
    if area is not None and not area.is_valid():
        return _show_place(request, file, form, commune, area)
    journey.move(
        registration_id=file.draft.id,
        commune_code=commune,
        area=area.cleaned_data["area"] if area else "",
        actor=actor_of(request),
        now=clock.now(),
    )
    return redirect("household-tasks" if area or not asked else reverse("household-place") + "#area")


def _show_place(
    request: HttpRequest,
    file: journey.File,
    form: CommuneForm,
    commune: str = "",
    area: AreaForm | None = None,
) -> HttpResponse:
    wrong = form if form.errors or form.is_left else area
    context = {
        "commune_form": form,
        "form": wrong,
        "area": area,
        "here": commune,
        "now": words.place_name(file.draft.commune_code),
    }
    status = 422 if wrong and wrong.errors else 200
    return render(request, "portal/household/place.html", context, status=status)


@citizen_required
def members(request: HttpRequest) -> HttpResponse:
    """List the members, with what is left to answer about each."""
    file = _file(request)
    read = read_members(file.form, file.draft, file.ages)
    found: Sequence[Problem] = ()
    if len(read) > 1 or _related(read):
        found = composition_problems(read, file.draft.declarant, composition_on(file.on))
    context = {
        "draft": file.draft,
        "members": [
            _row(file, m, words.relations(file.form, m.sex).get(str(r.get("relation")), ""))
            for m, r in zip(file.draft.members, read, strict=True)
        ],
        "problems": way.show_problems(file, found),
        "next": way.household_pages(file)[0].url,
    }
    return render(request, "portal/household/members.html", context)


def _related(read: Any) -> bool:
    return any(member.get("relation") for member in read)


def _row(file: journey.File, member: DraftMember, relation: str) -> dict[str, Any]:
    pages = way.member_pages(file, member)
    first = next((page for page in pages if page.left), pages[0])
    return {
        "name": words.name_of(file.people[member.person]),
        "idcs": file.people[member.person].idcs,
        "place": member.place,
        "age": file.ages[member.person],
        "relation": relation,
        "left": sum(page.left for page in pages),
        "url": first.url,
        "pages": pages,
        "is_me": member.person == file.draft.declarant,
    }


@citizen_required
def add(request: HttpRequest) -> HttpResponse:
    """Add a person by IDCS and birth date; trials are counted, so that nobody is found by guessing."""
    file = _file(request)
    form = AddMemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _added(request, file, form)
        except Refused as refused:
            form.refuse(refused)
    status = 422 if form.errors else 200
    return render(request, "portal/household/add.html", {"form": form, "draft": file.draft}, status=status)


def _added(request: HttpRequest, file: journey.File, form: AddMemberForm) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    throttle.take("household.add", actor.id, now=now)
    idcs, birth = form.cleaned_data["idcs"], form.cleaned_data["birth"]
    place, person = journey.add_member(
        registration_id=file.draft.id, idcs=idcs, birth=birth, actor=actor, now=now
    )
    messages.success(request, _("%(name)s was added.") % {"name": words.name_of(person)})
    return redirect("household-member", place=place, block="person")


@citizen_required
def remove(request: HttpRequest, place: int) -> HttpResponse:
    """Ask, then take a person out of the list."""
    file = _file(request)
    member = file.draft.member_at(place)
    if member is None:
        return redirect("household-members")
    person = file.people[member.person]
    name = words.name_of(person)
    if request.method != "POST":
        return render(request, "portal/household/remove.html", {"name": name, "idcs": person.idcs})
    try:
        journey.remove_member(
            registration_id=file.draft.id, place=place, actor=actor_of(request), now=clock.now()
        )
    except Refused as refused:
        messages.warning(request, str(refusals.words(refused)))
    else:
        messages.success(request, _("%(name)s was taken out of the list.") % {"name": name})
    return redirect("household-members")
