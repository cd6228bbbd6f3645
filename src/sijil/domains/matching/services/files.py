"""The cases as files: what somebody is to a case."""

from __future__ import annotations

from sijil.domains.matching import errors, models
from sijil.domains.matching.states import CASE, CaseState
from sijil.kernel import law
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.casework import Role
from sijil.kernel.casework.files import Files, staff_roles

_HOLDERS = (ActorKind.PUBLIC, ActorKind.CITIZEN, ActorKind.DELEGATE, ActorKind.OFFICER)


def _roles(row: models.Case, actor: Actor) -> set[Role]:
    """Return what somebody is to a case: an adjudicator decides it once, and never a file of their own.

    A closed case is overturned by who decided in none of its rounds.

    What was asked is answered by whoever holds the number, or by the officer before whom the person stands:
    the door knows that it is their file.
    """
    if row.state == CaseState.ASKED and actor.kind in _HOLDERS:
        return {Role.HOLDER}
    if "adjudicator" not in actor.roles:
        return staff_roles(actor) - {Role.OFFICER}
    rounds = {} if row.state == CaseState.CLOSED else {"round": row.round}
    deciders = set(row.decisions.filter(**rounds).values_list("officer", flat=True))
    if actor.id in {row.deposited_by, *deciders}:
        return set()
    return {Role.SECOND_OFFICER if deciders else Role.OFFICER}


CASES = Files(
    CASE,
    models.Case,
    models.CaseStep,
    "case",
    errors.CASE_UNKNOWN,
    roles=_roles,
    delay=lambda name, day: law.delay(f"matching.{name}", day),
    subject=lambda row: row.person or row.number,
)
