"""Trees, paths and what a leaf covers."""

import datetime as dt
import hashlib
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sijil.domains.audit.rules import Tree, is_included, leaf_of, node_of, path_of
from sijil.domains.audit.types import Entry, Proof

ENTRY = Entry(
    id=UUID(int=1), at=dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC), actor_kind="partner", actor_id="bank",
    actor_label="Banque", action="verification.asked", subject="2574081631", purpose="credit",
    facts={"result": "match"}, cluster=7, xid=900,
)  # fmt: skip
CHANGES = {
    "id": UUID(int=2), "at": dt.datetime(2026, 11, 3, 9, 0, 0, 1, tzinfo=dt.UTC),
    "actor_kind": "officer", "actor_id": "b",
    "actor_label": "", "action": "a", "subject": "2", "purpose": "", "facts": {"result": "no_match"},
    "cluster": 8, "xid": 901,
}  # fmt: skip


def leaves(count):
    return [hashlib.sha256(bytes([n % 256, n // 256])).digest() for n in range(count)]


def tree_root(of):
    tree = Tree()
    for leaf in of:
        tree.add(leaf)
    return tree.root()


def defined_root(of):
    """The recursive definition of RFC 6962 §2.1."""
    if len(of) == 1:
        return of[0]
    split = 1
    while split * 2 < len(of):
        split *= 2
    return node_of(defined_root(of[:split]), defined_root(of[split:]))


@pytest.mark.parametrize("field", CHANGES)
def test_a_leaf_covers_every_field(field):
    assert leaf_of(replace(ENTRY, **{field: CHANGES[field]})) != leaf_of(ENTRY)


def test_a_leaf_does_not_depend_on_zone_or_order_of_facts():
    shifted = ENTRY.at.astimezone(dt.timezone(dt.timedelta(hours=1)))
    one = replace(ENTRY, facts={"a": 1, "b": "é"}, at=shifted)
    assert leaf_of(one) == leaf_of(replace(ENTRY, facts={"b": "é", "a": 1}))


def test_an_empty_tree_is_the_hash_of_nothing():
    assert Tree().root() == hashlib.sha256(b"").digest()


def test_known_vectors_of_rfc_6962():
    rows = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43"]
    hashes = [hashlib.sha256(b"\0" + row).digest() for row in rows]
    assert tree_root(hashes[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert tree_root(hashes[:2]).hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert tree_root(hashes[:6]).hex() == "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"


@given(st.integers(1, 300))
@settings(max_examples=60, deadline=None)
def test_the_growing_tree_is_the_recursive_one(count):
    assert tree_root(leaves(count)) == defined_root(leaves(count))


@given(st.integers(1, 130).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1))))
@settings(max_examples=150, deadline=None)
def test_every_leaf_has_a_proof_and_no_other_place_takes_it(case):
    count, index = case
    of = leaves(count)
    proof = Proof(1, index, count, of[index], path_of(of, index), tree_root(of))
    assert is_included(proof)
    assert not is_included(replace(proof, leaf=hashlib.sha256(b"other").digest()))
    assert not is_included(replace(proof, tree=bytes(32)))


@pytest.mark.parametrize("index", [-1, 5, 99])
def test_a_place_outside_the_tree_is_not_proven(index):
    of = leaves(5)
    assert not is_included(Proof(1, index, 5, of[0], path_of(of, 0), tree_root(of)))


def test_a_path_too_long_or_too_short_is_refused():
    of = leaves(6)
    proof = Proof(1, 2, 6, of[2], path_of(of, 2), tree_root(of))
    assert not is_included(replace(proof, path=proof.path[:-1]))
    assert not is_included(replace(proof, path=(*proof.path, bytes(32))))
