"""The household as a group: its head, and who may declare it.

Definitions: law 72.18 and decree 2.21.582, article 2 (head, declarant); the ages are the law
``social_register.composition``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sijil.domains.social_register import errors
from sijil.domains.social_register.rules.law import Composition
from sijil.domains.social_register.types import DeclaredMember, Problem
from sijil.kernel.errors import ErrorCode, Refused
from sijil.kernel.ids import PersonKey

_COUPLES = {"head": "spouse", "child": "child_in_law", "sibling": "sibling_in_law"}
_DECLARANTS = ("head", "spouse", "parent")


def composition_problems(
    members: Sequence[DeclaredMember], declarant: PersonKey, limits: Composition
) -> tuple[Problem, ...]:
    """Return everything wrong with the group; empty when it may be registered."""
    return (
        *_group(members, limits),
        *_declarant(members, declarant, limits),
        *_each(members, limits),
    )


def check_declarant(members: Sequence[DeclaredMember], declarant: PersonKey, limits: Composition) -> None:
    """Head, spouse, parent of the head, or adult child living there. Raises: Refused."""
    for problem in _declarant(members, declarant, limits):
        raise problem.refusal


def head_of(members: Sequence[DeclaredMember]) -> DeclaredMember:
    """Return the head. Raises: Refused(HEAD_NOT_ONE)."""
    heads = _related(members, "head")
    if len(heads) != 1:
        raise Refused(errors.HEAD_NOT_ONE, field="relation", count=len(heads))
    return heads[0]


def married_alone(members: Sequence[DeclaredMember]) -> list[PersonKey]:
    """Return the married of whom no husband or wife can be among the members: to be asked, never refused.

    One who works abroad or lives elsewhere is no member; one who was forgotten changes the score.
    """
    there = [member.get("relation") for member in members]
    lonely = {relation for relation, other in _COUPLES.items() if other not in there}
    if there.count("parent") < 2:
        lonely.add("parent")
    return [m.person for m in members if m.get("marital_status") == "married" and m.get("relation") in lonely]


def _related(members: Sequence[DeclaredMember], relation: str) -> list[DeclaredMember]:
    return [member for member in members if member.get("relation") == relation]


def _problem(error: ErrorCode, member: PersonKey | None = None, **facts: object) -> Problem:
    return Problem(Refused(error, field="relation", **facts), "relation", member)


def _group(members: Sequence[DeclaredMember], limits: Composition) -> Iterator[Problem]:
    heads = _related(members, "head")
    if len(heads) != 1:
        yield _problem(errors.HEAD_NOT_ONE, count=len(heads))
    if len(members) > limits.largest:
        yield _problem(errors.HOUSEHOLD_TOO_BIG, maximum=limits.largest)


def _declarant(
    members: Sequence[DeclaredMember], person: PersonKey, limits: Composition
) -> Iterator[Problem]:
    found = [member for member in members if member.person == person]
    if not found:
        yield _problem(errors.DECLARANT_NOT_LISTED)
    elif found[0].get("relation") and not _may_declare(found[0], limits):
        yield _problem(errors.DECLARANT_NOT_ALLOWED, person)


def _may_declare(member: DeclaredMember, limits: Composition) -> bool:
    relation = member.get("relation")
    return relation in _DECLARANTS or (relation == "child" and member.age >= limits.adult_from)


def _each(members: Sequence[DeclaredMember], limits: Composition) -> Iterator[Problem]:
    heads = _related(members, "head")
    for member in members:
        yield from _ages(member, heads, limits)
        yield from _marriage(member, heads)


def _ages(member: DeclaredMember, heads: Sequence[DeclaredMember], limits: Composition) -> Iterator[Problem]:
    relation = member.get("relation")
    if relation == "spouse" and member.age < limits.spouse_from:
        yield _problem(errors.SPOUSE_TOO_YOUNG, member.person, minimum=limits.spouse_from)
    if relation == "head" and member.age < limits.head_from:
        yield _problem(errors.HEAD_TOO_YOUNG, member.person, minimum=limits.head_from)
    if len(heads) == 1 and _is_inverted(relation, member.age, heads[0].age):
        yield _problem(errors.PARENT_YOUNGER, member.person)


def _is_inverted(relation: object, age: int, head_age: int) -> bool:
    return (relation == "parent" and age <= head_age) or (relation == "grandchild" and age >= head_age)


def _marriage(member: DeclaredMember, heads: Sequence[DeclaredMember]) -> Iterator[Problem]:
    if member.get("relation") != "spouse":
        return
    for person in (member, *heads):
        if person.get("marital_status") not in ("", "married"):
            refusal = Refused(errors.SPOUSE_NOT_MARRIED, field="marital_status")
            yield Problem(refusal, "marital_status", person.person)
