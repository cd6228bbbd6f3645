"""One at a time, by programme: the lock goes with the connection if the process is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from sijil.kernel.errors import ErrorCode, Refused


@contextmanager
def alone(kind: int, programme: str, refusal: ErrorCode) -> Iterator[None]:
    """Hold a programme's lock of one kind. Raises: Refused(``refusal``) while somebody else has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [kind, programme])
        if not cursor.fetchone()[0]:
            raise Refused(refusal)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [kind, programme])
