"""The programmes, and what one would answer to a score that is not kept (the public calculator)."""

from __future__ import annotations

import datetime as dt

from sijil.domains.programmes import rules
from sijil.domains.programmes.errors import PROGRAMME_MISSING
from sijil.domains.programmes.types import Decision, Programme
from sijil.kernel.errors import Refused


def list_programmes(on: dt.date) -> list[Programme]:
    """Return the programmes in force on a day, each with the threshold of that day."""
    return rules.list_programmes(on)


def get_programme(code: str, on: dt.date) -> Programme:
    """Return one programme. Raises: Refused(PROGRAMME_MISSING)."""
    for programme in list_programmes(on):
        if programme.code == code:
            return programme
    raise Refused(PROGRAMME_MISSING, field="programme", programme=code)


def decide_all(a: int, b: int, divisor: int, *, is_scored: bool = True, on: dt.date) -> list[Decision]:
    """Return what every programme in force on a day says of a score; nothing is stored."""
    return [rules.decide(a, b, divisor, programme, is_scored=is_scored) for programme in list_programmes(on)]


def find_end(code: str, on: dt.date) -> dt.date | None:
    """Return the last day of a programme that has ended by a day; None for one in force."""
    return rules.find_end(code, on)


def list_ended(on: dt.date) -> list[tuple[Programme, dt.date]]:
    """Return the programmes that have ended by a day, each with its last day."""
    return rules.list_ended(on)


def find_newer(programme: Programme, on: dt.date) -> Programme | None:
    """Return the programme as in force on a day, if that is another version than the one given."""
    now = next((found for found in list_programmes(on) if found.code == programme.code), None)
    return now if now is not None and now.pin != programme.pin else None
