"""From declarations to the inputs of the score: the one definition, over columns; a household is a row.

A question that falls due by age (school at 6, work at 15) is one that is asked at the age that counts, was
not asked at the age of the declaration, and is not answered. Until it is, its member keeps, for the inputs
that need it, the age of the declaration; all other inputs take the age that counts. ``due`` names them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sijil.domains.social_register.errors import ANSWER_MISSING, BIRTH_UNKNOWN, HEAD_NOT_ONE
from sijil.domains.social_register.rules.answers import refusal
from sijil.domains.social_register.rules.packing import NONE, Layout, layout_of
from sijil.domains.social_register.types import Condition, Derivation, Due, Form, FormField
from sijil.kernel.errors import ErrorCode, Refused
from sijil.kernel.ids import PersonKey

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
URBAN, RURAL = 1, 2
MILIEU = {"urban": URBAN, "rural": RURAL}
NO_AGE = -1
_NO_OPTION = -2


@dataclass(frozen=True, slots=True)
class Declarations:
    """Last declarations of one form, as columns: n households, and m members in the order of the households.

    ``household``: (n, slots), ``members``: (m, questions), both as :mod:`packing` has them. ``declared_age``:
    on the day of the declaration; ``age``: on the day that counts, NO_AGE without a birth date.
    """

    form: Form
    codes: NDArray[np.bytes_]
    ids: NDArray[np.void]
    milieu: Ints
    region: Ints
    household: NDArray[np.int32]
    of: Ints
    person: Ints
    declared_age: Ints
    age: Ints
    members: NDArray[np.int32]

    @property
    def first(self) -> Ints:
        """The first member of each household."""
        return np.searchsorted(self.of, np.arange(len(self.codes)))


@dataclass(slots=True)
class Faults:
    """The first fault of each household: ``error`` 0 is none. ``field``: its place in the form."""

    errors: NDArray[np.int8]
    field: NDArray[np.int16]
    member: Ints

    def note(self, rows: Ints, error: int, field: int = NONE, member: Any = NONE) -> None:
        """Note a fault of some rows, unless they have one."""
        new = self.errors[rows] == 0
        self.errors[rows[new]], self.field[rows[new]] = error, field
        self.member[rows[new]] = member[new] if isinstance(member, np.ndarray) else member


_ERRORS: tuple[ErrorCode | None, ...] = (None, HEAD_NOT_ONE, BIRTH_UNKNOWN, ANSWER_MISSING)
_HEADS, _BIRTH, _MISSING = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Derived:
    """What the declarations give. ``columns``: an array (n,) per input of the form's inputs, NONE where the
    milieu does not ask it. ``due``: (m, questions), what fell due by age.
    """

    columns: Mapping[str, Ints]
    faults: Faults
    due: Bools


def derive(declared: Declarations, inputs: Collection[str] | None = None) -> Derived:
    """Return the inputs of each household (some of them: ``inputs``), exact whole numbers, or what keeps it
    from having them.
    """
    return _Columns(declared).derived(inputs)


def refusal_of(declared: Declarations, derived: Derived, row: int) -> Refused | None:
    """Return why a household has no inputs: the field and the member, or None."""
    faults = derived.faults
    error = _ERRORS[faults.errors[row]]
    if error is None:
        return None
    if error is HEAD_NOT_ONE:
        return Refused(error, field="relation", count=int(faults.member[row]))
    at = int(faults.member[row])
    member = {} if at == NONE else {"member": PersonKey(str(declared.person[at]))}
    if error is BIRTH_UNKNOWN:
        return Refused(error, field="birth_date", **member)
    field = list(declared.form.fields.values())[faults.field[row]]
    return refusal(error, field, **member)


def iter_due(declared: Declarations, derived: Derived) -> Iterator[tuple[int, tuple[Due, ...]]]:
    """Give the households in which something fell due, and what: row, members with their questions."""
    return iter_members(declared, derived.due)


def iter_members(declared: Declarations, questions: Bools) -> Iterator[tuple[int, tuple[Due, ...]]]:
    """Give what ``questions`` (m, questions) marks: row, members with their questions."""
    names = [field.id for field in declared.form.of_step("COM")]
    fields: dict[int, list[str]] = {}
    for at, column in zip(*(found.tolist() for found in np.nonzero(questions)), strict=True):
        fields.setdefault(at, []).append(names[column])
    members = np.fromiter(fields, np.int64, len(fields))
    rows, places = declared.of[members], members - declared.first[declared.of[members]]
    people = (PersonKey(str(key)) for key in declared.person[members].tolist())
    found = map(Due, places.tolist(), people, map(tuple, fields.values()))
    for row, due in groupby(zip(rows.tolist(), found, strict=True), key=itemgetter(0)):
        yield row, tuple(one for _, one in due)


def open_of_members(declared: Declarations) -> Bools:
    """Return the questions (m, questions) that are asked of each member at the age that counts, and that a
    declaration of another form does not answer.
    """
    columns = _Columns(declared)
    found = np.zeros(declared.members.shape, bool)
    at = np.arange(len(declared.of))
    for name, column in columns.layout.columns.items():
        field = declared.form.fields[name]
        if field.mandatory:
            is_open = declared.members[:, column] == NONE
            found[:, column] = is_open & columns.is_asked(field, declared.age, at)
    return found


def open_of_households(declared: Declarations) -> Bools:
    """Return the same of the household: (n, questions), in the order of the form."""
    layout, fields = layout_of(declared.form), declared.form.of_step("SOC")
    answers = {field.id: declared.household[:, layout.slots[field.id]] for field in fields}
    found = np.zeros((len(declared.codes), len(fields)), bool)
    for place, field in enumerate(fields):
        if field.mandatory:
            asked = np.isin(declared.milieu, [MILIEU[name] for name in field.milieus])
            for name, codes in field.condition.when.items():
                asked &= is_among(answers[name], codes, declared.form.fields[name])
            found[:, place] = asked & (answers[field.id] == NONE)
    return found


def take_missing(form: Form, derived: Derived) -> Bools:
    """Return who lacks an answer, and take it as inputs that are not given instead of a fault."""
    faults, fields = derived.faults, list(form.fields.values())
    lacking: Bools = faults.errors == _MISSING
    for place in np.unique(faults.field[lacking]).tolist():
        for name in fields[place].feeds:
            if name in derived.columns:
                derived.columns[name][lacking & (faults.field == place)] = NONE
    faults.errors[lacking] = 0
    return lacking


def count_nuclei(related: Mapping[str, Any]) -> Any:
    """Count the family nuclei: a couple with or without children, or one parent with children.

    ``related``: how many members stand in each relation to the head, a number or a column of them. The head
    with a spouse or a child is one; each son- or daughter-in-law and each spouse of a sibling makes one more;
    so do two parents of the head, or of the spouse; grandchildren with no couple between them and the head
    make one with their parent. The decree does not say how HCP counts; this is the census's reading.
    """
    couples = related["child_in_law"] + related["sibling_in_law"]
    own = (related["spouse"] > 0) | (related["child"] > 0)
    elders = (related["parent"] >= 2) * 1 + (related["parent_in_law"] >= 2) * 1
    lone = (related["grandchild"] > 0) & (related["child"] > 0) & (related["child_in_law"] == 0)
    return couples + own * 1 + elders + lone * 1


def is_single_or_couple(size: Any, spouses: Any) -> Any:
    """One person alone, or the head and one spouse and nobody else."""
    return (size == 1) | ((size == 2) & (spouses > 0))


class _Columns:
    """The answers of many households, read with a fault for each missing one."""

    def __init__(self, declared: Declarations) -> None:
        self.declared, self.form = declared, declared.form
        self.layout: Layout = layout_of(declared.form)
        self.n = len(declared.codes)
        self.milieu = declared.milieu[declared.of]
        self.places = {name: place for place, name in enumerate(self.form.fields)}
        self.faults = Faults(
            np.zeros(self.n, np.int8), np.zeros(self.n, np.int16), np.full(self.n, NONE, np.int64)
        )
        self.head = self._heads()

    def derived(self, inputs: Collection[str] | None = None) -> Derived:
        columns = {}
        for name, how in self.form.derivations.items():
            if inputs is not None and name not in inputs:
                continue
            wanted = np.isin(self.declared.milieu, [MILIEU[m] for m in how.milieus])
            columns[name] = np.where(wanted, self._derive(how, wanted), NONE)
        return Derived(columns, self.faults, self._due())

    def _derive(self, how: Derivation, wanted: Bools) -> Ints:
        if how.answer:
            return self._coded(self._given(how.answer, wanted), how, self.form.fields[how.answer])
        if how.yearly:
            return sum((self._per_year(name, wanted) for name in how.yearly), np.zeros(self.n, np.int64))
        if how.head:
            return self._of_head(how, wanted)
        if how.known:
            return self._known(how.known)
        counted = self._count(how.count or how.any or Condition(), wanted)
        return counted if how.count else (counted > 0).astype(np.int64)

    # -- the household -----------------------------------------------------------------------------

    def _given(self, name: str, wanted: Bools) -> Ints:
        values = self.declared.household[:, self.layout.slots[name]].astype(np.int64)
        lacking = np.flatnonzero(wanted & (values == NONE))
        self.faults.note(lacking, _MISSING, self.places[name])
        return values

    def _per_year(self, name: str, wanted: Bools) -> Ints:
        """Twelve times the average month; exact, for one, two or three months divide twelve."""
        first = self._given(name, wanted)
        if self.form.fields[name].kind != "money_month":
            return first * 12
        at = self.layout.slots[name]
        months = self.declared.household[:, at : at + 3].astype(np.int64)
        given = months != NONE
        total: Ints = (months * given).sum(axis=1) * (12 // np.maximum(given.sum(axis=1), 1))
        return total

    def _coded(self, values: Ints, how: Derivation, field: FormField) -> Ints:
        if how.codes:
            table: list[int] = [how.codes[option.code] for option in field.options]
            return np.array([*table, 0], np.int64)[values]
        return is_among(values, how.among, field).astype(np.int64) if how.among else values

    def _known(self, name: str) -> Ints:
        if name in ("milieu", "region"):
            return np.asarray(getattr(self.declared, name))
        if name == "head_age":
            return self.declared.age[self.head]
        size = np.bincount(self.declared.of, minlength=self.n)
        if name == "size":
            return size
        related = _Related(self)
        if name == "single_or_couple":
            return np.asarray(is_single_or_couple(size, related["spouse"])).astype(np.int64)
        return np.asarray(count_nuclei(related) > 1).astype(np.int64)

    # -- the members -------------------------------------------------------------------------------

    def _heads(self) -> Ints:
        """Return the head of each household: its place among the members."""
        is_head = self.related("head")
        count = np.bincount(self.declared.of[is_head], minlength=self.n)
        wrong = np.flatnonzero(count != 1)
        self.faults.note(wrong, _HEADS, NONE, count[wrong])
        for at in np.flatnonzero(self.declared.age == NO_AGE).tolist():
            self.faults.note(self.declared.of[[at]], _BIRTH, NONE, at)
        heads = np.zeros(self.n, np.int64)
        heads[self.declared.of[is_head]] = np.flatnonzero(is_head)
        return heads

    def related(self, relation: str) -> Bools:
        field = self.form.fields["relation"]
        return is_among(self._answers("relation"), (relation,), field)

    def _answers(self, name: str) -> Any:
        return self.declared.members[:, self.layout.columns[name]]

    def is_asked(self, field: FormField, ages: Ints, at: Any) -> Bools:
        """Tell of which members a question is asked, in their milieu, at these ages, after their answers."""
        asked: Bools = (ages >= field.condition.age_from) & (ages <= field.condition.age_to)
        if len(field.milieus) == 1:
            asked &= self.milieu[at] == MILIEU[field.milieus[0]]
        for name, codes in field.condition.when.items():
            asked &= is_among(self._answers(name)[at], codes, self.form.fields[name])
        return asked

    def _of_head(self, how: Derivation, wanted: Bools) -> Ints:
        field, at = self.form.fields[how.head], self.head
        values = self._answers(how.head)[at].astype(np.int64)
        asked = self.is_asked(field, self.declared.age[at], at)
        lacking = wanted & asked & (values == NONE)
        old = lacking & self.is_asked(field, self.declared.declared_age[at], at)
        rows = np.flatnonzero(old)
        self.faults.note(rows, _MISSING, self.places[how.head], at[rows])
        return np.where(asked & (values != NONE), self._coded(values, how, field), how.not_asked)

    def _count(self, match: Condition, wanted: Bools) -> Ints:
        """Return how many members match, by the age that counts or, for want of an answer, the declared."""
        at = np.flatnonzero(wanted[self.declared.of])
        met, lacks = self._match(match, self.declared.age[at], at)
        short = np.flatnonzero(lacks >= 0)
        for k, name in enumerate(match.when):
            some = short[lacks[short] == k]
            before = self.declared.declared_age[at[some]]
            fell_due = ~self.is_asked(self.form.fields[name], before, at[some])
            again = some[fell_due]
            met[again], lacks[again] = self._match(match, before[fell_due], at[again])
        self._note_lacks(match, at, lacks)
        return np.bincount(self.declared.of[at[met]], minlength=self.n)

    def _note_lacks(self, match: Condition, at: Ints, lacks: Ints) -> None:
        """Note the first member of each household whose answer is missing."""
        short = np.flatnonzero(lacks >= 0)
        rows, first = np.unique(self.declared.of[at[short]], return_index=True)
        names = list(match.when)
        for row, n in zip(rows.tolist(), short[first].tolist(), strict=True):
            place = self.places[names[lacks[n]]]
            self.faults.note(np.array([row]), _MISSING, place, int(at[n]))

    def _match(self, match: Condition, ages: Ints, at: Ints) -> tuple[Bools, Ints]:
        """Return who matches at these ages, and which answer (its place in ``when``) is missing to tell."""
        live = (ages >= match.age_from) & (ages <= match.age_to)
        lacks = np.full(len(at), NONE, np.int64)
        for k, (name, codes) in enumerate(match.when.items()):
            field, values = self.form.fields[name], self._answers(name)[at]
            live &= self.is_asked(field, ages, at)
            lacks[live & (values == NONE)] = k
            live &= is_among(values, codes, field)
        return live, lacks

    def _due(self) -> Bools:
        """Return which questions fell due by age: asked now, not when it was declared, and not answered."""
        declared = self.declared
        due = np.zeros(declared.members.shape, bool)
        at = np.flatnonzero((declared.age != declared.declared_age) & (declared.age != NO_AGE))
        for name, column in self.layout.columns.items():
            field = self.form.fields[name]
            if field.mandatory:
                new = self.is_asked(field, declared.age[at], at)
                new &= self._answers(name)[at] == NONE
                new &= ~self.is_asked(field, declared.declared_age[at], at)
                due[at[new], column] = True
        return due


class _Related(dict[str, Ints]):
    """How many members of each household stand in a relation to its head, counted when asked for."""

    def __init__(self, columns: _Columns) -> None:
        super().__init__()
        self.columns = columns

    def __missing__(self, relation: str) -> Ints:
        columns = self.columns
        of = columns.declared.of[columns.related(relation)]
        found = self[relation] = np.bincount(of, minlength=columns.n)
        return found


def is_among(values: Any, codes: tuple[str, ...], field: FormField) -> Bools:
    """Tell which answers to a field are one of some codes."""
    met: Bools = np.zeros(len(values), bool)
    for code in codes:
        met |= values == _number(field, code)
    return met


def _number(field: FormField, code: str) -> int:
    """Return the number that an answer is packed as; one that no answer has for what is no option."""
    if field.kind != "choice":
        return int(code)
    return next((place for place, option in enumerate(field.options) if option.code == code), _NO_OPTION)
