"""Eligibility, decided exactly: whole numbers only, one line for a household, for columns and for SQL."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import msgspec

from sijil.domains.programmes.types import SCALE, Decision, Outcome, Programme
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


def load_programme(code: str, version: str) -> Programme:
    """Return a programme as one version has it. Raises: LookupError, LawFault."""
    return _read(code, law.load(PROGRAMMES, version, code))


def find_end(code: str, on: dt.date) -> dt.date | None:
    """Return the last day of a programme that has ended by a day; None for one in force, or not begun."""
    begun = [version for version in law.versions(PROGRAMMES, code) if version.starts_on <= on]
    ends_on = begun[-1].ends_on if begun else None
    return ends_on if ends_on is not None and ends_on < on else None


def list_ended(on: dt.date) -> list[tuple[Programme, dt.date]]:
    """Return the programmes that have ended by a day, as they last were, each with its last day."""
    codes = [name.rpartition(".")[2] for name in law.names(PROGRAMMES)]
    ends = [(code, ends_on) for code in codes if (ends_on := find_end(code, on))]
    found = [(_read(code, law.on(PROGRAMMES, ends_on, code)), ends_on) for code, ends_on in ends]
    return sorted(found, key=lambda ended: (ended[0].order, ended[0].code))


def units(threshold: Decimal) -> int:
    """Return a threshold in units of 1/SCALE point. Raises: ValueError if it has more decimals."""
    value = threshold * SCALE
    if value != value.to_integral_value():
        raise ValueError(f"{threshold} has more than nine decimals")
    return int(value)


def distance(a: Any, b: Any, divisor: Any, threshold: Any) -> Any:
    """Return (threshold - score) x divisor, in units, for the score a + b/divisor.

    Whole numbers, int64 columns, or pieces of SQL (:mod:`sijil.domains.programmes.sql`): one definition.
    """
    return threshold * divisor - (a * divisor + b)


def is_eligible(a: Any, b: Any, divisor: Any, threshold: Any) -> Any:
    """Tell whether a score is at or under the threshold (units). The one deciding line; no float decides."""
    return distance(a, b, divisor, threshold) >= 0


def decide(a: int, b: int, divisor: int, programme: Programme, *, is_scored: bool = True) -> Decision:
    """Decide on one score for one programme, with the distance to its threshold."""
    limit = units(programme.threshold)
    outcome = Outcome.ELIGIBLE if is_eligible(a, b, divisor, limit) else Outcome.NOT_ELIGIBLE
    return as_decision(
        programme, outcome if is_scored else Outcome.PENDING, distance(a, b, divisor, limit), divisor
    )


def as_decision(programme: Programme, outcome: Outcome, numerator: int, divisor: int) -> Decision:
    """Return a decision with its exact distance, numerator/divisor units."""
    exact = Fraction(numerator, divisor * SCALE)
    return Decision(
        programme=programme.code,
        outcome=outcome,
        threshold=programme.threshold,
        version=programme.version,
        distance=shown_distance(exact),
        exact_distance=exact,
    )


def shown_distance(value: Fraction) -> Decimal:
    """Return a distance with 7 decimals, or as many as it takes to see it, rounded away from zero."""
    decimals = 7
    while 0 < abs(value) * 10**decimals < 1:
        decimals += 1
    scaled = abs(value) * 10**decimals
    whole = -(-scaled.numerator // scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-decimals)


def formula_digest(pins: Iterable[law.Pin]) -> str:
    """Return one digest for all versions in a formula."""
    lines = sorted(f"{pin.name} {pin.version} {pin.digest}\n" for pin in pins)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
