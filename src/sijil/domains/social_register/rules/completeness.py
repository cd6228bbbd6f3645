"""A draft as a whole: what it says so far, and what keeps it from being sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sijil.domains.social_register.errors import ANSWER_INVALID, ANSWER_MISSING, AREA_MISSING
from sijil.domains.social_register.rules.answers import is_asked, offered_options, parse, problem_of, refusal
from sijil.domains.social_register.rules.composition import composition_problems
from sijil.domains.social_register.rules.law import Composition
from sijil.domains.social_register.types import (
    Answer,
    DeclaredMember,
    Form,
    FormField,
    Problem,
    RegistrationDraft,
    Value,
)
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey

NOTHING: Mapping[str, Value] = {}


def read_household(form: Form, draft: RegistrationDraft) -> dict[str, Value]:
    """Return the household's answers that can be read and are asked in its milieu."""
    return read_fields(form.of_step("SOC"), draft.answers, draft.milieu, None)


def read_members(
    form: Form, draft: RegistrationDraft, ages: Mapping[PersonKey, int]
) -> tuple[DeclaredMember, ...]:
    """Return the members with their readable answers. ``ages``: whole years by person."""
    fields = form.of_step("COM")
    return tuple(
        DeclaredMember(m.person, m.sex, age, read_fields(fields, m.answers, draft.milieu, age))
        for m, age in ((m, ages[m.person]) for m in draft.members)
    )


def problems(
    form: Form, draft: RegistrationDraft, ages: Mapping[PersonKey, int], limits: Composition
) -> tuple[Problem, ...]:
    """Return all that must be corrected before the draft may be sent, in the order of the form."""
    members = read_members(form, draft, ages)
    return (
        *_place_problems(draft),
        *composition_problems(members, draft.declarant, limits),
        *_members_problems(form, draft, ages),
        *wrong_fields(form.of_step("SOC"), draft.answers, draft.milieu, None, None),
    )


def member_problems(form: Form, draft: RegistrationDraft, person: PersonKey, age: int) -> tuple[Problem, ...]:
    """Return what is missing or wrong in the answers about one member."""
    member = next(m for m in draft.members if m.person == person)
    return tuple(wrong_fields(form.of_step("COM"), member.answers, draft.milieu, age, person))


def block_problems(form: Form, draft: RegistrationDraft, block: str) -> tuple[Problem, ...]:
    """Return what is missing or wrong in one block of the household's step."""
    return tuple(wrong_fields(form.of_block(block), draft.answers, draft.milieu, None, None))


def _place_problems(draft: RegistrationDraft) -> Iterator[Problem]:
    if not draft.milieu_by:
        yield Problem(Refused(AREA_MISSING, field="area"), "area")


def _members_problems(
    form: Form, draft: RegistrationDraft, ages: Mapping[PersonKey, int]
) -> Iterator[Problem]:
    for member in draft.members:
        yield from member_problems(form, draft, member.person, ages[member.person])


def read_fields(
    fields: tuple[FormField, ...],
    answers: Mapping[str, Answer],
    milieu: str,
    age: int | None,
    *,
    known: Mapping[str, Value] = NOTHING,
) -> dict[str, Value]:
    """Return the answers that can be read and are asked; ``known``: other answers, on which some hang."""
    values = dict(known)
    for field in fields:
        if field.id in answers and is_asked(field, milieu, values, age):
            _read_one(field, answers[field.id], milieu, age, values)
    return values


def _read_one(
    field: FormField, answer: Answer, milieu: str, age: int | None, values: dict[str, Value]
) -> None:
    try:
        value = parse(field, answer.raw, milieu)
    except Refused:
        return
    if _is_offered(field, value, values, age):
        values[field.id] = value


def _is_offered(field: FormField, value: Value, values: Mapping[str, Value], age: int | None) -> bool:
    if field.kind != "choice":
        return True
    return value in {option.code for option in offered_options(field, values, age)}


def wrong_fields(
    fields: tuple[FormField, ...],
    answers: Mapping[str, Answer],
    milieu: str,
    age: int | None,
    member: PersonKey | None,
    *,
    known: Mapping[str, Value] = NOTHING,
) -> Iterator[Problem]:
    """Give what is missing or wrong in some questions; ``known``: other answers, on which some hang."""
    values = read_fields(fields, answers, milieu, age, known=known)
    for field in fields:
        if field.id in values or not is_asked(field, milieu, values, age):
            continue
        refused = _why_unread(field, answers, milieu)
        if refused:
            yield Problem(refused, field.id, member)


def _why_unread(field: FormField, answers: Mapping[str, Answer], milieu: str) -> Refused | None:
    if field.id not in answers:
        return refusal(ANSWER_MISSING, field) if field.mandatory else None
    refused = problem_of(field, answers[field.id].raw, milieu)
    if refused is None and any(_texts(answers[field.id])):
        return refusal(ANSWER_INVALID, field)
    return refused


def _texts(answer: Answer) -> list[str]:
    return [answer.raw] if isinstance(answer.raw, str) else answer.raw
