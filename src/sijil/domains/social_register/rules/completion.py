"""Completing a declaration: what is asked of a member for the first time, by age, and how it is answered.

What was declared stays as it was; only questions that fell due are open. ``age``: the one that counts now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sijil.domains.social_register.rules.completeness import read_fields, wrong_fields
from sijil.domains.social_register.types import Answer, DeclaredMember, Form, FormField, Problem, Value


def open_fields(form: Form, milieu: str, member: DeclaredMember, age: int) -> tuple[FormField, ...]:
    """Return the questions about a member that fell due, those included that hang on an open one."""
    found: dict[str, FormField] = {}
    for field in form.of_step("COM"):
        if milieu in field.milieus and _fell_due(field, member, age) and _may_be_asked(field, member, found):
            found[field.id] = field
    return tuple(found.values())


def _fell_due(field: FormField, member: DeclaredMember, age: int) -> bool:
    first, last = field.condition.age_from, field.condition.age_to
    is_new = first <= age <= last and not first <= member.age <= last
    return field.mandatory and field.id not in member.answers and is_new


def _may_be_asked(field: FormField, member: DeclaredMember, others: Mapping[str, FormField]) -> bool:
    conditions = field.condition.when.items()
    return all(name in others or str(member.get(name)) in codes for name, codes in conditions)


def completion_problems(
    form: Form, milieu: str, member: DeclaredMember, typed: Mapping[str, Answer], age: int
) -> tuple[Problem, ...]:
    """Return what is missing or wrong in the answers to the open questions about a member."""
    fields = open_fields(form, milieu, member, age)
    return tuple(wrong_fields(fields, typed, milieu, age, member.idcs, known=member.answers))


def complete_member(
    form: Form,
    milieu: str,
    member: DeclaredMember,
    typed: Mapping[str, Answer],
    ages: tuple[int, int],
) -> DeclaredMember:
    """Return a member as declared anew. ``ages``: on the day, and the one that counts.

    An answer that is asked at neither age any more is left out.
    """
    today, counts = ages
    given = read_fields(
        open_fields(form, milieu, member, counts), typed, milieu, counts, known=member.answers
    )
    kept: dict[str, Value] = {
        name: value
        for name, value in given.items()
        if any(_in_range(form.fields[name], age) for age in (today, counts))
    }
    return replace(member, age=today, answers=kept)


def _in_range(field: FormField, age: int) -> bool:
    return field.condition.age_from <= age <= field.condition.age_to
