"""The nearest centre: from region to province to commune, then the centres and their free times."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments.types import Centre
from sijil.domains.geography import queries as geography
from sijil.domains.geography.types import Level, Place
from sijil.pages import clock, communes, formats
from sijil.pages.languages import spoken

_LONGEST = 80


def list_regions(request: HttpRequest) -> HttpResponse:
    """Start: the 12 regions."""
    choices = _rows(geography.list_regions(spoken()))
    return render(request, "portal/centres.html", {"choices": choices, "ask": "region"})


def show_place(request: HttpRequest, code: str) -> HttpResponse:
    """A region shows its provinces, a province its communes, a commune its centres."""
    place = geography.get_place(code)
    way = [_row(p) for p in _way(place)]
    context: dict[str, Any] = {"place": _row(place), "way": way} | _below(place)
    return render(request, "portal/centres.html", context)


def _below(place: Place) -> dict[str, Any]:
    if place.level == Level.REGION:
        return {"choices": _rows(geography.list_provinces(place.code, spoken())), "ask": "province"}
    if place.level == Level.PROVINCE:
        return {"choices": _rows(geography.list_communes(place.code, spoken())), "ask": "commune"}
    return {"centres": [_centre(c) for c in appointments.list_centres(place.code)], "commune": place}


def show_centre(request: HttpRequest, code: str) -> HttpResponse:
    """One centre: whom it serves and its free times of the next two weeks, by day."""
    centre = appointments.get_centre(code)
    days: dict[Any, list[Any]] = {}
    for slot in appointments.list_free_slots(code, now=clock.now()):
        days.setdefault(slot.on, []).append(slot)
    served = [_row(geography.get_commune(c)) for c in centre.commune_codes]
    way = [_row(geography.get_place(c)) for c in (centre.region_code, centre.province_code)]
    context = {"centre": _centre(centre), "days": days.items(), "served": served, "way": way}
    context["opening"] = _opening(centre)
    return render(request, "portal/centre.html", context)


def _opening(centre: Centre) -> list[tuple[str, str, str]]:
    """Return the hours of a week with their days in words, of days in a row the first and the last."""
    hours = appointments.list_hours(clock.today(), centre)
    return [(formats.weekdays(days), opens, closes) for days, opens, closes in hours]


def suggest(request: HttpRequest) -> HttpResponse:
    """Return as JSON the communes that a typed name may mean, in any script."""
    found = communes.suggest(request.GET.get("q", "")[:_LONGEST])
    return JsonResponse({"communes": found}, headers={"Cache-Control": "private, max-age=600"})


def _way(place: Place) -> list[Place]:
    """Return the units above ``place``, from the region down."""
    above = dict.fromkeys(
        code for code in (place.region_code, place.province_code) if code not in ("", place.code)
    )
    return [geography.get_place(code) for code in above]


def _rows(places: list[Place]) -> list[dict[str, Any]]:
    return [_row(place) for place in places]


def _row(place: Place) -> dict[str, Any]:
    name = place.name(spoken())
    return {"code": place.code, "name": name, "population": place.population, "milieu": place.milieu}


def _centre(centre: Centre) -> dict[str, Any]:
    next_slot = appointments.find_next_slot(centre.code, now=clock.now())
    name, address = centre.name(spoken()), centre.address(spoken())
    reached = {"address": address, "phone": centre.phone}
    return {"code": centre.code, "name": name, "kind": centre.kind, "next": next_slot, **reached}


urlpatterns = [
    path("communes/", suggest, name="portal-communes"),
    path("centres/", list_regions, name="portal-centres"),
    path("centres/at/<str:code>/", show_centre, name="portal-centre"),
    path("centres/<str:code>/", show_place, name="portal-centres-in"),
]
