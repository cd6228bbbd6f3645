"""One alphabetical order for Arabic and French names, the same in Python and in a column of any database.

The embedded PostgreSQL has no ICU, and servers differ in their collations. Places keep their key in a column
compared byte by byte (collation ``C``); persons are sorted after their names are opened, in Python: no key
of a person's name is stored, for it would say the name.
"""

from __future__ import annotations

import re
import unicodedata

from sijil.kernel.clean.names import clean_name, is_arabic

# What differs from the order of the Unicode block: the carriers of hamza, and the letters of neighbours.
_ARABIC = str.maketrans("أإآٱؤئیکگڭݣپچڤڢڧ", "ااااوييككككبجففق")
_LATIN = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ɛ": "e", "ǝ": "e", "ɣ": "g", "ø": "o", "đ": "d", "ł": "l"}
)
_BETWEEN = re.compile(r"[\s'.()/-]+")


def sort_key(text: str) -> str:
    """Return the key of a name in either script: letters first, then accents and hamzas, then the rest.

    Keys of one script compare; Latin stands before Arabic. The article is part of a name.
    """
    name = clean_name(text).lower()
    if is_arabic(name):
        letters = name.translate(_ARABIC)
    else:
        parts = unicodedata.normalize("NFKD", name.translate(_LATIN))
        letters = "".join(c for c in parts if not unicodedata.combining(c))
    return f"{_BETWEEN.sub(' ', letters).strip()}\t{name}"
