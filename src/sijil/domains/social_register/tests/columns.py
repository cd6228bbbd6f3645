"""Households as columns for the tests: the packing that is stored, and the derivation that scores use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sijil.domains.social_register.rules import (
    Declarations,
    derive,
    layout_of,
    pack_household,
    pack_members,
    refusal_of,
)
from sijil.domains.social_register.types import DeclaredMember, Form, Value

Home = tuple[str, int, Mapping[str, Value], Sequence[DeclaredMember]]  # milieu, region, answers, members


def declarations(
    form: Form, homes: Sequence[Home], ages: Sequence[Mapping[str, int]] | None = None
) -> Declarations:
    """Return households as columns. ``ages``: those that count, by IDCS (those of the declaration)."""
    layout = layout_of(form)
    packed = [np.frombuffer(pack_members(form, members), layout.member) for *_, members in homes]
    people, sizes = np.concatenate(packed), [len(rows) for rows in packed]
    count = [[m.age if ages is None else ages[n][m.person] for m in home[3]] for n, home in enumerate(homes)]
    return Declarations(
        form=form,
        codes=np.array([f"{n:011d}".encode() for n in range(len(homes))], "S11"),
        ids=np.zeros(len(homes), "V16"),
        milieu=np.array([{"urban": 1, "rural": 2}[home[0]] for home in homes]),
        region=np.array([home[1] for home in homes]),
        household=np.stack([np.frombuffer(pack_household(form, home[2]), "<i4") for home in homes]),
        of=np.repeat(np.arange(len(homes)), sizes),
        person=people["person"],
        declared_age=people["age"].astype(np.int64),
        age=np.concatenate([np.array(some, np.int64) for some in count]),
        members=people["answers"],
    )


def inputs(
    form: Form,
    answers: Mapping[str, Value],
    members: Sequence[DeclaredMember],
    *,
    milieu: str,
    region_code: str,
    ages: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """Return the inputs of one household: columns of length one. Raises: Refused."""
    declared = declarations(form, [(milieu, int(region_code), answers, members)], [ages] if ages else None)
    derived = derive(declared)
    refused = refusal_of(declared, derived, 0)
    if refused is not None:
        raise refused
    return {
        name: int(column[0])
        for name, column in derived.columns.items()
        if milieu in form.derivations[name].milieus
    }
