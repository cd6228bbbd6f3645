"""The model of comparison: match weights of Fellegi and Sunter, read from dated parameters.

Weights are whole hundredths of a bit, rounded once when the model is read, so that sums are exact.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sijil.domains.matching.rules.levels import MISSING, compare_fields
from sijil.domains.matching.types import Judgement, Subject, Verdict
from sijil.kernel.parameters import Parameter, load_yaml, read_parameter

_FOLDER = Path(__file__).parents[1] / "parameters"


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by comparison and level, thresholds (hundredths of a bit), limits of a search."""

    version: str
    weights: Mapping[str, Mapping[str, int]]
    possible: int
    likely: int
    candidates: int
    block: int
    kept: int


@cache
def parameter(file: str, name: str) -> Parameter:
    """Return a parameter of this domain by file and name."""
    return read_parameter(name, load_yaml(_FOLDER / f"{file}.yaml")[name])


@cache
def model_on(day: dt.date) -> Model:
    """Return the model in force on ``day``. Raises: LookupError before the first."""
    dated, limits = parameter("model", "model").on(day), parameter("model", "limits").on(day).value
    return read_model(dated.version, dated.value, limits)


def read_model(version: str, body: Mapping[str, Any], limits: Mapping[str, int]) -> Model:
    """Make a :class:`Model` of one dated value of ``model.yaml``."""
    weights = {
        name: {level: weigh(p["m"], p["u"]) for level, p in levels.items()}
        for name, levels in body["comparisons"].items()
    }
    possible, likely = (int(Decimal(body["thresholds"][name]) * 100) for name in ("possible", "likely"))
    return Model(version, weights, possible, likely, **limits)


def weigh(m: str, u: str) -> int:
    """Return log2(m/u) in hundredths of a bit. Raises: ValueError unless both are in (0, 1]."""
    if not (0 < Decimal(m) <= 1 and 0 < Decimal(u) <= 1):
        raise ValueError(f"m={m}, u={u}: a probability lies between 0 and 1")
    return round(100 * math.log2(Decimal(m) / Decimal(u)))


def judge(a: Subject, b: Subject, model: Model) -> Judgement:
    """Return the weight, verdict and level codes of a pair."""
    levels = compare_fields(a, b)
    weight = sum(
        model.weights[name][level] for name, level in levels.items() if name != "family" and level != MISSING
    )
    return Judgement(weight, _verdict(weight, levels, model), levels)


def _verdict(weight: int, levels: Mapping[str, str], model: Model) -> Verdict:
    if weight < model.possible:
        return Verdict.UNIQUE
    return Verdict.POSSIBLE if weight < model.likely or _is_explained(levels) else Verdict.LIKELY


def _is_explained(levels: Mapping[str, str]) -> bool:
    """Twins, relatives, and a parent's paper used for a child: never more than possible."""
    borrowed = levels["first_name"] == "different" and levels["birth"] == "different"
    return levels["family"] != "none" or borrowed
