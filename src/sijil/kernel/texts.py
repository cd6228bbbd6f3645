"""A short text in the four languages, and the one rule for a language that is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("ar", "fr", "zgh", "en")


def choose(words: Mapping[str, str], language: str) -> str:
    """Return the words in a language, or in the second one that it names, or in Arabic.

    ``fr`` or ``fr-ma``: French. ``zgh-fr``: Tamazight, French where it is not written.
    """
    code, _, second = language.partition("-")
    return words.get(code) or words.get(second) or words.get("ar", "")


def either(ar: str, fr: str, language: str) -> str:
    """Return what is written in Arabic and in Latin letters alone: a name of a person or a place."""
    return choose({"ar": ar, "fr": fr, "en": fr}, language)


@dataclass(frozen=True, slots=True)
class Text4:
    """``zgh`` may be empty while it waits for a native writer: Arabic is read then.

    ``context``: what the words agree with, where one English word reads in two ways (a file is closed,
    an account is closed); without one, an English text is translated in one way only.
    """

    ar: str
    fr: str
    en: str
    zgh: str = ""
    context: str = ""

    def __post_init__(self) -> None:
        if not (self.ar and self.fr and self.en):
            raise ValueError(f"a text lacks Arabic, French or English: {self!r}")

    def text(self, language: str) -> str:
        """Return the text in a language, as ``choose`` says."""
        return choose({code: getattr(self, code) for code in LANGUAGES}, language)
