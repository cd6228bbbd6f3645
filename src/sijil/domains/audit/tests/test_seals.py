"""Sealing, and finding every way of tampering."""

import datetime as dt
import threading

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction

from sijil.domains.audit.adapters.file_seal import FileSeal
from sijil.domains.audit.queries import find_last_root, get_seal_lag, prove_entry, verify_log
from sijil.domains.audit.queries.entries import find_first, find_last_facts
from sijil.domains.audit.rules import digest_of, is_included
from sijil.domains.audit.services import seal_pending
from sijil.domains.audit.tests.conftest import NOW
from sijil.domains.audit.types import Fault, Head
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key
from sijil.kernel.signing import add_key, make_ed25519

pytestmark = pytest.mark.django_db(transaction=True)
INSERT = """INSERT INTO audit_entry (id, at, actor_kind, actor_id, action, subject{more})
VALUES (%s, %s, 'partner', 'x', 'a.b', '1'{values})"""


def in_thread(work):
    """Run ``work`` on a connection of its own and wait for it."""
    out = []

    def run():
        try:
            out.append(work())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    return out[0]


def seal(signer):
    return seal_pending(now=NOW, by=signer)


def faults(signer, **more):
    return [(f.fault, f.root) for f in verify_log(by=signer, **more).findings]


@pytest.fixture
def sealed(write, signer):
    """Three roots of three entries each; returns the ids."""
    keys = []
    for _ in range(3):
        keys += write(3)
        seal(signer)
    return keys


def test_roots_follow_one_another_and_cover_all(sealed, signer):
    report = verify_log(by=signer)
    assert (report.roots, report.entries, report.pending, report.findings) == (3, 9, 0, ())
    last = find_last_root()
    assert report.head == Head(3, digest_of(last).hex())


def test_nothing_to_seal_makes_no_root(signer, sealed):
    assert seal(signer) == []
    assert find_last_root().number == 3


def test_an_entry_of_a_transaction_still_open_waits(write, signer):
    with transaction.atomic():
        write()
        assert in_thread(lambda: seal(signer)) == []
    assert [root.entries for root in seal(signer)] == [1]


def test_later_entries_wait_for_an_older_open_transaction(write, signer):
    with transaction.atomic():
        write()
        in_thread(lambda: write(2))
        assert in_thread(lambda: seal(signer)) == []
        assert in_thread(lambda: verify_log(by=signer)).pending == 2
    assert [root.entries for root in seal(signer)] == [3]


def test_a_transaction_of_another_database_holds_nothing_back(write, signer):
    given = connection.get_connection_params()
    with psycopg.connect(
        **{**given, "dbname": "postgres", "cursor_factory": psycopg.Cursor, "context": None}
    ) as other:
        other.execute("SELECT pg_current_xact_id()")
        write(2)
        assert [root.entries for root in seal(signer)] == [2]


def test_sealing_refuses_a_frozen_view_of_the_database(write, signer):
    write()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(RuntimeError, match="repeatable read"):
            seal(signer)


def test_an_entry_rolled_back_leaves_no_trace(write, signer):
    write()
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert [root.entries for root in seal(signer)] == [1]


def test_one_sealer_at_a_time(write, signer):
    write()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audit seal'))")
        assert in_thread(lambda: seal(signer)) == []
    assert len(seal(signer)) == 1


def test_concurrent_writers_and_sealers_lose_nothing(write, signer):
    threads = [
        threading.Thread(target=in_thread, args=(lambda: write(20) and seal(signer),)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    seal(signer)
    report = verify_log(by=signer)
    assert (report.entries, report.pending, report.findings) == (80, 0, ())


@pytest.mark.parametrize("table", ["audit_entry", "audit_root"])
def test_the_guard_refuses_without_tampering(sealed, table):
    with pytest.raises(DatabaseError, match="immutable"), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize(
    "change",
    [
        'facts = \'{"result": "x"}\'',
        "subject = '2'",
        "at = at + interval '1 microsecond'",
        "actor_id = 'y'",
        "purpose = 'z'",
    ],
)
def test_an_altered_entry_is_found(sealed, signer, tamper, change):
    tamper(f"UPDATE audit_entry SET {change} WHERE id = %s", sealed[4])
    assert faults(signer) == [(Fault.ENTRY_ALTERED, 2)]


def test_a_deleted_entry_is_found(sealed, signer, tamper):
    tamper("DELETE FROM audit_entry WHERE id = %s", sealed[4])
    (finding,) = verify_log(by=signer).findings
    assert (finding.fault, finding.root, finding.expected, finding.counted) == (
        Fault.ENTRIES_MISSING,
        2,
        3,
        2,
    )


def test_an_entry_slipped_into_the_past_is_found(sealed, signer, tamper):
    root = find_last_root()
    sql = INSERT.format(more=", xid", values=", %s")
    tamper(sql, new_key(), NOW, root.xid_from)
    assert faults(signer) == [(Fault.ENTRIES_EXTRA, 3)]


def test_an_entry_swapped_for_another_is_found(sealed, signer, tamper):
    tamper("UPDATE audit_entry SET id = %s WHERE id = %s", new_key(), sealed[0])
    assert faults(signer) == [(Fault.ENTRY_ALTERED, 1)]


def test_moving_an_entry_to_another_transaction_is_found(sealed, signer, tamper):
    tamper("UPDATE audit_entry SET xid = %s WHERE id = %s", find_last_root().xid_from, sealed[0])
    assert faults(signer) == [(Fault.ENTRIES_MISSING, 1), (Fault.ENTRIES_EXTRA, 3)]


def test_a_removed_root_is_found(sealed, signer, tamper):
    tamper("DELETE FROM audit_root WHERE number = 2")
    assert (Fault.ROOT_MISSING, 2) in faults(signer)


def test_a_root_computed_anew_by_the_attacker_lacks_the_signature(sealed, signer, tamper, tmp_path):
    tamper("DELETE FROM audit_entry WHERE id = %s", sealed[8])
    tamper("DELETE FROM audit_root WHERE number = 3")
    seal(FileSeal(tmp_path / "forged", "forged"))
    assert (Fault.SIGNATURE_INVALID, 3) in faults(signer)
    assert (Fault.HEAD_DIFFERS, 3) in faults(signer)


@pytest.mark.parametrize(
    "column", ["entries", "xid_to", "tree", "previous", "sealed_at", "key_id", "signature"]
)
def test_an_altered_root_is_found(sealed, signer, tamper, column):
    other = {
        "tree": "'\\x00'",
        "previous": "'\\x00'",
        "signature": "'\\x00'",
        "key_id": "'x'",
        "sealed_at": "now()",
    }
    tamper(f"UPDATE audit_root SET {column} = {other.get(column, column + ' + 1')} WHERE number = 2")
    assert (Fault.SIGNATURE_INVALID, 2) in faults(signer)
    assert (Fault.CHAIN_BROKEN, 3) in faults(signer)


def test_cutting_off_the_end_is_found_by_the_head_kept_outside(sealed, signer, tamper):
    root = find_last_root()
    tamper("DELETE FROM audit_entry WHERE xid >= %s", root.xid_from)
    tamper("DELETE FROM audit_root WHERE number = 3")
    assert faults(signer) == [(Fault.HEAD_DIFFERS, 3)]


def test_emptying_everything_is_found_by_the_head_kept_outside(sealed, signer, tamper):
    tamper("TRUNCATE audit_entry, audit_root")
    assert faults(signer) == [(Fault.HEAD_DIFFERS, 3)]


def test_sealing_on_does_not_cover_a_cut_up(sealed, write, signer, tamper, caplog):
    tamper("DELETE FROM audit_root WHERE number = 3")
    write()
    assert seal(signer)[0].number == 3
    assert "does not lead to the root 3" in caplog.text
    assert faults(signer) == [(Fault.HEAD_DIFFERS, 3)]


def test_an_anchor_noted_elsewhere_is_checked(sealed, signer):
    head = verify_log(by=signer).head
    assert faults(signer, anchor=head) == []
    assert faults(signer, anchor=Head(2, head.digest)) == [(Fault.HEAD_DIFFERS, 2)]


def test_a_changed_key_signs_on_and_old_roots_stay_valid(sealed, write, signer, tmp_path):
    add_key(tmp_path / "audit", make_ed25519)
    changed = FileSeal(tmp_path / "audit", "test")
    write()
    assert seal(changed)[0].key_id != signer.key_id
    assert faults(changed) == []


def test_a_removed_key_is_trusted_no_more(sealed, tmp_path):
    stranger = FileSeal(tmp_path / "other", "test")
    assert faults(stranger) == [(Fault.SIGNATURE_INVALID, n) for n in (1, 2, 3)]


def test_every_sealed_entry_has_a_proof(sealed):
    proofs = [prove_entry(key) for key in sealed]
    assert all(map(is_included, proofs))
    assert [proof.root for proof in proofs] == [1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_an_entry_not_sealed_yet_has_no_proof(write, sealed):
    (key,) = write()
    with pytest.raises(Refused, match=r"audit.entry_missing"):
        prove_entry(key)


def test_an_unknown_entry_has_no_proof():
    with pytest.raises(Refused, match=r"audit.entry_missing"):
        prove_entry(new_key())


def as_restored(tamper):
    """Make the log look as if it came from another cluster, its transaction numbers far ahead of ours."""
    tamper("UPDATE audit_entry SET cluster = 1, xid = xid + 1000000000")


def test_a_restored_log_goes_on_in_the_new_cluster(write, signer, tamper):
    write(2)
    as_restored(tamper)
    write(2)
    made = seal(signer)
    assert [(root.cluster == 1, root.entries) for root in made] == [(True, 2), (False, 2)]
    assert faults(signer) == []
    write(1)
    assert [root.entries for root in seal(signer)] == [1]


def test_what_was_said_first_and_last_is_told_across_a_restore(write, signer, tamper):
    (first,) = write(facts={"file": "F", "state": "old"})
    as_restored(tamper)
    write(facts={"file": "F", "state": "new"})
    seal(signer)
    found = find_first("verification.asked", "2574081631")
    assert found is not None
    assert found.id == first
    assert find_last_facts("F", ["2574081631"]) == {"2574081631": {"file": "F", "state": "new"}}


def test_a_backdated_row_of_another_cluster_is_found_after_the_restore(write, signer, tamper):
    write(2)
    as_restored(tamper)
    write(1)
    seal(signer)
    tamper(INSERT.format(more=", cluster, xid", values=", 1, 5"), new_key(), NOW - dt.timedelta(days=9))
    assert faults(signer) == [(Fault.ENTRIES_EXTRA, 1)]


def test_the_lag_is_the_age_of_the_oldest_entry_without_a_seal(sealed, write, signer):
    assert get_seal_lag(now=NOW) == dt.timedelta(0)
    write(2)
    assert get_seal_lag(now=NOW + dt.timedelta(seconds=90)) == dt.timedelta(seconds=90)
    seal(signer)
    assert get_seal_lag(now=NOW + dt.timedelta(days=1)) == dt.timedelta(0)
