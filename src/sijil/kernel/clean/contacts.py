"""How a person is reached: a telephone of any country, an e-mail address, a street or douar."""

from __future__ import annotations

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from sijil.kernel.clean import errors
from sijil.kernel.clean.characters import LONGEST, coded, is_blank, visible, written
from sijil.kernel.errors import ErrorCode, Refused

COUNTRY = "MA"
LONGEST_ADDRESS = 200

_TYPED = re.compile(r"[+0-9 ()./\[\]-]{3,40}")


def read_phone(text: str) -> str:
    """Return the number in E.164 (``+212612345678``), or nothing: by the numbering plans of all countries.

    A number without its country is Moroccan, also when a spreadsheet has eaten its zero.
    """
    typed = coded(text)
    if not _TYPED.fullmatch(typed):
        return ""
    try:
        number = phonenumbers.parse(typed, COUNTRY)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone(text: str, *, field: str) -> str:
    """Return the number in E.164. Raises: Refused(FIELD_MISSING | PHONE_INVALID)."""
    return _found(read_phone(text), text, errors.PHONE_INVALID, field)


def read_email(text: str) -> str:
    """Return the address, its domain in small letters, or nothing. Nobody is asked whether it exists."""
    try:
        return validate_email(visible(text[:LONGEST]), check_deliverability=False, strict=True).normalized
    except EmailNotValidError:
        return ""


def email(text: str, *, field: str) -> str:
    """Return the address. Raises: Refused(FIELD_MISSING | EMAIL_INVALID)."""
    return _found(read_email(text), text, errors.EMAIL_INVALID, field)


def address(text: str, *, field: str) -> str:
    """Return a line of address. Raises: Refused(FIELD_MISSING | ADDRESS_INVALID | TEXT_TOO_LONG)."""
    line = written(text[: LONGEST + 1])
    if not line:
        raise Refused(errors.FIELD_MISSING, field=field)
    if len(line) > LONGEST_ADDRESS:
        raise Refused(errors.TEXT_TOO_LONG, field=field, limit=LONGEST_ADDRESS)
    if not line.isprintable() or not any(c.isalnum() for c in line):
        raise Refused(errors.ADDRESS_INVALID, field=field)
    return line


def _found(value: str, text: str, wrong: ErrorCode, field: str) -> str:
    if not value:
        raise Refused(errors.FIELD_MISSING if is_blank(text) else wrong, field=field)
    return value
