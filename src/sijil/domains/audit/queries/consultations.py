"""Who consulted the file of a person."""

from __future__ import annotations

from collections.abc import Sequence

from sijil.domains.audit.models import AuditEntry
from sijil.domains.audit.queries.entries import before, values
from sijil.domains.audit.types import Entry
from sijil.kernel.actors import ActorKind

_OTHERS = (ActorKind.PARTNER.value, ActorKind.OFFICER.value)


def list_consultations(
    idcs: str, *, also: Sequence[str] = (), after: str | None = None, limit: int = 25
) -> list[Entry]:
    """Return what partners and officers did with a person's file, newest first.

    ``also``: other subjects that are the person's (request numbers, household code). ``after``: the ``key``
    of the last entry of the page before. The person's own acts and those of machines of ours are left out.
    """
    rows = AuditEntry.objects.filter(subject__in=[idcs, *also], actor_kind__in=_OTHERS)
    return values(before(rows, after).order_by("-at", "-id"), limit)
