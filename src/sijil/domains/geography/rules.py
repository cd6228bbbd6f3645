"""How the reference files are read: compact CSV, one row per unit, checked before anything is written."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from sijil.domains.geography.types import Level, Place

DATA = Path(__file__).parent / "data"
EXPECTED = {
    Level.REGION: 12, Level.PROVINCE: 83, Level.CERCLE: 213, Level.COMMUNE: 1503, Level.ARRONDISSEMENT: 41,
}  # fmt: skip
COLUMNS = (
    "code", "level", "kind", "name_ar", "name_fr", "milieu", "region_code",
    "province_code", "parent_code", "population", "households",
)  # fmt: skip


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


def _place(row: dict[str, str]) -> Place:
    return Place(
        code=row["code"], name_ar=row["name_ar"], name_fr=row["name_fr"], milieu=row["milieu"],
        region_code=row["region_code"], province_code=row["province_code"],
        population=int(row["population"]), households=int(row["households"]),
        level=row["level"], kind=row["kind"], parent_code=row["parent_code"],
    )  # fmt: skip
