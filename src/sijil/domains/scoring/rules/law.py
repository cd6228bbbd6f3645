"""The laws of scoring as they are written: inputs, formula, prices of butane, readings of the text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from sijil.domains.scoring.types import SCALE
from sijil.kernel import law

_FOLDER = Path(__file__).resolve().parents[1] / "parameters"
_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]
_Least = Annotated[int, msgspec.Meta(ge=0)]
_Most = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
REGIONS = range(1, 13)
MILIEUX: tuple[Literal["urban", "rural"], ...] = ("urban", "rural")


class Coefficient(law.Number, least="-5", most="5"):
    """Score points per unit of a value."""


class Constant(law.Number, least="0", most="15"):
    """Score points of a milieu or a region."""


class Points(law.Number, least="0", most="20"):
    """Score points."""


class Price(law.Number, least="1", most="1000", decimals=2):
    """Dirhams a bottle."""


# -- the inputs ------------------------------------------------------------------------------------


class CodeText(law.Body, frozen=True):
    """One code of an input: its name for machines and for people."""

    name: str
    ar: str
    fr: str
    en: str
    zgh: str = ""


class InputText(law.Body, frozen=True, rename={"source": "from", "kind": "type"}):
    """One input. ``urban``, ``rural``: least and most; a milieu without does not ask it."""

    id: _Id
    source: Literal["place", "household", "members"]
    kind: Literal["flag", "count", "code", "money"]
    label: law.Text
    unit: str = ""
    codes: dict[int, CodeText] = {}
    urban: tuple[_Least, _Most] | None = None
    rural: tuple[_Least, _Most] | None = None
    at_most: str = ""

    def __post_init__(self) -> None:
        for milieu in MILIEUX:
            bounds = getattr(self, milieu)
            if bounds is not None and bounds[0] > bounds[1]:
                raise law.Wrong(f"{bounds[0]} is more than {bounds[1]}.", "Write [least, most].", milieu)
        if self.urban is None and self.rural is None:
            raise law.Wrong(f"`{self.id}` is asked nowhere.", "Write `urban:` or `rural:`.", "id")


class Inputs(law.Body, frozen=True):
    """The law ``scoring.inputs``: the vector, in its order."""

    inputs: tuple[InputText, ...]

    def __post_init__(self) -> None:
        ids = [one.id for one in self.inputs]
        if ids[:1] != ["milieu"]:
            raise law.Wrong("The first input is the milieu.", "Write it first.", "inputs")
        for place, one in enumerate(self.inputs):
            if one.id in ids[:place]:
                raise law.Wrong(f"`{one.id}` stands twice.", "Take one away.", "inputs", place)
            if one.at_most and one.at_most not in ids:
                known = f"There is no input `{one.at_most}`."
                raise law.Wrong(known, "Name one of this file.", "inputs", place, "at_most")


# -- the formula -----------------------------------------------------------------------------------


class ConditionText(law.Body, frozen=True, rename={"among": "in"}):
    """When a flag counts (see the head of the formula's file)."""

    input: str
    among: tuple[int, ...] = ()
    at_least: int | None = None
    per: str = ""
    above: int | None = None
    at_most: int | None = None


class AmountText(law.Body, frozen=True):
    """One part of a money term; ``price`` names a price of ``scoring.butane_prices``."""

    input: str
    price: str = ""


_NEEDS = {
    "flag": "when", "count": "input", "square": "input", "share": "input", "money": "inputs",
}  # fmt: skip


class TermText(law.Body, frozen=True):
    """One line of an annex."""

    n: int
    id: _Id
    group: str
    form: Literal["flag", "count", "square", "share", "money"]
    coefficient: Coefficient
    label: law.Text
    when: ConditionText | None = None
    input: str = ""
    inputs: tuple[AmountText, ...] = ()
    doubt: str | law.Text = ""

    def __post_init__(self) -> None:
        needed = _NEEDS[self.form]
        given = [name for name in ("when", "input", "inputs") if getattr(self, name)]
        if given != [needed]:
            raise law.Wrong(f"A {self.form} needs `{needed}` and nothing else.", f"Write `{needed}:`.", "id")
        if self.form == "money" and self.coefficient * SCALE % 100:
            remedy = "Per centime it would not be whole: seven decimals at most."
            raise law.Wrong(f'"{self.coefficient}" has too many decimals.', remedy, "coefficient")

    @property
    def reads(self) -> tuple[str, ...]:
        """The inputs that it reads."""
        when = (self.when.input, self.when.per) if self.when else ()
        return tuple(n for n in (*when, self.input, *(a.input for a in self.inputs)) if n)


class ConstantText(law.Body, frozen=True):
    """The constant of a milieu."""

    value: Constant
    label: law.Text


class RegionsText(law.Body, frozen=True):
    """The constant of each region."""

    label: law.Text
    value: dict[int, Constant]
    doubt: str | law.Text = ""

    def __post_init__(self) -> None:
        if sorted(self.value) != list(REGIONS):
            raise law.Wrong("There are twelve regions, 1 to 12.", "Write a constant for each.", "value")


class AnnexText(law.Body, frozen=True):
    """The formula of one milieu."""

    constant: ConstantText
    regions: RegionsText
    terms: tuple[TermText, ...]

    def __post_init__(self) -> None:
        for place, term in enumerate(self.terms):
            if term.n != place + 1:
                raise law.Wrong(f"This is term {place + 1}.", f"Write n: {place + 1}.", "terms", place, "n")
            if term.id in {other.id for other in self.terms[:place]}:
                raise law.Wrong(f"`{term.id}` stands twice.", "Name it otherwise.", "terms", place, "id")


class RangeText(law.Body, frozen=True):
    """Between which scores no person has to look."""

    value: tuple[Points, Points]
    source: str
    last_checked_on: dt.date
    unit: str = ""
    doubt: str | law.Text = ""

    def __post_init__(self) -> None:
        if self.value[0] >= self.value[1]:
            raise law.Wrong("The least is not less than the most.", "Turn them.", "value")


class DenominatorText(law.Body, frozen=True):
    """What shares are shares of."""

    value: Literal["size", "members_15_plus"]
    source: str
    last_checked_on: dt.date
    unit: str = ""
    doubt: str | law.Text = ""


class FormulaText(law.Body, frozen=True):
    """The law ``scoring.formula``. ``inputs``: the version of ``scoring.inputs`` that its terms read;
    ``legal_basis``: its ``source``, for people.
    """

    inputs: str
    valid_range: RangeText
    share_denominator: DenominatorText
    groups: dict[str, law.Text]
    urban: AnnexText
    rural: AnnexText
    legal_basis: law.Text | None = None

    def __post_init__(self) -> None:
        for milieu in MILIEUX:
            for place, term in enumerate(getattr(self, milieu).terms):
                if term.group not in self.groups:
                    at = (milieu, "terms", place, "group")
                    raise law.Wrong(f"There is no group `{term.group}`.", "Name one of `groups`.", *at)


# -- prices and readings ---------------------------------------------------------------------------


class Prices(law.Body, frozen=True):
    """The law ``scoring.butane_prices``: dirhams a bottle."""

    prices: dict[str, Price]


class Readings(law.Body, frozen=True):
    """The law ``scoring.readings``: how the text is read where it does not say."""

    ages_on: Literal["declaration", "scoring", "year"]
    milieu: Literal["census", "legal_kind"]


# -- what one file cannot tell ---------------------------------------------------------------------


def _check_formula(formula: law.Law[FormulaText]) -> None:
    """Compare a formula with the inputs that it names, and with every price since it started."""
    known = _inputs_of(formula.body.inputs)
    for milieu in MILIEUX:
        for place, term in enumerate(getattr(formula.body, milieu).terms):
            _check_term(term, milieu, known, (milieu, "terms", place))
    for prices in law.versions(PRICES):
        for where, place, name in _priced(formula.body):
            if name not in prices.body.prices:
                wrong = f"There is no price `{name}` in {prices.version}."
                raise law.Wrong(wrong, "Write it there.", where, "terms", place)


def _inputs_of(version: str) -> dict[str, InputText]:
    try:
        found = law.load(INPUTS, version).body
    except LookupError:
        remedy = "Name a version of scoring.inputs."
        raise law.Wrong(f"There are no inputs {version}.", remedy, "inputs") from None
    return {one.id: one for one in found.inputs}


def _check_term(term: TermText, milieu: str, known: dict[str, InputText], at: tuple[Any, ...]) -> None:
    for name in term.reads:
        if name not in known or getattr(known[name], milieu) is None:
            raise law.Wrong(f"`{name}` is not asked in the {milieu} milieu.", "See the inputs.", *at)
    codes = term.when.among if term.when else ()
    if not set(codes) <= set(known[term.reads[0]].codes):
        raise law.Wrong(f"`{term.reads[0]}` has no such code.", "See the inputs.", *at, "when", "in")


def _check_prices(prices: law.Law[Prices]) -> None:
    """Compare prices with every formula: all that one names are there."""
    for formula in law.versions(FORMULA):
        for _, _, name in _priced(formula.body):
            if name not in prices.body.prices:
                wrong = f"There is no price `{name}`, which {formula.version} counts."
                raise law.Wrong(wrong, "Write it.", "prices")


def _priced(body: FormulaText) -> Iterator[tuple[str, int, str]]:
    for milieu in MILIEUX:
        for place, term in enumerate(getattr(body, milieu).terms):
            yield from ((milieu, place, amount.price) for amount in term.inputs if amount.price)


_WORDS = frozenset({"label", "legal_basis", "groups", "group", "ar", "fr", "en", "zgh"})
INPUTS = law.declare(law.LawKind("scoring.inputs", Inputs, _FOLDER / "inputs", _WORDS))
FORMULA = law.declare(
    law.LawKind("scoring.formula", FormulaText, _FOLDER / "formula", _WORDS, _check_formula)
)
PRICES = law.declare(
    law.LawKind("scoring.butane_prices", Prices, _FOLDER / "butane_prices", check=_check_prices)
)
READINGS = law.declare(law.LawKind("scoring.readings", Readings, _FOLDER / "readings"))
LAWS = (FORMULA, INPUTS, PRICES, READINGS)
"""What makes a score, but the form by which the household declared."""
