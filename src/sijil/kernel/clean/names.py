"""Names of people in two scripts, as every door cleans and judges them.

Arabic: the letters of every Arabic alphabet, those of the Amazigh and Persian ones included, without
harakat or tatweel. Latin: the letters of every Latin alphabet, those of Amazigh (ḍ ṭ ẓ ɣ ɛ) and of
residents from elsewhere included. No Django here.
"""

from __future__ import annotations

import re
import unicodedata

from sijil.kernel.clean import errors
from sijil.kernel.clean.characters import LONGEST, letters, plain
from sijil.kernel.errors import ErrorCode, Refused

LONGEST_NAME = 80

_ARABIC_LETTER = letters(
    "ARABIC LETTER", [range(0x620, 0x700), range(0x750, 0x780), range(0x8A0, 0x8C8)], ("Lo",)
)
_LATIN = [range(0x41, 0x2B0), range(0x1E00, 0x1F00), range(0x2C60, 0x2C80), range(0xA720, 0xA800)]
_LATIN_LETTER = letters("LATIN", _LATIN, ("Lu", "Ll", "Lt")) + "[\u0300-\u036f]{0,2}"
_ARABIC_SIGNS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")  # harakat, tatweel
_ARABIC_NAME = re.compile(f"{_ARABIC_LETTER}+(?:[ '-]{_ARABIC_LETTER}+)*")
# 't Hooft · L'Hadj · Rabi' · St. Clair · Aït-Benhaddou
_WORD = f"'?(?:{_LATIN_LETTER})+(?:'(?:{_LATIN_LETTER})+)*(?:(?<=[^ -][^ -])'|\\.)?"
_LATIN_NAME = re.compile(f"{_WORD}(?:[ -]{_WORD})*")
_GREEK = str.maketrans("εγΓ", "ɛɣƔ")  # what keyboards have in place of two letters of Amazigh


def is_arabic(text: str) -> bool:
    """Tell whether ``text`` holds an Arabic letter."""
    return re.search(_ARABIC_LETTER, text) is not None


def clean_name(text: str) -> str:
    """Return ``text`` as names are kept: one form per letter, nothing invisible, single spaces."""
    text = re.sub(r"\s*-\s*", "-", plain(text))
    if is_arabic(text) or _ARABIC_SIGNS.search(text):
        return " ".join(unicodedata.normalize("NFC", _ARABIC_SIGNS.sub("", text)).split())
    return " ".join(text.translate(_GREEK).replace(".", ". ").split()).replace(". -", ".-")


def name_ar(text: str, *, field: str) -> str:
    """Return the Arabic name. Raises: Refused(FIELD_MISSING | NAME_NOT_ARABIC | NAME_TOO_LONG)."""
    return _judged(text, _ARABIC_NAME, errors.NAME_NOT_ARABIC, field)


def name_latin(text: str, *, field: str) -> str:
    """Return the Latin name. Raises: Refused(FIELD_MISSING | NAME_NOT_LATIN | NAME_TOO_LONG)."""
    return _judged(text, _LATIN_NAME, errors.NAME_NOT_LATIN, field)


def _judged(text: str, shape: re.Pattern[str], wrong: ErrorCode, field: str) -> str:
    name = clean_name(text[: LONGEST + 1])
    if not name:
        raise Refused(errors.FIELD_MISSING, field=field)
    if len(name) > LONGEST_NAME:
        raise Refused(errors.NAME_TOO_LONG, field=field, limit=LONGEST_NAME)
    if shape.fullmatch(name) is None:
        raise Refused(wrong, field=field)
    return name
