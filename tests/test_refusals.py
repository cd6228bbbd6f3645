"""Every refusal in the four languages: each fact written by its type, nothing of the machine's in it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pages
import pytest

from sijil.kernel.errors import ErrorCode, Refused
from sijil.pages import refusals
from sijil.pages.languages import reading

FOR_MACHINES = {"verify.body_invalid"}  # names a field of the body, at a door without pages
ERRORS = [e for e in pages.error_codes().values() if e.code not in FOR_MACHINES]
NUMBERS = [
    "count", "eligible", "height", "least", "least_height", "least_width", "left", "length", "limit", "line",
    "maximum", "megabytes", "minimum", "minutes", "most", "rate", "width", "years",
]  # fmt: skip
TEXTS = [
    "code", "field", "file", "id", "known", "login", "name", "programme", "remedy", "role", "scope", "step",
    "version", "what", "wrong",
]  # fmt: skip
FACTS: dict[str, Any] = {
    **dict.fromkeys(NUMBERS, 1200),
    **dict.fromkeys(TEXTS, "Xyz-12"),
    **dict.fromkeys(("label", "answer", "other"), "Combien ?"),
    "day": dt.date(2026, 3, 4), "first": "2021-03-04", "until": dt.datetime(2026, 3, 4, 9, 5, tzinfo=dt.UTC),
    "value": "1988-02-31", "year": "1447", "second": "2026", "state": "in_adjudication",
    "number": "VZX3-X32H-GA", "papers": "cnie, birth_extract, witnesses",
}  # fmt: skip
GLUE = re.compile(r"[?؟]\s?\.|\.\.|\s\.(?!\w)|: ?:| {2}|[{}<>]|\bNone\b|[a-z]_[a-z]")
DAYS = re.compile(r"\d{4}-\d\d-\d\d")
MISSING = "Il manque une réponse : Combien ? Répondez."
REVERSED = re.compile(r"\d ?[-–] ?\d")


def facts_of(error: ErrorCode) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", error.title + error.remedy))


def test_each_fact_is_of_a_known_type():
    assert {name for error in ERRORS for name in facts_of(error)} - FACTS.keys() == set()


@pytest.mark.parametrize("language", ["ar", "fr", "zgh", "en"])
def test_a_refusal_reads_as_a_sentence(language):
    with reading(language):
        told = {
            e.code: refusals.words(Refused(e, **{name: FACTS[name] for name in facts_of(e)})) for e in ERRORS
        }
    assert {c: str(w) for c, w in told.items() if GLUE.search(str(w)) or DAYS.search(w.title)} == {}
    if language == "ar":
        flat = {code: re.sub("\u2066[^\u2069]*\u2069", "", str(words)) for code, words in told.items()}
        assert {code: text for code, text in flat.items() if REVERSED.search(text)} == {}


@pytest.mark.parametrize(
    ("error", "label", "led", "beside"),
    [
        (MISSING, "Combien ?", MISSING, "Il manque une réponse. Répondez."),
        ("Choisissez.", "Combien ?", "Combien ? Choisissez.", "Choisissez."),
        ("Choisissez.", "Nom", "Nom : Choisissez.", "Choisissez."),
        ("Cochez la case.", "J’ai lu les chiffres.", "Cochez la case.", "Cochez la case."),
    ],
)  # fmt: skip
def test_an_error_is_said_once(error, label, led, beside):
    with reading("fr"):
        assert refusals.beside(error, label) == beside
        assert refusals.led_by(error, label) == led
