"""Who consulted the file of a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q

from sijil.domains.audit.models import AuditEntry, ReadTally
from sijil.domains.audit.queries.entries import before, values
from sijil.domains.audit.rules import hour_of
from sijil.domains.audit.types import Entry
from sijil.kernel.actors import ActorKind
from sijil.kernel.ids import PersonKey

_OFFICIAL = (ActorKind.PARTNER.value, ActorKind.OFFICER.value)


def list_consultations(
    person: PersonKey, *, also: Sequence[str] = (), after: str | None = None, limit: int = 25
) -> list[Entry]:
    """Return what partners, officers and other people did with a person's file, newest first.

    ``also``: other subjects that are the person's (request number, household code); of those, the acts of
    people are left out, for they are the household's own. ``after``: the ``key`` of the last entry of the
    page before. The person's own acts and those of machines of ours are left out.
    """
    official = Q(subject__in=[person, *also], actor_kind__in=_OFFICIAL)
    others = Q(subject=person, actor_kind=ActorKind.CITIZEN.value) & ~Q(actor_id=person)
    rows = AuditEntry.objects.filter(official | others)
    return values(before(rows, after).order_by("-at", "-id"), limit)


def count_readings(entries: Iterable[Entry]) -> dict[UUID, int]:
    """Return how often the same reader read again within the hour, by the id of the first reading's entry.

    What was read once is left out.
    """
    first = {(e.subject, e.actor_kind, e.actor_id, e.action, hour_of(e.at)): e.id for e in entries}
    wanted = {"subject__in": {key[0] for key in first}, "hour__in": {key[4] for key in first}}
    found = ReadTally.objects.filter(count__gt=1, **wanted)
    rows = found.values_list("subject", "actor_kind", "actor_id", "action", "hour", "count")
    return {first[key]: count for *reading, count in rows if (key := tuple(reading)) in first}
