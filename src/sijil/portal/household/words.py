"""Answers, states and persons of the household pages in the words of the page's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import get_language, gettext

from sijil.domains.geography import queries as geography
from sijil.domains.population_register.types import Person
from sijil.domains.social_register.states import HOUSEHOLD
from sijil.domains.social_register.types import Form, FormField, Labels, Problem, Raw, Value
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey
from sijil.kernel.texts import choose
from sijil.pages import formats, labels, refusals
from sijil.pages.languages import spoken


def language() -> str:
    return (get_language() or "ar").split("-")[0]


def text(labels: Labels) -> str:
    """Return a label in the language of the page."""
    return choose(labels, spoken())


def name_of(person: Person) -> str:
    return person.full_name(spoken())


def place_name(code: str) -> str:
    found = geography.find_commune(code)
    return found.name(spoken()) if found else code


def region_name(code: str) -> str:
    return geography.get_place(code).name(spoken())


def form_about(
    form: Form, people: Mapping[PersonKey, Person], person: PersonKey | None, *, reader: PersonKey
) -> Form:
    """Return the form in the words that agree with a person, spoken to if it is the reader."""
    known = people.get(person) if person else None
    return form.about(known.sex, is_self=person == reader) if known else form


def relations(form: Form, sex: str = "") -> dict[str, str]:
    """Return the relations to the head by code, in the order and the words of a form."""
    return {option.code: text(option.labels) for option in form.about(sex).fields["relation"].options}


def household_state(state: str) -> str:
    return labels.file_state_words(HOUSEHOLD, state)


def refusal(refused: Refused, field: FormField | None) -> str:
    """Return the two sentences of a refusal; the field is named in the language of the page."""
    return str(refusals.words(refused, **({"label": text(field.labels)} if field else {})))


def problem(found: Problem, form: Form) -> str:
    return refusal(found.refusal, form.fields.get(found.field))


def typed(field: FormField, raw: Raw) -> str:
    """Return what was typed, as read back on the page of checks."""
    if field.kind in ("flag", "choice"):
        labels = {option.code: option.labels for option in field.options}
        return text(labels[raw]) if isinstance(raw, str) and raw in labels else str(raw)
    texts = [raw] if isinstance(raw, str) else [part for part in raw if part]
    return " · ".join(texts)


def value(field: FormField, answer: Value) -> str:
    """Return a frozen answer in words."""
    if isinstance(answer, tuple):
        return " · ".join(formats.money(amount) for amount in answer)
    if field.options:
        return typed(field, str(answer))
    return formats.number(answer)


def unit(field: FormField) -> str:
    return {"dirham per month": gettext("dirhams")}.get(field.unit, "")


def distance(points: Decimal) -> str:
    """Return the distance to a threshold as the calculator and the lists show it: 0 only at the threshold."""
    return formats.number(abs(points))


def join(parts: Sequence[str]) -> str:
    comma = "، " if language() == "ar" else ", "
    return comma.join(parts)
