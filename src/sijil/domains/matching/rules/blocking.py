"""Which keys a subject is found by. Two files of one person must share at least one.

The values are plain here and never stored so: the service hashes each with the index key.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from itertools import product

from sijil.domains.matching.rules.names import part_keys
from sijil.domains.matching.types import Subject
from sijil.kernel.dates import PartialDate


class Rule(IntEnum):
    """The blocking rules, numbered as they are stored."""

    DOCUMENT = 1
    PHONE = 2
    NAMES_YEAR = 3
    DATE_LAST_NAME = 4
    DATE_COMMUNE = 5
    NAMES_COMMUNE = 6
    DATE_FIRST_NAME = 7
    FIRST_NAME_YEAR_COMMUNE = 8
    LAST_NAME_YEAR_COMMUNE = 9
    DATE_INITIALS = 10
    NAMES_DAY_OF_YEAR = 11


def blocking_values(subject: Subject) -> frozenset[tuple[Rule, str]]:
    """Return the (rule, value) pairs of ``subject``: ten, or more with several papers, words or keys.

    One missing datum and one wrong letter leave at least one: each rule does without two of the data.
    """
    return frozenset(_values(subject))


def _values(subject: Subject) -> Iterator[tuple[Rule, str]]:
    firsts = part_keys(subject.first_name_ar, subject.first_name_fr)
    lasts = part_keys(subject.last_name_ar, subject.last_name_fr)
    yield from ((Rule.DOCUMENT, number) for number in documents_of(subject))
    if phone := clean_phone(subject.phone):
        yield Rule.PHONE, phone
    yield from _name_pairs(subject, firsts, lasts)
    if subject.birth and is_precise(subject.birth):
        yield from _dated(subject.birth, subject.commune_code, firsts, lasts)
    if subject.birth and subject.commune_code:
        year = f"{subject.birth.year}|{subject.commune_code}"
        yield from ((Rule.FIRST_NAME_YEAR_COMMUNE, f"{year}|{first}") for first in firsts)
        yield from ((Rule.LAST_NAME_YEAR_COMMUNE, f"{year}|{last}") for last in lasts)


def _dated(
    birth: PartialDate, commune: str, firsts: frozenset[str], lasts: frozenset[str]
) -> Iterator[tuple[Rule, str]]:
    """By the day of birth, with one name, with how both begin (a slip comes later), or with the place."""
    yield from ((Rule.DATE_LAST_NAME, f"{birth}|{last}") for last in lasts)
    yield from ((Rule.DATE_FIRST_NAME, f"{birth}|{first}") for first in firsts)
    for both in product(firsts or {""}, lasts or {""}):
        if initials := "".join(sorted(name[:1] for name in both)):
            yield Rule.DATE_INITIALS, f"{birth}|{initials}"
    if commune:
        yield Rule.DATE_COMMUNE, f"{birth}|{commune}"


def _name_pairs(
    subject: Subject, firsts: frozenset[str], lasts: frozenset[str]
) -> Iterator[tuple[Rule, str]]:
    """Both names in alphabetical order: first and last name written in each other's box still meet.

    Whoever has one name alone is searched by it, in whichever box it stands.
    """
    pairs = {"|".join(sorted((first, last))) for first in firsts or {""} for last in lasts or {""}}
    for pair in pairs - {"|"}:
        if subject.birth:
            yield Rule.NAMES_YEAR, f"{subject.birth.year}|{pair}"
            if is_precise(subject.birth):
                yield Rule.NAMES_DAY_OF_YEAR, f"{str(subject.birth)[5:]}|{pair}"
        if subject.commune_code:
            yield Rule.NAMES_COMMUNE, f"{subject.commune_code}|{pair}"


def is_precise(birth: PartialDate | None) -> bool:
    """Tell whether the day is known; 1 January too often stands for "only the year" to count as a day."""
    return birth is not None and birth.day is not None and (birth.month, birth.day) != (1, 1)


def clean_phone(text: str) -> str:
    """Return the last nine digits: 0612345678 and +212612345678 are one number; a shorter one is none."""
    digits = "".join(str(int(c)) for c in text if c.isdecimal())
    return digits[-9:] if len(digits) >= 9 else ""


def documents_of(subject: Subject) -> frozenset[str]:
    """Return the numbers of every paper shown."""
    return frozenset(filter(None, map(clean_document, (subject.document_number, *subject.other_documents))))


def strong_documents_of(subject: Subject) -> frozenset[str]:
    """Return the numbers of the papers shown that name one person alone."""
    return frozenset(filter(None, map(clean_document, subject.strong_documents)))


def clean_document(text: str) -> str:
    """Return letters and digits in upper case: ``ab 123-456`` is ``AB123456``."""
    return "".join(str(int(c)) if c.isdecimal() else c for c in text.upper() if c.isalnum())
