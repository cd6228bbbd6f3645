"""Pure decisions of the population register."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

from sijil.domains.population_register import errors
from sijil.domains.population_register.types import Identity, Nationality, PaperKind, Sex
from sijil.kernel import clean, law
from sijil.kernel.clean.errors import FIELD_MISSING
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.texts import choose

_FOLDER = Path(__file__).parent / "parameters"
DELAYS = law.declare_delays("population_register", _FOLDER / "delays")

# Decree 2.21.473 art. 3 (papers); formats of numbers: warning-level patterns, kept wide on purpose.
PAPER_NUMBERS = {
    PaperKind.CNIE: re.compile(r"[A-Z]{1,3}[0-9]{1,7}[A-Z]?"),
    PaperKind.RESIDENCE_TITLE: re.compile(r"[A-Z0-9]{5,12}"),
}


class Reason(law.Body, frozen=True):
    """Why a file is refused or waits, or an identity changes: chosen by an officer, read by the person."""

    kind: Literal["rejection", "papers", "identity", "adjudication"]
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


COMPARED = ("last_name_ar", "first_name_ar", "last_name_fr", "first_name_fr", "birth", "sex", "paper_number")
"""What an officer reads on the paper and compares with the form."""


def check_identity(identity: Identity, on: dt.date) -> Identity:
    """Return a declared identity as it is kept: cleaned by the kernel, then judged.

    Telephone and e-mail are given when there are any (law 72.18, article 6): nobody is refused for lack of
    them. Raises: Refused that names the field; every other field at fault is told with it.
    """
    return read_identity(values_of(identity), on)


def read_identity(values: Mapping[str, Any], on: dt.date) -> Identity:
    """Return the identity of what was typed, ``birth`` as text or as a date. Raises: as check_identity."""
    return Identity(**{**values, **clean.together(_readers(values, on))})


def read_changes(identity: Identity, changes: Mapping[str, Any], on: dt.date) -> dict[str, Any]:
    """Return the answers that change, as they are kept.

    What stays is not judged again: a person who was registered before something was asked is corrected too.
    Raises: Refused(FIELD_UNKNOWN), or naming the field.
    """
    known = values_of(identity)
    for name in changes:
        if name not in known:
            raise Refused(errors.FIELD_UNKNOWN, field=name)
    readers = _readers(known | dict(changes), on)
    readers |= {name: partial(_choice, kind, changes.get(name), name) for name, kind in _CHOICES.items()}
    return clean.together({name: readers[name] for name in changes})


def _readers(values: Mapping[str, Any], on: dt.date) -> dict[str, Callable[[], Any]]:
    fields: dict[str, Callable[[], Any]] = {
        name: partial(cleaner, values[name], field=name) for name, cleaner in _CLEANERS.items()
    }
    fields["birth"] = lambda: check_birth(_birth(values["birth"]), on)
    fields["paper_kind"] = partial(_check_kind, values["paper_kind"])
    fields["paper_number"] = partial(clean_paper_number, values["paper_number"], values["paper_kind"])
    return fields


_CHOICES: Mapping[str, type[Sex | Nationality]] = {"sex": Sex, "nationality": Nationality}


def _choice(kind: type[Sex | Nationality], code: Any, name: str) -> Sex | Nationality:
    if code not in set(kind):
        raise Refused(FIELD_MISSING, field=name)
    return kind(code)


def values_of(identity: Identity) -> dict[str, Any]:
    """Return what an identity says, field by field."""
    return {field.name: getattr(identity, field.name) for field in dataclasses.fields(identity)}


def _birth(typed: str | PartialDate) -> PartialDate:
    return clean.partial_date(typed, field="birth") if isinstance(typed, str) else typed


_CLEANERS: Mapping[str, Callable[..., str]] = {
    "last_name_ar": clean.name_ar,
    "first_name_ar": clean.name_ar,
    "last_name_fr": clean.name_latin,
    "first_name_fr": clean.name_latin,
    "commune_code": clean.required,
    "address": clean.address,
    "phone": partial(clean.optional, clean.phone),
    "email": partial(clean.optional, clean.email),
}


def check_birth(birth: PartialDate, on: dt.date) -> PartialDate:
    """Return a birth date. Raises: Refused(BORN_IN_FUTURE | BORN_TOO_LONG_AGO)."""
    if (birth.year, birth.month or 1, birth.day or 1) > (on.year, on.month, on.day):
        raise Refused(errors.BORN_IN_FUTURE, field="birth")
    if on.year - birth.year > 130:
        raise Refused(errors.BORN_TOO_LONG_AGO, field="birth")
    return birth


def clean_paper_number(text: str, kind: str) -> str:
    """Return the number of a paper of this kind; most kinds may have none.

    Raises: Refused(kernel.paper_number_invalid | kernel.field_missing).
    """
    if kind in PAPER_NUMBERS:
        return clean.paper_number(text, field="paper_number", shape=PAPER_NUMBERS[PaperKind(kind)])
    return clean.optional(clean.paper_number, text, field="paper_number")


def _check_kind(kind: str) -> str:
    if kind not in set(PaperKind):
        raise Refused(FIELD_MISSING, field="paper_kind")
    return kind


def reason_words(code: str, language: str) -> str:
    """Return a reason as the person reads it; nothing for no reason."""
    reason = reasons().get(code)
    if reason is None:
        return ""
    return choose({"ar": reason.ar, "fr": reason.fr, "zgh": reason.zgh, "en": reason.en}, language)


def differences(identity: Identity, paper: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of ``COMPARED`` that the paper writes otherwise, as the paper does.

    Raises: Refused naming the fields that say nothing; KeyError for a field that was not looked at (a mistake
    of the caller).
    """
    read = {name: paper[name] for name in COMPARED}
    typed: dict[str, Callable[[], Any]] = {
        name: partial(_CLEANERS[name], read[name], field=name) for name in COMPARED if name in _CLEANERS
    }
    typed["birth"] = partial(_birth, read["birth"])
    typed["paper_number"] = partial(clean_paper_number, read["paper_number"], identity.paper_kind)
    read |= clean.together(typed)
    return {name: value for name, value in read.items() if str(value) != str(getattr(identity, name))}


def is_compared(actions: Sequence[str]) -> bool:
    """Tell from the steps of a file, oldest first, whether its papers agree with the form as it now is.

    A correction, or a paper asked for or brought after the comparison, asks for a new one.
    """
    told = [action for action in actions if action != "escalate"]
    return bool(told) and told[-1] == "compare_papers"


def matched(identity: Identity) -> dict[str, Any]:
    """Return what a person is found and compared by, in the names of ``matching.types.Subject``."""
    return {
        "last_name_ar": identity.last_name_ar,
        "first_name_ar": identity.first_name_ar,
        "last_name_fr": identity.last_name_fr,
        "first_name_fr": identity.first_name_fr,
        "birth": identity.birth,
        "sex": identity.sex,
        "commune_code": identity.commune_code,
        "phone": identity.phone,
        "document_number": identity.paper_number,
    }
