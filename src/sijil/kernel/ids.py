"""Identifiers: the IDCS of a person, the numbers of requests and households, row keys.

IDCS: 10 digits, the first 2-9, the last a Verhoeff check digit; no run of three (123, 321, with 0
after 9 not counted) and no three equal digits in a row. 654.9 million numbers fit the rule, so
40 million people use 6 % of them. Drawn by the system's CSPRNG; unique by the register's index;
never reused; never proof of identity by itself.
"""

from __future__ import annotations

import os
import re
import secrets
import time
import uuid
from typing import NewType

_D = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_P = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip
_MULTIPLY = tuple(tuple(map(int, row)) for row in _D)
_PERMUTE = tuple(tuple(map(int, row)) for row in _P)
_INVERSE = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)

_IDCS_SHAPE = re.compile(r"[2-9][0-9]{9}")
_FORBIDDEN = re.compile(
    "|".join(
        [d * 3 for d in "0123456789"]
        + [f"{d}{d + 1}{d + 2}" for d in range(8)]
        + [f"{d + 2}{d + 1}{d}" for d in range(8)]
    )
)

NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # 31 symbols: no 0 O 1 I L, and prime
_NUMBER_WEIGHTS = (2, 3, 5, 7, 11, 13, 17, 19, 23)


def verhoeff_check(digits: str) -> str:
    """Return the Verhoeff check digit to append to ``digits``."""
    state = 0
    for place, digit in enumerate(reversed(digits), start=1):
        state = _MULTIPLY[state][_PERMUTE[place % 8][int(digit)]]
    return str(_INVERSE[state])


def draw_idcs() -> str:
    """Draw one IDCS at random. The register's unique index decides whether it is free."""
    while True:
        body = str(200_000_000 + secrets.randbelow(800_000_000))
        number = body + verhoeff_check(body)
        if not _FORBIDDEN.search(number):
            return number


def is_idcs(text: str) -> bool:
    """Tell whether ``text`` (cleaned) is a well-formed IDCS."""
    return bool(
        _IDCS_SHAPE.fullmatch(text) and text[-1] == verhoeff_check(text[:-1]) and not _FORBIDDEN.search(text)
    )


def show_idcs(idcs: str) -> str:
    """Return the written form ``NNNN NNN NNN``."""
    return f"{idcs[:4]} {idcs[4:7]} {idcs[7:]}"


PersonKey = NewType("PersonKey", str)
"""By what domains know a person: random, without meaning, never shown; 19 digits, so eight bytes in a table.

The IDCS is what people, papers and partners say: it lies sealed in the population register and nowhere else.
"""
_FIRST_KEY, _BEYOND_KEYS = 10**18, 2**63


def draw_person_key() -> PersonKey:
    """Draw a key at random. The register's unique index decides whether it is free."""
    return person_key(secrets.randbelow(_BEYOND_KEYS - _FIRST_KEY))


def person_key(place: int) -> PersonKey:
    """Return the key at a place of the range, for data whose keys are drawn elsewhere."""
    return PersonKey(str(_FIRST_KEY + place % (_BEYOND_KEYS - _FIRST_KEY)))


def draw_number() -> str:
    """Draw a request (deposit) number: nine random symbols and one check symbol."""
    body = "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(9))
    return body + _number_check(body)


def _number_check(body: str) -> str:
    total = sum(w * NUMBER_ALPHABET.index(c) for w, c in zip(_NUMBER_WEIGHTS, body, strict=True))
    return NUMBER_ALPHABET[total % 31]


def is_number(text: str) -> bool:
    """Tell whether ``text`` (cleaned) is a well-formed request number."""
    return (
        len(text) == 10 and all(c in NUMBER_ALPHABET for c in text) and text[-1] == _number_check(text[:-1])
    )


def show_number(number: str) -> str:
    """Return the written form ``K7QD-4M2X-9T``."""
    return f"{number[:4]}-{number[4:8]}-{number[8:]}"


def draw_household_code() -> str:
    """Draw a household code: ten random digits and an order digit, shown ``NNNNNNNNNN-N``."""
    body = str(1_000_000_000 + secrets.randbelow(9_000_000_000))
    return body + verhoeff_check(body)


def is_household_code(text: str) -> bool:
    """Tell whether ``text`` (cleaned) has the form of a household code: eleven digits."""
    return len(text) == 11 and text.isascii() and text.isdigit()


def show_household_code(code: str) -> str:
    return f"{code[:10]}-{code[10:]}"


def new_key() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562): rows of one table stay nearly ordered by time."""
    value = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)
