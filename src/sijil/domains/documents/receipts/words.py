"""What a receipt says, in both languages, from facts. No Django."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_time

from sijil.domains.documents.types import ReceiptKind
from sijil.kernel import dates
from sijil.kernel.parameters import load_yaml

LOCALES = {"ar": "ar_MA", "fr": "fr_MA"}
_FILE = Path(__file__).parents[1] / "parameters" / "receipts.yaml"


@dataclass(frozen=True, slots=True)
class Both:
    """A value that reads differently in Arabic and in French: a name, a place, a verdict."""

    ar: str
    fr: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its name in both languages and its value."""

    ar: str
    fr: str
    value: Any


Fact = str | int | dt.date | dt.datetime | Both | Sequence[Both]


@cache
def sentences() -> Mapping[str, Any]:
    """Return ``parameters/receipts.yaml``."""
    content: Mapping[str, Any] = load_yaml(_FILE)
    return content


def write_receipt(
    kind: ReceiptKind,
    facts: Mapping[str, Fact],
    tables: Mapping[str, Sequence[Line]],
    number: str,
    issued_at: dt.datetime,
) -> dict[str, Any]:
    """Return all that the page prints, as plain JSON. Raises: ValueError for a fact too many or too few."""
    body, words = sentences()[kind], sentences()["words"]
    _check_names(kind, body, facts, tables)
    head = {"ar": show(issued_at, "ar"), "fr": show(issued_at, "fr")}
    return {
        "issuer": sentences()["issuer"],
        "words": words,
        "register": body["register"],
        "title": body["title"],
        "number": number,
        "issued": head,
        "rows": [_row(body["facts"][name], facts[name]) for name in body["facts"] if name in facts],
        "tables": [
            _table(heading, tables[name])
            for name, heading in body.get("tables", {}).items()
            if tables.get(name)
        ],
        "next": [_next(sentence, facts, number) for sentence in body["next"]],
    }


def show(value: Any, language: str) -> str:
    """Return a value in words of one language: ``3 نونبر 2026، 09:14``, ``3 novembre 2026 à 09:14``."""
    if isinstance(value, Both):
        return value.ar if language == "ar" else value.fr
    if isinstance(value, dt.datetime):
        local = dates.local(value)
        link = "، " if language == "ar" else " à "
        return f"{_day(local, language)}{link}{format_time(local, 'HH:mm', locale=LOCALES[language])}"
    if isinstance(value, dt.date):
        return _day(value, language)
    if isinstance(value, (list, tuple)):
        return ("، " if language == "ar" else ", ").join(show(item, language) for item in value)
    return str(value)


def _day(day: dt.date, language: str) -> str:
    return format_date(day, "d MMMM y", locale=LOCALES[language])


def _row(heading: Mapping[str, str], value: Any) -> dict[str, Any]:
    shown = {"ar": show(value, "ar"), "fr": show(value, "fr")}
    same = shown["ar"] == shown["fr"]
    return {"ar": heading["ar"], "fr": heading["fr"], "value": shown, "same": same}


def _table(heading: Mapping[str, str], lines: Sequence[Line]) -> dict[str, Any]:
    rows = [_row({"ar": line.ar, "fr": line.fr}, line.value) for line in lines]
    return {"ar": heading["ar"], "fr": heading["fr"], "rows": rows}


def _next(sentence: Mapping[str, str], facts: Mapping[str, Any], number: str) -> dict[str, str]:
    def fill(language: str) -> str:
        known = {name: show(value, language) for name, value in facts.items()} | {"number": number}
        return sentence[language].format(**known)

    return {"ar": fill("ar"), "fr": fill("fr")}


def _check_names(
    kind: ReceiptKind, body: Mapping[str, Any], facts: Mapping[str, Any], tables: Mapping[str, Any]
) -> None:
    needed = {name for name, heading in body["facts"].items() if not heading.get("optional")}
    unknown = (set(facts) - set(body["facts"])) | (set(tables) - set(body.get("tables", {})))
    if unknown or needed - set(facts):
        raise ValueError(f"{kind}: unknown {sorted(unknown)}, missing {sorted(needed - set(facts))}")
