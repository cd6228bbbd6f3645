"""The formula itself, for whoever wants to read it: it is law, and public."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sijil.domains.scoring import rules
from sijil.domains.scoring.types import RURAL, SCALE, URBAN, Annex, Formula, Term


def describe_formula(on: dt.date, language: str = "ar") -> dict[str, Any]:
    """Return the formula as plain data for a page or a machine: numbers are exact strings.

    Keys: version, starts_on, source, valid_range, doubts, prices (DH), urban and rural; each of the
    last two has constant, regions (number -> constant) and groups of terms in the order of the law.
    """
    formula = rules.formula_on(on)
    return {
        "version": formula.version,
        "starts_on": formula.starts_on.isoformat(),
        "source": formula.source,
        "valid_range": [_points(formula.lowest), _points(formula.highest)],
        "share_denominator": formula.share_denominator,
        "prices": {name: _dirhams(value) for name, value in formula.prices.items()},
        "doubts": {doubt.about: doubt.text(language) for doubt in rules.doubts_on(on)},
        "urban": _annex(formula, formula.annexes[URBAN], language),
        "rural": _annex(formula, formula.annexes[RURAL], language),
    }


def _annex(formula: Formula, annex: Annex, language: str) -> dict[str, Any]:
    groups = [
        {
            "id": name,
            "label": label.text(language),
            "terms": [_term(term, language) for term in annex.terms[2:] if term.group == name],
        }
        for name, label in formula.groups.items()
    ]
    return {
        "constant": str(annex.terms[0].coefficient),
        "constant_label": annex.terms[0].label.text(language),
        "regions": {number: _points(value) for number, value in enumerate(annex.regions, start=1)},
        "groups": [group for group in groups if group["terms"]],
    }


def _term(term: Term, language: str) -> dict[str, Any]:
    return {
        "n": term.n,
        "id": term.id,
        "label": term.label.text(language),
        "form": term.form,
        "coefficient": f"{term.coefficient:f}",
        "inputs": list(rules.inputs_of(term)),
    }


def _points(units: int) -> str:
    whole, rest = divmod(units, SCALE)
    return f"{whole}.{rest:09d}".rstrip("0").rstrip(".")


def _dirhams(centimes: int) -> str:
    whole, rest = divmod(centimes, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)
