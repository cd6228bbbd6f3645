"""Work for later: a job is written in the same transaction as the change that asks for it.

If the transaction rolls back there is no job; once it commits the job cannot be lost. The jobs are
procrastinate's (PostgreSQL tables, retries, stalled-job rescue); their functions are registered in
``sijil.config.tasks``, so a floor below can ask for work without importing who does it.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from procrastinate.contrib.django import app


def enqueue(task: str, *, lock: str | None = None, queueing_lock: str | None = None, **ids: Any) -> None:
    """Ask a worker for ``task`` with small, JSON-friendly ``ids``. Must run inside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"enqueue({task!r}) outside a transaction: the change and the job must commit together.")
    app.configure_task(name=task, lock=lock, queueing_lock=queueing_lock).defer(**ids)
