"""Codes in words. A family is a kind of code: "request", "household"...

words("request", "deposited")  ->  "File deposited, being compared"
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import lazy

from sijil.domains.biometrics.types import EXCEPTIONS, MODALITIES
from sijil.domains.documents.rules import kinds
from sijil.domains.geography.types import MILIEUS
from sijil.domains.matching.types import WANTED
from sijil.domains.notifications.states import SAYS
from sijil.domains.notifications.types import CHANNELS
from sijil.domains.population_register.rules import reason_words
from sijil.domains.population_register.states import RE_ENROLMENT, REQUEST
from sijil.domains.population_register.types import FILIATION_SOURCES, RELATIONS, SEXES
from sijil.domains.social_register.rules import REASONS
from sijil.domains.social_register.states import HOUSEHOLD, REGISTRATION, HouseholdState
from sijil.journeys.tracking import NEXT_ACTIONS
from sijil.kernel.casework import Kind
from sijil.kernel.texts import Text4
from sijil.pages.languages import said, spoken

TEXTS: Mapping[str, Mapping[str, Text4]] = {
    "request": REQUEST.says,
    "registration": {**REGISTRATION.says, HouseholdState.CLOSED: HOUSEHOLD.says[HouseholdState.CLOSED]},
    "re_enrolment": RE_ENROLMENT.says,
    "modality": MODALITIES,
    "capture_reason": EXCEPTIONS,
    "sex": SEXES,
    "relation": RELATIONS,
    "filiation_source": FILIATION_SOURCES,
    "milieu": MILIEUS,
    "next_action": NEXT_ACTIONS,
    "wanted": WANTED,
    "message": SAYS,
    "channel": CHANNELS,
}
"""Families of codes; the words of each stand beside its codes."""

TONES = {
    "good": {
        "processed",
        "registered",
        "validated",
        "eligible",
        "accepted",
        "scored",
        "approved",
        "paid",
        "confirmed",
        "active",
        "delivered",
    },
    "wait": {
        "pre_registered",
        "papers_requested",
        "in_adjudication",
        "drafted",
        "submitted",
        "deposited",
        "compared",
        "pending",
        "booked",
        "opened",
        "draft",
        "in_review",
        "possible",
        "queued",
        "sending",
    },
    "bad": {
        "withdrawn",
        "rejected",
        "refused",
        "expired",
        "cancelled",
        "closed",
        "merged",
        "quarantined",
        "not_eligible",
        "dead",
    },
}


def words(family: str, code: str) -> str:
    """Return the words of a code in the language of the page; an unknown code reads as itself."""
    if family == "reason":
        return said(REASONS[code]) if code in REASONS else _sentence(reason_words(code, spoken())) or code
    if family == "paper":
        return kinds()[code].name(spoken()) if code in kinds() else code
    if code in TEXTS.get(family, {}):
        return said(TEXTS[family][code])
    return code.replace("_", " ")


lazy_words = lazy(words, str)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def state_words(code: str) -> str:
    """Return the words of a state of whatever kind of file."""
    found = (
        kind.says[code] for kind in (REQUEST, RE_ENROLMENT, REGISTRATION, HOUSEHOLD) if code in kind.says
    )
    text = next(found, None)
    return said(text) if text else code.replace("_", " ")


def kind_words(kind: Kind) -> str:
    """Return a kind of file in the language of the page."""
    return said(kind.title) if kind.title else kind.name.replace("_", " ")


def file_state_words(kind: Kind, state: str) -> str:
    """Return a state of a kind of file in the language of the page."""
    text = kind.says.get(state)
    return said(text) if text else state_words(state)


def tone(code: str) -> str:
    """Return ``good``, ``wait``, ``bad`` or ``plain``."""
    return next((name for name, codes in TONES.items() if code in codes), "plain")
