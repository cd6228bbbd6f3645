"""What geography hands to others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Rank of a unit, from the widest to the narrowest."""

    REGION = "region"
    PROVINCE = "province"
    CERCLE = "cercle"
    COMMUNE = "commune"
    ARRONDISSEMENT = "arrondissement"


class Milieu(StrEnum):
    URBAN = "urban"
    RURAL = "rural"


@dataclass(frozen=True, slots=True)
class Place:
    """One unit. ``milieu`` is empty above the commune; ``province_code`` is empty for a region.

    ``kind``: province, prefecture or prefecture_of_arrondissements at the rank of provinces, else the level.
    ``parent_code``: the cercle of a rural commune, the commune of an arrondissement, else the unit above.
    """

    code: str
    name_ar: str
    name_fr: str
    milieu: str
    region_code: str
    province_code: str
    population: int
    households: int
    level: str
    kind: str
    parent_code: str

    def name(self, language: str) -> str:
        """Return the name in the script of ``language``: Arabic for ``ar``, else French."""
        return self.name_ar if language == "ar" else self.name_fr


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load of the reference did."""

    units: int
    changed: int
