"""A short text in the four languages, and the one rule for a language that is missing."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("ar", "fr", "zgh", "en")


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
        """Return the text in a language (``fr``, ``fr-ma``); Arabic for one that is missing or unknown."""
        code = language.partition("-")[0]
        return (getattr(self, code) if code in LANGUAGES else "") or self.ar
