"""The mathematics of the seals: leaves, Merkle trees, what a root says. Pure.

Tree: RFC 6962 §2.1 (leaf hash ``SHA-256(00 ‖ row)``, node hash ``SHA-256(01 ‖ left ‖ right)``), so that a
row can never be passed off as a node. Rows are in the order of transaction, then id.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence

from sijil.domains.audit.types import Entry, Head, Proof, Root

NO_ROOT = bytes(32)


def hour_of(moment: dt.datetime) -> dt.datetime:
    """Return the beginning of the hour within which readings are counted together."""
    return moment.replace(minute=0, second=0, microsecond=0)


def minute_of(moment: dt.datetime) -> dt.datetime:
    """Return the beginning of the minute within which trials are counted together."""
    return moment.replace(second=0, microsecond=0)


def leaf_of(entry: Entry) -> bytes:
    """Return the leaf hash of an entry: SHA-256 over its canonical JSON (a list, keys of facts sorted)."""
    row = [
        1,
        str(entry.id),
        _moment(entry.at),
        entry.actor_kind,
        entry.actor_id,
        entry.actor_label,
        entry.action,
        entry.subject,
        entry.purpose,
        entry.facts,
        entry.cluster,
        entry.xid,
    ]
    return hashlib.sha256(b"\0" + _canonical(row)).digest()


def node_of(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """A Merkle tree that grows leaf by leaf and keeps only its right edge: memory is log2 of the size."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        height, node = 0, leaf
        while self._edge and self._edge[-1][0] == height:
            node = node_of(self._edge.pop()[1], node)
            height += 1
        self._edge.append((height, node))
        self.size += 1

    def root(self) -> bytes:
        """Return the root; of an empty tree SHA-256 of nothing."""
        if not self._edge:
            return hashlib.sha256(b"").digest()
        node = self._edge[-1][1]
        for _, left in reversed(self._edge[:-1]):
            node = node_of(left, node)
        return node


def path_of(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the audit path of one leaf, from the bottom (RFC 6962 §2.1.1)."""
    if len(leaves) == 1:
        return ()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return (*path_of(leaves[:split], index), _root_of(leaves[split:]))
    return (*path_of(leaves[split:], index - split), _root_of(leaves[:split]))


def is_included(proof: Proof) -> bool:
    """Tell whether the proof leads from its leaf to its tree root (RFC 9162 §2.1.3.2)."""
    if not 0 <= proof.index < proof.size:
        return False
    place, last, node = proof.index, proof.size - 1, proof.leaf
    for sibling in proof.path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_of(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_of(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == proof.tree


def message_of(root: Root) -> bytes:
    """Return what is signed: every field of the root but the signature."""
    return b"sijil audit root\0" + _canonical(
        [
            1,
            root.number,
            root.cluster,
            root.xid_from,
            root.xid_to,
            root.entries,
            root.tree.hex(),
            root.previous.hex(),
            _moment(root.sealed_at),
            root.key_id,
        ]
    )


def digest_of(root: Root) -> bytes:
    """Return what the next root holds as ``previous``: a hash of message and signature."""
    return hashlib.sha256(message_of(root) + root.signature).digest()


def head_of(root: Root) -> Head:
    return Head(root.number, digest_of(root).hex())


def _root_of(leaves: Sequence[bytes]) -> bytes:
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
