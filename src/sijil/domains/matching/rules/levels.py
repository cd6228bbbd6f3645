"""How two subjects compare, field by field: each comparison gives one level code of the model."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz.distance import OSA

from sijil.domains.matching.rules.blocking import clean_phone, documents_of, is_precise, strong_documents_of
from sijil.domains.matching.rules.names import MISSING, SAME, Name, is_clearly_different, name_level
from sijil.domains.matching.types import Subject
from sijil.kernel.dates import PartialDate


def compare_fields(a: Subject, b: Subject) -> Mapping[str, str]:
    """Return the level of each comparison, after the family rule (twins and relatives)."""
    return _with_family(a, b, field_levels(a, b))


def field_levels(a: Subject, b: Subject) -> dict[str, str]:
    """Return the level of each comparison by itself: what m and u are shares of."""
    return {
        **_name_levels(a, b),
        "birth": birth_level(a.birth, b.birth),
        "sex": _equal(a.sex, b.sex),
        "commune": _commune_level(a.commune_code, b.commune_code),
        "phone": _equal(clean_phone(a.phone), clean_phone(b.phone)),
        "document": _document_level(a, b),
    }


def birth_level(a: PartialDate | None, b: PartialDate | None) -> str:
    """Compare two birth dates; 1 January and unknown days count as the year only."""
    if a is None or b is None:
        return MISSING
    if not (is_precise(a) and is_precise(b)):
        return _partial_level(a, b)
    if a == b:
        return "exact"
    if (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return "swapped"
    if OSA.distance(str(a), str(b), score_cutoff=1) == 1:
        return "one_digit"
    return "same_year" if a.year == b.year else "different"


def _partial_level(a: PartialDate, b: PartialDate) -> str:
    months = {x.month for x in (a, b) if (x.month, x.day) != (1, 1)} - {None}
    if a.year == b.year and len(months) == 2:
        return "same_year"
    return {0: "year", 1: "near_year"}.get(abs(a.year - b.year), "different")


def _name_levels(a: Subject, b: Subject) -> dict[str, str]:
    last = name_level(_last(a), _last(b))
    first = name_level(_first(a), _first(b))
    if ("different" in (last, first) and _are_swapped(a, b)) or _is_one_name(a, b):
        return {"last_name": "swapped", "first_name": "swapped"}
    if last == first == "different" and _are_crossed(a, b):
        return {"last_name": "crossed", "first_name": "crossed"}
    return {"last_name": last, "first_name": first}


def _is_one_name(a: Subject, b: Subject) -> bool:
    """Tell whether the only name of one is the only name of the other, written in the other box."""
    crossed = ((_last(a), _first(b), _first(a), _last(b)), (_first(a), _last(b), _last(a), _first(b)))
    return any(
        name_level(one, other) in SAME and not any((*left, *right)) for one, other, left, right in crossed
    )


def _are_swapped(a: Subject, b: Subject) -> bool:
    """Tell whether the first name of one is the last name of the other, both ways; one slip is let."""
    crossed = {name_level(_last(a), _first(b)), name_level(_first(a), _last(b))}
    return bool(crossed & SAME) and crossed <= SAME | {"near"}


def _are_crossed(a: Subject, b: Subject) -> bool:
    """Tell whether one name of the two stands in the other's box, and the second is lost."""
    crossed = {name_level(_last(a), _first(b)), name_level(_first(a), _last(b))}
    return bool(crossed & (SAME | {"part", "near"}))


def _with_family(a: Subject, b: Subject, levels: dict[str, str]) -> dict[str, str]:
    """Same last name, clearly another first name: what a family shares says nothing of identity.

    Adds ``family``: ``twin`` (same day of birth), ``relative``, or ``none``.
    """
    kin = levels["last_name"] in SAME and is_clearly_different(_first(a), _first(b))
    if not kin:
        return {**levels, "family": "none"}
    shared = {"last_name": "family", "first_name": "different"}
    shared |= {name: "family" for name in ("commune", "phone") if levels[name] == "equal"}
    twin = levels["birth"] == "exact"
    shared |= {"birth": "family", "family": "twin"} if twin else {"family": "relative"}
    return {**levels, **shared}


def _equal(x: str, y: str) -> str:
    if not x or not y:
        return MISSING
    return "equal" if x == y else "different"


def _commune_level(x: str, y: str) -> str:
    """Compare two communes by code (region.province.circle.commune): people move within their province."""
    level = _equal(x, y)
    return "province" if level == "different" and x.split(".")[:2] == y.split(".")[:2] else level


def _document_level(a: Subject, b: Subject) -> str:
    """Of several papers one that is the same is enough.

    ``strong``: it names one person alone; ``apart``: both show such a paper, and not the same.
    """
    one, other = strong_documents_of(a), strong_documents_of(b)
    if one & other:
        return "strong"
    every, others = documents_of(a), documents_of(b)
    if not every or not others:
        return MISSING
    if every & others:
        return "equal"
    return "apart" if one and other else "different"


def _first(s: Subject) -> Name:
    return s.first_name_ar, s.first_name_fr


def _last(s: Subject) -> Name:
    return s.last_name_ar, s.last_name_fr
