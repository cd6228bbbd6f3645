"""How the reference files are read, checked before anything is written; what is urban; what a name means."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sijil.domains.geography.errors import AREA_NOT_ASKED
from sijil.domains.geography.types import (
    AreaQuestion,
    HouseholdMilieu,
    Level,
    Milieu,
    MilieuReading,
    MilieuSource,
    Place,
)
from sijil.kernel.errors import Refused
from sijil.kernel.names import fold, skeleton

DATA = Path(__file__).parent / "data"
EXPECTED = {
    Level.REGION: 12, Level.PROVINCE: 83, Level.CERCLE: 213, Level.COMMUNE: 1503, Level.ARRONDISSEMENT: 41,
    Level.URBAN_CENTRE: 164,
}  # fmt: skip
COLUMNS = (
    "code", "level", "kind", "name_ar", "name_fr", "milieu", "region_code", "province_code", "parent_code",
    "population", "households", "urban_population", "urban_households",
)  # fmt: skip


def milieu_of(
    commune: Place, reading: MilieuReading, answer: Milieu | None = None
) -> HouseholdMilieu | AreaQuestion:
    """Return the milieu of a household of ``commune``, or the question that only the household can answer.

    By the census, a commune that holds both areas asks, and one whose only area is not that of its kind
    follows the census; everywhere else, and by the legal kind, the kind of the commune decides.
    Raises: Refused(AREA_NOT_ASKED) for an answer where nothing is asked.
    """
    question = area_question(commune, reading)
    if question is not None:
        return question if answer is None else HouseholdMilieu(answer, MilieuSource.ASKED)
    if answer is not None:
        raise Refused(AREA_NOT_ASKED, field="area")
    kind = Milieu(commune.milieu)
    if reading is MilieuReading.CENSUS and commune.areas not in ((), (kind,)):
        return HouseholdMilieu(commune.areas[0], MilieuSource.CENSUS)
    return HouseholdMilieu(kind, MilieuSource.KIND)


def area_question(commune: Place, reading: MilieuReading) -> AreaQuestion | None:
    """Return what a household of ``commune`` is asked about its place, if anything."""
    if reading is MilieuReading.LEGAL_KIND or len(commune.areas) < 2:
        return None
    is_town = commune.milieu == Milieu.URBAN
    return AreaQuestion.TOWN_OR_COUNTRY if is_town else AreaQuestion.INSIDE_CENTRE


def read_reference(folder: Path = DATA) -> list[Place]:
    """Return the units of ``folder``/units.csv. Raises: ValueError if the reference is not whole."""
    with (folder / "units.csv").open(encoding="utf-8", newline="") as file:
        places = [_place(row) for row in csv.DictReader(file)]
    check_reference(places)
    return places


def check_reference(places: Iterable[Place]) -> None:
    """Raises: ValueError when a rank misses units, a name misses a script or a code is used twice."""
    places = list(places)
    counts = Counter(place.level for place in places)
    if counts != {str(level): number for level, number in EXPECTED.items()}:
        raise ValueError(f"The reference geography is not whole: {dict(counts)}")
    if len({place.code for place in places}) != len(places):
        raise ValueError("The reference geography uses a code twice")
    nameless = [place.code for place in places if not (place.name_ar and place.name_fr)]
    if nameless:
        raise ValueError(f"These units miss a name: {nameless}")
    with_centre = {place.parent_code for place in places if place.level == Level.URBAN_CENTRE}
    both = {place.code for place in places if place.level == Level.COMMUNE and len(place.areas) == 2}
    if both != with_centre:
        raise ValueError(f"These communes need an urban centre, or lose theirs: {sorted(both ^ with_centre)}")


def _place(row: dict[str, str]) -> Place:
    return Place(
        code=row["code"], name_ar=row["name_ar"], name_fr=row["name_fr"], milieu=row["milieu"],
        region_code=row["region_code"], province_code=row["province_code"],
        population=int(row["population"]), households=int(row["households"]),
        level=row["level"], kind=row["kind"], parent_code=row["parent_code"],
        urban_population=int(row["urban_population"]), urban_households=int(row["urban_households"]),
    )  # fmt: skip


# --- which commune a typed name means -----------------------------------------------------------------------

_TIFINAGH = str.maketrans(
    dict(zip("ⴰⴱⴳⴷⴹⴻⴼⴽⵀⵃⵇⵉⵊⵍⵎⵏⵔⵕⵙⵚⵜⵟⵢⵣⵥ", "abgddefkhhqijlmnrrssttyzz", strict=True))
    | {"ⵄ": "", "ⵓ": "ou", "ⵡ": "ou", "ⵖ": "gh", "ⵛ": "ch", "ⵅ": "kh", "ⵯ": ""}
)
_NAMED, _BEGINS, _ALIKE, _HOLDS, _SOUNDS, _ABOVE = range(6)


@dataclass(frozen=True, slots=True)
class Found:
    """A commune that a text may mean, and its province. ``is_named``: the text is its name."""

    commune: Place
    province: Place
    is_named: bool


@dataclass(frozen=True, slots=True)
class Searched:
    """A commune as it is searched: names (its arrondissements' too), their sounds, its province's names."""

    commune: Place
    province: Place
    names: tuple[str, ...]
    sounds: tuple[str, ...]
    above: tuple[str, ...]


def searched(places: Sequence[Place]) -> tuple[Searched, ...]:
    """Return the communes of ``places`` ready to be searched, in the order given."""
    by_code = {place.code: place for place in places}
    parts: dict[str, list[Place]] = {}
    for place in places:
        if place.level == Level.ARRONDISSEMENT:
            parts.setdefault(place.parent_code, []).append(place)
    return tuple(_searched(p, parts.get(p.code, []), by_code) for p in places if p.level == Level.COMMUNE)


def _searched(commune: Place, parts: Sequence[Place], by_code: dict[str, Place]) -> Searched:
    inside = {by_code[part.province_code] for part in parts if part.province_code in by_code}
    province = by_code.get(commune.province_code) or next(iter(inside), commune)
    names = [name for place in (commune, *parts) for name in (place.name_ar, place.name_fr)]
    above = [name for place in {province, *inside} for name in (place.name_ar, place.name_fr)]
    return Searched(
        commune, province, tuple(map(fold, names)), tuple(map(skeleton, names)), tuple(map(fold, above))
    )


def rank(text: str, among: Iterable[Searched]) -> list[Found]:
    """Return what ``text`` may mean: so named, beginning so, alike, holding it, near, in such a province."""
    text = text.translate(_TIFINAGH)
    folded, sound = fold(text), skeleton(text)
    if not folded:
        return []
    ranked = [(place, one) for one in among if (place := _rank(folded, sound, one)) is not None]
    ranked.sort(key=lambda pair: (pair[0], sound not in pair[1].sounds, len(pair[1].commune.name_fr)))
    return [Found(one.commune, one.province, place == _NAMED) for place, one in ranked]


def _rank(folded: str, sound: str, one: Searched) -> int | None:
    return next(_ranks(folded, sound, one), None)


def _ranks(folded: str, sound: str, one: Searched) -> Iterator[int]:
    if folded in one.names[:2]:
        yield _NAMED
    if any(name.startswith(folded) for name in one.names):
        yield _BEGINS
    if len(sound) > 2 and sound in one.sounds:
        yield _ALIKE
    if len(folded) > 2 and any(folded in name for name in one.names):
        yield _HOLDS
    if len(sound) > 2 and any(s.startswith(sound) for s in one.sounds):
        yield _SOUNDS
    if len(folded) > 2 and any(name.startswith(folded) for name in one.above):
        yield _ABOVE
