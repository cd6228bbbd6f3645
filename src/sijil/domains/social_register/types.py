"""Values that cross the border of the social register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal
from uuid import UUID

from sijil.kernel import law
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey

Raw = str | list[str]
"""What a person typed: one text, or up to three (monthly bills)."""

Value = int | str | tuple[int, ...]
"""A parsed answer: flag 0/1, whole number, option code, or the monthly bills in centimes."""

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


@dataclass(frozen=True, slots=True)
class DeclaredMember:
    """A member as the rules see them: no name, the age in whole years on the day that counts."""

    person: PersonKey
    sex: str
    age: int
    answers: Mapping[str, Value]

    def get(self, name: str) -> Value:
        return self.answers.get(name, "")

    @property
    def relation(self) -> str:
        return str(self.get("relation"))


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to correct before sending: which field, of which member if any, and the refusal."""

    refusal: Refused
    field: str
    member: PersonKey | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One typed answer of a draft."""

    raw: Raw
    saved_at: dt.datetime


@dataclass(frozen=True, slots=True)
class DraftMember:
    """A member of a draft: what was typed about them. ``place``: by which pages and callers name them."""

    place: int
    person: PersonKey
    sex: str
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class RegistrationDraft:
    """A registration being filled in. ``version`` grows with each change, whoever made it.

    ``milieu_by``: asked, census or kind; empty while the household has not said its ``area``, and then
    ``milieu`` is provisional.
    """

    id: UUID
    number: str
    declarant: PersonKey
    state: str
    commune_code: str
    region_code: str
    milieu: str
    milieu_by: str
    area: str
    form_version: str
    started_at: dt.datetime
    updated_at: dt.datetime
    answers: Mapping[str, Answer]
    members: tuple[DraftMember, ...]
    version: int

    def member_at(self, place: int) -> DraftMember | None:
        """Return the member of a place, if there is one."""
        return next((member for member in self.members if member.place == place), None)

    def place_of(self, person: PersonKey | None) -> int:
        """Return the place of a member, 0 if there is none."""
        return next((member.place for member in self.members if member.person == person), 0)


@dataclass(frozen=True, slots=True)
class Saved:
    """The result of saving one answer: kept in any case unless ``kept_other``.

    ``error``: what is wrong with it. ``kept_other``: another device answered after this page was
    shown; that newer answer stands, in ``raw``.
    """

    field: str
    raw: Raw
    saved_at: dt.datetime
    error: Refused | None = None
    kept_other: bool = False


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """A person's present stay in a household."""

    person: PersonKey
    relation: str
    sex: str
    joined_on: dt.date


@dataclass(frozen=True, slots=True)
class HouseholdView:
    """A household and its present members, the head first."""

    code: str
    state: str
    commune_code: str
    region_code: str
    milieu: str
    milieu_by: str
    head: PersonKey
    declarant: PersonKey
    declared_at: dt.datetime
    members: tuple[HouseholdMember, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One past step of a registration."""

    action: str
    to_state: str
    at: dt.datetime
    actor_kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class RegistrationView:
    """A registration as tracked: no identity. ``household_code`` is empty before it is sent.

    ``language``: of its notices. ``answer_due_on``: while the legal delay runs.
    """

    id: UUID
    number: str
    declarant: PersonKey
    state: str
    household_code: str
    language: str
    started_at: dt.datetime
    submitted_at: dt.datetime | None
    answer_due_on: dt.date | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class FrozenDeclaration:
    """What a household declared on a day; ``sha256`` is over the canonical JSON of the rest."""

    id: UUID
    household_code: str
    form_version: str
    form_digest: str
    declared_on: dt.date
    milieu: str
    milieu_by: str
    answers: Mapping[str, Value]
    members: tuple[DeclaredMember, ...]
    sha256: str

    @property
    def pins(self) -> tuple[law.Pin, ...]:
        """The version of the form that was filled in."""
        return (law.Pin("social_register.household_form", self.form_version, self.form_digest),)


HOUSEHOLD = -1
"""In the place of a member: the question is one of the household."""


@dataclass(frozen=True, slots=True)
class Due:
    """Questions that a declaration does not answer: by age they fell due, or a newer form asks them.

    ``member``: their place among the declaration's members, from 0; HOUSEHOLD, and no ``person``: of the
    household itself.
    """

    member: int
    person: PersonKey | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Completion:
    """An open request to complete a household's declaration. ``due_on``: the last day of its delay.

    ``needed_by``: the formula that cannot score the household without the answers; empty while one can.
    """

    id: UUID
    household_code: str
    opened_at: dt.datetime
    due_on: dt.date
    due: tuple[Due, ...]
    version: int
    needed_by: str = ""


@dataclass(frozen=True, slots=True)
class LoadedHousehold:
    """A household ready to be written by :func:`load_households`. ``code``: 11 digits.

    ``milieu_by``: asked, census or kind. ``births``: of every member.
    """

    code: str
    commune_code: str
    region_code: str
    milieu: str
    milieu_by: str
    answers: Mapping[str, Value]
    members: tuple[DeclaredMember, ...]
    births: Mapping[PersonKey, PartialDate]


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom the notices of a registration go to, and in which language."""

    number: str
    declarant: PersonKey
    language: str
    household_code: str


@dataclass(frozen=True, slots=True)
class ScoreInReview:
    """A score set aside, as the list of those to check shows it: nobody is named.

    ``number``: of the registration; of a household that is registered already (``is_registered``) its code.
    """

    id: UUID
    number: str
    household_code: str
    commune_code: str
    milieu: str
    reason: str
    since: dt.datetime
    due_on: dt.date
    is_registered: bool

    @property
    def place(self) -> str:
        """Where it stands in the list, to go on after it."""
        return f"{self.due_on}.{self.number}"
