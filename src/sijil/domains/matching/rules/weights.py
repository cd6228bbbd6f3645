"""The model of comparison: match weights of Fellegi and Sunter, read from dated parameters.

Weights are whole hundredths of a bit, rounded once when the model is read, so that sums are exact.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from sijil.domains.matching.rules.law import LIMITS, MODEL, ModelText, SearchLimits
from sijil.domains.matching.rules.levels import compare_fields
from sijil.domains.matching.rules.names import MISSING
from sijil.domains.matching.types import Judgement, Subject, Verdict
from sijil.kernel import law


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by comparison and level, thresholds (hundredths of a bit), limits of a search.

    The thresholds hold for a register of up to ``people``.
    """

    version: str
    weights: Mapping[str, Mapping[str, int]]
    possible: int
    likely: int
    candidates: int
    block: int
    kept: int
    people: int

    def for_people(self, known: int) -> Model:
        """Return the model for a register of ``known`` people: one bit more each time it doubles.

        Among twice as many people twice as many are alike by chance, so the odds of a pair are half.
        """
        more = 100 * ((max(known, 1) - 1) // self.people).bit_length()
        return replace(self, possible=self.possible + more, likely=self.likely + more) if more else self


def model_on(day: dt.date) -> Model:
    """Return the model in force on ``day``. Raises: LookupError before the first."""
    return _model(law.on(MODEL, day), law.on(LIMITS, day))


def model_of(version: str | None, day: dt.date) -> Model:
    """Return the model of a stored comparison; of a case that none opened, the one in force on ``day``."""
    found = law.load(MODEL, version) if version else law.on(MODEL, day)
    return _model(found, law.on(LIMITS, day))


@lru_cache(maxsize=16)
def _model(model: law.Law[ModelText], limits: law.Law[SearchLimits]) -> Model:
    return read_model(model.version, model.body, limits.body)


def read_model(version: str, body: ModelText, limits: SearchLimits) -> Model:
    """Make a :class:`Model` of a version of ``matching.model``."""
    weights = {
        name: {level: weigh(share.m, share.u) for level, share in levels.items()}
        for name, levels in body.comparisons.items()
    }
    possible, likely = int(body.thresholds.possible * 100), int(body.thresholds.likely * 100)
    return Model(
        version,
        weights,
        possible,
        likely,
        limits.candidates,
        limits.block,
        limits.kept,
        body.thresholds.people,
    )


def weigh(m: Decimal, u: Decimal) -> int:
    """Return log2(m/u) in hundredths of a bit, for probabilities that are not 0."""
    return round(100 * math.log2(m / u))


def judge(a: Subject, b: Subject, model: Model) -> Judgement:
    """Return the weight, verdict and level codes of a pair."""
    levels = compare_fields(a, b)
    weight = sum(
        model.weights[name][level] for name, level in levels.items() if name != "family" and level != MISSING
    )
    return Judgement(weight, _verdict(weight, levels, model), levels)


def _verdict(weight: int, levels: Mapping[str, str], model: Model) -> Verdict:
    if weight < model.possible:
        return Verdict.POSSIBLE if _must_be_looked_at(levels) else Verdict.UNIQUE
    return Verdict.POSSIBLE if weight < model.likely or _is_explained(levels) else Verdict.LIKELY


def _must_be_looked_at(levels: Mapping[str, str]) -> bool:
    """Tell what no weight outvotes: a paper that names one person alone, shown by two (R54); a twin by name.

    Twins exist, and so do people who give another first name: where day, sex and place agree, only an officer
    can tell; unless each shows a paper of their own.
    """
    agree = levels["sex"] != "different" and levels["commune"] not in ("different", "province")
    twins = levels["family"] == "twin" and agree and levels["document"] != "apart"
    return levels["document"] == "strong" or twins


def _is_explained(levels: Mapping[str, str]) -> bool:
    """Twins, relatives, and a parent's paper used for a child: never more than possible."""
    borrowed = levels["first_name"] == "different" and levels["birth"] == "different"
    return levels["family"] != "none" or borrowed
