"""What geography hands to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sijil.kernel.texts import Text4, either


class Level(StrEnum):
    """Rank of a unit, from the widest to the narrowest."""

    REGION = "region"
    PROVINCE = "province"
    CERCLE = "cercle"
    COMMUNE = "commune"
    ARRONDISSEMENT = "arrondissement"
    URBAN_CENTRE = "urban_centre"


class Milieu(StrEnum):
    URBAN = "urban"
    RURAL = "rural"


MILIEUS: Mapping[str, Text4] = {
    Milieu.URBAN: Text4("حضري", "Urbain", "Urban", "ⴰⵖⵔⵎⴰⵏ"),
    Milieu.RURAL: Text4("قروي", "Rural", "Rural", "ⴰⴽⴰⵍⴰⵏ"),
    "both": Text4("حضري وقروي", "Urbain et rural", "Urban and rural", "ⴰⵖⵔⵎⴰⵏ ⴷ ⵓⴽⴰⵍⴰⵏ"),
}
"""``both``: a commune with a part of each, where the household is asked."""


class MilieuReading(StrEnum):
    """What the annexes of the formula mean by urban: the census's area, or the legal kind of the commune."""

    CENSUS = "census"
    LEGAL_KIND = "legal_kind"


class MilieuSource(StrEnum):
    """Who said whether a household is urban: the household, the census, or the kind of its commune."""

    ASKED = "asked"
    CENSUS = "census"
    KIND = "kind"


class AreaQuestion(StrEnum):
    """What is asked in a commune of both areas: rural with an urban centre, urban with a rural part."""

    INSIDE_CENTRE = "inside_centre"
    TOWN_OR_COUNTRY = "town_or_country"


@dataclass(frozen=True, slots=True)
class HouseholdMilieu:
    """The milieu of one household, and who said so."""

    milieu: Milieu
    by: MilieuSource


@dataclass(frozen=True, slots=True)
class Place:
    """One unit. ``milieu``: by legal kind, empty above the commune; ``province_code``: empty for a region.

    ``urban_population``, ``urban_households``: those of the census's urban area, part of the totals.
    ``kind``: province, prefecture or prefecture_of_arrondissements at the rank of provinces, else the level.
    ``parent_code``: the cercle of a rural commune, the commune of an arrondissement or of an urban centre,
    else the unit above.
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
    urban_population: int
    urban_households: int

    @property
    def areas(self) -> tuple[Milieu, ...]:
        """The areas in which the census found households."""
        counts = {Milieu.URBAN: self.urban_households, Milieu.RURAL: self.households - self.urban_households}
        return tuple(area for area, households in counts.items() if households)

    def name(self, language: str) -> str:
        """Return the name in the script of a language, as ``kernel.texts.either`` says."""
        return either(self.name_ar, self.name_fr, language)


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load of the reference did."""

    units: int
    changed: int
