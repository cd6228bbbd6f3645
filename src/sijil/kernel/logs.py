"""What a log never holds: an identifier or a telephone, whoever typed it, into an address or anywhere."""

from __future__ import annotations

import logging
import re
from unicodedata import digit

from sijil.kernel.ids import is_idcs

_DIGITS = re.compile(r"(?<![\w.-])\+?\d(?:(?:[ \u00a0\u202f]|%20)?\d){8,13}(?![\w-])")
_PHONE = re.compile(r"(?:(?:\+|00)\d{9,14}|0[5-7]\d{8})")
HIDDEN = "[hidden]"


class Formatter(logging.Formatter):
    """Formats as usual, with tracebacks, then hides numbers that are an IDCS or a telephone."""

    def format(self, record: logging.LogRecord) -> str:
        return hide(super().format(record))


def hide(text: str) -> str:
    """Return a text without the numbers of persons; keys of the register and numbers of requests stay."""
    return _DIGITS.sub(lambda found: HIDDEN if _is_of_a_person(found[0]) else found[0], text)


def _is_of_a_person(written: str) -> bool:
    number = "".join(str(digit(c)) if c.isdigit() else c for c in written.replace("%20", "") if c.strip())
    return is_idcs(number) or _PHONE.fullmatch(number) is not None
