"""Who lives together: households of a chunk as columns, members as flat columns.

Weights: census 2024 (households of each commune by area, their mean size). Shapes of families
(share of female heads, couples, elders at home) are rounded from the census's published tables.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sijil.domains.geography.types import Milieu, Place

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LARGEST = 12
RELATIONS = ("head", "spouse", "parent", "child_in_law", "grandchild", "sibling", "child")
HEAD, SPOUSE, PARENT, IN_LAW, GRANDCHILD, SIBLING, CHILD = range(7)


@dataclass(frozen=True)
class Households:
    """One row per household. ``ease``: how well off, normal (-0.1, 1.16) in town, (-0.2, 1.16) elsewhere."""

    commune: Ints
    urban: Bools
    size: Ints
    head_age: Ints
    couple: Bools
    ease: Floats


@dataclass(frozen=True)
class Members:
    """One row per member, household after household, the head first."""

    household: Ints
    relation: Ints
    age: Ints
    female: Bools


class Census:
    """The communes as weights, a cell for each area that a commune holds."""

    def __init__(self, communes: list[Place]) -> None:
        self.communes = communes
        cells = [(n, area, *_counts(c, area)) for n, c in enumerate(communes) for area in c.areas]
        weights = np.array([households for *_, households in cells], dtype=np.float64)
        self._cumulated = np.cumsum(weights) / weights.sum()
        self._cumulated[-1] = 1.0
        mean = np.array([people / households for *_, people, households in cells])
        self._mean_size = np.clip(mean, 2.5, 6.5)
        self._commune = np.array([n for n, *_ in cells], dtype=np.int64)
        self._urban = np.array([area is Milieu.URBAN for _, area, *_ in cells])
        self._ease = np.random.default_rng(2024).normal(0, 0.3, len(communes))

    def draw_households(self, random: np.random.Generator, number: int) -> Households:
        cell = np.searchsorted(self._cumulated, random.random(number), side="right")
        commune = self._commune[cell]
        size = np.minimum(1 + random.poisson(self._mean_size[cell] - 1), LARGEST)
        age = np.clip(random.normal(50, 14, number), 21, 92).astype(np.int64)
        couple = (size >= 2) & (random.random(number) < np.where(age < 28, 0.6, 0.84))
        urban = self._urban[cell]
        ease = np.where(urban, -0.1, -0.2) + 1.12 * random.normal(0, 1, number) + self._ease[commune]
        return Households(commune, urban, size, age, couple, ease)


def _counts(commune: Place, area: Milieu) -> tuple[int, int]:
    """Return population and households of one area of a commune."""
    urban = commune.urban_population, commune.urban_households
    rural = commune.population - urban[0], commune.households - urban[1]
    return urban if area is Milieu.URBAN else rural


def draw_members(random: np.random.Generator, homes: Households) -> Members:
    """Fill the households: head, spouse, sometimes an elder or a second family, siblings, children."""
    household = np.repeat(np.arange(len(homes.size)), homes.size)
    position = np.arange(len(household)) - np.repeat(np.cumsum(homes.size) - homes.size, homes.size)
    relation = _relations(random, homes, household, position)
    head_female = _head_is_woman(random, homes)
    female = random.random(len(household)) < 0.5
    female = np.where(relation == HEAD, head_female[household], female)
    female = np.where(relation == SPOUSE, ~head_female[household], female)
    return Members(household, relation, _ages(random, homes, household, relation), female)


def _head_is_woman(random: np.random.Generator, homes: Households) -> Bools:
    return random.random(len(homes.size)) < np.where(homes.couple, 0.04, 0.55)


def _relations(random: np.random.Generator, homes: Households, household: Ints, position: Ints) -> Ints:
    left = homes.size - 1 - homes.couple
    elders = ((left >= 1) & (homes.head_age < 62) & (random.random(len(left)) < 0.12)).astype(np.int64)
    left = left - elders
    extended = (left >= 3) & (homes.head_age > 52) & (random.random(len(left)) < 0.3)
    in_laws, grand = extended.astype(np.int64), np.where(extended, (left - 1) // 2, 0)
    left = left - in_laws - grand
    alone = (~homes.couple & (homes.head_age < 36)) | (random.random(len(left)) < 0.03)
    siblings = np.where(alone, left, 0)
    ends = np.cumsum(
        [np.ones_like(left), homes.couple.astype(np.int64), elders, in_laws, grand, siblings], axis=0
    )
    return np.asarray((position[None, :] >= ends[:, household]).sum(axis=0))


def _ages(random: np.random.Generator, homes: Households, household: Ints, relation: Ints) -> Ints:
    head = homes.head_age[household]
    number = len(household)
    spouse = np.clip(head - random.normal(4, 5, number), 18, 90)
    parent = np.clip(head + random.integers(19, 36, number), 40, 99)
    sibling = np.clip(head + random.integers(-9, 10, number), 15, 90)
    child = np.minimum(head - random.integers(21, 42, number), random.integers(0, 34, number))
    child = np.where(child < 0, random.integers(0, 6, number), child)
    in_law = np.clip(head - random.integers(22, 32, number), 18, 60)
    grand = np.minimum(random.integers(0, 16, number), np.maximum(head - 42, 0))
    choices = [head, spouse, parent, in_law, grand, sibling, np.minimum(child, head - 17)]
    return np.asarray(np.maximum(np.choose(relation, choices), 0), dtype=np.int64)
