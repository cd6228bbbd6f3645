"""Writes of the audit log: one entry, the partitions, the seals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from sijil.domains.audit.models import AuditEntry
from sijil.kernel.actors import Actor


def record(
    *,
    actor: Actor,
    action: str,
    subject: str,
    purpose: str = "",
    facts: Mapping[str, Any] | None = None,
    now: dt.datetime,
) -> UUID:
    """Add one entry and return its id. It commits, or not, with the caller's transaction.

    ``action``: ``what.done`` in snake case (``person.read``, ``verification.asked``). ``subject``: IDCS,
    household code or request number. ``facts``: small JSON without identity.
    """
    entry = AuditEntry.objects.create(
        at=now,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        actor_label=actor.label,
        action=action,
        subject=subject,
        purpose=purpose,
        facts=dict(facts or {}),
    )
    return entry.id


def ensure_partitions(*, now: dt.datetime, months: int = 3) -> list[str]:
    """Make the partitions of this month and the ``months`` after it; return the names of the new ones.

    A month that the default partition already holds entries of stays there: nothing is moved or lost.
    """
    first = now.year * 12 + now.month - 1
    made = []
    with connection.cursor() as cursor:
        for month in range(first, first + months + 1):
            cursor.execute("SELECT audit_make_partition(%s::date)", [dt.date(month // 12, month % 12 + 1, 1)])
            made.append(cursor.fetchone()[0])
    return [name for name in made if name]
