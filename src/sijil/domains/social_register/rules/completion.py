"""Completing a declaration: what is asked for the first time, and how it is answered.

What was declared stays as it was; only what fell due by age, or what a newer form asks (``lift``), is open.
``age``: the one that counts now. ``anew``: the declaration is read by a newer form than its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sijil.domains.social_register.rules.completeness import read_fields, wrong_fields
from sijil.domains.social_register.types import (
    Answer,
    DeclaredMember,
    Form,
    FormField,
    FrozenDeclaration,
    Problem,
    Value,
)
from sijil.kernel.ids import PersonKey

Who = PersonKey | None
"""A member, or the household itself."""


def open_questions(
    form: Form, declared: FrozenDeclaration, ages: Mapping[PersonKey, int]
) -> dict[Who, tuple[FormField, ...]]:
    """Return what is open, of the household first, of whom nothing is left out. ``ages``: that count.

    ``declared``: as the form reads it.
    """
    anew = declared.form_version != form.version
    about: dict[Who, tuple[FormField, ...]] = {None: open_of_household(form, declared)}
    for member in declared.members:
        about[member.person] = open_fields(form, declared.milieu, member, ages[member.person], anew=anew)
    return {who: fields for who, fields in about.items() if fields}


def open_of_household(form: Form, declared: FrozenDeclaration) -> tuple[FormField, ...]:
    """Return the questions about the household that a newer form asks and the declaration does not answer."""
    if declared.form_version == form.version:
        return ()
    return _open(form, "SOC", declared.milieu, declared.answers, lambda _: True)


def open_fields(
    form: Form, milieu: str, member: DeclaredMember, age: int, *, anew: bool = False
) -> tuple[FormField, ...]:
    """Return the questions about a member that are open, those included that hang on an open one."""

    def is_new(field: FormField) -> bool:
        return _in_range(field, age) and (anew or not _in_range(field, member.age))

    return _open(form, "COM", milieu, member.answers, is_new)


def _open(
    form: Form, step: str, milieu: str, answers: Mapping[str, Value], is_new: Callable[[FormField], bool]
) -> tuple[FormField, ...]:
    found: dict[str, FormField] = {}
    for field in form.of_step(step):
        is_left = field.mandatory and field.id not in answers and milieu in field.milieus
        if is_left and is_new(field) and _may_be_asked(field, answers, found):
            found[field.id] = field
    return tuple(found.values())


def _may_be_asked(field: FormField, answers: Mapping[str, Value], others: Mapping[str, FormField]) -> bool:
    conditions = field.condition.when.items()
    return all(name in others or str(answers.get(name, "")) in codes for name, codes in conditions)


def completion_problems(
    form: Form,
    milieu: str,
    member: DeclaredMember,
    typed: Mapping[str, Answer],
    age: int,
    *,
    anew: bool = False,
) -> tuple[Problem, ...]:
    """Return what is missing or wrong in the answers to the open questions about a member."""
    fields = open_fields(form, milieu, member, age, anew=anew)
    return tuple(wrong_fields(fields, typed, milieu, age, member.person, known=member.answers))


def household_problems(
    form: Form, declared: FrozenDeclaration, typed: Mapping[str, Answer]
) -> tuple[Problem, ...]:
    """Return what is missing or wrong in the answers to the open questions about the household."""
    fields = open_of_household(form, declared)
    return tuple(wrong_fields(fields, typed, declared.milieu, None, None, known=declared.answers))


def complete_household(
    form: Form, declared: FrozenDeclaration, typed: Mapping[str, Answer]
) -> dict[str, Value]:
    """Return the household's answers as declared anew."""
    fields = open_of_household(form, declared)
    return read_fields(fields, typed, declared.milieu, None, known=declared.answers)


def complete_member(
    form: Form,
    milieu: str,
    member: DeclaredMember,
    typed: Mapping[str, Answer],
    ages: tuple[int, int],
    *,
    anew: bool = False,
) -> DeclaredMember:
    """Return a member as declared anew. ``ages``: on the day, and the one that counts.

    An answer that is asked at neither age any more is left out.
    """
    today, counts = ages
    fields = open_fields(form, milieu, member, counts, anew=anew)
    given = read_fields(fields, typed, milieu, counts, known=member.answers)
    kept: dict[str, Value] = {
        name: value
        for name, value in given.items()
        if any(_in_range(form.fields[name], age) for age in (today, counts))
    }
    return replace(member, age=today, answers=kept)


def _in_range(field: FormField, age: int) -> bool:
    return field.condition.age_from <= age <= field.condition.age_to
