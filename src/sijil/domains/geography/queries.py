"""Reads of the reference geography.

Lists hold what is there now; by its code a unit is found for ever.
They are in the order of the official codes, or of the alphabet of ``order`` (a language), by a stored key.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.db.models import Count, Max, Q

from sijil.domains.geography.errors import PLACE_UNKNOWN
from sijil.domains.geography.models import Unit
from sijil.domains.geography.rules import Found, Searched, rank, searched
from sijil.domains.geography.types import Level, Place
from sijil.kernel.errors import Refused
from sijil.kernel.texts import either
from sijil.kernel.together import Asked, Rows

_FIELDS = (
    "code", "name_ar", "name_fr", "milieu", "region_code", "province_code",
    "population", "households", "level", "kind", "parent_code", "urban_population", "urban_households",
)  # fmt: skip
_NOW = Q(gone_at=None)


def list_regions(order: str = "") -> list[Place]:
    """Return the 12 regions."""
    return _list(_NOW & Q(level=Level.REGION), order)


def list_provinces(region: str, order: str = "") -> list[Place]:
    """Return the provinces and prefectures of a region (83 in all)."""
    return _list(_NOW & Q(level=Level.PROVINCE, region_code=region), order)


def list_communes(province: str, order: str = "") -> list[Place]:
    """Return the communes of a province; for a prefecture of arrondissements, the city it is part of."""
    communes = _list(_NOW & Q(level=Level.COMMUNE, province_code=province), order)
    return communes or _list(_NOW & Q(code__in=_arrondissement_parents(province)), order)


def list_arrondissements(commune: str) -> list[Place]:
    """Return the arrondissements of a city, empty elsewhere."""
    return _list(_NOW & Q(level=Level.ARRONDISSEMENT, parent_code=commune))


def list_urban_centres(commune: str) -> list[Place]:
    """Return the census's urban centres of a commune; a town that is one whole has none."""
    return _list(_NOW & Q(level=Level.URBAN_CENTRE, parent_code=commune))


def list_all_communes() -> list[Place]:
    """Return the 1,503 communes (for weighting, statistics and checks)."""
    return _list(_NOW & Q(level=Level.COMMUNE))


def choose_commune(code: str) -> Place:
    """Return a commune that is there now. Raises: Refused(PLACE_UNKNOWN)."""
    return _get(_NOW & Q(level=Level.COMMUNE, code=code), code, "commune_code")


def require_commune(field: str, code: str) -> None:
    """Look at the answer to a question: one is born in a commune for ever. Raises: Refused(PLACE_UNKNOWN)."""
    (get_commune if field == "birth_commune" else choose_commune)(code)


def get_commune(code: str) -> Place:
    """Return a commune, also one that is gone. Raises: Refused(PLACE_UNKNOWN)."""
    return _get(Q(level=Level.COMMUNE, code=code), code, "commune_code")


def get_place(code: str) -> Place:
    """Return a unit of any rank, also one that is gone. Raises: Refused(PLACE_UNKNOWN)."""
    return _get(Q(code=code), code, "place_code")


def find_commune(code: str) -> Place | None:
    """Return a commune, or None."""
    return next(iter(_list(Q(level=Level.COMMUNE, code=code))), None)


def asked_place(code: str) -> Asked[Place | None]:
    """Return a unit of any rank, or None, with other reads."""
    return Asked(lambda rows: _place(rows[0]) if rows else None, _BY_CODE.of(code))


_BY_CODE = Rows(lambda code: Unit.objects.filter(code=code).only(*_FIELDS))


def _place(row: Unit) -> Place:
    return Place(*(getattr(row, name) for name in _FIELDS))


def search_communes(text: str, limit: int = 12) -> list[Found]:
    """Return the communes that a text may mean, in any script, the nearest first.

    A commune is found by its name, by that of an arrondissement of it, and by that of its province.
    """
    state = Unit.objects.filter(_NOW).aggregate(n=Count("code"), at=Max("loaded_at"))
    return rank(text, _searched(state["n"], str(state["at"])))[:limit]


@lru_cache(maxsize=1)
def _searched(count: int, loaded_at: str) -> tuple[Searched, ...]:
    """Return what is searched, kept by the process until the reference is loaded again."""
    levels = (Level.PROVINCE, Level.COMMUNE, Level.ARRONDISSEMENT)
    return searched(_list(_NOW & Q(level__in=levels), "fr"))


def list_places(codes: Iterable[str]) -> dict[str, Place]:
    """Return the places of these codes by code; those that do not exist are left out."""
    return {place.code: place for place in _list(Q(code__in=list(codes)))}


def _get(where: Q, code: str, field: str) -> Place:
    found = _list(where)
    if not found:
        raise Refused(PLACE_UNKNOWN, field=field, code=code)
    return found[0]


def _list(where: Q, order: str = "") -> list[Place]:
    names = [either("sort_ar", "sort_fr", order)] if order else []
    ordered = Unit.objects.filter(where).order_by(*names, "code")
    return [Place(*row) for row in ordered.values_list(*_FIELDS)]


def _arrondissement_parents(province: str) -> list[str]:
    rows = Unit.objects.filter(_NOW, level=Level.ARRONDISSEMENT, province_code=province)
    return list(rows.values_list("parent_code", flat=True).distinct())
