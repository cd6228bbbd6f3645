"""The laws of the population register as they are written: the person's form, the delays, and its words."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from sijil.domains.population_register.types import NAMES
from sijil.kernel import law
from sijil.kernel.calendar import add_days
from sijil.kernel.law.values import Step
from sijil.kernel.texts import choose

_FOLDER = Path(__file__).parents[1] / "parameters"
_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]
_Code = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
DELAYS = law.declare_delays("population_register", _FOLDER / "delays")
COUNTRIES = "countries"
"""The list that every form knows: ``countries.yaml``."""

FieldKind = Literal[
    "name_ar", "name_latin", "date", "choice", "commune", "address", "line", "postcode", "phone", "email",
    "paper_number", "day", "idcs",
]  # fmt: skip
Proof = Literal["identity", "nationality", "residence", "birth", "guardianship"]
Reader = Literal["officer", "adjudicator", "receipt"]
Matched = Literal[
    "", "last_name_ar", "first_name_ar", "last_name_fr", "first_name_fr", "birth", "sex", "commune", "phone",
    "document",
]  # fmt: skip
CORE: Mapping[str, FieldKind] = {
    "last_name_ar": "name_ar",
    "first_name_ar": "name_ar",
    "last_name_fr": "name_latin",
    "first_name_fr": "name_latin",
    "birth": "date",
    "sex": "choice",
    "commune_code": "commune",
    "nationality": "choice",
    "phone": "phone",
    "email": "email",
    "paper_kind": "choice",
    "paper_number": "paper_number",
    "language": "choice",
}
"""The fields that the product itself reads: each form has them, of these kinds."""


class PageText(law.Body, frozen=True):
    """A page of the form: what it asks, what is said before, and its ``name`` where an officer reads."""

    id: _Id
    title: law.Text
    name: law.Text
    note: law.Text | None = None


class OptionText(law.Body, frozen=True):
    """One answer of a list. A paper: the shape of its ``number`` if it must have one, what it ``proves``."""

    code: _Code
    ar: str
    fr: str
    zgh: str = ""
    en: str = ""
    number: str = ""
    proves: tuple[Proof, ...] = ()

    def text(self, language: str) -> str:
        """Return the words in a language."""
        return law.Text(self.ar, self.fr, self.en, self.zgh).text(language)


class PersonField(law.Body, frozen=True):
    """One question; the head of the form's file says what each part means."""

    id: _Id
    page: str
    kind: FieldKind
    label: law.Text
    hint: law.Text | None = None
    missing: law.Text | None = None
    mandatory: bool = True
    may_be_none: bool = False
    options: str = ""
    of: str = ""
    when: dict[str, tuple[str, ...]] = {}
    default: str = ""
    compared: bool = False
    matched: Matched = ""
    shown_to: tuple[Reader, ...] = ("officer",)

    def __post_init__(self) -> None:
        if (self.kind == "choice") is not bool(self.options):
            raise law.Wrong("A choice, and only a choice, has options.", "Name a list.", "kind")
        if (self.kind == "paper_number") is not bool(self.of):
            raise law.Wrong("A number of a paper, and only that, is of one.", "Name its kind's field.", "of")
        if self.may_be_none and self.id not in NAMES:
            raise law.Wrong("Only a name may be marked none.", "Write mandatory: false.", "may_be_none")
        if CORE.get(self.id, self.kind) != self.kind:
            raise law.Wrong(f"`{self.id}` is a {CORE[self.id]}.", "Use another id.", "kind")

    @property
    def tick(self) -> str:
        """The name of the tick that says that the document has none."""
        return f"{self.id}_none"


class PersonForm(law.Body, frozen=True):
    """The law ``population_register.person_form``: pages, questions, lists."""

    pages: tuple[PageText, ...]
    fields: tuple[PersonField, ...]
    lists: dict[str, tuple[OptionText, ...]]

    def __post_init__(self) -> None:
        for place, field in enumerate(self.fields):
            if field.id in {other.id for other in self.fields[:place]}:
                raise law.Wrong(f"`{field.id}` stands twice.", "Take one away.", "fields", place)
            self._check(field, "fields", place)
        for name in CORE:
            _known(name, (f.id for f in self.fields), "question", "fields")

    def _check(self, field: PersonField, *at: Step) -> None:
        _known(field.page, (page.id for page in self.pages), "page", *at, "page")
        if field.options:
            _known(field.options, (*self.lists, COUNTRIES), "list", *at, "options")
        if field.default:
            _known(field.default, (o.code for o in self.options(field)), "answer", *at, "default")
        if field.of:
            _known(field.of, (f.id for f in self.fields if f.kind == "choice"), "choice", *at, "of")
        for asked, codes in field.when.items():
            _known(asked, (f.id for f in self.fields if f.kind == "choice"), "choice", *at, "when", asked)
            for code in codes:
                _known(code, (o.code for o in self.options(self.field(asked))), "answer", *at, "when", asked)

    def field(self, name: str) -> PersonField:
        """Return a question. Raises: StopIteration."""
        return next(field for field in self.fields if field.id == name)

    def has(self, name: str) -> bool:
        """Tell whether a question of this name is asked."""
        return any(field.id == name for field in self.fields)

    def on_page(self, page: str) -> tuple[PersonField, ...]:
        """Return the questions of a page."""
        return tuple(field for field in self.fields if field.page == page)

    def shown_to(self, reader: Reader) -> tuple[PersonField, ...]:
        """Return what somebody reads of a person."""
        return tuple(field for field in self.fields if reader in field.shown_to)

    @property
    def compared(self) -> tuple[PersonField, ...]:
        """What an officer reads on the paper and compares with the form."""
        return tuple(field for field in self.fields if field.compared)

    def options(self, field: PersonField) -> tuple[OptionText, ...]:
        """Return the answers of a choice."""
        return countries() if field.options == COUNTRIES else self.lists.get(field.options, ())

    def option(self, field: PersonField, code: str) -> OptionText | None:
        """Return one answer of a choice, if there is such a one."""
        return next((option for option in self.options(field) if option.code == code), None)


def _known(name: str, known: Iterable[str], what: str, *at: Step) -> None:
    names = sorted(known)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        remedy = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(names[:20])}."
        raise law.Wrong(f"There is no {what} `{name}`.", remedy, *at)


class Countries(law.Body, frozen=True):
    """The file ``countries.yaml``."""

    countries: tuple[OptionText, ...]


@cache
def countries() -> tuple[OptionText, ...]:
    """Return every country by its code of ISO 3166-1."""
    return law.read_words(_FOLDER / "countries.yaml", Countries).countries


@cache
def shape(text: str) -> re.Pattern[str]:
    """Return the shape of a paper's number, ready to compare."""
    return re.compile(text, re.ASCII)


def _check_shapes(found: law.Law[PersonForm]) -> None:
    """Refuse a shape that cannot be read. Raises: Wrong."""
    for name, options in found.body.lists.items():
        for place, option in enumerate(options):
            try:
                shape(option.number)
            except re.error as error:
                at: tuple[Step, ...] = ("lists", name, place, "number")
                raise law.Wrong(
                    f"This is no shape: {error}.", "Write it like [A-Z]{1,3}[0-9]+.", *at
                ) from None


FORM = law.declare(
    law.LawKind(
        "population_register.person_form",
        PersonForm,
        _FOLDER / "person_form",
        words=frozenset({"label", "hint", "missing", "title", "name", "note", "ar", "fr", "zgh", "en"}),
        check=_check_shapes,
    )
)


def temporary_until(day: dt.date) -> dt.date:
    """Return the last day of the temporary slip of a file that was deposited on a day."""
    delay = law.delay("population_register.temporary_slip", day)
    return add_days(day, delay.days, working=delay.is_working)


class OpenRequests(law.Body, frozen=True):
    """How many requests may be open at once."""

    open_of_a_phone: Annotated[int, msgspec.Meta(ge=1, le=100)]


OPEN_REQUESTS = law.declare(law.LawKind("population_register.requests", OpenRequests, _FOLDER / "requests"))


class Witnesses(law.Body, frozen=True):
    """Who may attest a person without papers. ``needed``: how many; ``a_year``: the most that one signs."""

    needed: Annotated[int, msgspec.Meta(ge=1, le=12)]
    of_age: Annotated[int, msgspec.Meta(ge=0, le=30)]
    a_year: Annotated[int, msgspec.Meta(ge=1, le=100)]
    papers: tuple[str, ...]


WITNESSES = law.declare(law.LawKind("population_register.witnesses", Witnesses, _FOLDER / "witnesses"))


def bring_by(day: dt.date) -> dt.date:
    """Return until when the centre keeps a file for a paper that was asked for on a day."""
    delay = law.delay("population_register.bring", day)
    return add_days(day, delay.days, working=delay.is_working)


class Reason(law.Body, frozen=True):
    """Why a file is refused or waits, or an identity changes: chosen by an officer, read by the person."""

    kind: Literal["rejection", "papers", "identity", "adjudication"]
    by: Literal["officer", "adjudication", "system"]
    ar: str
    fr: str
    zgh: str
    en: str


class Reasons(law.Body, frozen=True):
    """The file ``reasons.yaml``."""

    reasons: dict[str, Reason]


@cache
def reasons() -> Mapping[str, Reason]:
    """Return every reason by its code."""
    return law.read_words(_FOLDER / "reasons.yaml", Reasons).reasons


def reason_words(code: str, language: str) -> str:
    """Return a reason as the person reads it; nothing for no reason."""
    reason = reasons().get(code)
    if reason is None:
        return ""
    return choose({"ar": reason.ar, "fr": reason.fr, "zgh": reason.zgh, "en": reason.en}, language)
