"""The form of a version, made of its file: its questions and lists, and how its answers become inputs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

from sijil.domains.social_register.rules.law import (
    COMPOSITION,
    FORM,
    BoundsText,
    Composition,
    FieldText,
    HouseholdForm,
    OptionText,
)
from sijil.domains.social_register.types import (
    Block,
    Bounds,
    Condition,
    Derivation,
    Form,
    FormField,
    Labels,
    Option,
)
from sijil.kernel import law

_FLAG = (
    Option("1", {"ar": "نعم", "fr": "Oui", "zgh": "ⵢⴰⵀ", "en": "Yes"}, Condition()),
    Option("0", {"ar": "لا", "fr": "Non", "zgh": "ⵓⵀⵓ", "en": "No"}, Condition()),
)


def form_on(day: dt.date) -> Form:
    """Return the form in force on a day. Raises: LookupError before the first."""
    return read_form(law.on(FORM, day))


def form_of(version: str) -> Form:
    """Return one version of the form, whenever it was in force. Raises: LookupError."""
    return read_form(law.load(FORM, version))


def composition_on(day: dt.date) -> Composition:
    """Return who may be in a household, by the law of a day. Raises: LookupError before the first."""
    return law.on(COMPOSITION, day).body


@lru_cache(maxsize=16)
def read_form(found: law.Law[HouseholdForm]) -> Form:
    """Make a :class:`Form` of a version of the law."""
    body = found.body
    feeds = _feeds(body.derivations)
    options = {name: tuple(map(_option, entries)) for name, entries in body.lists.items()}
    steps = {block.id: block.step for block in body.blocks}
    return Form(
        pin=found.pin,
        starts_on=found.starts_on,
        inputs_version=body.inputs,
        blocks=tuple(Block(b.id, b.step, b.label.mapping()) for b in body.blocks),
        fields={f.id: _field(f, steps[f.block], options, feeds.get(f.id, ())) for f in body.fields},
        derivations=body.derivations,
        doubts=found.doubts,
    )


def _feeds(table: Mapping[str, Derivation]) -> dict[str, tuple[str, ...]]:
    pairs = [(name, target) for target, derivation in table.items() for name in derivation.fields]
    return {name: tuple(t for n, t in pairs if n == name) for name, _ in pairs}


def _field(
    text: FieldText, step: str, options: Mapping[str, tuple[Option, ...]], feeds: tuple[str, ...]
) -> FormField:
    return FormField(
        id=text.id,
        step=step,
        block=text.block,
        kind=text.kind,
        unit=text.unit,
        mandatory=text.mandatory,
        bounds=_bounds(text.bounds, 100 if text.kind == "money_month" else 1),
        milieus=text.milieus,
        condition=text.condition,
        options=_FLAG if text.kind == "flag" else options.get(text.options, ()),
        labels=text.label.mapping(),
        hints=text.hint.mapping() if text.hint else {},
        feeds=feeds,
        said=_said(text),
    )


def _bounds(text: BoundsText, factor: int) -> dict[str, Bounds]:
    pairs = {"urban": text.urban, "rural": text.rural}
    return {m: Bounds(pair[0] * factor, pair[1] * factor) for m, pair in pairs.items() if pair is not None}


def _option(text: OptionText) -> Option:
    labels: Labels = law.Text(text.ar, text.fr, text.en, text.zgh).mapping()
    return Option(text.code, labels, Condition(text.age_from, text.age_to, text.when), _said(text))


def _said(text: FieldText | OptionText) -> dict[str, Labels]:
    return {who: words.mapping() for who, words in text.said.items()}
