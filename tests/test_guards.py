"""What tables refuse: an immutable table each way to change or remove a row, the log a late entry."""

import datetime as dt
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from sijil.domains.audit.services import ensure_partitions
from sijil.kernel.rows import StateRow

pytestmark = pytest.mark.django_db
BITS = {"DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}  # of pg_trigger.tgtype
GUARDED = """
SELECT c.relname, bit_or(t.tgtype) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname LIKE 'immutable%' AND t.tgenabled = 'O' GROUP BY 1 ORDER BY 1
"""
ENTRY = """
INSERT INTO audit_entry (id, at, actor_kind, actor_id, action, subject, xid)
VALUES (%s, %s, 'officer', 'o', 'a.b', '1', pg_current_xact_id()::text::bigint + %s)
"""
NOW = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)


def ask(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall()


def refused(sql, *values):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_an_immutable_table_refuses_each_way_to_change_or_remove_a_row():
    guarded = dict(ask(GUARDED))
    assert len(guarded) > 25
    half = {table: [way for way, bit in BITS.items() if not seen & bit] for table, seen in guarded.items()}
    assert not {table: ways for table, ways in half.items() if ways}


def test_no_immutable_table_is_emptied():
    for table, _ in ask(GUARDED):
        refused(f"TRUNCATE {table} CASCADE")
    refused("TRUNCATE programmes_list CASCADE")


def test_the_steps_of_every_file_are_immutable():
    steps = {model._meta.db_table for model in apps.get_models() if issubclass(model, StateRow)}
    assert steps <= set(dict(ask(GUARDED)))


def test_a_partition_of_the_log_is_not_emptied_either_old_or_new():
    ensure_partitions(now=dt.datetime(2031, 5, 1, tzinfo=dt.UTC))
    parts = [row[0] for row in ask("SELECT inhrelid::regclass::text FROM pg_inherits "
                                   "WHERE inhparent = 'audit_entry'::regclass")]  # fmt: skip
    assert {"audit_entry_default", "audit_entry_2031_05"} <= set(parts)
    for part in parts:
        refused(f"TRUNCATE {part}")


@pytest.mark.parametrize("off", [-1, 1])
def test_an_entry_is_not_put_among_those_already_sealed_or_yet_to_come(off):
    refused(ENTRY, uuid4(), NOW, off)
    with connection.cursor() as cursor:
        cursor.execute(ENTRY, [uuid4(), NOW, 0])
