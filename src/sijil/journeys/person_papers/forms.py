"""The person's form on paper: blank for everybody, or with the answers of whoever filled it in.

Every question, hint and answer is that of the form's law; nothing of it is written here again.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from sijil.domains.documents.paper.form import DATE, Filled, Form, Option, Part, Question, draw_form
from sijil.domains.documents.receipts import Both
from sijil.domains.population_register import queries
from sijil.domains.population_register.acts import FORM_PRINTED
from sijil.domains.population_register.rules import (
    FORM,
    PersonField,
    PersonForm,
    form_law_of,
    form_on,
    is_asked,
    values_of,
)
from sijil.domains.population_register.types import Identity
from sijil.journeys.person_papers.words import answer_of
from sijil.kernel import law
from sijil.kernel.actors import Actor
from sijil.kernel.ids import show_number

_SQUARES = {"date": DATE, "day": DATE, "postcode": (5,), "phone": (10,), "idcs": (10,)}


def render_blank(*, on: dt.date) -> bytes:
    """Return the form in force on a day, to be filled in by hand; drawn once for each version."""
    found = form_on(on)
    return _blank(found.version, found.digest)


@lru_cache(maxsize=4)
def _blank(version: str, digest: str) -> bytes:
    return draw_form(form_on_paper(law.load(FORM, version)))


def render_draft(number: str, identity: Identity, *, now: dt.datetime) -> bytes:
    """Return the form with what its holder typed and did not send yet; nobody else's data are opened."""
    paper = form_on_paper(form_law_of(identity), identity)
    return draw_form(paper, Filled(show_number(number), None, now))


def render_own(number: str, *, actor: Actor, now: dt.datetime) -> bytes:
    """Return the form that was sent, to whom it was shown that the number is theirs.

    Raises: Refused(UNKNOWN_NUMBER).
    """
    request = queries.get_request(number, act=FORM_PRINTED, actor=actor, now=now)
    paper = form_on_paper(form_law_of(request.identity), request.identity)
    return draw_form(paper, Filled(show_number(request.number), request.submitted_at, now))


def form_on_paper(found: law.Law[PersonForm], who: Identity | None = None) -> Form:
    """Return the person's form as questions on paper, with somebody's answers or without."""
    form = found.body
    parts = tuple(
        Part(page.name, tuple(_question(form, field, who) for field in _asked(form, page.id, who)), page.note)
        for page in form.pages
    )
    return Form("person", found.version, found.starts_on, parts)


def _asked(form: PersonForm, page: str, who: Identity | None) -> list[PersonField]:
    """Return the questions of a page; of somebody's answers only those that were asked."""
    return [f for f in form.on_page(page) if who is None or is_asked(form, f, values_of(who))]


def _question(form: PersonForm, field: PersonField, who: Identity | None) -> Question:
    value = who.value(field.id) if who else ""
    return Question(
        label=field.label,
        hint=field.hint,
        options=tuple(Option(law.Text(o.ar, o.fr), o.code == value) for o in form.options(field)),
        squares=_SQUARES.get(field.kind, ()),
        only_if=tuple(_conditions(form, field)),
        is_optional=not field.mandatory,
        may_be_none=field.may_be_none,
        is_none=value is None,
        answer=_answer(form, field, who) if who else None,
    )


def _answer(form: PersonForm, field: PersonField, who: Identity) -> Both | None:
    return None if who.value(field.id) in ("", None) else answer_of(form, field, who)


def _conditions(form: PersonForm, field: PersonField) -> list[tuple[law.Text, tuple[law.Text, ...]]]:
    """Return which answers make a question asked; that its paper is named goes without saying."""
    return [
        (form.field(name).label, tuple(_named(form, name, codes)))
        for name, codes in field.when.items()
        if name != field.of
    ]


def _named(form: PersonForm, name: str, codes: tuple[str, ...]) -> list[law.Text]:
    options = (form.option(form.field(name), code) for code in codes)
    return [law.Text(option.ar, option.fr) for option in options if option]
