"""How two subjects compare, field by field: each comparison gives one level code of the model."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz.distance import Levenshtein

from sijil.domains.matching.rules.blocking import clean_phone, documents_of, is_precise, name_keys
from sijil.domains.matching.types import Subject
from sijil.kernel.dates import PartialDate
from sijil.kernel.names import fold

MISSING = "missing"


def compare_fields(a: Subject, b: Subject) -> Mapping[str, str]:
    """Return the level of each comparison, after the family rule (twins and relatives)."""
    return _with_family(a, b, {
        **_name_levels(a, b),
        "birth": birth_level(a.birth, b.birth),
        "sex": _equal(a.sex, b.sex),
        "commune": _equal(a.commune_code, b.commune_code),
        "phone": _equal(clean_phone(a.phone), clean_phone(b.phone)),
        "document": _document_level(documents_of(a), documents_of(b)),
    })  # fmt: skip


def name_level(a: tuple[str, str], b: tuple[str, str]) -> str:
    """Compare one name given as (Arabic, French) on each side: the better of the two scripts counts."""
    left, right = name_keys(*a), name_keys(*b)
    if not left or not right:
        return MISSING
    if any(x and y and fold(x) == fold(y) for x, y in zip(a, b, strict=True)):
        return "exact"
    if left & right:
        return "phonetic"
    return "near" if _is_near(a, b, left, right) else "different"


def is_clearly_different(a: tuple[str, str], b: tuple[str, str]) -> bool:
    """Tell whether two first names name two people: Youssef and Salma, but also حسن Hassan and حسين Houssine.

    The second kind shares its consonants; Arabic spelling is stable enough that a difference there
    together with three letters in French is another name, not another spelling.
    """
    level = name_level(a, b)
    return level == "different" or (
        level == "phonetic"
        and bool(a[0] and b[0] and fold(a[0]) != fold(b[0]))
        and Levenshtein.distance(fold(a[1]), fold(b[1]), score_cutoff=3) >= 3
    )


def birth_level(a: PartialDate, b: PartialDate) -> str:
    """Compare two birth dates; 1 January and unknown days count as the year only."""
    if not (is_precise(a) and is_precise(b)):
        return {0: "year", 1: "near_year"}.get(abs(a.year - b.year), "different")
    if a == b:
        return "exact"
    if (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return "swapped"
    digits = zip(str(a), str(b), strict=True)
    if sum(x != y for x, y in digits) == 1:
        return "one_digit"
    return "same_year" if a.year == b.year else "different"


def _is_near(a: tuple[str, str], b: tuple[str, str], left: frozenset[str], right: frozenset[str]) -> bool:
    """One letter apart: on keys of three letters or more, or in the French spelling of five or more."""
    by_key = any(_one_apart(x, y, 3) for x in left for y in right)
    return by_key or _one_apart(fold(a[1]), fold(b[1]), 5)


def _one_apart(x: str, y: str, least: int) -> bool:
    return min(len(x), len(y)) >= least and Levenshtein.distance(x, y, score_cutoff=1) <= 1


def _name_levels(a: Subject, b: Subject) -> dict[str, str]:
    last = name_level(_last(a), _last(b))
    first = name_level(_first(a), _first(b))
    if ("different" in (last, first) and _are_swapped(a, b)) or _is_one_name(a, b):
        return {"last_name": "swapped", "first_name": "swapped"}
    return {"last_name": last, "first_name": first}


def _is_one_name(a: Subject, b: Subject) -> bool:
    """Tell whether the only name of one is the only name of the other, written in the other box."""
    same = ("exact", "phonetic")
    crossed = ((_last(a), _first(b), _first(a), _last(b)), (_first(a), _last(b), _last(a), _first(b)))
    return any(
        name_level(one, other) in same and not any((*left, *right)) for one, other, left, right in crossed
    )


def _are_swapped(a: Subject, b: Subject) -> bool:
    """Tell whether the first name of one is the last name of the other, both ways."""
    same = ("exact", "phonetic")
    return name_level(_last(a), _first(b)) in same and name_level(_first(a), _last(b)) in same


def _with_family(a: Subject, b: Subject, levels: dict[str, str]) -> dict[str, str]:
    """Same last name, clearly another first name: what a family shares says nothing of identity.

    Adds ``family``: ``twin`` (same day of birth), ``relative``, or ``none``.
    """
    kin = levels["last_name"] in ("exact", "phonetic") and is_clearly_different(_first(a), _first(b))
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


def _document_level(a: frozenset[str], b: frozenset[str]) -> str:
    """Of several papers one that is the same is enough."""
    if not a or not b:
        return MISSING
    return "equal" if a & b else "different"


def _first(s: Subject) -> tuple[str, str]:
    return s.first_name_ar, s.first_name_fr


def _last(s: Subject) -> tuple[str, str]:
    return s.last_name_ar, s.last_name_fr
