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
from sijil.kernel import dates, law
from sijil.kernel.texts import Text4

LOCALES = {"ar": "ar_MA", "fr": "fr_MA"}
FILE = Path(__file__).parents[1] / "parameters" / "receipts.yaml"


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


Fact = str | int | dt.date | dt.datetime | Both | Text4 | Sequence[Both | Text4]


class Heading(law.Body, frozen=True):
    """What stands before a fact."""

    ar: str
    fr: str
    optional: bool = False


class ReceiptText(law.Body, frozen=True):
    """What one kind of receipt says; facts and tables in the order to print. ``headed``: before ``next``,
    where that is not what comes next.
    """

    title: law.Text
    register: law.Text
    facts: dict[str, Heading]
    next: tuple[law.Text, ...]
    headed: law.Text | None = None
    tables: dict[str, law.Text] = {}


class Sentences(law.Body, frozen=True):
    """The file ``receipts.yaml``."""

    issuer: law.Text
    words: dict[str, law.Text]
    receipts: dict[ReceiptKind, ReceiptText]


@cache
def sentences() -> Sentences:
    """Return ``parameters/receipts.yaml``."""
    return law.read_words(FILE, Sentences)


def write_receipt(
    kind: ReceiptKind,
    facts: Mapping[str, Fact],
    tables: Mapping[str, Sequence[Line]],
    number: str,
    issued_at: dt.datetime,
) -> dict[str, Any]:
    """Return all that the page prints, as plain JSON. Raises: ValueError for a fact too many or too few."""
    body = sentences().receipts[ReceiptKind(kind)]
    _check_names(kind, body, facts, tables)
    head = {"ar": show(issued_at, "ar"), "fr": show(issued_at, "fr")}
    return {
        "issuer": sentences().issuer.mapping(),
        "words": {name: text.mapping() for name, text in _words(body).items()},
        "register": body.register.mapping(),
        "title": body.title.mapping(),
        "number": number,
        "issued": head,
        "rows": [_row(h.ar, h.fr, facts[name]) for name, h in body.facts.items() if name in facts],
        "tables": [
            _table(heading, tables[name]) for name, heading in body.tables.items() if tables.get(name)
        ],
        "next": [_next(sentence, facts, number) for sentence in body.next],
    }


def _words(body: ReceiptText) -> Mapping[str, law.Text]:
    words = sentences().words
    return {**words, "next": body.headed} if body.headed else words


def show(value: Any, language: str) -> str:
    """Return a value in words of one language: ``3 نونبر 2026، 09:14``, ``3 novembre 2026 à 09:14``."""
    if isinstance(value, Both | Text4):
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
    first = "d'er' MMMM y" if language == "fr" and day.day == 1 else "d MMMM y"  # French: 1er décembre
    return format_date(day, first, locale=LOCALES[language])


def _row(ar: str, fr: str, value: Any) -> dict[str, Any]:
    shown = {"ar": show(value, "ar"), "fr": show(value, "fr")}
    return {"ar": ar, "fr": fr, "value": shown, "same": shown["ar"] == shown["fr"]}


def _table(heading: law.Text, lines: Sequence[Line]) -> dict[str, Any]:
    rows = [_row(line.ar, line.fr, line.value) for line in lines]
    return {"ar": heading.ar, "fr": heading.fr, "rows": rows}


def _next(sentence: law.Text, facts: Mapping[str, Any], number: str) -> dict[str, str]:
    def fill(language: str) -> str:
        known = {name: show(value, language) for name, value in facts.items()} | {"number": number}
        return sentence.text(language).format(**known)

    return {"ar": fill("ar"), "fr": fill("fr")}


def _check_names(
    kind: ReceiptKind, body: ReceiptText, facts: Mapping[str, Any], tables: Mapping[str, Any]
) -> None:
    needed = {name for name, heading in body.facts.items() if not heading.optional}
    unknown = (set(facts) - set(body.facts)) | (set(tables) - set(body.tables))
    if unknown or needed - set(facts):
        raise ValueError(f"{kind}: unknown {sorted(unknown)}, missing {sorted(needed - set(facts))}")
