"""Who is whose child: written at the deposit of a file, and by what the civil register tells."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sijil.domains.population_register import errors, models
from sijil.domains.population_register.acts import FILIATION_KEPT
from sijil.domains.population_register.rules.filiation import (
    declared_parents,
    field_of,
    first_day,
    parent_faults,
)
from sijil.domains.population_register.sealed import idcs_index, open_identity, seal_act
from sijil.domains.population_register.types import FiliationSource, Identity, Relation
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey, new_key


def list_unfit_parents(identity: Identity, on: dt.date) -> list[Refused]:
    """Return why a mother or a father who is named does not do, each by its field. Nothing else is told."""
    found: list[Refused] = []
    for one in declared_parents(identity, on):
        if one.relation is not Relation.GUARDIAN:
            row = _known(one.idcs)
            said = open_identity("identity", row.current.id, row.current.sealed) if row else None
            found += parent_faults(one, identity, said, row.state if row else "", on)
    return found


def keep_declared(child: UUID, identity: Identity, *, actor: Actor, now: dt.datetime) -> None:
    """Keep whom a file names and a paper shows, each once: in the transaction of the deposit.

    Raises: Refused(PARENT_DIFFERS) where the civil register told of another.
    """
    today = legal_day(now)
    born = first_day(identity.birth, today)
    for one in declared_parents(identity, today):
        row = _known(one.idcs)
        if row is not None and one.source is not None:
            since = today if one.relation is Relation.GUARDIAN else born
            _keep(child, row, one.relation, one.source, one.paper, since, actor, now)


def keep_told(
    *,
    child: UUID,
    parent: PersonKey,
    relation: Relation,
    since: dt.date,
    act_number: str,
    actor: Actor,
    now: dt.datetime,
) -> bool:
    """Keep whom the civil register names; tell whether it is new; also the dead and minors."""
    row = models.Person.objects.get(key=parent)
    return _keep(child, row, relation, FiliationSource.CIVIL_EVENT, act_number, since, actor, now)


def keep_guardian(
    *, child: models.Person, identity: Identity, paper: str, since: dt.date, actor: Actor, now: dt.datetime
) -> None:
    """Keep another guardian of a registered person, as the change of their identity says."""
    for one in declared_parents(identity, legal_day(now)):
        row = _known(one.idcs) if one.relation is Relation.GUARDIAN else None
        if row is not None:
            source = one.source or FiliationSource.JUDGEMENT
            _keep(child.id, row, one.relation, source, paper or one.paper, since, actor, now)


def _keep(
    child: UUID,
    parent: models.Person,
    relation: Relation,
    source: FiliationSource,
    paper: str,
    since: dt.date,
    actor: Actor,
    now: dt.datetime,
) -> bool:
    rows = models.Filiation.objects.filter(child=child, relation=relation)
    last = rows.order_by("version").last()
    if last is not None:
        if last.parent_id == parent.id:
            return False
        if last.source == FiliationSource.CIVIL_EVENT and relation is not Relation.GUARDIAN:
            raise Refused(errors.PARENT_DIFFERS, field=field_of(relation, legal_day(now)))
    key = new_key()
    models.Filiation.objects.create(
        id=key,
        child=child,
        relation=relation,
        version=last.version + 1 if last else 1,
        parent=parent,
        source=source,
        valid_from=since,
        recorded_at=now,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        sealed_paper=seal_act(key, paper),
    )
    facts = {"relation": relation.value, "source": source.value, "filiation": str(key)}
    acts.record(FILIATION_KEPT, actor=actor, subject=parent.key, facts=facts, now=now)
    return True


def _known(idcs: str) -> models.Person | None:
    return models.Person.objects.select_related("current").filter(idcs_index=idcs_index(idcs)).first()
