"""The one judge of what a person declares: each field by its kind in the form, whichever door it came by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sijil.domains.population_register import errors
from sijil.domains.population_register.rules.law import FORM, PersonField, PersonForm, shape
from sijil.domains.population_register.types import NAMES, Identity
from sijil.kernel import clean, law
from sijil.kernel.clean.errors import FIELD_MISSING
from sijil.kernel.dates import DATE_UNREADABLE, PartialDate
from sijil.kernel.errors import Refused

_TICKED = ("1", "true", "on", "yes")


def _read_day(text: str, *, field: str) -> str:
    """Return a whole date, as ISO 8601 writes it. Raises: Refused as ``clean.partial_date``."""
    date = clean.partial_date(text, field=field)
    if date.day is None:
        raise Refused(DATE_UNREADABLE, field=field, value=str(date))
    return str(date)


_CLEANERS: Mapping[str, Callable[..., str]] = {
    "name_ar": clean.name_ar,
    "name_latin": clean.name_latin,
    "commune": clean.required,
    "address": clean.address,
    "line": clean.line,
    "postcode": clean.postcode,
    "phone": clean.phone,
    "email": clean.email,
    "day": _read_day,
    "idcs": clean.idcs,
}


def form_on(day: dt.date) -> law.Law[PersonForm]:
    """Return the form in force on a day. Raises: LookupError before the first."""
    return law.on(FORM, day)


def form_law_of(identity: Identity) -> law.Law[PersonForm]:
    """Return the form by which an identity was declared; of one that says none (migrated), the first."""
    return law.load(FORM, identity.form) if identity.form else law.versions(FORM)[0]


def form_of(identity: Identity) -> PersonForm:
    """Return what that form asks."""
    return form_law_of(identity).body


def check_identity(identity: Identity, on: dt.date) -> Identity:
    """Return a declared identity as it is kept: cleaned by the kernel, then judged.

    Telephone and e-mail are given when there are any (law 72.18, article 6): nobody is refused for lack of
    them. Raises: Refused that names the field; every other field at fault is told with it.
    """
    return read_identity(values_of(identity), on, version=identity.form)


def read_identity(values: Mapping[str, Any], on: dt.date, *, version: str = "") -> Identity:
    """Return the identity of what was typed, dates as text or as dates, by a form (that of the day).

    Raises: Refused(FIELD_UNKNOWN) for what the form does not ask; as check_identity.
    """
    found = law.load(FORM, version) if version else form_on(on)
    form = found.body
    _check_known(form, values)
    read = clean.together({f.id: partial(read_field, form, f, values, on) for f in form.fields})
    check_names(read)
    return Identity.of(read, form=found.version)


def _check_known(form: PersonForm, values: Mapping[str, Any]) -> None:
    known = {name for f in form.fields for name in ((f.id, f.tick) if f.may_be_none else (f.id,))}
    for name in values:
        if name not in known:
            raise Refused(errors.FIELD_UNKNOWN, field=name)


def check_names(read: Mapping[str, Any]) -> None:
    """Refuse a person without any name. Raises: Refused(NAMES_MISSING)."""
    if all(read[name] is None for name in NAMES):
        raise Refused(errors.NAMES_MISSING, field="first_name_ar")


def read_field(form: PersonForm, field: PersonField, values: Mapping[str, Any], on: dt.date) -> Any:
    """Return one answer as it is kept; None: a name that the document has not.

    ``values``: all that was typed, as one answer may depend on another. Raises: Refused naming the field.
    """
    typed = values.get(field.id, field.default)
    if isinstance(typed, PartialDate):
        return _on_or_before(field, typed, on)
    text = str(typed or "")
    if field.may_be_none and is_ticked(values.get(field.tick)):
        if not clean.is_blank(text):
            raise Refused(errors.NAME_AND_NONE, field=field.id)
        return None
    if not is_asked(form, field, values):
        if not clean.is_blank(text):
            raise Refused(errors.NOT_ASKED, field=field.id)
        return ""
    return _read(form, field, text, values, on)


def is_asked(form: PersonForm, field: PersonField, values: Mapping[str, Any]) -> bool:
    """Tell whether the other answers let a field be asked."""
    return all(values.get(name, form.field(name).default) in codes for name, codes in field.when.items())


def is_ticked(typed: Any) -> bool:
    """Tell whether a tick is set, as a form, a program or the register writes it."""
    return typed is True or str(typed).lower() in _TICKED


def _read(form: PersonForm, field: PersonField, text: str, values: Mapping[str, Any], on: dt.date) -> Any:
    if field.kind == "paper_number":
        return clean_paper_number(form, field, text, str(values.get(field.of, "")))
    if clean.is_blank(text):
        if field.mandatory:
            raise Refused(FIELD_MISSING, field=field.id)
        return ""
    if field.kind == "choice":
        return clean.choice(text, [option.code for option in form.options(field)], field=field.id)
    if field.kind == "date":
        return _on_or_before(field, clean.partial_date(text, field=field.id), on)
    return _CLEANERS[field.kind](text, field=field.id)


def clean_paper_number(form: PersonForm, field: PersonField, text: str, kind: str) -> str:
    """Return the number of a paper of this kind; a kind without a shape may have none.

    Raises: Refused(kernel.paper_number_invalid | kernel.field_missing).
    """
    option = form.option(form.field(field.of), kind)
    if option is not None and option.number:
        return clean.paper_number(text, field=field.id, shape=shape(option.number))
    if field.mandatory or not clean.is_blank(text):
        return clean.paper_number(text, field=field.id)
    return ""


def _on_or_before(field: PersonField, date: PartialDate, on: dt.date) -> PartialDate:
    return check_birth(date, on) if field.id == "birth" else date


def check_birth(birth: PartialDate, on: dt.date) -> PartialDate:
    """Return a birth date. Raises: Refused(BORN_IN_FUTURE | BORN_TOO_LONG_AGO)."""
    if (birth.year, birth.month or 1, birth.day or 1) > (on.year, on.month, on.day):
        raise Refused(errors.BORN_IN_FUTURE, field="birth")
    if on.year - birth.year > 130:
        raise Refused(errors.BORN_TOO_LONG_AGO, field="birth")
    return birth


def values_of(identity: Identity) -> dict[str, Any]:
    """Return what an identity says as it would be typed: an absent name is an empty text and its tick."""
    typed: dict[str, Any] = {field.id: "" for field in form_of(identity).fields}
    for name, value in identity.values().items():
        typed[name] = "" if value is None else value
        if value is None:
            typed[f"{name}_none"] = True
    return typed


def with_corrections(identity: Identity, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an identity and its corrections say together; a name written takes its tick away."""
    values = values_of(identity)
    for name in NAMES:
        if not clean.is_blank(str(changes.get(name) or "")):
            values.pop(f"{name}_none", None)
        elif is_ticked(changes.get(f"{name}_none")):
            values[name] = ""
    return values | dict(changes)


def read_changes(identity: Identity, changes: Mapping[str, Any], on: dt.date) -> dict[str, Any]:
    """Return the answers that change, as they are kept; None for a name that the document has not.

    What stays is not judged again: a person who was registered before a question was asked is corrected too.
    Raises: Refused(FIELD_UNKNOWN), or naming the field.
    """
    form, values = form_of(identity), with_corrections(identity, changes)
    _check_known(form, changes)
    asked = [field for field in form.fields if {field.id, field.tick} & changes.keys()]
    read = clean.together({f.id: partial(read_field, form, f, values, on) for f in asked})
    check_names(identity.values() | read)
    return read


def matched(identity: Identity) -> dict[str, Any]:
    """Return what a person is found and compared by, in the names of ``matching.types.Subject``.

    What is matched, and as what, the form says. A name that the document has not is nothing to compare.
    """
    parts: dict[str, list[Any]] = {}
    for field in form_of(identity).fields:
        if field.matched and (value := identity.value(field.id)):
            parts.setdefault(field.matched, []).append(value)
    names = {name: str(*parts.get(name, [""])) for name in NAMES}
    documents = parts.get("document", [""])
    return names | {
        "birth": identity.birth,
        "sex": identity.sex,
        "commune_code": str(*parts.get("commune", [""])),
        "phone": str(*parts.get("phone", [""])),
        "document_number": documents[0],
        "other_documents": tuple(documents[1:]),
        "strong_documents": _strong_numbers(identity),
    }


def _strong_numbers(identity: Identity) -> tuple[str, ...]:
    """Return the numbers of papers that prove who somebody is: each names one person (law 04-20, 02-03)."""
    form = form_of(identity)
    numbers = []
    for field in form.fields:
        if field.matched == "document" and (number := identity.value(field.id)):
            paper = form.option(form.field(field.of), str(identity.value(field.of)))
            if paper and "identity" in paper.proves:
                numbers.append(str(number))
    return tuple(numbers)


def compared_of(identity: Identity) -> tuple[PersonField, ...]:
    """Return what an officer compares with the papers of this person: what was asked of them."""
    form, values = form_of(identity), values_of(identity)
    return tuple(field for field in form.compared if is_asked(form, field, values))


def differences(identity: Identity, paper: Mapping[str, Any], on: dt.date) -> dict[str, Any]:
    """Return the compared fields that the paper writes otherwise, typed as the paper does.

    Raises: Refused naming the fields that say nothing; KeyError for a field that was not looked at (a mistake
    of the caller).
    """
    form, asked = form_of(identity), compared_of(identity)
    typed = {f.id: paper[f.id] for f in asked} | {f.tick: paper.get(f.tick) for f in asked if f.may_be_none}
    values = values_of(identity) | typed
    read = clean.together({f.id: partial(read_field, form, f, values, on) for f in asked})
    changed: dict[str, Any] = {}
    for field in asked:
        if read[field.id] != identity.value(field.id):
            changed[field.id] = "" if read[field.id] is None else read[field.id]
        if read[field.id] is None and identity.value(field.id) is not None:
            changed[field.tick] = True
    return changed


_BESIDE_THE_FORM = ("escalate", "name_witness", "sign_witness", "remove_witness")


def is_of_who(form: PersonForm, changed: Iterable[str]) -> bool:
    """Tell whether a change is of who somebody is, as papers or witnesses say it, and not of the papers."""
    papers = {name for field in form.fields if field.of for name in (field.id, field.of)}
    names = {field.id for field in form.fields if field.compared} - papers
    return any(name.removesuffix("_none") in names for name in changed)


def is_compared(actions: Sequence[str]) -> bool:
    """Tell from the steps of a file, oldest first, whether its papers agree with the form as it now is.

    A correction, or a paper asked for or brought after it, asks for a new comparison; a witness does not.
    """
    told = [action for action in actions if action not in _BESIDE_THE_FORM]
    return bool(told) and told[-1] == "compare_papers"
