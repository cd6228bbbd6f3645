"""Of whom somebody is the child: the law ``population_register.filiation`` against what a file declares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from sijil.domains.population_register import errors
from sijil.domains.population_register.rules.papers import held_papers
from sijil.domains.population_register.states import PersonState
from sijil.domains.population_register.types import FiliationSource, Identity, PaperKind, Relation, Sex
from sijil.kernel import law
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused

_FOLDER = Path(__file__).parents[1] / "parameters"
_SOURCES = {
    PaperKind.BIRTH_EXTRACT: FiliationSource.BIRTH_EXTRACT,
    PaperKind.FAMILY_BOOKLET: FiliationSource.FAMILY_BOOKLET,
    PaperKind.GUARDIANSHIP: FiliationSource.JUDGEMENT,
}


class RelationRule(law.Body, frozen=True):
    """One relation; the head of the law's file says what each part means."""

    field: str
    papers: Annotated[tuple[PaperKind, ...], msgspec.Meta(min_length=1)]
    sex: Sex | None = None


class FiliationLaw(law.Body, frozen=True):
    """The law ``population_register.filiation``."""

    of_age: Annotated[int, msgspec.Meta(ge=0, le=30)]
    older_by: Annotated[int, msgspec.Meta(ge=0, le=30)]
    relations: dict[Relation, RelationRule]

    def __post_init__(self) -> None:
        if set(self.relations) != set(Relation):
            raise law.Wrong("A relation is missing.", "Write mother, father and guardian.", "relations")
        if {kind for rule in self.relations.values() for kind in rule.papers} - _SOURCES.keys():
            raise law.Wrong("A paper here shows no filiation.", "Take it away.", "relations")


FILIATION = law.declare(law.LawKind("population_register.filiation", FiliationLaw, _FOLDER / "filiation"))


@dataclass(frozen=True, slots=True)
class Declared:
    """A parent or guardian whom a file names. ``source``, ``paper``: what of the file shows it, if any."""

    relation: Relation
    idcs: str
    source: FiliationSource | None
    paper: str


def declared_parents(identity: Identity, on: dt.date) -> list[Declared]:
    """Return whom a file names, by the law of a day."""
    held = held_papers(identity)
    found = []
    for relation, rule in law.on(FILIATION, on).body.relations.items():
        if idcs := str(identity.value(rule.field)):
            kind = next((kind for kind in rule.papers if held.get(kind.value, ("", ""))[1]), None)
            source, paper = (_SOURCES[kind], held[kind.value][1]) if kind else (None, "")
            found.append(Declared(relation, idcs, source, paper))
    return found


def parent_faults(
    declared: Declared, child: Identity, parent: Identity | None, state: str, on: dt.date
) -> Iterator[Refused]:
    """Yield why a mother or a father who is named does not do; ``parent``: None where nobody has the number.

    A guardian is judged by the law of papers.
    """
    terms = law.on(FILIATION, on).body
    rule = terms.relations[declared.relation]
    if declared.source is None:
        yield Refused(errors.PARENT_UNPROVED, field=rule.field)
    if parent is None:
        yield Refused(errors.PARENT_UNKNOWN, field=rule.field)
    elif state != PersonState.ACTIVE:
        yield Refused(errors.PARENT_UNFIT, field=rule.field)
    elif rule.sex is not None and parent.sex != rule.sex:
        yield Refused(errors.PARENT_IS_ANOTHER, field=rule.field)
    elif parent.birth.age_on(on) < terms.of_age or child.birth.year - parent.birth.year < terms.older_by:
        yield Refused(errors.PARENT_TOO_YOUNG, field=rule.field, years=terms.of_age)


def field_of(relation: Relation, on: dt.date) -> str:
    """Return the field of the form that names a relation."""
    return law.on(FILIATION, on).body.relations[relation].field


def first_day(birth: PartialDate, on: dt.date) -> dt.date:
    """Return the first day on which somebody may have been born, since which they have parents."""
    return min(dt.date(birth.year, birth.month or 1, birth.day or 1), on)
