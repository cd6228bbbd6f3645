"""Whether the log is whole: every root, signature and link computed anew from the entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Min, Q

from sijil.domains.audit.adapters import Seal
from sijil.domains.audit.adapters.choice import seal
from sijil.domains.audit.errors import ENTRY_MISSING
from sijil.domains.audit.models import AuditEntry, AuditRoot
from sijil.domains.audit.queries.entries import find_first, iter_range, iter_values
from sijil.domains.audit.rules import (
    NO_ROOT,
    Tree,
    digest_of,
    head_of,
    is_included,
    leaf_of,
    message_of,
    path_of,
)
from sijil.domains.audit.types import Entry, Fault, Finding, Head, Proof, Report, Root
from sijil.kernel.errors import Refused

_OLDEST_UNSEALED = """
SELECT min(at) FROM audit_entry AS entry
WHERE xid >= coalesce((SELECT max(xid_to) FROM audit_root AS root WHERE root.cluster = entry.cluster), 0)
"""
_FIELDS = tuple(Root.__dataclass_fields__)


def find_root(number: int) -> Root | None:
    """Return the root of this number, or None."""
    return next(_roots(AuditRoot.objects.filter(number=number)), None)


def find_last_root(cluster: int | None = None) -> Root | None:
    """Return the last root, or the last one of a cluster."""
    rows = AuditRoot.objects.order_by("-number")
    return next(_roots(rows[:1] if cluster is None else rows.filter(cluster=cluster)[:1]), None)


def list_other_tails(cluster: int) -> list[tuple[int, int, int]]:
    """Return (cluster, first xid, beyond) of what other clusters left unsealed. Reads the whole log."""
    sealed = {c: xid_to for c, xid_to in AuditRoot.objects.values_list("cluster").annotate(to=Max("xid_to"))}
    rows = (
        AuditEntry.objects.exclude(cluster=cluster)
        .order_by()
        .values_list("cluster")
        .annotate(last=Max("xid"))
    )
    tails = ((other, sealed.get(other, 0), last + 1) for other, last in rows)
    return sorted(tail for tail in tails if tail[1] < tail[2])


def get_seal_lag(*, now: dt.datetime) -> dt.timedelta:
    """Return the age of the oldest entry that no root covers yet; zero when all are sealed."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST_UNSEALED)
        oldest = cursor.fetchone()[0]
    return now - oldest if oldest else dt.timedelta(0)


@transaction.atomic
def verify_log(*, by: Seal | None = None, anchor: Head | None = None) -> Report:
    """Compute the log anew and say what does not agree. Reads everything once, in order.

    ``anchor``: a root noted elsewhere; the one kept beside the keys is checked as well. Deleting the newest
    roots together with their entries is seen only by them.
    """
    signer = by or seal()
    findings: list[Finding] = []
    last = None
    for root in _roots(AuditRoot.objects.order_by("number")):
        findings += _check_link(last, root, signer)
        last = root
    entries, more = _check_clusters()
    findings += more
    for head in (signer.read_head(), anchor):
        findings += _check_head(head)
    pending = _pending().aggregate(oldest=Min("at"))
    return Report(
        roots=AuditRoot.objects.count(),
        entries=entries,
        pending=_pending().count(),
        oldest_pending_at=pending["oldest"],
        head=head_of(last) if last else None,
        findings=tuple(sorted(set(findings), key=lambda f: (f.root, list(Fault).index(f.fault)))),
    )


def prove_entry(entry_id: UUID) -> Proof:
    """Return the proof that an entry is in a sealed tree. Raises: Refused(ENTRY_MISSING), also if pending."""
    found = next(iter_values(AuditEntry.objects.filter(id=entry_id)), None)
    holders = AuditRoot.objects.none()
    if found:
        holders = AuditRoot.objects.filter(
            cluster=found.cluster, xid_from__lte=found.xid, xid_to__gt=found.xid
        )
    root = next(_roots(holders), None)
    if found is None or root is None:
        raise Refused(ENTRY_MISSING, field="id", id=str(entry_id))
    leaves = [leaf_of(entry) for entry in iter_range(root.cluster, root.xid_from, root.xid_to)]
    leaf = leaf_of(found)
    index = leaves.index(leaf)
    return Proof(root.number, index, len(leaves), leaf, path_of(leaves, index), root.tree)


def find_proven(action: str, subject: str, *, by: Seal | None = None) -> Mapping[str, Any]:
    """Return the facts of the first entry of an act about a subject; empty if there is none that holds.

    It holds when it is in the tree that its signed root seals, or waits for its seal.
    """
    entry = find_first(action, subject)
    if entry is None:
        return {}
    try:
        proof = prove_entry(entry.id)
    except Refused:  # not sealed yet
        return entry.facts
    root = find_root(proof.root)
    signed = root and (by or seal()).is_signed(root.key_id, message_of(root), root.signature)
    return entry.facts if signed and is_included(proof) else {}


def _check_link(last: Root | None, root: Root, signer: Seal) -> Iterator[Finding]:
    if root.number != (last.number + 1 if last else 1):
        yield Finding(Fault.ROOT_MISSING, (last.number if last else 0) + 1)
    elif root.previous != (digest_of(last) if last else NO_ROOT):
        yield Finding(Fault.CHAIN_BROKEN, root.number)
    if not signer.is_signed(root.key_id, message_of(root), root.signature):
        yield Finding(Fault.SIGNATURE_INVALID, root.number)


def _check_clusters() -> tuple[int, list[Finding]]:
    """Compare every sealed range with its entries, cluster by cluster, in one pass over both."""
    entries, findings = 0, []
    roots = _roots(AuditRoot.objects.order_by("cluster", "xid_from"))
    for cluster, ranges in groupby(roots, key=lambda root: root.cluster):
        rows = iter_values(AuditEntry.objects.filter(cluster=cluster).order_by("xid", "id"))
        counted, found = _check_ranges(list(ranges), rows)
        entries += counted
        findings += found
    return entries, findings


def _check_ranges(ranges: list[Root], rows: Iterable[Entry]) -> tuple[int, list[Finding]]:
    stream = iter(rows)
    entry = next(stream, None)
    counted, findings = 0, []
    for root in ranges:
        tree, strays = Tree(), 0
        while entry is not None and entry.xid < root.xid_to:
            if entry.xid < root.xid_from:
                strays += 1
            else:
                tree.add(leaf_of(entry))
            entry = next(stream, None)
        counted += tree.size
        findings += _check_range(root, tree, strays)
    return counted, findings


def _check_range(root: Root, tree: Tree, strays: int) -> list[Finding]:
    counted = tree.size + strays
    if counted < root.entries:
        return [Finding(Fault.ENTRIES_MISSING, root.number, root.entries, counted)]
    if counted > root.entries:
        return [Finding(Fault.ENTRIES_EXTRA, root.number, root.entries, counted)]
    return (
        [] if tree.root() == root.tree else [Finding(Fault.ENTRY_ALTERED, root.number, root.entries, counted)]
    )


def _check_head(head: Head | None) -> list[Finding]:
    if head is None:
        return []
    root = find_root(head.number)
    return [] if root and head_of(root) == head else [Finding(Fault.HEAD_DIFFERS, head.number)]


def _pending() -> Any:
    """Return the entries that no root covers yet."""
    ends = AuditRoot.objects.values_list("cluster").annotate(to=Max("xid_to"))
    sealed = Q(pk__in=[])
    for cluster, xid_to in ends:
        sealed |= Q(cluster=cluster, xid__lt=xid_to)
    return AuditEntry.objects.exclude(sealed)


def _roots(rows: Any) -> Iterator[Root]:
    for row in rows.values_list(*_FIELDS).iterator(chunk_size=2000):
        plain: list[Any] = [bytes(value) if isinstance(value, memoryview) else value for value in row]
        yield Root(*plain)
