"""How long a report may ask the database before it gives up: a report never holds up the work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Run statements that end within ``seconds`` each. Raises: OperationalError for one that does not."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{seconds}s"])
        yield
