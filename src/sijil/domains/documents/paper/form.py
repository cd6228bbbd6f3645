"""A form on paper, drawn from the form's own data: blank to be filled in by hand, or with a person's answers.

Of any form: whoever knows one says it as parts and questions, with the words that its law has. What stands
around them (title, what to do with it) is in ``parameters/forms.yaml``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from sijil.domains.documents.paper.press import draw_qr, print_pdf
from sijil.domains.documents.receipts.words import Both, sentences, show
from sijil.kernel import law

FILE = Path(__file__).parents[1] / "parameters" / "forms.yaml"
DATE = (2, 2, 4)
"""The squares of a date: day, month, year."""
MOST_BOXES = 12
"""A longer list is written by hand."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to tick."""

    words: law.Text
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its room: boxes of ``options``, squares in groups (``squares``), or a line.

    ``only_if``: (question, answers) without which it is not asked. ``may_be_none``: a box says that the
    person has none; ``is_none`` ticks it. ``answer``: in both languages; nothing on a blank form.
    """

    label: law.Text
    hint: law.Text | None = None
    options: tuple[Option, ...] = ()
    squares: tuple[int, ...] = ()
    only_if: tuple[tuple[law.Text, tuple[law.Text, ...]], ...] = ()
    is_optional: bool = False
    may_be_none: bool = False
    is_none: bool = False
    answer: Both | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What is asked together."""

    title: law.Text
    questions: tuple[Question, ...]
    note: law.Text | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A form by its law: ``kind`` of ``forms.yaml``, version, first day."""

    kind: str
    version: str
    first_day: dt.date
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """Whose answers stand on it: ``number`` as shown, when it was sent (None: not yet) and printed."""

    number: str
    sent_at: dt.datetime | None
    printed_at: dt.datetime


class FormText(law.Body, frozen=True):
    """What stands around the questions of one form. ``todo``: on a blank one; ``sent``, ``unsent``: else."""

    title: law.Text
    register: law.Text
    declaration: law.Text
    todo: tuple[law.Text, ...]
    sent: law.Text | None = None
    unsent: law.Text | None = None


class FormTexts(law.Body, frozen=True):
    """The file ``forms.yaml``."""

    words: dict[str, law.Text]
    forms: dict[str, FormText]


@cache
def texts() -> FormTexts:
    """Return ``parameters/forms.yaml``."""
    return law.read_words(FILE, FormTexts)


def draw_form(form: Form, filled: Filled | None = None) -> bytes:
    """Return the PDF. A blank one has the same bytes as long as its law stands."""
    at = filled.printed_at if filled else dt.datetime.combine(form.first_day, dt.time(12), tzinfo=dt.UTC)
    return print_pdf("paper/form.typ", write_form(form, filled), at)


def write_form(form: Form, filled: Filled | None = None) -> dict[str, Any]:
    """Return all that the paper says, as plain JSON. ``qr``: the number, for the counter's search."""
    about = texts().forms[form.kind]
    since = Both(*(show(form.first_day, language) for language in ("ar", "fr")))
    return {
        "issuer": sentences().issuer.mapping(),
        "register": about.register.mapping(),
        "title": about.title.mapping(),
        "number": filled.number if filled else "",
        "qr": draw_qr(filled.number.replace("-", "")) if filled else "",
        "words": {name: text.mapping() for name, text in texts().words.items()},
        "version": form.version,
        "since": _filled(texts().words["since"], day=since),
        "todo": [text.mapping() for text in _todo(about, filled)],
        "declaration": about.declaration.mapping(),
        "parts": [_part(part, is_blank=filled is None) for part in form.parts],
    }


def _todo(about: FormText, filled: Filled | None) -> Sequence[law.Text]:
    if filled is None:
        return about.todo
    at = filled.sent_at or filled.printed_at
    said = about.sent if filled.sent_at else about.unsent
    return [law.Text(**_filled(said, at=Both(show(at, "ar"), show(at, "fr"))))] if said else []


def _part(part: Part, *, is_blank: bool) -> dict[str, Any]:
    questions = [_question(question, is_blank=is_blank) for question in part.questions]
    return {**part.title.mapping(), "note": part.note and part.note.mapping(), "questions": questions}


def _question(asked: Question, *, is_blank: bool) -> dict[str, Any]:
    return {
        **asked.label.mapping(),
        "optional": asked.is_optional and is_blank,
        "hints": [text.mapping() for text in _hints(asked)] if is_blank else [],
        "room": _room(asked, is_blank=is_blank),
        "squares": asked.squares,
        "options": [{**o.words.mapping(), "chosen": o.is_chosen} for o in asked.options],
        "none": asked.may_be_none and (is_blank or asked.is_none),
        "is_none": asked.is_none,
        "answer": {"ar": asked.answer.ar, "fr": asked.answer.fr} if asked.answer else None,
    }


def _room(asked: Question, *, is_blank: bool) -> Literal["boxes", "squares", "line", "answer"]:
    if 0 < len(asked.options) <= MOST_BOXES:
        return "boxes"
    if not is_blank:
        return "answer"
    return "squares" if asked.squares else "line"


def _hints(asked: Question) -> Iterable[law.Text]:
    if asked.hint:
        yield asked.hint
    for question, answers in asked.only_if:
        said = Both("، ".join(a.ar for a in answers), ", ".join(a.fr for a in answers))
        known = {"question": Both(question.ar, question.fr), "answers": said}
        yield law.Text(**_filled(texts().words["only_if"], **known))


def _filled(text: law.Text, **known: Both) -> dict[str, str]:
    """Return a sentence in both languages with what it names."""
    return {
        "ar": text.ar.format(**{name: value.ar for name, value in known.items()}),
        "fr": text.fr.format(**{name: value.fr for name, value in known.items()}),
    }
