"""Who is whose child, without names: whoever shows them opens the persons by their keys."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from sijil.domains.population_register import models
from sijil.domains.population_register.sealed import open_act
from sijil.domains.population_register.types import Filiation, FiliationSource, Relation
from sijil.kernel.ids import PersonKey


def list_parents(child: UUID) -> list[Filiation]:
    """Return mother, father and guardian of a file or person, as the register says now."""
    found = {row.relation: row for row in _rows().filter(child=child).order_by("version")}
    return [_filiation(found[relation]) for relation in Relation if relation in found]


def list_children(person: PersonKey) -> list[Filiation]:
    """Return of whom a person is mother, father or guardian now, the first known first."""
    rows = list(_rows().filter(parent__key=person).order_by("recorded_at", "id"))
    last = _last(row.child for row in rows)
    return [_filiation(row) for row in rows if row.version == last[row.child, row.relation]]


def _last(children: Iterable[UUID]) -> dict[tuple[UUID, str], int]:
    rows = models.Filiation.objects.filter(child__in=set(children)).order_by("version")
    return {(child, relation): v for child, relation, v in rows.values_list("child", "relation", "version")}


def _rows() -> QuerySet[models.Filiation]:
    return models.Filiation.objects.select_related("parent")


def _filiation(row: models.Filiation) -> Filiation:
    return Filiation(
        child=row.child,
        relation=Relation(row.relation),
        version=row.version,
        person=row.parent.key,
        source=FiliationSource(row.source),
        valid_from=row.valid_from,
        recorded_at=row.recorded_at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        paper=open_act(row.id, row.sealed_paper),
    )
