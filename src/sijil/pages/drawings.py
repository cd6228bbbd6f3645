"""Geometry of the small charts: where marks stand, so that the templates only draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

WIDE, NARROW = 600.0, 350.0  # of the scale's two drawings, in their own units: a desk and a telephone
LABEL = 150.0  # least distance between the middles of two labels


@dataclass(frozen=True, slots=True)
class Band:
    start: float
    width: float
    tone: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A threshold: its place on the bar, the place of its label, its value and its name."""

    at: float
    label_at: float
    value: Any
    name: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A score on its scale; everything in the units of the drawing."""

    value: Any
    width: float
    at: float
    label_at: float
    bands: tuple[Band, ...]
    marks: tuple[Mark, ...]


def share(value: Any, most: Any) -> float:
    """Return ``value`` over ``most`` in percent, kept between 0 and 100."""
    top = float(most)
    return round(max(0.0, min(100.0, 100 * float(value) / top)), 2) if top else 0.0


def parts(first: int, *others: int) -> list[tuple[float, float]]:
    """Return (x, width) of each part of a bar 100 wide, in order; a small one stays visible."""
    total = first + sum(others)
    widths = [max(share(count, total), 1.0) if count else 0.0 for count in others]
    widths.insert(0, round(max(100 - sum(widths), 0.0), 2) if first else 0.0)
    return [(round(sum(widths[:place]), 2), width) for place, width in enumerate(widths)]


def signed_bar(value: Any, most: Any) -> tuple[float, float, bool]:
    """Return (x, width, lowers) of a bar from the middle of a drawing 100 wide."""
    number = Decimal(str(value))
    half = share(abs(number), most) / 2
    lowers = number < 0
    return (round(50 - half, 2) if lowers else 50.0, max(0.4, round(half, 2)), lowers)


def scale(value: Any, marks: Sequence[tuple[Any, str]], low: Any, high: Any, width: float = WIDE) -> Scale:
    """Place a score and its thresholds (value, name; ascending) between ``low`` and ``high``."""
    at, *places = (_place(number, low, high, width) for number in (value, *(mark for mark, _ in marks)))
    labels = _apart(places, width)
    ends = pairwise([0.0, *places, width])
    return Scale(
        value=value,
        width=width,
        at=at,
        label_at=min(max(at, 60.0), width - 60),
        bands=tuple(Band(a, round(b - a, 1), min(i, 3)) for i, (a, b) in enumerate(ends)),
        marks=tuple(Mark(p, label, *mark) for p, label, mark in zip(places, labels, marks, strict=True)),
    )


def _place(value: Any, low: Any, high: Any, width: float) -> float:
    part = (float(value) - float(low)) / (float(high) - float(low))
    return round(width * max(0.0, min(1.0, part)), 1)


def _apart(places: Sequence[float], width: float) -> list[float]:
    """Move labels so that neighbours do not touch and all stay on the drawing."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + LABEL) if moved else max(place, LABEL / 2))
    overflow = max(0.0, moved[-1] - (width - LABEL / 2)) if moved else 0.0
    return [round(place - overflow, 1) for place in moved]
