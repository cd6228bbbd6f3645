"""Writes of the audit log: one entry, the partitions, the seals."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db import connection, transaction

from sijil.domains.audit.acts import READS_COUNTED
from sijil.domains.audit.adapters import Seal
from sijil.domains.audit.adapters.choice import seal
from sijil.domains.audit.models import AuditEntry, AuditRoot, ReadTally
from sijil.domains.audit.queries.entries import iter_range
from sijil.domains.audit.queries.seals import find_last_root, find_root, list_other_tails
from sijil.domains.audit.rules import (
    NO_ROOT,
    Tree,
    digest_of,
    head_of,
    hour_of,
    leaf_of,
    message_of,
    minute_of,
)
from sijil.domains.audit.types import Root
from sijil.kernel.actors import Actor, system
from sijil.kernel.acts import Act
from sijil.kernel.horizon import get_horizon
from sijil.kernel.rows import insert_all

log = logging.getLogger("sijil.audit")

_TALLY = """
    INSERT INTO audit_read_tally (actor_kind, actor_id, action, hour, subject, count)
    SELECT %s, %s, %s, %s, subject, 1 FROM unnest(%s::text[]) AS subject ORDER BY subject
    ON CONFLICT (subject, actor_id, actor_kind, action, hour)
    DO UPDATE SET count = audit_read_tally.count + 1
    RETURNING subject, count = 1
"""
_SAID = ("at", "actor_kind", "actor_id", "actor_label", "action", "purpose", "facts")
_CLUSTER = "SELECT audit_cluster()"
_ONE_SEALER = "SELECT pg_try_advisory_xact_lock(hashtext('audit seal'))"


class Log:
    """Where the acts of the kernel are written (``sijil.kernel.acts.Recorder``)."""

    def record(
        self, act: Act, *, actor: Actor, subject: str, facts: Mapping[str, Any], now: dt.datetime
    ) -> None:
        """Add one entry."""
        _entry(act, actor, subject, facts, now).save(force_insert=True)

    def record_each(
        self,
        act: Act,
        *,
        actor: Actor,
        subjects: Iterable[str],
        facts: Mapping[str, Any],
        now: dt.datetime,
    ) -> None:
        """Add an entry for each person, in one statement."""
        _add_entries(act, actor, sorted(set(subjects)), facts, now)

    def shown(
        self,
        act: Act,
        *,
        actor: Actor,
        subjects: Iterable[str],
        facts: Mapping[str, Any],
        now: dt.datetime,
    ) -> None:
        """Add an entry for each person shown, or count it: the same reader, act and hour is one entry.

        Oneself, also through a delegate, is not written.
        """
        others = sorted(set(subjects) - {actor.id, actor.acts_for})
        if not others:
            return
        with transaction.atomic():
            first = _count(act, actor, others, hour_of(now))
            _add_entries(act, actor, [who for who in others if who in first], facts, now)

    def counted(
        self, act: Act, *, actor: Actor, subject: str, facts: Mapping[str, Any], now: dt.datetime
    ) -> None:
        """Add an entry, or count it: the same asker, subject, act and minute is one entry."""
        with transaction.atomic():
            if _count(act, actor, [subject], minute_of(now)):
                self.record(act, actor=actor, subject=subject, facts=facts, now=now)


def _entry(act: Act, actor: Actor, subject: str, facts: Mapping[str, Any], now: dt.datetime) -> AuditEntry:
    where = {"centre": actor.centre, "for": actor.acts_for}
    return AuditEntry(
        at=now,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        actor_label=actor.label,
        action=act.code,
        subject=subject,
        purpose=act.purpose,
        facts={**facts, **{name: value for name, value in where.items() if value}},
    )


def _add_entries(
    act: Act, actor: Actor, subjects: list[str], facts: Mapping[str, Any], now: dt.datetime
) -> None:
    entry = _entry(act, actor, "", facts, now)
    insert_all(AuditEntry, {"subject": subjects}, {name: getattr(entry, name) for name in _SAID})


def _count(act: Act, actor: Actor, subjects: list[str], since: dt.datetime) -> set[str]:
    """Count each subject once more within its hour or minute; return those counted for the first time."""
    with connection.cursor() as cursor:
        cursor.execute(_TALLY, [actor.kind.value, actor.id, act.code, since, subjects])
        return {subject for subject, is_first in cursor.fetchall() if is_first}


@transaction.atomic
def count_reads(*, now: dt.datetime, limit: int = 10_000) -> int:
    """Write into the log how often each read, or tried, again in the hours that are over; return how many."""
    over = ReadTally.objects.select_for_update(skip_locked=True).filter(
        hour__lt=hour_of(now), counted_at__isnull=True, count__gt=1
    )
    rows = list(over.order_by("hour", "id")[:limit])
    AuditEntry.objects.bulk_create(_counted(row, now) for row in rows)
    ReadTally.objects.filter(pk__in=[row.pk for row in rows]).update(counted_at=now)
    return len(rows)


def _counted(row: ReadTally, now: dt.datetime) -> AuditEntry:
    reader = f"{row.actor_kind}:{row.actor_id}"
    facts = {"by": reader, "act": row.action, "hour": row.hour.isoformat(), "count": row.count}
    return _entry(READS_COUNTED, system("audit"), row.subject, facts, now)


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


@transaction.atomic
def seal_pending(*, now: dt.datetime, by: Seal | None = None) -> list[Root]:
    """Seal the entries of all transactions that have ended; return the new roots, usually one or none.

    Entries below the horizon (``kernel/horizon.py``) are complete: nothing can be added there. One sealer
    at a time; a second one returns at once. A transaction that runs for long holds the horizon back, so
    its own entries and later ones wait: they are pending, not lost.
    """
    signer = by or seal()
    with connection.cursor() as cursor:
        cursor.execute(_ONE_SEALER)
        if not cursor.fetchone()[0]:
            return []
        cursor.execute(_CLUSTER)
        cluster = cursor.fetchone()[0]
    made = _seal_cluster(cluster, get_horizon(), signer, now)
    if made:
        transaction.on_commit(lambda: _remember(made[-1], signer))
    return made


def _seal_cluster(cluster: int, horizon: int, signer: Seal, now: dt.datetime) -> list[Root]:
    """Seal our range; before our first root, what another cluster (before a restore) left unsealed."""
    last = find_last_root(cluster)
    tree = _tree_of(cluster, last.xid_to if last else 0, horizon)
    if not tree.size:
        return []
    made = []
    if last is None:
        for other, xid_from, xid_to in list_other_tails(cluster):
            made.append(_write_root(other, xid_from, xid_to, _tree_of(other, xid_from, xid_to), signer, now))
    made.append(_write_root(cluster, last.xid_to if last else 0, horizon, tree, signer, now))
    return made


def _tree_of(cluster: int, xid_from: int, xid_to: int) -> Tree:
    tree = Tree()
    for entry in iter_range(cluster, xid_from, xid_to):
        tree.add(leaf_of(entry))
    return tree


def _write_root(cluster: int, xid_from: int, xid_to: int, tree: Tree, signer: Seal, now: dt.datetime) -> Root:
    before = find_last_root()
    unsigned = Root(
        number=before.number + 1 if before else 1,
        cluster=cluster,
        xid_from=xid_from,
        xid_to=xid_to,
        entries=tree.size,
        tree=tree.root(),
        previous=digest_of(before) if before else NO_ROOT,
        sealed_at=now,
        key_id=signer.key_id,
        signature=b"",
    )
    root = replace(unsigned, signature=signer.sign(message_of(unsigned)))
    AuditRoot.objects.create(**{name: getattr(root, name) for name in Root.__slots__})
    return root


def _remember(root: Root, signer: Seal) -> None:
    """Keep the head outside the database, unless what is kept there contradicts the database."""
    kept = signer.read_head()
    known = find_root(kept.number) if kept else None
    if kept and (known is None or head_of(known) != kept):
        log.error(
            "the audit log does not lead to the root %s kept outside: run sijil verify-audit", kept.number
        )
        return
    signer.write_head(head_of(root))
