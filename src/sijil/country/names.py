"""Attested names in both scripts, drawn by how often they occur (``data/SOURCE.txt``)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TABLE = Path(__file__).parent / "data/names.csv"
FLATTEN = 0.7  # the table counts known people: rare names are commoner in the street than in it


@dataclass(frozen=True)
class Names:
    """One kind of names: parallel lists and the cumulated shares."""

    ar: list[str]
    fr: list[str]
    cumulated: NDArray[np.float64]

    def draw(self, random: np.random.Generator, number: int) -> NDArray[np.int64]:
        """Return ``number`` positions in the lists."""
        return np.searchsorted(self.cumulated, random.random(number), side="right")


def read_names(path: Path = TABLE) -> dict[str, Names]:
    """Return the names by kind: M and F given names, S surnames."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {kind: _of_kind([r for r in rows if r["kind"] == kind]) for kind in "MFS"}


def _of_kind(rows: list[dict[str, str]]) -> Names:
    weights = np.array([int(r["count"]) for r in rows], dtype=np.float64) ** FLATTEN
    cumulated = np.cumsum(weights) / weights.sum()
    cumulated[-1] = 1.0
    return Names([r["ar"] for r in rows], [r["fr"] for r in rows], cumulated)
