"""Households for the tests: drawn within the bounds of the inputs, all rules of the form kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from sijil.domains.scoring import rules

DAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)
FORMULA = rules.formula_on(DAY)
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "scores.yaml").read_text())


def complete(inputs: dict[str, int]) -> dict[str, int]:
    """Return all answers of a case: defaults, and 0 where 0 is possible."""
    zeros = {i.id: 0 for i in FORMULA.inputs if inputs["milieu"] in i.bounds}
    return zeros | CASES["defaults"] | inputs


U1, R1 = (complete(case["inputs"]) for case in CASES["cases"][:2])


@st.composite
def households(draw: Any) -> dict[str, int]:
    """A household of either milieu with every answer within its bounds."""
    milieu = draw(st.sampled_from([1, 2]))
    x: dict[str, int] = {}
    for i in FORMULA.inputs:
        if milieu in i.bounds:
            least, most = i.bounds[milieu]
            x[i.id] = draw(st.integers(least, min(most, x[i.at_most]) if i.at_most else most))
    return x | {"milieu": milieu}
