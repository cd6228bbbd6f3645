"""Values that cross the border of the domain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """One read or write, as the log holds it."""

    id: UUID
    at: dt.datetime
    actor_kind: str
    actor_id: str
    actor_label: str
    action: str
    subject: str
    purpose: str
    facts: Mapping[str, Any] = field(hash=False)
    cluster: int
    xid: int

    @property
    def key(self) -> str:
        """Where a page of a list ends."""
        return f"{int(self.at.timestamp() * 1_000_000)}.{self.id}"


@dataclass(frozen=True, slots=True)
class Root:
    """One sealing. ``tree``: root of the Merkle tree; ``previous``: digest of the root before."""

    number: int
    cluster: int
    xid_from: int
    xid_to: int
    entries: int
    tree: bytes
    previous: bytes
    sealed_at: dt.datetime
    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The last root known outside the database: its number and its digest."""

    number: int
    digest: str


class Fault(StrEnum):
    """What a check can find, in the order of how it is looked for."""

    ROOT_MISSING = "root_missing"
    CHAIN_BROKEN = "chain_broken"
    SIGNATURE_INVALID = "signature_invalid"
    ENTRIES_MISSING = "entries_missing"
    ENTRIES_EXTRA = "entries_extra"
    ENTRY_ALTERED = "entry_altered"
    HEAD_DIFFERS = "head_differs"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one root. ``counted`` and ``expected``: entries, where that is the fault."""

    fault: Fault
    root: int
    expected: int = 0
    counted: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The whole log computed anew. ``pending``: entries written and not sealed yet."""

    roots: int
    entries: int
    pending: int
    oldest_pending_at: dt.datetime | None
    head: Head | None
    findings: tuple[Finding, ...]

    @property
    def is_whole(self) -> bool:
        return not self.findings


@dataclass(frozen=True, slots=True)
class Proof:
    """That one entry is in one sealed tree (RFC 6962 §2.1.1). Hashes are 32 bytes."""

    root: int
    index: int
    size: int
    leaf: bytes
    path: tuple[bytes, ...]
    tree: bytes
