"""Pure decisions of the population register."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from sijil.domains.population_register import errors
from sijil.domains.population_register.types import Identity, PaperKind
from sijil.kernel import law
from sijil.kernel.errors import Refused
from sijil.kernel.names import check_arabic_name, check_latin_name

_FOLDER = Path(__file__).parent / "parameters"
DELAYS = law.declare_delays("population_register", _FOLDER / "delays")

# Decree 2.21.473 art. 3 (papers); formats of numbers: warning-level patterns, kept wide on purpose.
PAPER_NUMBERS = {
    PaperKind.CNIE: re.compile(r"^[A-Z]{1,3}\d{1,7}[A-Z]?$"),
    PaperKind.RESIDENCE_TITLE: re.compile(r"^[A-Z0-9]{5,12}$"),
}


class Reason(law.Body, frozen=True):
    """Why a file is refused, or waits: what an officer chooses and the person reads."""

    kind: Literal["rejection", "papers", "adjudication"]
    by: Literal["officer", "adjudication", "system"]
    ar: str
    fr: str
    zgh: str
    en: str


class Reasons(law.Body, frozen=True):
    """The file ``reasons.yaml``."""

    reasons: dict[str, Reason]


@cache
def reasons() -> Mapping[str, Reason]:
    """Return every reason by its code."""
    return law.read_words(_FOLDER / "reasons.yaml", Reasons).reasons


_REQUIRED = (
    "last_name_ar",
    "first_name_ar",
    "last_name_fr",
    "first_name_fr",
    "commune_code",
    "address",
    "paper_kind",
)
_PHONE = re.compile(r"^\+212[5-7]\d{8}$")
_EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$")

COMPARED = ("last_name_ar", "first_name_ar", "last_name_fr", "first_name_fr", "birth", "sex", "paper_number")
"""What an officer reads on the paper and compares with the form."""


def check_identity(identity: Identity, on: dt.date) -> Identity:
    """Return a declared identity as it is kept: cleaned first, judged after.

    Telephone and e-mail are given when there are any (law 72.18, article 6): nobody is refused for lack of
    them. Raises: Refused that names the field.
    """
    identity = _cleaned(identity)
    for name in _REQUIRED:
        if not getattr(identity, name).strip():
            raise Refused(errors.FIELD_MISSING, field=name)
    names = {n: check_arabic_name(getattr(identity, n), field=n) for n in ("last_name_ar", "first_name_ar")}
    names |= {n: check_latin_name(getattr(identity, n), field=n) for n in ("last_name_fr", "first_name_fr")}
    _check_birth(identity, on)
    _check_contacts(identity)
    _check_paper(identity)
    return identity.with_changes(names)


def _cleaned(identity: Identity) -> Identity:
    return identity.with_changes(
        {
            "address": " ".join(identity.address.split()),
            "phone": normalise_phone(identity.phone),
            "email": identity.email.strip(),
            "paper_number": normalise_paper_number(identity.paper_number),
        }
    )


def _check_birth(identity: Identity, on: dt.date) -> None:
    birth = identity.birth
    if (birth.year, birth.month or 1, birth.day or 1) > (on.year, on.month, on.day):
        raise Refused(errors.BORN_IN_FUTURE, field="birth")
    if on.year - birth.year > 130:
        raise Refused(errors.BORN_TOO_LONG_AGO, field="birth")


def _check_contacts(identity: Identity) -> None:
    if identity.phone and not _PHONE.fullmatch(identity.phone):
        raise Refused(errors.PHONE_INVALID, field="phone")
    if identity.email and not _EMAIL.fullmatch(identity.email):
        raise Refused(errors.EMAIL_INVALID, field="email")


def _check_paper(identity: Identity) -> None:
    if identity.paper_kind not in set(PaperKind):
        raise Refused(errors.FIELD_MISSING, field="paper_kind")
    pattern = PAPER_NUMBERS.get(PaperKind(identity.paper_kind))
    if pattern and not pattern.fullmatch(identity.paper_number):
        raise Refused(errors.PAPER_NUMBER_INVALID, field="paper_number")


def reason_words(code: str, language: str) -> str:
    """Return a reason as the person reads it; nothing for no reason."""
    reason = reasons().get(code)
    return str(getattr(reason, language, "") or reason.ar) if reason else ""


def normalise_phone(text: str) -> str:
    """Return ``+212...`` for what people type (0612345678, +212 6 12 ..., 00212...), else the text."""
    kept = (c for c in text if not (c.isspace() or c in "-./()" or unicodedata.category(c) == "Cf"))
    digits = "".join(str(int(c)) if c.isdecimal() else c for c in kept)
    if digits.startswith("00212"):
        digits = "+" + digits[2:]
    if re.fullmatch(r"0[5-7]\d{8}", digits):
        return "+212" + digits[1:]
    return digits


def normalise_paper_number(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())


def differences(identity: Identity, paper: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of ``COMPARED`` that the paper writes otherwise, as the paper does.

    Raises: KeyError for a field that was not looked at (a mistake of the caller).
    """
    read = {name: paper[name] for name in COMPARED}
    read["paper_number"] = normalise_paper_number(read["paper_number"])
    return {name: value for name, value in read.items() if str(value) != str(getattr(identity, name))}


def is_compared(actions: Sequence[str]) -> bool:
    """Tell from the steps of a file, oldest first, whether its papers agree with the form as it now is.

    A correction, or a paper asked for or brought after the comparison, asks for a new one.
    """
    told = [action for action in actions if action != "escalate"]
    return bool(told) and told[-1] == "compare_papers"
