"""Where a file is received: at a centre of where the person lives, or elsewhere for a reason that stays."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from sijil.domains.appointments import queries as appointment_queries
from sijil.domains.appointments import services as appointments
from sijil.domains.appointments.errors import CENTRE_ELSEWHERE, ELSEWHERE_NEEDS_REASON
from sijil.domains.appointments.types import Elsewhere
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.types import RequestRecord
from sijil.kernel.actors import Actor
from sijil.kernel.errors import Refused


@dataclass(frozen=True, slots=True)
class Why:
    """Why somebody of another commune is received here: a code of the law, and a sentence."""

    reason: str = ""
    note: str = ""


NONE = Why()


def require_served(centre_code: str, commune_code: str, field: str) -> None:
    """A request goes to a centre of where the person lives (decree 2.21.473).

    Raises: Refused(CENTRE_ELSEWHERE).
    """
    if not appointment_queries.serves(centre_code, commune_code):
        raise Refused(CENTRE_ELSEWHERE, field=field)


def take_here(number: str, why: Why, *, actor: Actor, now: dt.datetime) -> None:
    """Take a walk-in to the officer's centre; of another commune for a reason only, which is kept.

    A reason given where none is needed is not kept. Raises: Refused(ELSEWHERE_NEEDS_REASON).
    """
    record = queries.get_request_record(number)
    if not is_served(record):
        _keep(record, why, actor, now)


@transaction.atomic
def receive_elsewhere(*, number: str, reason: str, note: str = "", actor: Actor, now: dt.datetime) -> None:
    """Keep why a file, whose commune was corrected, is received at a centre that does not serve it.

    Raises: Refused(ELSEWHERE_NEEDS_REASON, UNKNOWN_NUMBER), and as the table of the request says.
    """
    register.require(number=number, action="compare_papers", actor=actor)
    take_here(number, Why(reason, note), actor=actor, now=now)


def is_served(record: RequestRecord) -> bool:
    """Tell whether the centre of a file serves the commune where the person lives."""
    return appointment_queries.serves(record.centre_code, record.commune_code)


def find_elsewhere(record: RequestRecord) -> Elsewhere | None:
    """Return why a file is received at a centre that does not serve its commune; None where it does."""
    return appointment_queries.find_elsewhere(record.number, record.centre_code, record.commune_code)


def list_unexplained(record: RequestRecord) -> tuple[Refused, ...]:
    """Return the refusal that a deposit would meet: the centre is another's, and nobody said why."""
    if is_served(record) or find_elsewhere(record):
        return ()
    return (Refused(ELSEWHERE_NEEDS_REASON, field="elsewhere_reason"),)


def require_explained(record: RequestRecord) -> None:
    """Raises: Refused(ELSEWHERE_NEEDS_REASON)."""
    for refused in list_unexplained(record):
        raise refused


def _keep(record: RequestRecord, why: Why, actor: Actor, now: dt.datetime) -> None:
    appointments.take_elsewhere(
        request_number=record.number,
        centre_code=record.centre_code,
        commune_code=record.commune_code,
        reason=why.reason,
        note=why.note,
        actor=actor,
        now=now,
    )
