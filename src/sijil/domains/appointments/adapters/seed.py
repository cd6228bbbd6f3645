"""Make ``data/centres.csv`` again from the file of the reference geography.

    python -m sijil.domains.appointments.adapters.seed src/sijil/domains/geography/data/units.csv

The official list of centres (some 1,630) is not public: the seed has one centre per arrondissement,
urban commune and cercle (41 + 242 + 213 = 496). A real list in the same columns replaces it.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

COLUMNS = ("code", "kind", "name_ar", "name_fr", "region_code", "province_code", "commune_codes", "desks")
Row = dict[str, str]


def write_centres(units: Path, target: Path) -> int:
    """Write the seed and return its number of rows."""
    with units.open(encoding="utf-8", newline="") as file:
        rows = list(_centres(list(csv.DictReader(file))))
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def _centres(units: list[Row]) -> Iterator[Row]:
    by_code = {unit["code"]: unit for unit in units}
    for unit in units:
        if unit["level"] == "arrondissement":
            city = by_code[unit["parent_code"]]
            yield _centre(unit, "annex", [city["code"]], around=city)
        elif unit["level"] == "commune" and unit["milieu"] == "urban":
            yield _centre(unit, "annex", [unit["code"]])
        elif unit["level"] == "cercle":
            inside = [
                u["code"] for u in units if u["level"] == "commune" and u["parent_code"] == unit["code"]
            ]
            yield _centre(unit, "caidat", inside)


def _centre(unit: Row, kind: str, communes: list[str], around: Row | None = None) -> Row:
    return {
        "code": unit["code"],
        "kind": kind,
        "name_ar": unit["name_ar"] + (f"، {around['name_ar']}" if around else ""),
        "name_fr": unit["name_fr"] + (f", {around['name_fr']}" if around else ""),
        "region_code": unit["region_code"],
        "province_code": unit["province_code"],
        "commune_codes": " ".join(communes),
        "desks": str(min(8, max(2, int(unit["population"]) // 30_000))),
    }


if __name__ == "__main__":
    write_centres(Path(sys.argv[1]), Path(__file__).parents[1] / "data/centres.csv")
