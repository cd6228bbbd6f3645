"""A declaration read by a newer form: what it holds is answered still, what it lacks is asked.

A declaration is read by the form of its day for ever. Only where the form in force makes an input that the
other does not make is the household asked, and completes by the form in force. Whoever lacks nothing of it
(a question about children, and no children) is scored by it without being asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sijil.domains.social_register.rules.answers import still_answers
from sijil.domains.social_register.rules.derive import (
    MILIEU,
    Bools,
    Declarations,
    Derived,
    Ints,
    derive,
    iter_members,
    open_of_households,
    open_of_members,
    take_missing,
)
from sijil.domains.social_register.rules.packing import NONE, layout_of, places_of
from sijil.domains.social_register.types import (
    HOUSEHOLD,
    Due,
    Form,
    FormField,
    FrozenDeclaration,
    Value,
)

Int32s = NDArray[np.int32]


def form_to_complete(declared: Form, in_force: Form, milieu: str) -> Form:
    """Return by which form a declaration is completed: its own, unless the one in force makes more inputs."""
    return in_force if in_force.inputs_in(milieu) - declared.inputs_in(milieu) else declared


def read_by(form: Form, own: Form, declared: FrozenDeclaration) -> FrozenDeclaration:
    """Return what a declaration, made by its ``own`` form, still answers of a form."""
    if form.version == own.version:
        return declared
    milieu = declared.milieu
    members = [replace(m, answers=_carried(form, own, milieu, m.answers)) for m in declared.members]
    return replace(declared, answers=_carried(form, own, milieu, declared.answers), members=tuple(members))


def _carried(form: Form, own: Form, milieu: str, answers: Mapping[str, Value]) -> dict[str, Value]:
    return {
        name: value
        for name, value in answers.items()
        if name in form.fields
        and _is_alike(own.fields[name], form.fields[name])
        and still_answers(form.fields[name], value, milieu)
    }


def _is_alike(one: FormField, other: FormField) -> bool:
    return (one.step, one.kind, one.unit) == (other.step, other.kind, other.unit)


# -- the same over columns -----------------------------------------------------------------------------


def lift(declared: Declarations, form: Form) -> Declarations:
    """Return declarations as a newer form reads them."""
    n, m = len(declared.codes), len(declared.of)
    own, new = layout_of(declared.form), layout_of(form)
    household = np.full((n, new.width), NONE, np.int32)
    members = np.full((m, len(new.columns)), NONE, np.int32)
    milieu = declared.milieu
    for name, field in form.fields.items():
        before = declared.form.fields.get(name)
        if before is None or not _is_alike(before, field):
            continue
        if field.step == "SOC":
            here, there = (layout.slots[name] for layout in (own, new))
            values = declared.household[:, here : here + places_of(field)]
            household[:, there : there + places_of(field)] = _lifted(before, field, values, milieu)
        else:
            values = declared.members[:, [own.columns[name]]]
            members[:, [new.columns[name]]] = _lifted(before, field, values, milieu[declared.of])
    return replace(declared, form=form, household=household, members=members)


def _lifted(before: FormField, field: FormField, values: Int32s, milieu: Ints) -> Int32s:
    """Return one question's answers, (rows, places), as the newer field has them."""
    found = values.copy()
    if field.kind == "choice":
        codes = [option.code for option in field.options]
        table = [codes.index(o.code) if o.code in codes else NONE for o in before.options]
        found = np.array([*table, NONE], np.int32)[values]
    found[~_fits(field, found, milieu)] = NONE
    return found


def _fits(field: FormField, values: Int32s, milieu: Ints) -> Bools:
    """Tell which rows a field is asked of, and has within its bounds."""
    months = (values != NONE).sum(axis=1)
    total = (values * (values != NONE)).sum(axis=1, dtype=np.int64)
    well = np.isin(milieu, [MILIEU[name] for name in field.milieus])
    for name, bounds in field.bounds.items():
        is_out = (total < bounds.minimum * months) | (total > bounds.maximum * months)
        well &= ~((milieu == MILIEU[name]) & is_out)
    return well


def derive_lifted(lifted: Declarations, inputs: frozenset[str]) -> tuple[Derived, Bools]:
    """Return the inputs that are needed, and which households lack an answer for one.

    What is lacking is no fault of the household: the input is not given, and the formula names it.
    """
    derived = derive(lifted, inputs)
    return derived, take_missing(lifted.form, derived)


def iter_open(lifted: Declarations) -> Iterator[tuple[int, tuple[Due, ...]]]:
    """Give the households that a newer form asks something, and what: of the household, of its members."""
    names = [field.id for field in lifted.form.of_step("SOC")]
    found: dict[int, list[Due]] = {}
    for row, asked in enumerate(open_of_households(lifted)):
        if asked.any():
            fields = tuple(names[at] for at in np.flatnonzero(asked))
            found[row] = [Due(HOUSEHOLD, None, fields)]
    for row, due in iter_members(lifted, open_of_members(lifted)):
        found.setdefault(row, []).extend(due)
    yield from ((row, tuple(due)) for row, due in sorted(found.items()))
