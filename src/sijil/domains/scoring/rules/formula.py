"""Reading the formula: versions of the law in, one pinned :class:`Formula` out. Exact, cached, no float."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from sijil.domains.scoring.errors import FORMULA_MISSING
from sijil.domains.scoring.rules.law import (
    FORMULA,
    INPUTS,
    PRICES,
    READINGS,
    AnnexText,
    ConditionText,
    FormulaText,
    Inputs,
    InputText,
    Prices,
    Readings,
    TermText,
)
from sijil.domains.scoring.types import (
    NOT_ASKED,
    RURAL,
    SCALE,
    URBAN,
    Amount,
    Annex,
    Condition,
    Formula,
    Input,
    Label,
    ScoringLaw,
    Term,
)
from sijil.kernel import law
from sijil.kernel.errors import Refused

MILIEUX = {"urban": URBAN, "rural": RURAL}
"""The code of each milieu."""


def units(points: Decimal) -> int:
    """Return a number of score points in units of 1/SCALE. Raises: ValueError if it has more decimals."""
    value = points * SCALE
    if value != value.to_integral_value():
        raise ValueError(f"{points} has more than nine decimals")
    return int(value)


def load_inputs(version: str) -> tuple[Input, ...]:
    """Return the inputs of a version, in the order of the vectors stored by it. Raises: Refused."""
    return _read_inputs(_load(INPUTS, version))


@lru_cache(maxsize=16)
def _read_inputs(found: law.Law[Inputs]) -> tuple[Input, ...]:
    return tuple(_input(place, entry) for place, entry in enumerate(found.body.inputs))


def _input(position: int, entry: InputText) -> Input:
    bounds = {URBAN: entry.urban, RURAL: entry.rural}
    return Input(
        id=entry.id,
        position=position,
        source=entry.source,
        kind=entry.kind,
        unit=entry.unit,
        bounds={milieu: pair for milieu, pair in bounds.items() if pair is not None},
        at_most=entry.at_most,
        codes={code: text.name for code, text in entry.codes.items()},
        code_labels={code: Label(t.ar, t.fr, t.en, t.zgh) for code, t in entry.codes.items()},
        label=_label(entry.label),
    )


def formula_on(day: dt.date) -> Formula:
    """Return the formula in force on ``day``. Raises: Refused(FORMULA_MISSING) before the first."""
    try:
        formula, prices = law.on(FORMULA, day), law.on(PRICES, day)
    except law.NotInForce:
        raise Refused(FORMULA_MISSING, version=str(day)) from None
    return load_formula(f"{formula.version}/{prices.version}")


def law_on(day: dt.date) -> ScoringLaw:
    """Return all law of a score of a day, but the form. Raises: Refused(FORMULA_MISSING) before the first."""
    formula, readings = formula_on(day), law.on(READINGS, day)
    return ScoringLaw(day, formula, readings.body.ages_on, (*formula.pins, readings.pin))


def load_formula(version: str) -> Formula:
    """Return the formula named ``annexes/prices``, e.g. ``HCP-2021-BO7011/BUT-2021``. Raises: Refused."""
    annexes, _, prices = version.partition("/")
    formula = _load(FORMULA, annexes)
    return read_formula(formula, _load(INPUTS, formula.body.inputs), _load(PRICES, prices))


def _load(kind: law.LawKind[law.B], version: str) -> law.Law[law.B]:
    try:
        return law.load(kind, version)
    except LookupError:
        raise Refused(FORMULA_MISSING, version=version) from None


def readings_on(day: dt.date) -> Readings:
    """Return how the law is read on ``day``: which ages count, what town means."""
    return law.on(READINGS, day).body


def doubts_on(day: dt.date) -> tuple[law.Doubt, ...]:
    """Return what is not certain in the law of a day: formula, inputs, prices, readings. Raises: Refused."""
    return (*formula_on(day).doubts, *law.on(READINGS, day).doubts)


@lru_cache(maxsize=32)
def read_formula(formula: law.Law[FormulaText], inputs: law.Law[Inputs], prices: law.Law[Prices]) -> Formula:
    """Make a :class:`Formula` of one version of each of its laws."""
    body = formula.body
    centimes = {name: int(price * 100) for name, price in prices.body.prices.items()}
    lowest, highest = body.valid_range.value
    return Formula(
        version=f"{formula.version}/{prices.version}",
        starts_on=max(formula.starts_on, prices.starts_on),
        source=formula.source,
        inputs=_read_inputs(inputs),
        inputs_version=inputs.version,
        annexes={URBAN: _annex(URBAN, body.urban, centimes), RURAL: _annex(RURAL, body.rural, centimes)},
        groups={name: _label(label) for name, label in body.groups.items()},
        lowest=units(lowest),
        highest=units(highest),
        share_denominator=body.share_denominator.value,
        prices=centimes,
        doubts=(*formula.doubts, *inputs.doubts, *prices.doubts),
        pins=(formula.pin, inputs.pin, prices.pin),
        legal_basis=_label(body.legal_basis) if body.legal_basis else None,
    )


def _label(text: law.Text) -> Label:
    return Label(text.ar, text.fr, text.en, text.zgh)


def _annex(milieu: int, body: AnnexText, centimes: Mapping[str, int]) -> Annex:
    constant = body.constant
    label, table = _label(constant.label), body.regions.value
    first = Term(0, "milieu", "place", "constant", constant.value, units(constant.value), label)
    second = Term(0, "region", "place", "region", Decimal(1), 1, _label(body.regions.label))
    terms = tuple(_term(entry, centimes) for entry in body.terms)
    return Annex(milieu, tuple(units(table[number]) for number in sorted(table)), (first, second, *terms))


def _term(entry: TermText, centimes: Mapping[str, int]) -> Term:
    amounts = (Amount(part.input, centimes[part.price] if part.price else 1) for part in entry.inputs)
    per = 100 if entry.form == "money" else 1  # the value is in centimes, the coefficient per dirham
    return Term(
        n=entry.n,
        id=entry.id,
        group=entry.group,
        form=entry.form,
        coefficient=entry.coefficient,
        weight=units(entry.coefficient / per),
        label=_label(entry.label),
        when=_condition(entry.when) if entry.when else None,
        input=entry.input,
        amounts=tuple(amounts),
    )


def _condition(body: ConditionText) -> Condition:
    return Condition(
        input=body.input,
        among=body.among,
        at_least=body.at_least,
        per=body.per,
        above=body.above,
        at_most=body.at_most,
    )


def inputs_asked(formula: Formula, milieu: str) -> frozenset[str]:
    """Return the inputs that a formula needs of a household; ``milieu``: urban or rural."""
    return frozenset(i.id for i in formula.inputs if MILIEUX[milieu] in i.bounds)


def unpack(formula: Formula, vector: list[int]) -> dict[str, int]:
    """Return the inputs of a vector stored by this formula, by name, without those not asked.

    Raises: ValueError if the vector is not as long as the formula's inputs.
    """
    return {i.id: value for i, value in zip(formula.inputs, vector, strict=True) if value != NOT_ASKED}
