"""Why somebody is received at a centre that does not serve where they live: dated reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from sijil.domains.appointments.errors import ELSEWHERE_NEEDS_REASON
from sijil.kernel import clean, law
from sijil.kernel.errors import Refused


class ElsewhereReason(law.Text, frozen=True):
    """A reason in words. ``note``: a sentence is written beside it."""

    note: bool = False


class ElsewhereReasons(law.Body, frozen=True):
    """The law ``appointments.elsewhere``."""

    reasons: dict[str, ElsewhereReason]


ELSEWHERE = law.declare(
    law.LawKind(
        "appointments.elsewhere", ElsewhereReasons, Path(__file__).parents[1] / "parameters/elsewhere"
    )
)


def elsewhere_reasons(on: dt.date) -> Mapping[str, ElsewhereReason]:
    """Return the reasons of a day by their codes."""
    return law.on(ELSEWHERE, on).body.reasons


def elsewhere_words(code: str, on: dt.date, language: str) -> str:
    """Return a reason that was given on a day, in words."""
    return elsewhere_reasons(on)[code].text(language)


def read_elsewhere(reason: str, note: str, on: dt.date) -> tuple[str, str]:
    """Return a reason and its sentence, judged. Raises: Refused(ELSEWHERE_NEEDS_REASON), or of the sentence.

    A sentence is asked where the reason says so, and is taken beside any other.
    """
    found = elsewhere_reasons(on).get(reason)
    if found is None:
        raise Refused(ELSEWHERE_NEEDS_REASON, field="elsewhere_reason")
    if found.note:
        clean.required(note, field="elsewhere_note")
    return reason, clean.optional(clean.line, note, field="elsewhere_note")
