"""Work for later: a job is written in the same transaction as the change that asks for it.

If the transaction rolls back there is no job; once it commits the job cannot be lost. The jobs are
procrastinate's (PostgreSQL tables, retries, stalled-job rescue); their functions are registered in
``sijil.config.tasks``, so a floor below can ask for work without importing who does it.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any

from django.db import connection, transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task


def enqueue(task: str, *, lock: str | None = None, queueing_lock: str | None = None, **ids: Any) -> None:
    """Ask a worker for ``task`` with small, JSON-friendly ``ids``. Must run inside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError(
            f"enqueue({task!r}) outside a transaction: the change and the job must commit together."
        )
    configure_task(name=task, job_manager=_jobs(), lock=lock, queueing_lock=queueing_lock).defer(**ids)


def enqueue_once(task: str, *, queueing_lock: str, **ids: Any) -> bool:
    """Ask, in a transaction of its own or the caller's, unless one asked by the same name still waits."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        enqueue(task, queueing_lock=queueing_lock, **ids)
        return True
    return False


@cache
def _jobs() -> JobManager:
    """The queue through Django's own connection, in every process.

    Inside a worker ``procrastinate.contrib.django.app`` has a connection of its own: a job asked for
    through it would be visible, and perhaps done, before the change that it belongs to is committed.
    """
    return JobManager(DjangoConnector(alias="default"))
