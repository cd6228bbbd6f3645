"""The laws of matching: the model of comparison, the limits of a search, the delay and reason of a case."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import msgspec

from sijil.kernel import law

_FOLDER = Path(__file__).parents[1] / "parameters"
_Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class Share(law.Number, least="0.000000001", most="1"):
    """A probability, never 0."""


class Bits(law.Number, least="-100", most="100"):
    """A weight."""


class Level(law.Body, frozen=True):
    """How often a level is seen in pairs of one person (m) and of two people (u)."""

    m: Share
    u: Share


class Thresholds(law.Body, frozen=True):
    """From which weight on a pair is possible, and likely, in a register of up to so many people."""

    possible: Bits
    likely: Bits
    people: Annotated[int, msgspec.Meta(ge=1)]

    def __post_init__(self) -> None:
        if self.likely < self.possible:
            raise law.Wrong("A likely pair weighs less than a possible one.", "Turn them.", "likely")


_NAMES = ("exact", "phonetic", "part", "near", "swapped", "crossed", "different")
_BIRTHS = ("exact", "swapped", "one_digit", "year", "same_year", "near_year", "different", "family")
LEVELS = {
    "last_name": (*_NAMES, "family"),
    "first_name": _NAMES,
    "birth": _BIRTHS,
    "sex": ("equal", "different"),
    "commune": ("equal", "province", "different", "family"),
    "phone": ("equal", "different", "family"),
    "document": ("strong", "equal", "apart", "different"),
}
"""Every comparison and what it can give (``rules.levels``), whatever is missing apart: each has a weight."""


class ModelText(law.Body, frozen=True):
    """The law ``matching.model``: levels by comparison, each that there is and no other."""

    thresholds: Thresholds
    comparisons: dict[str, dict[str, Level]]

    def __post_init__(self) -> None:
        _check_names(self.comparisons, LEVELS, "comparisons")
        for name, levels in self.comparisons.items():
            _check_names(levels, LEVELS[name], "comparisons", name)


def _check_names(given: Collection[str], known: Collection[str], *at: str) -> None:
    """Refuse a name that nothing compares by, and one that is not there. Raises: law.Wrong."""
    for name in sorted(set(given) - set(known)):
        raise law.Wrong(f"There is no `{name}`.", f"Use: {', '.join(known)}.", *at, name)
    for name in sorted(set(known) - set(given)):
        raise law.Wrong(f"`{name}` is missing.", "Give its m and u.", *at)


class SearchLimits(law.Body, frozen=True):
    """The law ``matching.limits``."""

    candidates: _Count
    block: _Count
    kept: _Count


class ReasonBounds(law.Body, frozen=True):
    """The law ``matching.reason``: characters."""

    least: _Count
    most: _Count


class AskingBounds(law.Body, frozen=True):
    """The law ``matching.asking``: how often the persons of one case are asked for more."""

    most: _Count


MODEL = law.declare(law.LawKind("matching.model", ModelText, _FOLDER / "model"))
LIMITS = law.declare(law.LawKind("matching.limits", SearchLimits, _FOLDER / "limits"))
REASON = law.declare(law.LawKind("matching.reason", ReasonBounds, _FOLDER / "reason"))
ASKING = law.declare(law.LawKind("matching.asking", AskingBounds, _FOLDER / "asking"))
DELAYS = law.declare_delays("matching", _FOLDER / "delays")
