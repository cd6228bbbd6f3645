"""The language of a page, and the second one: it is read where the first is not written yet.

Only Tamazight has gaps (``processes.messages`` holds Arabic and French complete). Who reads in Tamazight
reads Arabic there, or French: whichever of the two was chosen last.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations
from typing import Any, Protocol

from django.utils import translation
from django.utils.translation import get_language, trans_real

WITH_GAPS = "zgh"
SECONDS = ("ar", "fr")
AWAIT_NATIVE_READER = ("zgh",)
"""Languages whose words were written without a native reader; their parts say so (``X-Native-Reader``)."""

_second: ContextVar[str] = ContextVar("second_language", default=SECONDS[0])


class Speaks(Protocol):
    """A text in several languages: ``Text4``, ``law.Text``."""

    def text(self, language: str) -> str: ...


class _SecondCatalogue(NullTranslations):
    """Sentences of the second language, whichever it is when they are asked for."""

    def gettext(self, message: str) -> str:
        return str(_catalogue().gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return str(_catalogue().ngettext(msgid1, msgid2, n))


def _catalogue() -> Any:
    return trans_real.translation(_second.get())


_SECOND = _SecondCatalogue()


@contextmanager
def reading(language: str, second: str = SECONDS[0]) -> Iterator[None]:
    """Speak a language, and another where it is silent."""
    catalogue: Any = trans_real.translation(WITH_GAPS)
    catalogue._fallback = _SECOND  # Django would fall back to English
    token = _second.set(second if second in SECONDS else SECONDS[0])
    try:
        with translation.override(language):
            yield
    finally:
        _second.reset(token)


def spoken() -> str:
    """Return the language of the page, with the second one: ``fr``, ``zgh-ar``."""
    language = get_language() or SECONDS[0]
    return f"{language}-{_second.get()}" if language == WITH_GAPS else language


def second() -> str:
    """Return the second language where the page may need it, or nothing."""
    return _second.get() if get_language() == WITH_GAPS else ""


def said(text: Speaks) -> str:
    """Return a text in the language of the page."""
    return text.text(spoken())
