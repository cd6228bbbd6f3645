"""Which keys a subject is found by. Two files of one person must share at least one.

The values are plain here and never stored so: the service hashes each with the index key.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from sijil.domains.matching.types import Subject
from sijil.kernel.dates import PartialDate
from sijil.kernel.names import skeleton


class Rule(IntEnum):
    """The blocking rules, numbered as they are stored."""

    DOCUMENT = 1
    PHONE_FIRST_NAME = 2
    NAMES_YEAR = 3
    DATE_LAST_NAME = 4
    DATE_FIRST_NAME_COMMUNE = 5
    NAMES_COMMUNE = 6


def blocking_values(subject: Subject) -> frozenset[tuple[Rule, str]]:
    """Return the (rule, value) pairs of ``subject``: six, or more if its two scripts differ by key."""
    return frozenset(_values(subject))


def _values(subject: Subject) -> Iterator[tuple[Rule, str]]:
    phone = clean_phone(subject.phone)
    firsts = name_keys(subject.first_name_ar, subject.first_name_fr)
    lasts = name_keys(subject.last_name_ar, subject.last_name_fr)
    yield from ((Rule.DOCUMENT, number) for number in documents_of(subject))
    if phone:
        yield from ((Rule.PHONE_FIRST_NAME, f"{phone}|{first}") for first in firsts)
    yield from _name_pairs(subject, firsts, lasts)
    if is_precise(subject.birth):
        yield from ((Rule.DATE_LAST_NAME, f"{subject.birth}|{last}") for last in lasts)
        if subject.commune_code:
            place = f"{subject.birth}|{subject.commune_code}"
            yield from ((Rule.DATE_FIRST_NAME_COMMUNE, f"{place}|{first}") for first in firsts)


def _name_pairs(
    subject: Subject, firsts: frozenset[str], lasts: frozenset[str]
) -> Iterator[tuple[Rule, str]]:
    """Both names in alphabetical order: first and last name written in each other's box still meet.

    Whoever has one name alone is searched by it, in whichever box it stands.
    """
    pairs = {"|".join(sorted((first, last))) for first in firsts or {""} for last in lasts or {""}}
    for pair in pairs - {"|"}:
        yield Rule.NAMES_YEAR, f"{subject.birth.year}|{pair}"
        if subject.commune_code:
            yield Rule.NAMES_COMMUNE, f"{subject.commune_code}|{pair}"


def name_keys(*spellings: str) -> frozenset[str]:
    """Return the phonetic keys of one name over its spellings: one if the scripts agree, else two."""
    return frozenset(filter(None, map(skeleton, spellings)))


def is_precise(birth: PartialDate) -> bool:
    """Tell whether the day is known; 1 January too often stands for "only the year" to count as a day."""
    return birth.day is not None and (birth.month, birth.day) != (1, 1)


def clean_phone(text: str) -> str:
    """Return the last nine digits: 0612345678 and +212612345678 are one number; a shorter one is none."""
    digits = "".join(str(int(c)) for c in text if c.isdecimal())
    return digits[-9:] if len(digits) >= 9 else ""


def documents_of(subject: Subject) -> frozenset[str]:
    """Return the numbers of every paper shown."""
    return frozenset(filter(None, map(clean_document, (subject.document_number, *subject.other_documents))))


def clean_document(text: str) -> str:
    """Return letters and digits in upper case: ``ab 123-456`` is ``AB123456``."""
    return "".join(str(int(c)) if c.isdecimal() else c for c in text.upper() if c.isalnum())
