"""Reading the formula: YAML in, one pinned :class:`Formula` out. Exact, cached, no float."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sijil.domains.scoring.errors import FORMULA_MISSING
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
    Term,
)
from sijil.kernel.errors import Refused
from sijil.kernel.parameters import Dated, load_yaml, read_parameter

FOLDER = Path(__file__).resolve().parents[1] / "parameters"


def units(text: str) -> int:
    """Return a number of score points in units of 1/SCALE. Raises: ValueError if it has more decimals."""
    value = Decimal(text) * SCALE
    if value != value.to_integral_value():
        raise ValueError(f"{text} has more than nine decimals")
    return int(value)


@cache
def load_inputs() -> tuple[Input, ...]:
    """Return the inputs in the frozen order of the stored vector (``parameters/inputs.yaml``)."""
    body = load_yaml(FOLDER / "inputs.yaml")
    return tuple(_input(place, entry) for place, entry in enumerate(body["inputs"]))


def _input(position: int, entry: Mapping[str, Any]) -> Input:
    codes = entry.get("codes", {})
    milieux = {URBAN: "urban", RURAL: "rural"}
    return Input(
        id=entry["id"],
        position=position,
        source=entry["from"],
        kind=entry["type"],
        unit=entry.get("unit", ""),
        bounds={m: (entry[name][0], entry[name][1]) for m, name in milieux.items() if name in entry},
        at_most=entry.get("at_most", ""),
        codes={code: body["name"] for code, body in codes.items()},
        code_labels={code: Label(body["ar"], body["fr"], body["en"]) for code, body in codes.items()},
        label=Label(**entry["label"]),
    )


@cache
def _files() -> Mapping[str, Mapping[str, Any]]:
    bodies = [load_yaml(path) for path in sorted(FOLDER.glob("HCP-*.yaml"))]
    return {body["version"]: body for body in bodies}


@cache
def _prices() -> tuple[Dated, ...]:
    body = load_yaml(FOLDER / "butane_prices.yaml")
    return read_parameter("butane_prices", body["butane_prices"]).values


@cache
def formula_on(day: dt.date) -> Formula:
    """Return the formula in force on ``day``. Raises: Refused(FORMULA_MISSING) before the first."""
    started = [body for body in _files().values() if body["from"] <= day]
    priced = [prices for prices in _prices() if prices.starts_on <= day]
    if not started or not priced:
        raise Refused(FORMULA_MISSING, version=str(day))
    newest = max(started, key=lambda body: body["from"])
    return load_formula(f"{newest['version']}/{priced[-1].version}")


@cache
def load_formula(version: str) -> Formula:
    """Return the formula named ``annexes/prices``, e.g. ``HCP-2021-BO7011/BUT-2021``. Raises: Refused."""
    annexes, _, prices_version = version.partition("/")
    body = _files().get(annexes)
    prices = next((p for p in _prices() if p.version == prices_version), None)
    if body is None or prices is None:
        raise Refused(FORMULA_MISSING, version=version)
    return read_formula(body, version=version, prices=prices)


def read_formula(body: Mapping[str, Any], *, version: str, prices: Dated) -> Formula:
    """Make a :class:`Formula` of the content of a formula file and one line of the price table."""
    centimes = {name: int(Decimal(price) * 100) for name, price in prices.value.items()}
    lowest, highest = body["valid_range"]["value"]
    return Formula(
        version=version,
        starts_on=max(body["from"], prices.starts_on),
        source=body["source"],
        inputs=load_inputs(),
        annexes={
            URBAN: _annex(URBAN, body["urban"], centimes),
            RURAL: _annex(RURAL, body["rural"], centimes),
        },
        groups={name: Label(**label) for name, label in body["groups"].items()},
        lowest=units(lowest),
        highest=units(highest),
        share_denominator=body["share_denominator"]["value"],
        prices=centimes,
        doubts=_doubts(body),
    )


def _doubts(body: Mapping[str, Any]) -> Mapping[str, str]:
    found = dict(body.get("doubts", {}))
    for name in ("valid_range", "share_denominator"):
        found[name] = body[name]["doubt"]
    for milieu in ("urban", "rural"):
        found[f"{milieu}.regions"] = body[milieu]["regions"]["doubt"]
        found |= {f"{milieu}.{t['id']}": t["doubt"] for t in body[milieu]["terms"] if "doubt" in t}
    return found


def _annex(milieu: int, body: Mapping[str, Any], centimes: Mapping[str, int]) -> Annex:
    constant, regions = body["constant"], body["regions"]
    label, by_region = Label(**constant["label"]), regions["value"]
    first = Term(
        0, "milieu", "place", "constant", Decimal(constant["value"]), units(constant["value"]), label
    )
    second = Term(0, "region", "place", "region", Decimal(1), 1, Label(**regions["label"]))
    terms = tuple(_term(entry, centimes) for entry in body["terms"])
    table = tuple(units(by_region[number]) for number in range(1, 13))
    return Annex(milieu, table, (first, second, *terms))


def _term(entry: Mapping[str, Any], centimes: Mapping[str, int]) -> Term:
    coefficient = Decimal(entry["coefficient"])
    weight = units(entry["coefficient"])
    amounts = tuple(
        Amount(part["input"], centimes[part["price"]] if "price" in part else 1)
        for part in entry.get("inputs", ())
    )
    if entry["form"] == "money":  # the value is in centimes, the coefficient per dirham
        weight, rest = divmod(weight, 100)
        if rest:
            raise ValueError(f"{entry['id']}: {coefficient} per dirham is not whole per centime")
    return Term(
        n=entry["n"],
        id=entry["id"],
        group=entry["group"],
        form=entry["form"],
        coefficient=coefficient,
        weight=weight,
        label=Label(**entry["label"]),
        when=_condition(entry["when"]) if "when" in entry else None,
        input=entry.get("input", ""),
        amounts=amounts,
        doubt=entry.get("doubt", ""),
    )


def _condition(body: Mapping[str, Any]) -> Condition:
    return Condition(
        input=body["input"],
        among=tuple(body.get("in", ())),
        at_least=body.get("at_least"),
        per=body.get("per", ""),
        above=body.get("above"),
        at_most=body.get("at_most"),
    )


def pack(formula: Formula, inputs: Mapping[str, int]) -> list[int]:
    """Return the stored vector of checked inputs; what the milieu does not ask becomes NOT_ASKED."""
    milieu = inputs["milieu"]
    return [int(inputs[i.id]) if milieu in i.bounds else NOT_ASKED for i in formula.inputs]


def unpack(formula: Formula, vector: list[int]) -> dict[str, int]:
    """Return the inputs of a stored vector by name, without those not asked."""
    return {i.id: value for i, value in zip(formula.inputs, vector, strict=False) if value != NOT_ASKED}
