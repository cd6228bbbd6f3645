"""No number without papers: the table of the day, and the guardian as the register knows them."""

from __future__ import annotations

import datetime as dt

from sijil.domains.population_register import errors, models
from sijil.domains.population_register.rules.papers import (
    GUARDIAN,
    PAPERS,
    PROTECTED,
    PapersTable,
    missing_papers,
)
from sijil.domains.population_register.sealed import idcs_index, open_identity
from sijil.domains.population_register.services.filiation import list_unfit_parents
from sijil.domains.population_register.states import PersonState
from sijil.domains.population_register.types import Identity
from sijil.kernel import law
from sijil.kernel.errors import Refused


def list_missing_papers(identity: Identity, on: dt.date) -> tuple[Refused, ...]:
    """Return what is missing of the papers of a person by the table of a day, and who named does not do."""
    table = law.on(PAPERS, on).body
    named = (*unfit_guardian(identity, table, on), *list_unfit_parents(identity, on))
    return (*missing_papers(identity, table, on), *named)


def require_papers(identity: Identity, on: dt.date) -> None:
    """Refuse whom no paper proves. Raises: Refused of what is missing first, the rest with it (``also``)."""
    _refuse(list_missing_papers(identity, on))


def require_papers_of(identity: Identity, on: dt.date) -> None:
    """The same by the papers alone, as they were on the day of the deposit: a guardian may die after it."""
    _refuse(missing_papers(identity, law.on(PAPERS, on).body, on))


def _refuse(missing: tuple[Refused, ...]) -> None:
    if missing:
        first, *rest = missing
        first.also = tuple(rest)
        raise first


def unfit_guardian(identity: Identity, table: PapersTable, on: dt.date) -> list[Refused]:
    """Return why the guardian who is named does not do. Nothing else of them is told."""
    idcs = str(identity.value(GUARDIAN))
    if not idcs:
        return []
    row = models.Person.objects.select_related("current").filter(idcs_index=idcs_index(idcs)).first()
    if row is None:
        return [Refused(errors.GUARDIAN_UNKNOWN, field=GUARDIAN)]
    guardian = open_identity("identity", row.current.id, row.current.sealed)
    if row.state != PersonState.ACTIVE or guardian.value(PROTECTED) == "yes":
        return [Refused(errors.GUARDIAN_UNFIT, field=GUARDIAN)]
    if guardian.birth.age_on(on) < table.of_age:
        return [Refused(errors.GUARDIAN_TOO_YOUNG, field=GUARDIAN, years=table.of_age)]
    return []
