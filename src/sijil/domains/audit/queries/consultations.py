"""Who consulted the file of a person."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from sijil.domains.audit.models import AuditEntry
from sijil.domains.audit.queries.entries import before, values
from sijil.domains.audit.types import Entry
from sijil.kernel.actors import ActorKind

_OFFICIAL = (ActorKind.PARTNER.value, ActorKind.OFFICER.value)


def list_consultations(
    idcs: str, *, also: Sequence[str] = (), after: str | None = None, limit: int = 25
) -> list[Entry]:
    """Return what partners, officers and other people did with a person's file, newest first.

    ``also``: other subjects that are the person's (request number, household code); of those, the acts of
    people are left out, for they are the household's own. ``after``: the ``key`` of the last entry of the
    page before. The person's own acts and those of machines of ours are left out.
    """
    official = Q(subject__in=[idcs, *also], actor_kind__in=_OFFICIAL)
    others = Q(subject=idcs, actor_kind=ActorKind.CITIZEN.value) & ~Q(actor_id=idcs)
    rows = AuditEntry.objects.filter(official | others)
    return values(before(rows, after).order_by("-at", "-id"), limit)
