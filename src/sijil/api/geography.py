"""Public reference: regions, provinces, communes, centres and their free times. No identity, no token."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Router, Schema
from pydantic import Field

from sijil.api.problems import PROBLEMS
from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments.types import Centre, Slot
from sijil.domains.geography import queries as geography
from sijil.domains.geography.types import Place
from sijil.pages import clock

router = Router(tags=["geography"], auth=None)


class PlaceOut(Schema):
    """A unit of the census of 2024 (HCP codes). ``milieu``: by its legal kind, empty above the commune.

    ``urban_population``, ``urban_households``: those of the census's urban area, part of the totals.
    """

    code: str
    kind: str
    name_ar: str
    name_fr: str
    milieu: str
    region_code: str
    province_code: str
    population: int
    households: int
    urban_population: int
    urban_households: int


class CentreOut(Schema):
    """A citizen service centre: ``kind`` annex or caidat, ``desks`` people received at once."""

    code: str
    kind: str
    name_ar: str
    name_fr: str
    region_code: str
    province_code: str
    commune_codes: list[str]
    desks: int


class SlotOut(Schema):
    """A time a centre receives people. ``id``: what a booking takes; ``starts_at``: with its zone."""

    id: str
    starts_at: dt.datetime
    capacity: int
    free: int


@router.get("/regions", response=list[PlaceOut], operation_id="list_regions")
def list_regions(request: Any) -> list[Place]:
    """The 12 regions."""
    return geography.list_regions()


@router.get(
    "/regions/{code}/provinces", response={200: list[PlaceOut], **PROBLEMS}, operation_id="list_provinces"
)
def list_provinces(request: Any, code: str) -> list[Place]:
    """The provinces and prefectures of a region."""
    geography.get_place(code)
    return geography.list_provinces(code)


@router.get(
    "/provinces/{code}/communes", response={200: list[PlaceOut], **PROBLEMS}, operation_id="list_communes"
)
def list_communes(request: Any, code: str) -> list[Place]:
    """The communes of a province or prefecture."""
    geography.get_place(code)
    return geography.list_communes(code)


@router.get("/communes/{code}", response={200: PlaceOut, **PROBLEMS}, operation_id="get_commune")
def get_commune(request: Any, code: str) -> Place:
    """One commune."""
    return geography.get_commune(code)


@router.get(
    "/communes/{code}/urban-centres",
    response={200: list[PlaceOut], **PROBLEMS},
    operation_id="list_urban_centres",
)
def list_urban_centres(request: Any, code: str) -> list[Place]:
    """The census's urban centres of a commune; none where a commune is all town or all country."""
    geography.get_commune(code)
    return geography.list_urban_centres(code)


@router.get(
    "/communes/{code}/centres", response={200: list[CentreOut], **PROBLEMS}, operation_id="list_centres"
)
def list_centres(request: Any, code: str) -> list[Centre]:
    """The centres that serve a commune."""
    geography.get_commune(code)
    return appointments.list_centres(code)


@router.get("/centres/{code}", response={200: CentreOut, **PROBLEMS}, operation_id="get_centre")
def get_centre(request: Any, code: str) -> Centre:
    """One centre."""
    return appointments.get_centre(code)


@router.get("/centres/{code}/slots", response={200: list[SlotOut], **PROBLEMS}, operation_id="list_slots")
def list_slots(
    request: Any, code: str, from_on: dt.date | None = None, days: Annotated[int, Field(ge=1, le=31)] = 7
) -> list[Slot]:
    """The times still free from a day on (today if none is given)."""
    now = clock.now()
    slots = appointments.list_slots(code, from_on or clock.today(), days, now=now)
    return [slot for slot in slots if slot.free > 0]
