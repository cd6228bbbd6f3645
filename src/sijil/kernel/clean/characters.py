"""What stands behind every cleaner: nothing invisible, one form per sign, one form per digit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 1000
"""Characters of a text that are looked at: more is no answer, and costs nothing to refuse."""

# Seen by nobody, though not format marks to Unicode: fillers, selectors, the blank of Braille.
_FILLERS = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810)))
) | frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_SIGNS = str.maketrans(dict.fromkeys("‘’‛ʼʻˈ`´ʹʿʾ′＇ꞌ", "'") | dict.fromkeys("‐‑‒–—―−﹣－", "-"))
_WIDE = re.compile("[\ufb50-\ufdff\ufe70-\ufefc\uff01-\uff5e]+")  # as a PDF or a wide keyboard has letters
_BETWEEN = re.compile(r"[\s./()\[\]-]+")


def visible(text: str) -> str:
    """Return what can be seen of ``text``: no format marks or controls, single spaces, none at the ends."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(" " if c.isspace() else c for c in text if c.isspace() or not _is_unseen(c))
    return " ".join(text.split())


def _is_unseen(char: str) -> bool:
    return char in _FILLERS or unicodedata.category(char) in ("Cf", "Cc")


def is_blank(text: str) -> bool:
    """Tell whether there is nothing to see in ``text``: it answers no question."""
    return not visible(text[:LONGEST])


def plain(text: str) -> str:
    """Return ``text`` with one form per letter (NFKC), apostrophe, hyphen and digit, nothing invisible.

    Signs come first: compatibility would turn ``´`` into a space and an accent.
    """
    text = unicodedata.normalize("NFKC", visible(text).translate(_SIGNS)).translate(_SIGNS)
    return visible(ascii_digits(text))


def written(text: str) -> str:
    """Return ``text`` as prose keeps it: ``plain`` without changing what is written (1ᵉʳ, n°, ½, quotes)."""
    text = _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), visible(text))
    return visible(ascii_digits(unicodedata.normalize("NFC", text)))


def coded(text: str) -> str:
    """Return a number, a date or a code as typed, with one form per letter, sign and digit; ² is no 2."""
    return written(text[:LONGEST].translate(_SIGNS))


def compact(text: str) -> str:
    """Return the letters and digits of a number, without what people put between them."""
    return _BETWEEN.sub("", coded(text))


def ascii_digits(text: str) -> str:
    """Return ``text`` with the digits of every script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)


def letters(script: str, ranges: Iterable[range], categories: tuple[str, ...]) -> str:
    """Return a regular expression's class of the letters that Unicode names after ``script``."""
    found = (
        chr(code)
        for part in ranges
        for code in part
        if unicodedata.name(chr(code), "").startswith(script)
        and unicodedata.category(chr(code)) in categories
    )
    return f"[{''.join(found)}]"
