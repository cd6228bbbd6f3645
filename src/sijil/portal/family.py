"""My family in the register: parents, children, whom I represent; since when, and what showed it."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from sijil.journeys import family
from sijil.journeys.family import Relative
from sijil.pages import clock
from sijil.pages.guards import actor_of, citizen_required
from sijil.pages.languages import spoken


@citizen_required
def show(request: HttpRequest) -> HttpResponse:
    """The page."""
    found = family.read_mine(actor=actor_of(request), now=clock.now())
    context = {"children": _named(found.children), "parents": _named(found.parents)}
    return render(request, "portal/family.html", context)


def _named(relatives: Iterable[Relative]) -> list[tuple[Relative, str]]:
    return [(one, one.person.full_name(spoken()) if one.person else "") for one in relatives]


urlpatterns = [path("my-file/family/", show, name="portal-family")]
