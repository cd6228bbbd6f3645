"""SQL for a statement put together elsewhere: the verification process logs as it answers."""

from __future__ import annotations

from collections.abc import Mapping

ADDS = "INSERT (id, at, actor_kind, actor_id, actor_label, action, subject, purpose, facts) ON audit_entry"
"""What whoever runs :func:`insert_entries` must be granted."""
MAKES = "EXECUTE ON FUNCTION audit_make_partition(date)"
TOLD = "SELECT at, facts->>'action', actor_kind, actor_id FROM audit_entry WHERE facts->>'file' = %s"
"""The steps of the files of one kind, as the log tells them."""
SEALED = ("audit_root",)
"""Written by who seals alone."""


def insert_entries(source: str, values: Mapping[str, str]) -> str:
    """Return the statement that adds one entry per row of ``source``.

    ``values``: an expression for each column; ``cluster`` and ``xid`` are given by the database.
    """
    columns, expressions = ", ".join(values), ", ".join(values.values())
    return f"INSERT INTO audit_entry ({columns}) SELECT {expressions} FROM {source}"  # noqa: S608
