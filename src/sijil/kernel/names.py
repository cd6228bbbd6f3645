"""Names of people in two scripts: clean them, check them, and let Arabic and Latin meet in one key.

A Moroccan file holds each name twice, in Arabic letters and in the French spelling of the
administration, and neither decides the other: محمد is Mohamed, Mohammed or Mohamad. :func:`skeleton`
reduces both scripts to one string of consonant classes; equal skeletons mean "may be the same name",
never "is". Agreement on attested pairs is measured by ``bench/matching.py``.

Classes: B J C(ش) X(خ) D(د ض ظ ذ) R Z S(س ص) T(ت ط ث) G(غ) F K(ق ك گ) L M N. The weak letters
(ا و ي ع ح ه ء) and all vowels have none. No Django here, and no state but a cache.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from sijil.kernel.errors import Category, ErrorCode, Refused

NAME_EMPTY = ErrorCode(
    "kernel.name_empty",
    Category.INVALID,
    "The name is missing.",
    "Write the name as it stands on the document.",
)
NAME_NOT_ARABIC = ErrorCode(
    "kernel.name_not_arabic",
    Category.INVALID,
    "This name must be written in Arabic letters.",
    "Use Arabic letters only, without digits; a space, a hyphen or an apostrophe may join parts.",
)
NAME_NOT_LATIN = ErrorCode(
    "kernel.name_not_latin",
    Category.INVALID,
    "This name must be written in Latin letters.",
    "Use the letters A to Z and accents, without digits; a space, a hyphen or an apostrophe may join parts.",
)
NAME_TOO_LONG = ErrorCode(
    "kernel.name_too_long",
    Category.INVALID,
    "This name is longer than {limit} characters.",
    "Write the name as it stands on the document, without titles or explanations.",
)
LONGEST = 80

_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ARABIC_SIGNS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")  # harakat, tatweel
_APOSTROPHES = str.maketrans(dict.fromkeys("‘’ʼʻ`´ʿʾ", "'") | dict.fromkeys("‐‑‒–—−", "-"))
_ARABIC_LETTER = "[\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06fa-\u06fc\u0750-\u077f]"
_LATIN_LETTER = "[A-Za-zÀ-ÖØ-öø-ſ]"
_ARABIC_NAME = re.compile(f"{_ARABIC_LETTER}+(?:[ '-]{_ARABIC_LETTER}+)*")
_LATIN_NAME = re.compile(f"{_LATIN_LETTER}+(?:(?:['-] ?| ){_LATIN_LETTER}+)*")

_ARABIC_FORMS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ہ": "ه",
     "ک": "ك", "ء": None, "'": None, "-": " "}
)  # fmt: skip
_ARABIC_CLASSES = str.maketrans(
    {"ب": "B", "پ": "B", "ت": "T", "ط": "T", "ث": "T", "ج": "J", "ژ": "J", "خ": "X", "د": "D", "ض": "D",
     "ظ": "D", "ذ": "D", "ر": "R", "ز": "Z", "س": "S", "ص": "S", "ش": "C", "چ": "C", "غ": "G", "ف": "F",
     "ڤ": "F", "ڢ": "F", "ڥ": "F", "ق": "K", "ڧ": "K", "ك": "K", "گ": "K", "ڭ": "K", "ݣ": "K", "ل": "L",
     "م": "M", "ن": "N"}
)  # fmt: skip
_LATIN_CLASSES = str.maketrans(
    {"b": "B", "p": "B", "c": "K", "d": "D", "f": "F", "v": "F", "g": "K", "j": "J", "k": "K", "q": "K",
     "l": "L", "m": "M", "n": "N", "r": "R", "s": "S", "t": "T", "x": "KS", "z": "Z"}
)  # fmt: skip
# Letters that stand together for one sound, in the order in which they must be tried.
_LATIN_SOUNDS = (
    (re.compile("tch|sch|ch|sh"), "C"),
    (re.compile("kh"), "X"),
    (re.compile("gh|^rh"), "G"),
    (re.compile("dj"), "J"),
    (re.compile("ph"), "F"),
    (re.compile("c(?=[eiy])"), "S"),
    (re.compile("gu(?=[eiy])"), "K"),
    (re.compile("g(?=[eiy])"), "J"),
)
_ABD = re.compile(
    r"\babd(?:[ -]?[aeou]+l|[ -]?[aeou](?=[ -]?([drnstz])[ -]?\1)|[ -]?[ea](?=ch))(?=.{2})[ -]*"
)
_ARTICLE = re.compile(r"\b(?:[eaiu]l|l')[ -]+|\b[ea](?:[drnstz]|ch|sh|dh)[ -]+(?=[drnstzc])|^[ei]l(?=.{3})")
_SHORT_FORMS = {"med": "mohamed", "mohd": "mohamed", "md": "mohamed", "my": "moulay"}
_TWICE = re.compile(r"(.)\1+")
_WEAK = re.compile("[^A-Z]+")


def is_arabic(text: str) -> bool:
    """Tell whether ``text`` holds an Arabic letter."""
    return re.search(_ARABIC_LETTER, text) is not None


def clean_name(text: str) -> str:
    """Return ``text`` as it is kept: one form per letter (NFKC), no invisible marks, single spaces."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).translate(_APOSTROPHES))
    text = re.sub(r"\s*-\s*", "-", " ".join(text.split()))
    return unicodedata.normalize("NFC", _ARABIC_SIGNS.sub("", text) if is_arabic(text) else text)


def check_arabic_name(text: str, *, field: str) -> str:
    """Return the cleaned Arabic name. Raises: Refused(NAME_EMPTY | NAME_NOT_ARABIC | NAME_TOO_LONG)."""
    return _check(text, _ARABIC_NAME, NAME_NOT_ARABIC, field)


def check_latin_name(text: str, *, field: str) -> str:
    """Return the cleaned Latin name. Raises: Refused(NAME_EMPTY | NAME_NOT_LATIN | NAME_TOO_LONG)."""
    return _check(text, _LATIN_NAME, NAME_NOT_LATIN, field)


def _check(text: str, shape: re.Pattern[str], wrong: ErrorCode, field: str) -> str:
    name = clean_name(text)
    if not name:
        raise Refused(NAME_EMPTY, field=field)
    if len(name) > LONGEST:
        raise Refused(NAME_TOO_LONG, field=field, limit=LONGEST)
    if shape.fullmatch(name) is None:
        raise Refused(wrong, field=field)
    return name


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Return the form in which two spellings are compared letter by letter.

    Arabic: one alef, one ya, ha for ta marbuta, no hamza alone, no article, no spaces. Latin: lower
    case, no accents, no spaces, hyphens or apostrophes (the article stays).
    """
    text = clean_name(text)
    return "".join(_arabic_words(text)) if is_arabic(text) else re.sub("[^a-z]", "", _plain_latin(text))


@lru_cache(maxsize=1 << 16)
def skeleton(text: str) -> str:
    """Return the key of a name in either script: أحمد, Ahmed → ``MD``; الشرقاوي, Cherkaoui → ``CRK``.

    A name of weak letters only (يحيى, Yahya) gives ``-``; an empty name gives an empty string.
    """
    text = clean_name(text)
    if not text:
        return ""
    return (_arabic_skeleton(text) if is_arabic(text) else _latin_skeleton(_plain_latin(text))) or "-"


def _arabic_words(text: str) -> list[str]:
    words: list[str] = []
    for word in text.translate(_ARABIC_FORMS).split():
        if word.startswith("عبدال") and len(word) > 6:
            words.append("عبد" + word[5:])
        else:
            words.append(word[2:] if word.startswith("ال") and len(word) > 3 else word)
    return words


def _arabic_skeleton(text: str) -> str:
    words = [w + "ت" if len(w) > 3 and w.endswith("اه") else w for w in _arabic_words(text)]
    whole = _TWICE.sub(r"\1", "".join(words).replace("تش", "ش"))
    return _WEAK.sub("", _without_first_l(whole, "ل").translate(_ARABIC_CLASSES))


def _plain_latin(text: str) -> str:
    lower = text.lower().replace("ç", "s").replace("œ", "oe").replace("ß", "ss").replace("ı", "i")
    letters = unicodedata.normalize("NFKD", lower)
    return "".join(c for c in letters if not unicodedata.combining(c))


def _latin_skeleton(text: str) -> str:
    text = " ".join(_SHORT_FORMS.get(word, word) for word in text.replace(".", " ").split())
    text = re.sub("[^a-zA-Z]", "", _ARTICLE.sub("", _ABD.sub("BD", text))).replace("ck", "k")
    text = _TWICE.sub(r"\1", _without_first_l(text, "l"))
    for sound, letter in _LATIN_SOUNDS:
        text = sound.sub(letter, text)
    return _WEAK.sub("", _TWICE.sub(r"\1", text).translate(_LATIN_CLASSES))


def _without_first_l(text: str, letter: str) -> str:
    """Drop a leading L: لحسن, الحسن, Lahcen and El Hassan differ only by how the article is written."""
    return text[1:] if len(text) > 2 and text[0] == letter else text
