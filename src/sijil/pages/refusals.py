"""A refusal in words: on the field at fault, as a notice, or as a page of its own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_bidi, gettext, pgettext

from sijil.domains.population_register.rules import form_on
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Category, Refused, fill
from sijil.kernel.ids import show_idcs
from sijil.pages import clock, formats, labels
from sijil.pages.languages import spoken
from sijil.pages.problems import STATUS

_DAY = re.compile(r"\d{4}(-\d\d){1,2}")
_GROUPS = re.compile(r"[^\u0600-\u06ff]*\d[^\u0600-\u06ff]*")


@dataclass(frozen=True, slots=True)
class Words:
    """``title``: what was refused. ``remedy``: what to do. Both in the language of the page."""

    title: str
    remedy: str
    code: str

    def __str__(self) -> str:
        return f"{self.title} {self.remedy}".strip()


def words(refused: Refused, **known: str) -> Words:
    """Return the sentences of a refusal in the language of the page. ``known``: facts in words already."""
    error = refused.error
    facts = {name: _shown(name, value) for name, value in refused.facts.items()} | known
    title, remedy = (fill(gettext(s), facts) if s else "" for s in (error.title, error.remedy))
    return Words(title, remedy, error.code)


def led_by(error: str, label: str) -> str:
    """Return an error under the name of its field, said once: a question needs no colon after it, and a label
    that is a sentence (what is ticked) is no name.
    """
    if label in error or label.endswith("."):
        return error
    colon = "" if label.endswith(("?", "؟")) else pgettext("between a label and its error", ":")
    return f"{label}{colon} {error}"


def beside(error: str, label: str) -> str:
    """Return an error as it stands right under its question, which it need not repeat."""
    return re.sub(rf"\s*:\s*{re.escape(label)}\.?", ".", error) if label else error


def _shown(name: str, value: Any) -> str:
    """Return a fact as people write it; right to left, groups of digits keep their order."""
    text = _written(name, value)
    return f"\u2066{text}\u2069" if get_language_bidi() and _GROUPS.fullmatch(text) else text


def _written(name: str, value: Any) -> str:
    """Return a fact by its type: a state in words, a moment, a day, a number, an identifier."""
    if name == "state":
        return labels.state_words(str(value))
    if name == "idcs":
        return show_idcs(str(value))
    if name == "papers":
        return one_of(str(value).split(", "))
    if isinstance(value, dt.datetime):
        return formats.time(value) if legal_day(value) == clock.today() else formats.datetime(value)
    if isinstance(value, dt.date):
        return formats.date_long(value)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return formats.number(value)
    return "/".join(reversed(value.split("-"))) if _DAY.fullmatch(str(value)) else str(value)


def one_of(papers: Sequence[str]) -> str:
    """Return kinds of paper of which one will do, in words."""
    form = form_on(clock.today()).body
    named = [form.option(form.field("paper_kind"), kind) for kind in papers]
    return f" {gettext('or')} ".join(option.text(spoken()) for option in named if option)


def attach(form: BaseForm, refused: Refused) -> None:
    """Put a refusal on the field it names, or at the head of the form; with it those of other fields."""
    for one in (refused, *refused.also):
        field = one.field if one.field in form.fields else None
        form.add_error(field, ValidationError(str(words(one)), code=one.code))


def page(request: HttpRequest, refused: Refused, *, status: int = 0) -> HttpResponse:
    """Return the whole page of a refusal, with its HTTP status, or another one."""
    status = status or STATUS[refused.error.category]
    answer = render(request, "pages/refused.html", {"words": words(refused)}, status=status)
    if refused.error.category in (Category.TOO_MANY, Category.UNAVAILABLE):
        answer.headers["Retry-After"] = str(refused.facts.get("seconds", 60))
    return answer
