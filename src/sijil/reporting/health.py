"""Is this installation well? Counts and times only, no person's data (``sijil health``, ``/health/``)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from sijil.domains.audit.queries import get_seal_lag
from sijil.domains.events.queries import count_failed

_QUEUE = """
SELECT count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())),
       count(*) FILTER (WHERE status = 'failed'),
       (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '45 seconds')
FROM procrastinate_jobs
"""

# Longer means that the worker is not sealing.
SEALED_WITHIN_SECONDS = 60
TRIED_AGAIN_WITHIN = dt.timedelta(minutes=5)  # the queue has given up a failing step by then


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: ``well``, and a sentence that says what was seen."""

    name: str
    well: bool
    seen: str


def examine(*, now: dt.datetime) -> list[Check]:
    """Return the findings, the database first; without it there are no others."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
    except DatabaseError:
        return [Check("database", False, "The database does not answer.")]
    database = Check("database", True, f"PostgreSQL {version}")
    return [database, _migrations(), *_queue(), _audit(now), _events(now)]


def _migrations() -> Check:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return Check("migrations", waiting == 0, f"{waiting} waiting" if waiting else "all applied")


def _queue() -> list[Check]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_QUEUE)
            waiting, failed, workers = cursor.fetchone()
    except DatabaseError:
        return [Check("queue", False, "The queue's tables are missing: run sijil migrate.")]
    return [
        Check("workers", workers > 0, f"{workers} at work"),
        Check("jobs waiting", waiting < 10_000, str(waiting)),
        Check("jobs given up", failed == 0, f"{failed} failed after every try" if failed else "none"),
    ]


def _audit(now: dt.datetime) -> Check:
    try:
        seconds = get_seal_lag(now=now).total_seconds()
    except DatabaseError:
        return Check("audit", False, "The audit's tables are missing: run sijil migrate.")
    if seconds < SEALED_WITHIN_SECONDS:
        return Check("audit", True, "sealed up to the last seconds")
    return Check("audit", False, f"the oldest entry without a seal is {seconds:.0f} s old")


def _events(now: dt.datetime) -> Check:
    try:
        failed = count_failed(before=now - TRIED_AGAIN_WITHIN)
    except DatabaseError:
        return Check("events", False, "The events' tables are missing: run sijil migrate.")
    seen = f"{failed} failed steps: sijil events list --failed" if failed else "no step failed"
    return Check("events", failed == 0, seen)
