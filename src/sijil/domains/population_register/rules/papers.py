"""Which papers prove whom: the law ``population_register.papers`` against what a person declares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, product, repeat
from pathlib import Path
from typing import Annotated, Any

import msgspec

from sijil.domains.population_register import errors
from sijil.domains.population_register.rules.identity import form_of
from sijil.domains.population_register.types import Identity, Nationality, PaperKind
from sijil.kernel import law
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused

GUARDIAN = "guardian_idcs"
"""The field of the form that names who represents the person."""
PROTECTED = "protected"
"""The field of the form that says ``yes`` of an adult whom somebody represents."""


_KINDS = ("paper_kind", "second_paper_kind")
"""The fields of the form that name a paper: the first line of papers is missed at the first, others after."""


class Who(law.Body, frozen=True):
    """Of whom a row speaks. ``protected``: none where it makes no difference."""

    nationality: Nationality
    adult: bool
    protected: bool | None = None

    def fits(self, nationality: str, adult: bool, protected: bool) -> bool:
        """Tell whether the row is of somebody."""
        same = (self.nationality.value, self.adult) == (nationality, adult)
        return same and self.protected in (None, protected)


class People(law.Body, frozen=True):
    """The papers of some people: one of each line. ``guardian``: who represents them is named."""

    id: str
    who: Who
    papers: Annotated[tuple[tuple[PaperKind, ...], ...], msgspec.Meta(min_length=1)]
    guardian: bool = False

    def __post_init__(self) -> None:
        kinds = [kind for line in self.papers for kind in line]
        if not all(self.papers) or len(set(kinds)) != len(kinds):
            wrong = f"A line of `{self.id}` has no paper, or a paper stands twice."
            raise law.Wrong(wrong, "Write each paper once.", "papers")


class PapersTable(law.Body, frozen=True):
    """The law ``population_register.papers``; the head of its file says what each part means."""

    of_age: Annotated[int, msgspec.Meta(ge=12, le=30)]
    last_day: dict[PaperKind, str]
    deeds: tuple[PaperKind, ...]
    people: tuple[People, ...]

    def __post_init__(self) -> None:
        for who in product([n.value for n in Nationality], (True, False), (True, False)):
            if len([row for row in self.people if row.who.fits(*who)]) != 1:
                wrong = "Somebody is in no row, or in two: {}, adult {}, protected {}.".format(*who)
                raise law.Wrong(wrong, "Let each be in one.", "people")

    def people_of(self, values: Mapping[str, Any], on: dt.date) -> People | None:
        """Return the row of somebody by their answers; none while the birth date is not known."""
        birth = values.get("birth")
        if not isinstance(birth, PartialDate):
            return None
        nationality = str(values.get("nationality") or Nationality.MOROCCAN.value)
        who = (nationality, birth.age_on(on) >= self.of_age, values.get(PROTECTED) == "yes")
        return next((row for row in self.people if row.who.fits(*who)), None)


PAPERS = law.declare(
    law.LawKind(
        "population_register.papers", PapersTable, Path(__file__).parents[1] / "parameters" / "papers"
    )
)


def missing_papers(identity: Identity, table: PapersTable, on: dt.date) -> tuple[Refused, ...]:
    """Return what is missing to prove who somebody is, each with its field; nothing when all is there.

    Whether the guardian who is named does, the register says (``services.list_missing_papers``).
    """
    people, held = table.people_of(identity.values(), on), held_papers(identity)
    assert people is not None  # a declared identity has a birth date
    fields = chain(_KINDS, repeat(_KINDS[-1]))
    asked = zip(people.papers, fields, strict=False)
    found = [one for line, field in asked for one in _of_line(line, field, held, identity, table, on)]
    needs_guardian = people.guardian or any(deed.value in held for deed in table.deeds)
    if needs_guardian and not identity.value(GUARDIAN):
        found.append(Refused(errors.GUARDIAN_MISSING, field=GUARDIAN))
    return tuple(found)


def rests_on_witnesses(identity: Identity) -> bool:
    """Tell whether a person names witnesses instead of a paper, as the first of the papers or the second."""
    return PaperKind.WITNESSES.value in held_papers(identity)


def held_papers(identity: Identity) -> dict[str, tuple[str, str]]:
    """Return {kind: (field of its number, number)} of the papers that a person declares."""
    fields = [field for field in form_of(identity).fields if field.of]
    return {str(identity.value(f.of)): (f.id, str(identity.value(f.id))) for f in reversed(fields)}


def _of_line(
    line: Sequence[PaperKind],
    field: str,
    held: Mapping[str, tuple[str, str]],
    identity: Identity,
    table: PapersTable,
    on: dt.date,
) -> list[Refused]:
    """Return what is wrong with the papers of a line; nothing when one of them does."""
    shown = [kind for kind in line if kind.value in held]
    if not shown:
        return [Refused(errors.PAPER_MISSING, field=field, papers=", ".join(line))]
    wrong = [list(_wrong(kind, held[kind.value], identity, table, on)) for kind in shown]
    return min(wrong, key=len)


def _wrong(
    kind: PaperKind, number: tuple[str, str], identity: Identity, table: PapersTable, on: dt.date
) -> Iterator[Refused]:
    field, written = number
    if not written and kind != PaperKind.WITNESSES:
        yield Refused(errors.PAPER_INCOMPLETE, field=field, papers=kind.value)
    if last := table.last_day.get(kind):
        day = str(identity.value(last))
        if not day:
            yield Refused(errors.PAPER_INCOMPLETE, field=last, papers=kind.value)
        elif (until := dt.date.fromisoformat(day)) < on:
            yield Refused(errors.PAPER_EXPIRED, field=last, papers=kind.value, until=until)
