"""How a person is reached: a telephone of any country, an e-mail address, a street or douar."""

from __future__ import annotations

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from sijil.kernel.clean import errors
from sijil.kernel.clean.characters import LONGEST, coded, compact, is_blank, visible, written
from sijil.kernel.errors import ErrorCode, Refused

COUNTRY = "MA"
LONGEST_ADDRESS = 200

_POSTCODE = re.compile(r"[0-9]{5}")
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


def show_phone(number: str, language: str) -> str:
    """Return a number in E.164 as it is dialled here: ``06 12 34 56 78``, in Arabic without spaces.

    A space would part it into groups that a line from right to left may order otherwise. That of another
    country keeps its ``+``.
    """
    shown = number
    if number.startswith("+212"):
        shown = "0" + number.removeprefix("+212")
        shown = " ".join(shown[at : at + 2] for at in range(0, len(shown), 2))
    elif number.startswith("+"):
        parsed = phonenumbers.parse(number)
        shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return re.sub("[ -]", "", shown) if language == "ar" else shown


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
    return _line(text, errors.ADDRESS_INVALID, field)


def line(text: str, *, field: str) -> str:
    """Return a short text, one line. Raises: Refused(FIELD_MISSING | LINE_INVALID | TEXT_TOO_LONG)."""
    return _line(text, errors.LINE_INVALID, field)


def postcode(text: str, *, field: str) -> str:
    """Return the five digits of a postcode. Raises: Refused(FIELD_MISSING | POSTCODE_INVALID)."""
    found = compact(text)
    return _found(found if _POSTCODE.fullmatch(found) else "", text, errors.POSTCODE_INVALID, field)


def _line(text: str, wrong: ErrorCode, field: str) -> str:
    found = written(text[: LONGEST + 1])
    if not found:
        raise Refused(errors.FIELD_MISSING, field=field)
    if len(found) > LONGEST_ADDRESS:
        raise Refused(errors.TEXT_TOO_LONG, field=field, limit=LONGEST_ADDRESS)
    if not found.isprintable() or not any(c.isalnum() for c in found):
        raise Refused(wrong, field=field)
    return found


def _found(value: str, text: str, wrong: ErrorCode, field: str) -> str:
    if not value:
        raise Refused(errors.FIELD_MISSING if is_blank(text) else wrong, field=field)
    return value
