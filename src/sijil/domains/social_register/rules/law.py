"""The laws of the social register as they are written: the form, who may be in a household, the delays."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from sijil.domains.social_register.types import Condition, Derivation, Milieu
from sijil.kernel import law
from sijil.kernel.law.values import Step

_FOLDER = Path(__file__).parents[1] / "parameters"
_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]
_Amount = Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]
_Age = Annotated[int, msgspec.Meta(ge=0, le=120)]
_Said = dict[Literal["self", "F", "M"], law.Text]


class BlockText(law.Body, frozen=True):
    """A page of the form."""

    id: _Id
    step: Literal["COM", "SOC"]
    label: law.Text


class BoundsText(law.Body, frozen=True):
    """Least and most by milieu, in whole units (money: dirhams a month)."""

    urban: tuple[_Amount, _Amount] | None = None
    rural: tuple[_Amount, _Amount] | None = None

    def __post_init__(self) -> None:
        for milieu in ("urban", "rural"):
            pair = getattr(self, milieu)
            if pair is not None and pair[0] > pair[1]:
                raise law.Wrong(f"{pair[0]} is more than {pair[1]}.", "Write [least, most].", milieu)


class FieldText(law.Body, frozen=True):
    """One question."""

    id: _Id
    block: str
    kind: Literal["flag", "integer", "choice", "money_month"]
    milieus: tuple[Milieu, ...]
    label: law.Text
    unit: str = ""
    mandatory: bool = True
    bounds: BoundsText = BoundsText()
    condition: Condition = Condition()
    options: str = ""
    hint: law.Text | None = None
    said: _Said = {}

    def __post_init__(self) -> None:
        if (self.kind == "choice") is not bool(self.options):
            raise law.Wrong("A choice, and only a choice, has options.", "Name a list.", "kind")
        if self.kind in ("flag", "choice") and self.bounds != BoundsText():
            raise law.Wrong(f"A {self.kind} has no bounds.", "Take them away.", "bounds")


class OptionText(law.Body, frozen=True):
    """One answer of a list, and when it is offered."""

    code: _Id
    ar: str
    fr: str
    zgh: str = ""
    en: str = ""
    age_from: _Age = 0
    age_to: int = 200
    when: dict[str, tuple[str, ...]] = {}
    said: _Said = {}


class HouseholdForm(law.Body, frozen=True):
    """The law ``social_register.household_form``: questions, lists, and how answers become ``inputs``."""

    inputs: str
    blocks: tuple[BlockText, ...]
    fields: tuple[FieldText, ...]
    lists: dict[str, tuple[OptionText, ...]]
    derivations: dict[str, Derivation]

    def __post_init__(self) -> None:
        for place, field in enumerate(self.fields):
            if field.id in {other.id for other in self.fields[:place]}:
                raise law.Wrong(f"`{field.id}` stands twice.", "Take one away.", "fields", place)
            _known(field.block, (b.id for b in self.blocks), "block", "fields", place, "block")
            if field.options:
                _known(field.options, self.lists, "list", "fields", place, "options")
            for name in field.condition.when:
                self._check_field(name, "fields", place, "condition", "when", name)
        self._check_lists()
        for name, derivation in self.derivations.items():
            self._check_derivation(name, derivation)

    def _check_lists(self) -> None:
        used = {field.options for field in self.fields}
        for name, options in self.lists.items():
            if name not in used:
                raise law.Wrong(f"No question has the list `{name}`.", "Take it away.", "lists", name)
            for place, option in enumerate(options):
                for asked in option.when:
                    self._check_field(asked, "lists", name, place, "when", asked)

    def _check_derivation(self, name: str, derivation: Derivation) -> None:
        for field in derivation.fields:
            self._check_field(field, "derivations", name)
        read = derivation.answer or derivation.head
        codes = self._codes(read) if read else set()
        for code in (*derivation.codes, *derivation.among):
            _known(code, codes, "answer", "derivations", name)
        if derivation.codes and set(derivation.codes) != codes:
            left = ", ".join(sorted(codes - set(derivation.codes)))
            raise law.Wrong(f"{left}: without a code.", "Give each answer a code.", "derivations", name)

    def _codes(self, field: str) -> set[str]:
        options = next(f.options for f in self.fields if f.id == field)
        return {option.code for option in self.lists.get(options, ())}

    def _check_field(self, name: str, *at: Step) -> None:
        _known(name, (f.id for f in self.fields), "question", *at)


def _known(name: str, known: Iterable[str], what: str, *at: Step) -> None:
    names = sorted(known)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        remedy = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(names)}."
        raise law.Wrong(f"There is no {what} `{name}`.", remedy, *at)


class Composition(law.Body, frozen=True):
    """The law ``social_register.composition``: ages in whole years, and members."""

    adult_from: _Age
    spouse_from: _Age
    head_from: _Age
    largest: Annotated[int, msgspec.Meta(ge=1, le=100)]


FORM = law.declare(
    law.LawKind(
        "social_register.household_form",
        HouseholdForm,
        _FOLDER / "household_form",
        words=frozenset({"label", "hint", "said", "ar", "fr", "zgh", "en"}),
    )
)
COMPOSITION = law.declare(law.LawKind("social_register.composition", Composition, _FOLDER / "composition"))
DELAYS = law.declare_delays("social_register", _FOLDER / "delays")
