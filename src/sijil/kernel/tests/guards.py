"""The one way past the guards of the tables, for the tests and benches that empty or falsify them.

The product has no such switch: its roles may not set it (docs/adr/0022), who owns a throw-away database may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations


@contextmanager
def unguarded() -> Iterator[Any]:
    """Give a cursor for which no trigger and no foreign key holds, as for whoever owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def falsify(sql: str, *values: Any) -> int:
    """Run one statement past the guards; return how many rows it changed."""
    with unguarded() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


@contextmanager
def emptied_unguarded() -> Iterator[None]:
    """Let Django's flush, with which tests empty a database, pass the guards."""
    flush = DatabaseOperations.execute_sql_flush
    DatabaseOperations.execute_sql_flush = _past_guards(flush)  # type: ignore[method-assign]
    yield
    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]


def _past_guards(flush: Callable[..., None]) -> Callable[..., None]:
    @wraps(flush)
    def passing(*args: Any, **kwargs: Any) -> None:
        with unguarded():
            flush(*args, **kwargs)

    return passing
