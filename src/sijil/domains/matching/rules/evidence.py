"""What the levels of a comparison say, for whoever decides: on which side, and how strongly."""

from __future__ import annotations

from collections.abc import Mapping

from sijil.domains.matching.rules.names import MISSING
from sijil.domains.matching.types import Side, Spoken

STEPS = (100, 300, 600, 1000)
"""Hundredths of a bit from which evidence is weak, clear, strong, very strong: odds of 2, 8, 64, 1024."""


def strength_of(weight: int) -> int:
    """Return 0 (says nothing) to 4 (very strong)."""
    return sum(abs(weight) >= step for step in STEPS)


def spoken(levels: Mapping[str, str], weights: Mapping[str, Mapping[str, int]]) -> list[Spoken]:
    """Return what each comparison says, the strongest first; what one side lacks, last."""
    found = [_say(name, level, weights) for name, level in levels.items() if _is_told(name, level)]
    return sorted(found, key=lambda s: (s.side is Side.NOTHING, -s.strength))


def _is_told(name: str, level: str) -> bool:
    """Leave out what is no comparison of its own: that the two are no relatives."""
    return (name, level) != ("family", "none")


def _say(name: str, level: str, weights: Mapping[str, Mapping[str, int]]) -> Spoken:
    if level == MISSING or name == "family":
        return Spoken(name, level, Side.NOTHING, 0)
    if name not in weights:  # an engine of pictures: it weighs by itself, apart from the names
        return Spoken(name, level, Side.FOR, len(STEPS))
    weight = weights[name].get(level, 0)
    strength = strength_of(weight)
    side = Side.NOTHING if not strength else Side.FOR if weight > 0 else Side.AGAINST
    return Spoken(name, level, side, strength)
