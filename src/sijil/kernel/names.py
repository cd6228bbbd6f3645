"""Names of people in two scripts: let Arabic and Latin meet in one key (``clean`` says what a name is).

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

from sijil.kernel.clean.names import clean_name, is_arabic

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
# Letters that have no accent to take away: of French, of Amazigh (ɣ is غ, ɛ is ع), of other countries.
_LATIN_FORMS = str.maketrans(
    {"ç": "s", "œ": "oe", "æ": "ae", "ß": "ss", "ı": "i", "ɣ": "gh", "ɛ": "a", "ǝ": "e", "ə": "e", "đ": "d",
     "ð": "d", "ħ": "h", "ł": "l", "ø": "o", "þ": "th", "ŋ": "n"}
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
_COURTESY = frozenset({
    "مولاي", "مولات", "سيدي", "سي", "للا", "لاله", "لالا", "حاج", "حاجه", "moulay", "my", "sidi", "si",
    "lalla", "lala", "hadj", "haj", "hajj", "hadja", "haja", "hajja",
})  # fmt: skip
"""Words of respect, folded: written on one paper and left out on the next."""
_JOINED = frozenset({
    "بن", "ابن", "بنت", "بو", "ابو", "ايت", "ولد", "عبد", "ben", "bin", "ibn", "bent", "bint", "bou", "abou",
    "ait", "ould", "abd", "abde", "abdel", "abdul",
})  # fmt: skip
"""Particles: written alone or with the word they begin."""
_SHORT_FORMS = {"med": "mohamed", "mohd": "mohamed", "md": "mohamed", "my": "moulay"}
_TWICE = re.compile(r"(.)\1+")
_WEAK = re.compile("[^A-Z]+")


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


@lru_cache(maxsize=1 << 16)
def words(text: str) -> tuple[str, ...]:
    """Return the parts of a name, folded: no words of respect, each particle with the word it begins.

    مولاي أحمد بن علي → احمد, بنعلي; Mohamed El Amine → mohamed, amine. Whoever is called by a word of respect
    alone (Moulay, Hadj) keeps it.
    """
    text = clean_name(text)
    parts = _arabic_words(text) if is_arabic(text) else _latin_words(text)
    kept = [part for part in parts if part not in _COURTESY] or parts
    joined: list[str] = []
    for part in reversed(kept):
        if part in _JOINED and joined:
            joined[-1] = part + joined[-1]
        else:
            joined.append(part)
    return tuple(reversed(joined))


def _latin_words(text: str) -> list[str]:
    plain = _ARTICLE.sub(" ", _plain_latin(text)).replace(".", " ")
    found = (re.sub("[^a-z]", "", word) for word in re.split(r"[\s-]+", plain))
    return [_SHORT_FORMS.get(word, word) for word in found if word]


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
    letters = unicodedata.normalize("NFKD", text.lower().translate(_LATIN_FORMS))
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
