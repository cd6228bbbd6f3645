"""Answers to inputs, one household after the other: another program than ``rules.derive``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sijil.domains.social_register.errors import ANSWER_MISSING
from sijil.domains.social_register.rules.answers import is_asked, refusal
from sijil.domains.social_register.rules.composition import head_of
from sijil.domains.social_register.types import (
    Condition,
    DeclaredMember,
    Derivation,
    Form,
    Value,
)
from sijil.kernel.errors import Refused

_MILIEU_CODE = {"urban": 1, "rural": 2}


def inputs(
    form: Form,
    answers: Mapping[str, Value],
    members: Sequence[DeclaredMember],
    *,
    milieu: str,
    region_code: str,
    before: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """Return the inputs of the score for one household: those of its milieu and no others.

    Money in centimes a year (average month x 12), bottles a year, counts, flags 0/1, codes of the
    scoring domain. Ages of ``members`` are those that count; ``before``: those of the declaration, by IDCS.
    Raises: Refused(ANSWER_MISSING) naming the field; Refused(HEAD_NOT_ONE).
    """
    return _Household(form, answers, members, milieu, region_code, before).inputs()


class _Household:
    """The answers of one household, read with a refusal for each missing one."""

    def __init__(
        self,
        form: Form,
        answers: Mapping[str, Value],
        members: Sequence[DeclaredMember],
        milieu: str,
        region_code: str,
        before: Mapping[str, int] | None,
    ) -> None:
        self.form, self.answers, self.members, self.milieu = form, answers, members, milieu
        self.region = int(region_code)
        self.head, self.before = head_of(members), before or {m.person: m.age for m in members}

    def inputs(self) -> dict[str, int]:
        table = self.form.derivations.items()
        return {name: self._derive(how) for name, how in table if self.milieu in how.milieus}

    def _derive(self, how: Derivation) -> int:
        if how.answer:
            return _coded(self._given(how.answer), how)
        if how.yearly:
            return sum(_per_year(self._given(name)) for name in how.yearly)
        if how.head:
            value = self._at_some_age(self.head, lambda head: self._given_by(head, how.head))
            return how.not_asked if value is None else _coded(value, how)
        if how.count:
            return self._count(how.count)
        return int(self._count(how.any) > 0) if how.any else self._known(how.known)

    def _count(self, match: Condition) -> int:
        return sum(self._at_some_age(m, lambda m: self._matches(m, match)) for m in self.members)

    def _at_some_age(self, member: DeclaredMember, read: Callable[[DeclaredMember], Any]) -> Any:
        """Read at the age that counts; if a question fell due since the declaration, at that day's age."""
        try:
            return read(member)
        except Refused as refused:
            then = replace(member, age=self.before[member.person])
            field = self.form.fields[refused.field or ""]
            if is_asked(field, self.milieu, member.answers, then.age):
                raise
            return read(then)

    def _known(self, name: str) -> int:
        counted = {
            "milieu": _MILIEU_CODE[self.milieu],
            "region": self.region,
            "size": len(self.members),
            "head_age": self.head.age,
            "single_or_couple": int(is_single_or_couple(self.members)),
            "several_nuclei": int(has_several_nuclei(self.members)),
        }
        return counted[name]

    def _matches(self, member: DeclaredMember, match: Condition) -> bool:
        if not match.age_from <= member.age <= match.age_to:
            return False
        return all(str(self._given_by(member, name)) in codes for name, codes in match.when.items())

    def _given(self, name: str) -> Value:
        if name not in self.answers:
            raise refusal(ANSWER_MISSING, self.form.fields[name])
        return self.answers[name]

    def _given_by(self, member: DeclaredMember, name: str) -> Value | None:
        """Return a member's answer, or None if the question does not concern them."""
        field = self.form.fields[name]
        if not is_asked(field, self.milieu, member.answers, member.age):
            return None
        if name not in member.answers:
            raise refusal(ANSWER_MISSING, field, member=member.person)
        return member.answers[name]


def _coded(value: Value, how: Derivation) -> int:
    if how.codes:
        return how.codes[str(value)]
    if how.among:
        return int(value in how.among)
    assert isinstance(value, int)
    return value


def _per_year(value: Value) -> int:
    """Twelve times the average month; exact, for one, two or three months divide twelve."""
    assert not isinstance(value, str)
    return value * 12 if isinstance(value, int) else sum(value) * 12 // len(value)


def is_single_or_couple(members: Sequence[DeclaredMember]) -> bool:
    """One person alone, or the head and one spouse and nobody else."""
    return len(members) == 1 or (len(members) == 2 and bool(_related(members, "spouse")))


def has_several_nuclei(members: Sequence[DeclaredMember]) -> bool:
    return count_nuclei(members) > 1


def count_nuclei(members: Sequence[DeclaredMember]) -> int:
    """Count the family nuclei: a couple with or without children, or one parent with children.

    Read from the relations to the head: the head with a spouse or a child is one; each son- or
    daughter-in-law and each spouse of a sibling makes one more; so do two parents of the head, or of
    the spouse; grandchildren with no couple between them and the head make one with their parent.
    The decree does not say how HCP counts; this is the census's reading.
    """
    couples = len(_related(members, "child_in_law")) + len(_related(members, "sibling_in_law"))
    own = bool(_related(members, "spouse") or _related(members, "child"))
    elders = sum(len(_related(members, relation)) >= 2 for relation in ("parent", "parent_in_law"))
    lone_parent = bool(
        _related(members, "grandchild")
        and _related(members, "child")
        and not _related(members, "child_in_law")
    )
    return own + couples + elders + lone_parent


def _related(members: Sequence[DeclaredMember], relation: str) -> list[DeclaredMember]:
    return [member for member in members if member.get("relation") == relation]
