"""The form by which a household declares: its questions, their options, what the score takes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from sijil.kernel import law

Labels = Mapping[str, str]
"""Texts by language code (ar, fr, zgh, en)."""

Milieu = Literal["urban", "rural"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Inclusive bounds, in the unit of the field (money: centimes; bills: of the average)."""

    minimum: int
    maximum: int


class Condition(law.Body, frozen=True):
    """When a field is asked, an option offered, a member counted: ages in whole years, and answers."""

    age_from: int = 0
    age_to: int = 200
    when: dict[str, tuple[str, ...]] = {}

    def __post_init__(self) -> None:
        if not 0 <= self.age_from <= self.age_to <= 200:
            raise law.Wrong("These are no ages.", "Write age_from and age_to, the lesser first.", "age_from")


class Derivation(law.Body, frozen=True, rename={"among": "in"}):
    """How answers become one input of the score; exactly one of the first six (see derivations.yaml)."""

    answer: str = ""
    yearly: tuple[str, ...] = ()
    head: str = ""
    count: Condition | None = None
    any: Condition | None = None
    known: Literal["", "milieu", "region", "size", "head_age", "single_or_couple", "several_nuclei"] = ""
    codes: dict[str, int] = {}
    among: tuple[str, ...] = ()
    not_asked: int = 0
    milieus: tuple[Milieu, ...] = ("urban", "rural")
    doubt: str | law.Text = ""

    def __post_init__(self) -> None:
        kinds = ("answer", "yearly", "head", "count", "any", "known")
        given = [name for name in kinds if getattr(self, name)]
        if len(given) != 1:
            raise law.Wrong("An input is derived in one way.", f"Write one of: {', '.join(kinds)}.")
        if (self.codes or self.among) and given[0] not in ("answer", "head"):
            raise law.Wrong("Only an answer has codes.", "Take them away.")

    @property
    def fields(self) -> frozenset[str]:
        """The fields of the form that it reads."""
        matched = (self.count or self.any or Condition()).when
        related = {"relation"} if self.known in ("single_or_couple", "several_nuclei", "head_age") else set()
        return frozenset({*matched, *self.yearly, *filter(None, (self.answer, self.head))} | related)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a reference list. ``said``: labels that agree with a woman (F) or a man (M)."""

    code: str
    labels: Labels
    condition: Condition
    said: Mapping[str, Labels] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormField:
    """One question. ``kind``: flag, integer, choice or money_month (up to three bills, averaged).

    ``said``: labels that agree with whom it is about: ``self`` (who reads), F, M; the others are general.
    """

    id: str
    step: str
    block: str
    kind: str
    unit: str
    mandatory: bool
    bounds: Mapping[str, Bounds]
    milieus: tuple[str, ...]
    condition: Condition
    options: tuple[Option, ...]
    labels: Labels
    hints: Labels
    feeds: tuple[str, ...]
    said: Mapping[str, Labels] = field(default_factory=dict)

    def about(self, sex: str, *, is_self: bool = False) -> FormField:
        """Return the question in the words that agree with a person; ``is_self``: who reads is asked."""
        labels = self.said.get("self" if is_self else sex, {})
        options = self.options
        if any(option.said for option in options):
            options = tuple(replace(o, labels={**o.labels, **o.said.get(sex, {})}) for o in options)
        is_said = self.said or options is not self.options
        return replace(self, labels={**self.labels, **labels}, options=options) if is_said else self


@dataclass(frozen=True, slots=True)
class Block:
    """A page of the form: fields that belong together."""

    id: str
    step: str
    labels: Labels


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One version of the form, one object for all readings.

    ``inputs_version``: the inputs of the score that its derivations make.
    """

    pin: law.Pin
    starts_on: dt.date
    inputs_version: str
    blocks: tuple[Block, ...]
    fields: Mapping[str, FormField]
    derivations: Mapping[str, Derivation]
    doubts: tuple[law.Doubt, ...] = ()

    @property
    def version(self) -> str:
        return self.pin.version

    def about(self, sex: str, *, is_self: bool = False) -> Form:
        """Return the form in the words that agree with a person; ``is_self``: who reads is asked."""
        return _about(self, sex, is_self)

    def inputs_in(self, milieu: str) -> frozenset[str]:
        """Return the inputs that this form makes in a milieu."""
        return frozenset(name for name, derived in self.derivations.items() if milieu in derived.milieus)

    def of_step(self, step: str) -> tuple[FormField, ...]:
        return tuple(f for f in self.fields.values() if f.step == step)

    def of_block(self, block: str) -> tuple[FormField, ...]:
        return tuple(f for f in self.fields.values() if f.block == block)


@lru_cache(maxsize=64)
def _about(form: Form, sex: str, is_self: bool) -> Form:
    return replace(form, fields={f.id: f.about(sex, is_self=is_self) for f in form.fields.values()})
