"""Read the form and its lists from ``parameters/``: the questions are data, this only loads them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sijil.domains.social_register.types import Block, Bounds, Condition, Form, FormField, Option
from sijil.kernel.parameters import load_yaml

PARAMETERS = Path(__file__).parents[1] / "parameters"
_FLAG = (
    ("1", {"ar": "نعم", "fr": "Oui", "zgh": "ⵢⴰⵀ", "en": "Yes"}),
    ("0", {"ar": "لا", "fr": "Non", "zgh": "ⵓⵀⵓ", "en": "No"}),
)
_LANGUAGES = ("ar", "fr", "zgh", "en")


@cache
def current_form() -> Form:
    """Return the form in force."""
    body = load_yaml(PARAMETERS / "form.yaml")
    lists = load_yaml(PARAMETERS / "lists.yaml")
    feeds = _feeds(derivations())
    blocks = tuple(Block(b["id"], b["step"], b["label"]) for b in body["blocks"])
    steps = {block.id: block.step for block in blocks}
    fields = {f["id"]: _field(f, steps, lists, feeds.get(f["id"], ())) for f in body["fields"]}
    return Form(body["version"], body["from"], blocks, fields)


def form_of(version: str) -> Form:
    """Return one version of the form. Raises: LookupError if this release does not hold it."""
    form = current_form()
    if form.version != version:
        raise LookupError(f"form {version} is not in this release")
    return form


@cache
def derivations() -> Mapping[str, Mapping[str, Any]]:
    """Return how each input of the score is derived (``parameters/derivations.yaml``)."""
    content: Mapping[str, Mapping[str, Any]] = load_yaml(PARAMETERS / "derivations.yaml")
    return content


def fields_read(derivation: Mapping[str, Any]) -> set[str]:
    """Return the ids of the form's fields that one derivation reads."""
    found = {derivation[key] for key in ("answer", "head") if key in derivation}
    found |= set(derivation.get("yearly", ()))
    matched = derivation.get("count", {}) | derivation.get("any", {})
    found |= {name for name in matched if name not in ("age_from", "age_to")}
    if derivation.get("known") in ("single_or_couple", "several_nuclei", "head_age"):
        found |= {"relation"}
    return found


def _feeds(table: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    pairs = [(name, target) for target, body in table.items() for name in fields_read(body)]
    return {name: tuple(t for n, t in pairs if n == name) for name, _ in pairs}


def _field(
    body: Mapping[str, Any], steps: Mapping[str, str], lists: Mapping[str, Any], feeds: tuple[str, ...]
) -> FormField:
    kind = body["kind"]
    factor = 100 if kind == "money_month" else 1
    bounds = {m: Bounds(low * factor, high * factor) for m, (low, high) in body.get("bounds", {}).items()}
    return FormField(
        id=body["id"],
        step=steps[body["block"]],
        block=body["block"],
        kind=kind,
        unit=body.get("unit", ""),
        mandatory=body.get("mandatory", True),
        bounds=bounds,
        milieus=tuple(body["milieus"]),
        condition=_condition(body.get("condition", {})),
        options=_options(kind, lists.get(body.get("options", ""), ())),
        labels=body["label"],
        hints=body.get("hint", {}),
        feeds=feeds,
    )


def _options(kind: str, entries: Any) -> tuple[Option, ...]:
    if kind == "flag":
        return tuple(Option(code, labels, Condition()) for code, labels in _FLAG)
    return tuple(Option(e["code"], {k: e[k] for k in _LANGUAGES if k in e}, _condition(e)) for e in entries)


def _condition(body: Mapping[str, Any]) -> Condition:
    when = {name: tuple(codes) for name, codes in body.get("when", {}).items()}
    return Condition(body.get("age_from", 0), body.get("age_to", 200), when)
