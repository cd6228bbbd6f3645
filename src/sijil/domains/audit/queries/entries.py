"""Entries, by subject and by range."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Case, F, Func, OuterRef, Q, QuerySet, Subquery, When

from sijil.domains.audit.models import AuditEntry, AuditRoot
from sijil.domains.audit.types import Entry
from sijil.kernel.rows import among

_FIELDS = tuple(Entry.__dataclass_fields__)
_CHUNK = 5000
_FIRST_ROOT = AuditRoot.objects.filter(cluster=OuterRef("cluster")).order_by("xid_from").values("number")[:1]
_AGE = Case(
    When(cluster=Func(function="audit_cluster", output_field=BigIntegerField()), then=None),
    default=Subquery(_FIRST_ROOT),
    output_field=BigIntegerField(),
)
"""Which cluster is older: by its first root, ours (after a restore, xids begin anew) is the last."""
_OLDEST = (F("age").asc(nulls_last=True), "xid", "id")
_NEWEST = (F("age").desc(nulls_first=True), "-xid", "-id")


def list_entries(subject: str, *, limit: int = 100) -> list[Entry]:
    """Return the newest entries about a subject, newest first."""
    return values(AuditEntry.objects.filter(subject=subject).order_by("-at", "-id"), limit)


def find_first(action: str, subject: str) -> Entry | None:
    """Return the first entry of an act about a subject: whoever may add to the log adds later ones."""
    rows = AuditEntry.objects.filter(subject=subject, action=action).annotate(age=_AGE)
    found = values(rows.order_by(*_OLDEST), 1)
    return found[0] if found else None


def find_last_facts(file: str, subjects: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Return what the last entry about each file of a kind says of it, by its subject."""
    rows = AuditEntry.objects.filter(among("subject", list(subjects)), facts__file=file).annotate(age=_AGE)
    last = rows.order_by("subject", *_NEWEST).distinct("subject").values_list("subject", "facts")
    return dict(last)


def list_recent(action: str, *, since: dt.datetime) -> list[Entry]:
    """Return the entries of an act that has its own index, ``verification.guessed``, the oldest first."""
    return list(iter_values(AuditEntry.objects.filter(action=action, at__gte=since).order_by("at", "id")))


def list_tallies(action: str, subject: str) -> list[tuple[dt.datetime, str, str, Mapping[str, Any]]]:
    """Return moment, kind and id of the actor, and facts of each entry of an act about a subject."""
    rows = AuditEntry.objects.filter(subject=subject, action=action)
    return list(rows.values_list("at", "actor_kind", "actor_id", "facts"))


def list_facts(action: str) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Return subject, actor's id and facts of each entry of an act that is rare. Reads the whole log."""
    return list(AuditEntry.objects.filter(action=action).values_list("subject", "actor_id", "facts"))


def iter_range(cluster: int, xid_from: int, xid_to: int) -> Iterator[Entry]:
    """Yield the entries of a range of transactions in the order of the tree, a chunk at a time."""
    rows = AuditEntry.objects.filter(cluster=cluster, xid__gte=xid_from, xid__lt=xid_to)
    return iter_values(rows.order_by("xid", "id"))


def iter_values(rows: QuerySet[AuditEntry]) -> Iterator[Entry]:
    """Yield every row as a value, read in pieces."""
    for row in rows.values_list(*_FIELDS).iterator(chunk_size=_CHUNK):
        yield Entry(*row)


def values(rows: QuerySet[AuditEntry], limit: int) -> list[Entry]:
    """Return the first ``limit`` rows as values."""
    return [Entry(*row) for row in rows.values_list(*_FIELDS)[:limit]]


def read_key(key: str) -> tuple[dt.datetime, UUID] | None:
    """Return the moment and id of an entry's ``key``; None if it is not one."""
    moment, _, entry_id = key.partition(".")
    try:
        at = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=int(moment))
        return at, UUID(entry_id)
    except (ValueError, OverflowError):
        return None


def before(rows: QuerySet[AuditEntry], key: str | None) -> QuerySet[AuditEntry]:
    """Keep the rows older than a key (all, if there is none or it cannot be read)."""
    place: Any = read_key(key) if key else None
    if place is None:
        return rows
    at, entry_id = place
    return rows.filter(Q(at__lt=at) | Q(at=at, id__lt=entry_id))
