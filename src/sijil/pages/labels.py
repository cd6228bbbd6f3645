"""Codes in words. A family is a kind of code: "request", "household"...

words("request", "deposited")  ->  "Papers and captures received"
"""

from __future__ import annotations

from django.utils.translation import get_language, gettext, gettext_noop

from sijil.domains.social_register.rules import REASONS
from sijil.kernel.casework import Kind

FAMILIES: dict[str, dict[str, str]] = {
    "sex": {"F": gettext_noop("Female"), "M": gettext_noop("Male")},
    "request": {  # an enrolment request of the population register
        "pre_registered": gettext_noop("Pre-registered, expected at the centre"),
        "papers_requested": gettext_noop("A paper is missing"),
        "deposited": gettext_noop("File deposited, being compared"),
        "in_adjudication": gettext_noop("Being looked at by two officers"),
        "registered": gettext_noop("Registered: the identifier has been issued"),
        "rejected": gettext_noop("Refused"),
        "withdrawn": gettext_noop("Withdrawn"),
    },
    "registration": {  # a registration of the social register
        "drafted": gettext_noop("Being filled in"),
        "submitted": gettext_noop("Sent, being processed"),
        "processed": gettext_noop("Processed: the score is known"),
        "quarantined": gettext_noop("Set aside: the result is unusual"),
        "rejected": gettext_noop("Refused"),
        "withdrawn": gettext_noop("Withdrawn"),
    },
    "next_action": {
        "come_to_centre": gettext_noop("Come to the centre with your original papers."),
        "bring_paper": gettext_noop("Bring the missing paper to the centre."),
        "wait_for_comparison": gettext_noop("Nothing to do: you will receive a message."),
        "wait_for_officers": gettext_noop(
            "Nothing to do: two officers look at the file separately, then you receive a message."
        ),
        "read_message": gettext_noop("Read the message we sent: your identifier is in it."),
        "fetch_number": gettext_noop(
            "Come to the centre with your original paper: your identifier is given to you there."
        ),
        "come_back": gettext_noop("Nothing to do: look here again, this page tells you the answer."),
        "read_reason": gettext_noop("Read the reason, and keep this number."),
        "start_again": gettext_noop("You can start again whenever you like."),
        "finish_form": gettext_noop("Finish the form and send it."),
        "wait_for_score": gettext_noop("Nothing to do: the score is being computed."),
        "see_score": gettext_noop("Sign in to read your score and what explains it."),
        "wait_for_check": gettext_noop("Nothing to do: the score is set aside, and no decision rests on it."),
    },
    "reason": {
        "identity_paper_missing": gettext_noop("The identity paper is missing."),
        "paper_unreadable": gettext_noop("A paper cannot be read."),
        "paper_expired": gettext_noop("A paper has expired."),
        "guardianship_missing": gettext_noop("The proof of guardianship is missing."),
        "papers_do_not_match": gettext_noop("The papers do not match the form."),
        "not_resident": gettext_noop("The person does not reside in Morocco."),
        "other_file_open": gettext_noop("Another file of the same person is already open."),
        "duplicate": gettext_noop("This person already has an identifier."),
        "similar_person_known": gettext_noop("A person very close to this one is already known."),
    },
    "paper": {
        "cnie": gettext_noop("National identity card (CNIE)"),
        "residence_title": gettext_noop("Residence title"),
        "birth_extract": gettext_noop("Birth record extract"),
        "guardianship": gettext_noop("Proof of guardianship"),
        "other": gettext_noop("Other paper"),
    },
    "modality": {
        "face": gettext_noop("Face"),
        "iris_left": gettext_noop("Left iris"),
        "iris_right": gettext_noop("Right iris"),
    },
    "capture_reason": {
        "missing_eye": gettext_noop("The eye is missing"),
        "disease": gettext_noop("Disease of the eye"),
        "injury": gettext_noop("Injured eye"),
        "cannot_open": gettext_noop("The eye cannot be opened"),
    },
    "milieu": {
        "urban": gettext_noop("Urban"),
        "rural": gettext_noop("Rural"),
        "both": gettext_noop("Urban and rural"),
    },
}

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
    },
}


def words(family: str, code: str) -> str:
    """Return the words of a code in the language of the page; an unknown code reads as itself."""
    if family == "reason" and code in REASONS:
        return REASONS[code].text(get_language() or "ar")
    sentence = FAMILIES.get(family, {}).get(code)
    return gettext(sentence) if sentence else code.replace("_", " ")


def state_words(code: str) -> str:
    """Return the words of a state of whatever kind of file."""
    found = (FAMILIES[family][code] for family in ("request", "registration") if code in FAMILIES[family])
    sentence = next(found, "")
    return gettext(sentence) if sentence else code.replace("_", " ")


def kind_words(kind: Kind) -> str:
    """Return a kind of file in the language of the page."""
    return kind.title.text(get_language() or "ar") if kind.title else kind.name.replace("_", " ")


def file_state_words(kind: Kind, state: str) -> str:
    """Return a state of a kind of file in the language of the page."""
    said = kind.says.get(state)
    return said.text(get_language() or "ar") if said else state_words(state)


def tone(code: str) -> str:
    """Return ``good``, ``wait``, ``bad`` or ``plain``."""
    return next((name for name, codes in TONES.items() if code in codes), "plain")
