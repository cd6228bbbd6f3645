"""Law as dated data: a value, its unit, its source, the day it starts, the day a human last checked it.

    asd.yaml
      threshold:
        unit: score points
        source: decree 2.23.1068
        last_checked_on: 2026-11-22
        doubt: ...            # optional: what is not certain, in words
        values:
          - {from: 2023-12-01, version: ASD-2023-12, value: "9.743001"}

Numbers are written as strings and read as ``Decimal``: YAML must not make floats of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Dated:
    """One value in force from a day on."""

    starts_on: dt.date
    version: str
    value: Any


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of law. ``values`` is ordered by day."""

    name: str
    unit: str
    source: str
    last_checked_on: dt.date
    values: tuple[Dated, ...]
    doubt: str = ""

    def on(self, day: dt.date) -> Dated:
        """Return what is in force on ``day``. Raises: LookupError before the first value."""
        found = [v for v in self.values if v.starts_on <= day]
        if not found:
            raise LookupError(f"{self.name}: nothing in force on {day}")
        return found[-1]


def load_yaml(path: Path) -> Any:
    """Read a YAML file of ours. Raises: ValueError if a number was written as a float."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    _refuse_floats(content, path.name)
    return content


def read_parameter(name: str, body: Mapping[str, Any]) -> Parameter:
    """Make a :class:`Parameter` of one entry of a parameters file."""
    values = sorted(
        (Dated(v["from"], str(v["version"]), v["value"]) for v in body["values"]), key=lambda v: v.starts_on
    )
    return Parameter(
        name, body["unit"], body["source"], body["last_checked_on"], tuple(values), body.get("doubt", "")
    )


def _refuse_floats(node: Any, place: str) -> None:
    if isinstance(node, float):
        raise ValueError(f"{place}: {node!r} is a float; write it between quotes")
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        _refuse_floats(child, f"{place}/{key}")
