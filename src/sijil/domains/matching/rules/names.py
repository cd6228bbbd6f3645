"""How two names compare: as wholes, as parts (no courtesy words, one inside the other), then by letters.

A name is given in both scripts, (Arabic, French); either may be empty, and the better of the two counts.
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA, Levenshtein

from sijil.kernel.names import skeleton, words

Name = tuple[str, str]
MISSING = "missing"
SAME = frozenset({"exact", "phonetic"})
"""One name, whatever its spelling."""


@lru_cache(maxsize=1 << 15)
def name_keys(*spellings: str) -> frozenset[str]:
    """Return the phonetic keys of one name over its spellings: one if the scripts agree, else two."""
    return frozenset(skeleton(" ".join(found)) for text in spellings if (found := words(text)))


@lru_cache(maxsize=1 << 15)
def part_keys(*spellings: str) -> frozenset[str]:
    """Return the keys of a name and of each of its words: Mohamed Amine is found by Mohamed, and by Amine."""
    parts = (skeleton(word) for text in spellings if len(found := words(text)) > 1 for word in found)
    return name_keys(*spellings) | frozenset(key for key in parts if len(key) > 1)


@lru_cache(maxsize=1 << 15)
def name_level(a: Name, b: Name) -> str:
    """Compare one name of two people: exact, phonetic, part, near, different; missing where one has none."""
    left, right = name_keys(*a), name_keys(*b)
    if not left or not right:
        return MISSING
    if any(x and y and words(x) == words(y) for x, y in zip(a, b, strict=True)):
        return "exact"
    if left & right or _share_words(a, b, all_of_both=True):
        return "phonetic"
    if _share_words(a, b, all_of_both=False):
        return "part"
    return "near" if _is_near(a, b, left, right) else "different"


def is_clearly_different(a: Name, b: Name) -> bool:
    """Tell whether two first names name two people: Youssef and Salma, Hana and Sana, Hassan and Houssine.

    A slip of the pen happens in one script: names near each other in both are two names. حسن Hassan and
    حسين Houssine share their consonants, but Arabic spelling is stable enough that a difference there
    together with three letters in French is another name, not another spelling.
    """
    level = name_level(a, b)
    if level not in ("near", "phonetic"):
        return level == "different"
    arabic, french = (["".join(words(x)), "".join(words(y))] for x, y in zip(a, b, strict=True))
    apart = 3 if level == "phonetic" else 1
    return all(arabic) and arabic[0] != arabic[1] and all(french) and Levenshtein.distance(*french) >= apart


def _share_words(a: Name, b: Name, *, all_of_both: bool) -> bool:
    """Tell whether each word of the shorter is one of the longer, in some script; or of each in the other."""
    for x in filter(None, map(words, a)):
        for y in filter(None, map(words, b)):
            short, long = sorted((x, y), key=len)
            if (len(short) == len(long)) is all_of_both and _are_among(short, long):
                return True
    return False


def _are_among(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    left = list(long)
    for word in short:
        found = next((other for other in left if _is_same_word(word, other)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _is_same_word(x: str, y: str) -> bool:
    """Equal as written, or by a key of two classes or more: Ali and Alaoui share a key of one."""
    return x == y or (len(skeleton(x)) > 1 and skeleton(x) == skeleton(y))


def _is_near(a: Name, b: Name, left: frozenset[str], right: frozenset[str]) -> bool:
    """A slip of the pen: one letter in a key of three or in four French letters, two in nine."""
    x, y = ("".join(words(name[1])) for name in (a, b))
    return any(_slips(k, j, (3,)) for k in left for j in right) or _slips(x, y, (4, 9))


def _slips(x: str, y: str, lengths: tuple[int, ...]) -> bool:
    """Tell whether two words differ by no more letters than allowed, one for each of ``lengths``."""
    allowed = sum(min(len(x), len(y)) >= least for least in lengths)
    return allowed > 0 and OSA.distance(x, y, score_cutoff=allowed) <= allowed
