"""From answers to the inputs of the score, by the table ``parameters/derivations.yaml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sijil.domains.social_register.errors import ANSWER_MISSING
from sijil.domains.social_register.rules.answers import is_asked, refusal
from sijil.domains.social_register.rules.composition import has_several_nuclei, head_of, is_single_or_couple
from sijil.domains.social_register.rules.form import derivations
from sijil.domains.social_register.types import DeclaredMember, Form, FrozenDeclaration, Value

MILIEUS = ("urban", "rural")
_MILIEU_CODE = {"urban": 1, "rural": 2}


def inputs(
    form: Form,
    answers: Mapping[str, Value],
    members: Sequence[DeclaredMember],
    *,
    milieu: str,
    region_code: str,
) -> dict[str, int]:
    """Return the inputs of the score for one household: those of its milieu and no others.

    Money in centimes a year (average month x 12), bottles a year, counts, flags 0/1, codes of the
    scoring domain. Ages of ``members`` are those of the day of the declaration.
    Raises: Refused(ANSWER_MISSING) naming the field; Refused(HEAD_NOT_ONE).
    """
    return _Household(form, answers, members, milieu, region_code).inputs()


def at_ages(declaration: FrozenDeclaration, ages: Mapping[str, int]) -> FrozenDeclaration:
    """Return the same declaration with the members' ages of another day (``ages`` by IDCS)."""
    members = tuple(replace(member, age=ages[member.idcs]) for member in declaration.members)
    return replace(declaration, members=members)


class _Household:
    """The answers of one household, read with a refusal for each missing one."""

    def __init__(
        self,
        form: Form,
        answers: Mapping[str, Value],
        members: Sequence[DeclaredMember],
        milieu: str,
        region_code: str,
    ) -> None:
        self.form, self.answers, self.members, self.milieu = form, answers, members, milieu
        self.region = int(region_code)
        self.head = head_of(members)

    def inputs(self) -> dict[str, int]:
        table = derivations().items()
        return {
            name: self._derive(body) for name, body in table if self.milieu in body.get("milieus", MILIEUS)
        }

    def _derive(self, body: Mapping[str, Any]) -> int:
        for kind in ("answer", "yearly", "head", "count", "any", "known"):
            if kind in body:
                return int(getattr(self, f"_{kind}")(body[kind], body))
        raise ValueError(f"unknown derivation {body}")

    def _answer(self, name: str, body: Mapping[str, Any]) -> int:
        return _coded(self._given(name), body)

    def _yearly(self, names: Sequence[str], _: Mapping[str, Any]) -> int:
        return sum(_per_year(self._given(name)) for name in names)

    def _head(self, name: str, body: Mapping[str, Any]) -> int:
        value = self._given_by(self.head, name)
        return body.get("not_asked", 0) if value is None else _coded(value, body)

    def _count(self, match: Mapping[str, Any], _: Mapping[str, Any]) -> int:
        return sum(self._matches(member, match) for member in self.members)

    def _any(self, match: Mapping[str, Any], body: Mapping[str, Any]) -> int:
        return self._count(match, body) > 0

    def _known(self, name: str, _: Mapping[str, Any]) -> int:
        if name in ("milieu", "region"):
            return _MILIEU_CODE[self.milieu] if name == "milieu" else self.region
        counted = {
            "size": len(self.members),
            "head_age": self.head.age,
            "single_or_couple": int(is_single_or_couple(self.members)),
            "several_nuclei": int(has_several_nuclei(self.members)),
        }
        return counted[name]

    def _matches(self, member: DeclaredMember, match: Mapping[str, Any]) -> bool:
        if not match.get("age_from", 0) <= member.age <= match.get("age_to", 200):
            return False
        named = {name: codes for name, codes in match.items() if name not in ("age_from", "age_to")}
        return all(str(self._given_by(member, name)) in codes for name, codes in named.items())

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
            raise refusal(ANSWER_MISSING, field, member=member.idcs)
        return member.answers[name]


def _coded(value: Value, body: Mapping[str, Any]) -> int:
    if "codes" in body:
        return int(body["codes"][value])
    if "in" in body:
        return int(value in body["in"])
    assert isinstance(value, int)
    return value


def _per_year(value: Value) -> int:
    """Twelve times the average month; exact, for one, two or three months divide twelve."""
    assert not isinstance(value, str)
    return value * 12 if isinstance(value, int) else sum(value) * 12 // len(value)
