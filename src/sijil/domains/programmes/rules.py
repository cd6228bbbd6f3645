"""Eligibility and order, decided exactly: whole numbers only, for one household or for columns."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_UP, Context, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from sijil.domains.programmes.types import SCALE, Candidates, Decision, Outcome, Programme
from sijil.kernel import law


class Threshold(law.Number, least="5", most="15"):
    """Score points; at or under is eligible."""


class Near(law.Number, least="0.01", most="2"):
    """Score points on either side of a threshold."""


class ProgrammeText(law.Body, frozen=True):
    """The law ``programmes.<code>``: a programme with its threshold. A folder is a programme."""

    name: law.Text
    legal_basis: law.Text
    authority: law.Text
    order: Annotated[int, msgspec.Meta(ge=0, le=1000)]
    threshold: Threshold
    near: Near


PROGRAMMES = law.declare(
    law.LawKind(
        "programmes.*",
        ProgrammeText,
        Path(__file__).parent / "parameters",
        words=frozenset({"name", "legal_basis", "authority", "order", "near"}),
        may_end=True,
    )
)


def list_programmes(on: dt.date) -> list[Programme]:
    """Return the programmes in force on a day, each with the threshold of that day."""
    found = [programme for name in law.names(PROGRAMMES) if (programme := _find(name, on))]
    return sorted(found, key=lambda programme: (programme.order, programme.code))


def _find(name: str, on: dt.date) -> Programme | None:
    code = name.rpartition(".")[2]
    try:
        return _read(code, law.on(PROGRAMMES, on, code))
    except law.NotInForce:
        return None


def _read(code: str, found: law.Law[ProgrammeText]) -> Programme:
    body = found.body
    return Programme(
        code=code,
        names=body.name.mapping(),
        authorities=body.authority.mapping(),
        laws=body.legal_basis.mapping(),
        threshold=body.threshold,
        near=body.near,
        pin=found.pin,
        starts_on=found.starts_on,
        source=found.source,
        doubts=found.doubts,
        order=body.order,
    )


def units(threshold: Decimal) -> int:
    """Return a threshold in units of 1/SCALE point. Raises: ValueError if it has more decimals."""
    value = threshold * SCALE
    if value != value.to_integral_value():
        raise ValueError(f"{threshold} has more than nine decimals")
    return int(value)


def is_eligible(a: int, b: int, divisor: int, threshold: Decimal) -> bool:
    """Tell whether the score a + b/divisor (units) is at or under the threshold: no float decides."""
    return a * divisor + b <= units(threshold) * divisor


def are_eligible(candidates: Candidates, threshold: Decimal) -> NDArray[np.bool_]:
    """Tell it for whole columns; a score in quarantine is not eligible for a list."""
    exact = candidates.a * candidates.divisor + candidates.b
    return candidates.is_scored & (exact <= units(threshold) * candidates.divisor)


def decide(a: int, b: int, divisor: int, programme: Programme, *, is_scored: bool = True) -> Decision:
    """Decide on one score for one programme, with the distance to its threshold."""
    exact = Fraction(programme.threshold) - Fraction(a * divisor + b, SCALE * divisor)
    eligible = is_eligible(a, b, divisor, programme.threshold)
    outcome = Outcome.ELIGIBLE if eligible else Outcome.NOT_ELIGIBLE
    return Decision(
        programme=programme.code,
        outcome=outcome if is_scored else Outcome.PENDING,
        threshold=programme.threshold,
        version=programme.version,
        distance=_away_from_zero(exact),
        exact_distance=exact,
    )


def _away_from_zero(value: Fraction) -> Decimal:
    scaled = abs(value) * 10**7
    whole = -(-scaled.numerator // scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-7)


def as_shown(value: Decimal, decimals: int) -> Decimal:
    """Return a distance with fewer decimals, still away from zero: a household near is never shown at 0."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_UP, context=Context(prec=30))


def order(points: NDArray[np.int64], household_code: NDArray[np.bytes_]) -> NDArray[np.int64]:
    """Return the ranks' order: ascending by the score as shown, equal scores by household code.

    Whoever has the list can check the order from its own columns.
    """
    return np.lexsort((household_code, points))
