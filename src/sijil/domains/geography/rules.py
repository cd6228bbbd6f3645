"""How the reference files are read, checked before anything is written; and what is urban."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
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
