"""What the law is made of, once it is read."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Generic, Self, TypeVar

import msgspec

from sijil.kernel.texts import choose

if TYPE_CHECKING:
    from sijil.kernel.law.reading import Page

Step = str | int
"""One step into a document: a key, or a place in a list."""

_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base of every schema: what is not declared is refused."""


B = TypeVar("B", bound=msgspec.Struct)


class LawFault(Exception):
    """A text that cannot be law: where it is wrong (file and line), what is wrong, what to do about it."""

    def __init__(self, file: str, line: int, wrong: str, remedy: str) -> None:
        super().__init__(f"{file}:{line}: {wrong} {remedy}")
        self.file, self.line, self.wrong, self.remedy = file, line, wrong, remedy


class Wrong(ValueError):
    """What a schema finds wrong in itself: ``at`` leads from it to the place. Becomes a :class:`LawFault`."""

    def __init__(self, wrong: str, remedy: str, *at: Step) -> None:
        super().__init__(f"{wrong} {remedy}")
        self.wrong, self.remedy, self.at = wrong, remedy, at


class Number(Decimal):
    """A number of the law, written between quotes and read exactly. Subclasses set what is absurd:

    ``class Threshold(Number, least="5", most="15", decimals=7)``.
    """

    least: ClassVar[str] = ""
    most: ClassVar[str] = ""
    decimals: ClassVar[int] = 9

    def __init_subclass__(cls, *, least: str = "", most: str = "", decimals: int = 9) -> None:
        cls.least, cls.most, cls.decimals = least, most, decimals

    @classmethod
    def read(cls, text: object) -> Self:
        """Return the number. Raises: Wrong."""
        if not isinstance(text, str):
            raise Wrong(f"{text!r} is not between quotes.", f'Write it between quotes: "{text}".')
        if not _NUMBER.fullmatch(text):
            better = text.replace(",", ".").replace("٫", ".")
            shown = better if _NUMBER.fullmatch(better) else "9.5"
            raise Wrong(f'"{text}" is no number.', f'Write digits and a point: "{shown}".')
        return cls(text)._within()

    def _within(self) -> Self:
        if self.normalize().as_tuple().exponent < -self.decimals:  # type: ignore[operator]  # finite
            wrong = f'"{self:f}" has more than {self.decimals} decimals.'
            raise Wrong(wrong, "Nothing is computed more finely: compare it with the text of the law.")
        if self.least and self < Decimal(self.least):
            raise Wrong(f'"{self:f}" is less than {self.least}.', "Compare it with the text of the law.")
        if self.most and self > Decimal(self.most):
            raise Wrong(f'"{self:f}" is more than {self.most}.', "Compare it with the text of the law.")
        return self


class Text(Body, frozen=True):
    """Words for people in the languages of the product."""

    ar: str
    fr: str
    en: str = ""
    zgh: str = ""

    def text(self, language: str) -> str:
        """Return the words in a language, as ``kernel.texts.choose`` says."""
        return choose(self.mapping(), language)

    def mapping(self) -> dict[str, str]:
        """Return the words that are written, by language."""
        pairs = {"ar": self.ar, "fr": self.fr, "zgh": self.zgh, "en": self.en}
        return {language: words for language, words in pairs.items() if words}


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is not certain in a version. ``about``: the subject, or empty for the version as a whole."""

    about: str
    words: str | Text

    def text(self, language: str) -> str:
        """Return the doubt in a language; one written for the people of the house is English."""
        return self.words if isinstance(self.words, str) else self.words.text(language)


@dataclass(frozen=True, slots=True, order=True)
class Pin:
    """The version by which something was decided, and the digest of all in it that decides."""

    name: str
    version: str
    digest: str


@dataclass(frozen=True, eq=False, slots=True)
class Law(Generic[B]):
    """One version of one law, one object for all readings. ``ends_on``: the last day, if one is said."""

    name: str
    version: str
    starts_on: dt.date
    ends_on: dt.date | None
    digest: str
    source: str
    last_checked_on: dt.date
    doubts: tuple[Doubt, ...]
    body: B
    page: Page
    is_shipped: bool = True

    @property
    def pin(self) -> Pin:
        return Pin(self.name, self.version, self.digest)

    def covers(self, day: dt.date) -> bool:
        """Tell whether a day is neither before its first day nor after its last."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
