"""Is this installation well? Counts and times only, no person's data (``sijil health``, ``/health/``)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from sijil.config import law

_QUEUE = """
SELECT count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())),
       count(*) FILTER (WHERE status = 'failed'),
       (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '45 seconds')
FROM procrastinate_jobs
"""

# Seconds since the oldest entry that no root covers yet; many mean that the worker is not sealing.
_UNSEALED = """
SELECT coalesce(extract(epoch FROM now() - min(at)), 0) FROM audit_entry AS entry
WHERE xid >= coalesce((SELECT max(xid_to) FROM audit_root AS root WHERE root.cluster = entry.cluster), 0)
"""
SEALED_WITHIN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: ``well``, and a sentence that says what was seen."""

    name: str
    well: bool
    seen: str


def examine() -> list[Check]:
    """Return the findings, the database first; without it there are no others."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
    except DatabaseError:
        return [Check("database", False, "The database does not answer."), _law()]
    return [Check("database", True, f"PostgreSQL {version}"), _migrations(), *_queue(), _audit(), _law()]


def _law() -> Check:
    found = law.faults()
    return Check("law", not found, "; ".join(found) or "every version is as it was sealed")


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


def _audit() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_UNSEALED)
            seconds = float(cursor.fetchone()[0])
    except DatabaseError:
        return Check("audit", False, "The audit's tables are missing: run sijil migrate.")
    if seconds < SEALED_WITHIN_SECONDS:
        return Check("audit", True, "sealed up to the last seconds")
    return Check("audit", False, f"the oldest entry without a seal is {seconds:.0f} s old")


def view(request: HttpRequest) -> JsonResponse:
    """Answer 200 when everything is well, 503 when not."""
    checks = examine()
    well = all(check.well for check in checks)
    return JsonResponse({"well": well, "checks": [asdict(c) for c in checks]}, status=200 if well else 503)
