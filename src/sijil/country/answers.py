"""What households answer: rates that move with how well off they are, calibrated on the score's targets.

Targets (Monte Carlo on census margins): urban mean 10.06, sd 0.62; rural 9.41, 0.49; at or under 9.3264:
9 % and 50 %; at or under 9.7430: 33 % and 81 %. ``tests/test_calibration.py`` holds them.
Each rate is a logistic curve of ``ease``: ``_rate(at the median, slope)``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sijil.country.population import (
    CHILD,
    GRANDCHILD,
    HEAD,
    SPOUSE,
    Bools,
    Floats,
    Households,
    Ints,
    Members,
)

LEVELS = ("none", "preschool", "primary", "lower_secondary", "upper_secondary", "higher")
Columns = dict[str, Any]
"""Name -> one value per row; None where the question is not asked."""


def draw_household_answers(random: np.random.Generator, homes: Households, members: Members) -> Columns:
    """Return the answers of the second step, a column per field; fields of the other milieu are None."""
    draw = _Draw(random, homes.ease)
    adults = np.bincount(members.household, weights=members.age >= 15, minlength=len(homes.size)).astype(int)
    common = _goods(draw, homes) | _bills(draw, homes)
    urban = _urban_goods(draw, homes, adults)
    rural = _rural_goods(draw)
    return {
        **common,
        **{name: _only(column, homes.urban) for name, column in urban.items()},
        **{name: _only(column, ~homes.urban) for name, column in rural.items()},
    }


class _Draw:
    """Draws that know how well off each row is."""

    def __init__(self, random: np.random.Generator, ease: Floats) -> None:
        self.random, self.ease, self.number = random, ease, len(ease)

    def flag(self, median: float | Floats, slope: float = 1.0) -> Ints:
        return (self.random.random(self.number) < self.rate(median, slope)).astype(np.int64)

    def rate(self, median: float | Floats, slope: float) -> Floats:
        odds = np.log(np.asarray(median) / (1 - np.asarray(median)))
        return np.asarray(1 / (1 + np.exp(-(odds + slope * self.ease))))

    def count(self, mean: float | Floats, slope: float) -> Ints:
        return self.random.poisson(np.asarray(mean) * np.exp(slope * self.ease))

    def dirhams(self, median: float | Floats, slope: float | Floats, noise: float) -> Floats:
        return np.asarray(median) * np.exp(slope * self.ease + self.random.normal(0, noise, self.number))


def _goods(draw: _Draw, homes: Households) -> Columns:
    rooms = np.round(homes.size * draw.dirhams(np.where(homes.urban, 0.72, 0.66), 0.16, 0.25))
    return {
        "rooms": np.clip(rooms, 1, 12).astype(int),
        "second_home": draw.flag(np.where(homes.urban, 0.035, 0.018), 1.3),
        "cars": np.minimum(draw.count(np.where(homes.urban, 0.125, 0.045), 1.05), 3),
        "motorcycles": np.minimum(draw.count(np.where(homes.urban, 0.14, 0.17), 0.2), 2),
        "butane_big": np.clip(draw.count(np.where(homes.urban, 1.5, 1.6), 0.1), 0, 6),
        "butane_small": np.clip(draw.count(np.where(homes.urban, 0.4, 0.9), -0.1), 0, 8),
    }


def _bills(draw: _Draw, homes: Households) -> Columns:
    share = (homes.size / 4) ** 0.65  # a person alone still has a meter, a big family no four times the bill
    return {
        "electricity_bills": _three_months(
            draw, share * np.where(homes.urban, 160, 74), np.where(homes.urban, 0.5, 0.4), 1800
        ),
        "water_bills": _three_months(
            draw, share * np.where(homes.urban, 76, 29), np.where(homes.urban, 0.42, 0.32), 900
        ),
        "telecom_bills": _three_months(
            draw, share * np.where(homes.urban, 100, 39), np.where(homes.urban, 0.52, 0.4), 900
        ),
    }


def _three_months(draw: _Draw, median: Floats, slope: Floats, most: int) -> list[tuple[int, ...]]:
    base = draw.dirhams(median, slope, 0.3)
    months = base[:, None] * draw.random.uniform(0.85, 1.15, (draw.number, 3))
    return [tuple(row) for row in (np.clip(np.round(months), 0, most).astype(int) * 100).tolist()]


def _urban_goods(draw: _Draw, homes: Households, adults: Ints) -> Columns:
    return {
        "bath": draw.flag(0.70, 1.4),
        "electricity_meter": draw.flag(0.87, 0.8),
        "garage": draw.flag(0.05, 1.4),
        "business_premises": draw.flag(0.06, 0.8),
        "computer": draw.flag(0.31, 1.6),
        "dish_antenna": draw.flag(0.84, 0.3),
        "fixed_line": draw.flag(0.17, 1.2),
        "mobiles": np.clip(draw.random.binomial(np.maximum(adults, 1), 0.82), 1, 12),
        "loan": draw.flag(0.13, 1.0),
    }


def _rural_goods(draw: _Draw) -> Columns:
    kinds = ("adobe_house", "stone_clay_house", "traditional_house", "modern_house", "makeshift", "villa")
    shares = np.cumsum([0.30, 0.20, 0.21, 0.24, 0.04])
    picked = np.searchsorted(shares, draw.random.random(draw.number))
    return {
        "dwelling_type": [kinds[k] for k in picked],
        "non_agricultural_land": draw.flag(0.035, 1.0),
        "irrigated_land": draw.flag(0.16, 0.5),
        "cows": np.minimum(draw.count(0.75, 0.35), 20),
    }


def draw_member_answers(random: np.random.Generator, homes: Households, members: Members) -> Columns:
    """Return the answers of the first step, a column per field, None where it is not asked."""
    ease, urban = homes.ease[members.household], homes.urban[members.household]
    draw = _Draw(random, ease)
    grown = members.age >= 15
    level = _levels(draw, members, urban)
    activity = _activities(draw, members, urban, level)
    occupation = _occupations(draw, members, urban, level)
    works = grown & (activity == "employed")
    status = _statuses(draw, occupation)
    return {
        "marital_status": _only(_marital(draw, homes, members), grown),
        "schooling": _only(_schooling(draw), urban & (members.age >= 6) & (members.age <= 14)),
        "education_level": _only([LEVELS[i] for i in level], grown),
        "diploma": _only(_diplomas(draw, level), grown),
        "literate": _only(np.where(level >= 2, draw.flag(0.95, 0.2), draw.flag(0.10, 0.2)), grown & ~urban),
        "activity": _only(activity, grown),
        "occupation": _only(occupation, works),
        "professional_status": _only(status, works),
        "health_cover": _covers(draw, homes, members, status, works),
    }


def _levels(draw: _Draw, members: Members, urban: Bools) -> Ints:
    """Schooling rises with ease and for the young, less for women born long ago and in the countryside."""
    latent = 0.75 * draw.ease + draw.random.normal(0, 0.8, draw.number)
    latent += np.where(urban, 0.55, -0.35) - 0.028 * (members.age - 40)
    latent -= np.where(members.female, np.clip((members.age - 25) * 0.018, 0, 0.7), 0)
    level = np.searchsorted([-0.55, -0.35, 0.35, 1.0, 1.75], latent)
    most = np.select([members.age < 16, members.age < 19], [3, 4], 5)
    return np.asarray(np.minimum(level, most), dtype=np.int64)


def _diplomas(draw: _Draw, level: Ints) -> list[str]:
    names = ("none", "primary", "lower_secondary", "baccalaureate", "technical", "higher")
    shares = np.array([
        [1, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0],
        [0.55, 0.40, 0, 0, 0.05, 0],
        [0.34, 0.26, 0.30, 0, 0.10, 0],
        [0.20, 0.12, 0.26, 0.26, 0.16, 0],
        [0.04, 0, 0.04, 0.24, 0.14, 0.54],
    ])  # fmt: skip
    return _pick(draw, names, shares[level])


def _activities(draw: _Draw, members: Members, urban: Bools, level: Ints) -> Any:
    names = ("employed", "unemployed", "student", "homemaker", "retired", "annuitant", "unable", "inactive")
    young_m = np.array([0.26, 0.14, 0.50, 0, 0, 0, 0.01, 0.09])
    young_f = np.array([0.09, 0.09, 0.48, 0.28, 0, 0, 0.01, 0.05])
    adult_m = np.array([0.79, 0.11, 0.01, 0, 0, 0.01, 0.04, 0.04])
    adult_f = np.array([0.19, 0.06, 0.01, 0.69, 0, 0.005, 0.02, 0.025])
    old_m = np.array([0.30, 0, 0, 0, 0.24, 0.06, 0.14, 0.26])
    old_f = np.array([0.06, 0, 0, 0.56, 0.06, 0.03, 0.14, 0.15])
    male = np.select([(members.age < 25)[:, None], (members.age < 60)[:, None]], [young_m, adult_m], old_m)
    woman = np.select([(members.age < 25)[:, None], (members.age < 60)[:, None]], [young_f, adult_f], old_f)
    shares = np.where(members.female[:, None], woman, male)
    learned = ((level >= 5) & members.female & (members.age >= 25) & (members.age < 60))[:, None]
    shares = np.where(learned, np.array([0.52, 0.16, 0.02, 0.28, 0, 0, 0.01, 0.01]), shares)
    pension = (~urban & (members.age >= 60))[:, None]
    shares = np.where(pension, shares * np.array([1.5, 1, 1, 1, 0.3, 1, 1, 1]), shares)
    return np.array(_pick(draw, names, shares))


def _occupations(draw: _Draw, members: Members, urban: Bools, level: Ints) -> list[str]:
    names = (
        "senior_executive", "middle_executive", "employee", "trader", "farm_operator",
        "farm_worker", "craftsman", "machine_operator", "labourer", "other",
    )  # fmt: skip
    town = np.array([0.005, 0.015, 0.18, 0.15, 0.01, 0.02, 0.27, 0.09, 0.23, 0.03])
    field = np.array([0.002, 0.008, 0.05, 0.06, 0.30, 0.22, 0.11, 0.03, 0.20, 0.02])
    school = np.array([0.02, 0.10, 0.34, 0.14, 0.02, 0.01, 0.18, 0.10, 0.06, 0.03])
    degree = np.array([0.26, 0.36, 0.25, 0.06, 0.01, 0, 0.02, 0.01, 0.01, 0.02])
    shares = np.where(urban[:, None], town, field)
    shares = np.where((level == 4)[:, None] & urban[:, None], school, shares)
    return _pick(draw, names, np.where((level == 5)[:, None], degree, shares))


def _statuses(draw: _Draw, occupation: list[str]) -> list[str]:
    names = ("employer", "self_employed", "public_employee", "private_employee", "family_helper", "other")
    by_occupation = {
        "senior_executive": [0.12, 0.10, 0.43, 0.35, 0, 0],
        "middle_executive": [0.02, 0.06, 0.50, 0.42, 0, 0],
        "employee": [0.01, 0.04, 0.20, 0.74, 0.01, 0],
        "trader": [0.07, 0.78, 0, 0.07, 0.08, 0],
        "farm_operator": [0.04, 0.78, 0, 0.01, 0.17, 0],
    }
    rest = [0.015, 0.30, 0.03, 0.60, 0.045, 0.01]
    shares = np.array([by_occupation.get(name, rest) for name in occupation])
    return _pick(draw, names, shares)


def _marital(draw: _Draw, homes: Households, members: Members) -> Any:
    married = np.isin(members.relation, [SPOUSE]) | (
        (members.relation == HEAD) & homes.couple[members.household]
    )
    in_law = members.relation == 3
    single = (members.age < 27) | np.isin(members.relation, [CHILD, GRANDCHILD])
    left = np.where(
        members.age > 55, "widowed", np.where(draw.random.random(draw.number) < 0.5, "divorced", "single")
    )
    return np.select([married | in_law, single], ["married", "single"], left)


def _schooling(draw: _Draw) -> Any:
    private = draw.flag(0.13, 1.3) == 1
    return np.select([draw.random.random(draw.number) < 0.02, private], ["none", "private"], "public")


def _covers(draw: _Draw, homes: Households, members: Members, status: list[str], works: Bools) -> Any:
    """One scheme covers head, spouse and children; those without work cover have Tadamon or nothing."""
    of_home = _Draw(draw.random, homes.ease)
    covered = of_home.flag(np.where(homes.urban, 0.38, 0.12), 1.3)[members.household] == 1
    inside = np.isin(members.relation, [HEAD, SPOUSE, CHILD])
    public = np.zeros(len(homes.size), dtype=bool)
    np.logical_or.at(public, members.household[works & (np.array(status) == "public_employee")], True)
    scheme = np.where(public[members.household], "cnops", "cnss")
    poor = of_home.flag(0.55, -0.8)[members.household] == 1
    return np.where(covered & inside, scheme, np.where(poor, "tadamon", "none"))


def _pick(draw: _Draw, names: tuple[str, ...], shares: Floats) -> list[str]:
    cumulated = np.cumsum(shares, axis=1)
    aim = draw.random.random(len(shares)) * cumulated[:, -1]
    picked = (aim[:, None] >= cumulated).sum(axis=1)
    return [names[i] for i in np.minimum(picked, len(names) - 1)]


def _only(column: Any, where: Bools) -> list[Any]:
    values = column.tolist() if isinstance(column, np.ndarray) else column
    return [value if asked else None for value, asked in zip(values, where.tolist(), strict=True)]
