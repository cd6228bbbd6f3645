"""The same rows again: what a piece of work wrote, inserted once more by bare prepared statements.

The rows are found by the transactions that wrote them, taken out, and put back into the same tables, in as
many transactions as before, an INSERT per table and transaction, with triggers and foreign keys off. A row
that was written several times counts once, which spares the floor.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

Insert = tuple[Any, list[Any]]

_TABLES = """
SELECT c.oid::regclass::text, array_agg(a.attname::text ORDER BY a.attnum),
       array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     AND a.attgenerated = ''
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
GROUP BY c.oid ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Bare:
    """Rows by the transaction that wrote them; ``size``: bytes of all values as PostgreSQL keeps them."""

    transactions: tuple[tuple[Insert, ...], ...]
    tables: tuple[tuple[str, int], ...]
    rows: int
    size: int


@contextmanager
def recorded() -> Iterator[list[int]]:
    """Collect the transactions committed by this connection meanwhile, each with those inside it."""
    from django.db import connection

    commits: list[int] = [_next_id()]
    commit = connection._commit

    def told() -> None:
        commit()
        commits.append(_next_id())

    connection._commit = told  # type: ignore[method-assign]
    try:
        yield commits
    finally:
        connection._commit = commit  # type: ignore[method-assign]


def _next_id() -> int:
    link = raw()
    found = link.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()[0]
    if not link.autocommit:  # it would open a transaction
        link.rollback()
    return int(found)


def take(commits: list[int]) -> Bare:
    """Return all rows that these transactions left."""
    written: dict[int, list[Insert]] = defaultdict(list)
    tables, rows, size = [], 0, 0
    for table, columns, types in raw().execute(_TABLES).fetchall():
        found = _rows_of(table, columns, commits)
        by_commit: dict[int, list[Any]] = defaultdict(list)
        for xid, weight, *values in found:
            by_commit[_place(commits, int(xid))].append(values)
            size += weight
        for place, group in by_commit.items():
            written[place].append(_insert(table, columns, types, group))
        rows += len(found)
        if found:
            tables.append((table, len(found)))
    return Bare(tuple(tuple(written[n]) for n in sorted(written)), tuple(tables), rows, size)


def _rows_of(table: str, columns: list[str], commits: list[int]) -> list[Any]:
    names = sql.SQL(", ").join(sql.Identifier("t", name) for name in columns)
    wanted = sql.SQL(
        "SELECT t.xmin::text, pg_column_size(t), {} FROM {} t WHERE t.xmin::text::bigint BETWEEN {} AND {}"
    ).format(names, sql.SQL(table), commits[0], commits[-1] - 1)
    return raw().execute(wanted).fetchall()


def _place(commits: list[int], xid: int) -> int:
    return sum(commit <= xid for commit in commits)


def _insert(table: str, columns: list[str], types: list[str], rows: list[Any]) -> Insert:
    one = sql.SQL("({})").format(sql.SQL(", ").join(sql.SQL("%s::" + kind) for kind in types))
    statement = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES {}").format(
        sql.SQL(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join([one] * len(rows)),
    )
    values = [
        Jsonb(value) if isinstance(value, dict) else value
        for row in rows
        for kind, value in zip(types, row, strict=True)
    ]
    return statement.as_string(raw()), values


def put(bare: Bare, commits: list[int]) -> float:
    """Take the rows out, put them back; return the seconds of putting them back."""
    from django.db import connection

    link = raw()
    link.execute("SET session_replication_role = replica")
    try:
        for table, _ in bare.tables:
            between = sql.SQL("DELETE FROM {} t WHERE t.xmin::text::bigint BETWEEN {} AND {}")
            link.execute(between.format(sql.SQL(table), commits[0], commits[-1] - 1))
        began = time.perf_counter()
        first = _next_id()
        for inserts in bare.transactions:
            with link.transaction():
                for statement, values in inserts:
                    link.execute(statement, values, prepare=True)
        seconds = time.perf_counter() - began
        commits[:] = [first, _next_id()]
    finally:
        link.execute("SET session_replication_role = origin")
        connection.ensure_connection()
    return seconds


def raw() -> Any:
    from django.db import connection

    connection.ensure_connection()
    return connection.connection
