"""Refusals: the one way a use case says no.

A domain lists its refusals in ``errors.py`` as :class:`ErrorCode` constants and raises
``Refused(CODE, field=..., **facts)``. The interfaces turn it into problem+json (RFC 9457) or a form
error; nothing else catches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Category(StrEnum):
    """What kind of no it is; the interfaces map it to an HTTP status."""

    INVALID = "invalid"  # the input is wrong, the field is named
    MISSING = "missing"  # there is no such thing, or the caller may not know
    CONFLICT = "conflict"  # the thing is in another state, or taken
    FORBIDDEN = "forbidden"  # the actor may not
    UNAUTHENTICATED = "unauthenticated"  # nobody is known
    TOO_MANY = "too_many"  # slow down
    TOO_LARGE = "too_large"  # more was sent than is received at all
    LATE = "late"  # it did not arrive in time
    UNAVAILABLE = "unavailable"  # not now; the same will do later


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One refusal, stable for ever.

    ``code``: ``domain.what`` in snake case, unique in the product (held by a test).
    ``title``: what was refused, one plain English sentence (a translation key).
    ``remedy``: what the person can do about it, one sentence (a translation key).
    Both may hold ``{facts}`` filled from the refusal.
    """

    code: str
    category: Category
    title: str
    remedy: str


class Refused(Exception):
    """A use case refused. ``field`` names the input at fault, ``facts`` fill the sentences.

    ``also``: the refusals of other fields of the same form, told together with this one.
    """

    def __init__(self, error: ErrorCode, /, *, field: str | None = None, **facts: Any) -> None:
        super().__init__(f"{error.code}: {error.title.format_map(_Lenient(facts))}")
        self.error = error
        self.field = field
        self.facts = facts
        self.also: tuple[Refused, ...] = ()

    @property
    def code(self) -> str:
        return self.error.code


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def fill(sentence: str, facts: dict[str, Any]) -> str:
    """Fill ``{name}`` places of a (translated) sentence; an unknown name stays visible.

    A fact that is a question ends the sentence: no full stop after it.
    """
    return sentence.format_map(_Lenient(facts)).replace("?.", "?").replace("؟.", "؟")
