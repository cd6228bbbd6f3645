"""SQL for a statement put together elsewhere: the verification process logs as it answers."""

from __future__ import annotations

from collections.abc import Mapping


def insert_entries(source: str, values: Mapping[str, str]) -> str:
    """Return the statement that adds one entry per row of ``source``.

    ``values``: an expression for each column; ``cluster`` and ``xid`` are given by the database.
    """
    columns, expressions = ", ".join(values), ", ".join(values.values())
    return f"INSERT INTO audit_entry ({columns}) SELECT {expressions} FROM {source}"  # noqa: S608
