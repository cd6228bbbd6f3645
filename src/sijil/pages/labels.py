"""Codes in words. A family is a kind of code: "request", "household", "role"...

    words("request", "deposited")  ->  "Papers and captures received"
"""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

FAMILIES: dict[str, dict[str, str]] = {
    "sex": {"F": gettext_noop("Female"), "M": gettext_noop("Male")},
    "milieu": {"urban": gettext_noop("Urban"), "rural": gettext_noop("Rural")},
    "role": {
        "csc_officer": gettext_noop("Officer of a citizen service centre"),
        "adjudicator": gettext_noop("Adjudicator"),
        "programme_manager": gettext_noop("Programme manager"),
        "administrator": gettext_noop("Administrator"),
    },
}

TONES = {
    "good": {"registered", "validated", "eligible", "accepted", "scored", "approved", "paid", "confirmed", "active"},
    "wait": {"submitted", "deposited", "compared", "pending", "booked", "opened", "draft", "in_review", "possible"},
    "bad": {"rejected", "refused", "expired", "cancelled", "closed", "merged", "quarantined", "not_eligible"},
}


def words(family: str, code: str) -> str:
    """Return the words of a code in the language of the page; an unknown code reads as itself."""
    sentence = FAMILIES.get(family, {}).get(code)
    return gettext(sentence) if sentence else code.replace("_", " ")


def tone(code: str) -> str:
    """Return ``good``, ``wait``, ``bad`` or ``plain``."""
    return next((name for name, codes in TONES.items() if code in codes), "plain")
