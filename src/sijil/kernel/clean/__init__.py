"""One cleaner for each thing people type: ``clean(text, field=…) -> value``, or Refused naming the field.

Every door calls it after reading and before anything else looks: forms, bodies of the API, readers of
files, commands. Nothing else judges a text, so a browser, a program and a clerk get one answer (held by
``tests/doors``). Whatever nobody can see is taken away first and satisfies no required field. Cleaning
twice is cleaning once. No Django, no clock.

``read_…`` returns nothing (or None) instead of refusing, for a search and for parts of an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sijil.kernel.clean.characters import coded, compact, is_blank
from sijil.kernel.clean.contacts import (
    address,
    email,
    line,
    phone,
    postcode,
    read_email,
    read_phone,
    show_phone,
)
from sijil.kernel.clean.dates import partial_date, partial_date_of
from sijil.kernel.clean.errors import CHOICE_UNKNOWN, FIELD_MISSING
from sijil.kernel.clean.names import name_ar, name_latin
from sijil.kernel.clean.numbers import (
    idcs,
    integer,
    money,
    paper_number,
    read_integer,
    read_money,
    request_number,
)
from sijil.kernel.errors import Refused

__all__ = [
    "address",
    "choice",
    "coded",
    "compact",
    "email",
    "idcs",
    "integer",
    "is_blank",
    "line",
    "money",
    "name_ar",
    "name_latin",
    "optional",
    "paper_number",
    "partial_date",
    "partial_date_of",
    "phone",
    "postcode",
    "read_email",
    "read_integer",
    "read_money",
    "read_phone",
    "show_phone",
    "request_number",
    "required",
    "together",
]


def required(text: str, *, field: str) -> str:
    """Return a choice or a code as it was sent. Raises: Refused(FIELD_MISSING)."""
    if is_blank(text):
        raise Refused(FIELD_MISSING, field=field)
    return text.strip()


def choice(text: str, among: Collection[str], *, field: str) -> str:
    """Return one of the codes offered. Raises: Refused(FIELD_MISSING | CHOICE_UNKNOWN)."""
    code = required(text, field=field)
    if code not in among:
        raise Refused(CHOICE_UNKNOWN, field=field)
    return code


def optional(cleaner: Callable[..., str], text: str, *, field: str, **options: Any) -> str:
    """Return the cleaned text, or nothing where nothing was typed."""
    return "" if is_blank(text) else cleaner(text, field=field, **options)


def together(fields: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """Clean every field. Raises: Refused of the first that is at fault, the others with it (``also``)."""
    cleaned: dict[str, Any] = {}
    refusals: list[Refused] = []
    for name, clean in fields.items():
        try:
            cleaned[name] = clean()
        except Refused as refused:
            refusals.append(refused)
    if refusals:
        refusals[0].also = tuple(refusals[1:])
        raise refusals[0]
    return cleaned
