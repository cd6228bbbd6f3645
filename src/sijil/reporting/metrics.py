"""The same figures for a machine that watches (``/metrics``): counts and ages, nobody's data.

Each part has a few seconds; one that does not answer in time is left out, and ``sijil_readable`` says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import DatabaseError, connection

from sijil.domains.appointments.rules import holidays_known_until
from sijil.domains.audit.queries import get_seal_lag
from sijil.domains.notifications.queries import count_by_state
from sijil.kernel.casework.watch import count_stock, find_unmarked
from sijil.kernel.dates import legal_day
from sijil.reporting import processing
from sijil.reporting.patience import within

PATIENCE_SECONDS = 5

_JOBS = """
SELECT state::text, count(job.id) FROM unnest(enum_range(NULL::procrastinate_job_status)) AS state
LEFT JOIN procrastinate_jobs AS job ON job.status = state GROUP BY state ORDER BY state
"""
_FAILED = "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1 ORDER BY 1"
_WORKERS = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '45 seconds'"

Sample = tuple[tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class Figure:
    """One gauge. ``samples``: the values of its labels, and the number."""

    name: str
    says: str
    labels: tuple[str, ...]
    samples: tuple[Sample, ...]


def measure(*, now: dt.datetime) -> list[Figure]:
    """Return every figure that could be read in time."""
    figures: list[Figure] = []
    readable: list[Sample] = []
    for part, read in PARTS.items():
        try:
            with within(PATIENCE_SECONDS):
                figures += read(now)
        except DatabaseError:
            readable.append(((part,), 0))
        else:
            readable.append(((part,), 1))
    says = "1 when the figures of this part could be read in time."
    return [*figures, Figure("sijil_readable", says, ("part",), tuple(readable))]


def _files(now: dt.datetime) -> Iterator[Figure]:
    today = legal_day(now)
    stock = count_stock(on=today)
    labels = ("kind", "state", "waits_on")
    for name, part, says in (
        ("sijil_files", "files", "Files that wait for somebody."),
        ("sijil_files_near", "near", "Files past 90 % of their legal delay and not late."),
        ("sijil_files_late", "late", "Files past their last legal day."),
    ):
        samples = tuple(((s.kind, s.state, s.waits_on), getattr(s, part)) for s in stock)
        yield Figure(name, says, labels, samples)
    ages = tuple(((s.kind, s.state, s.waits_on), (today - s.late_since).days) for s in stock if s.late_since)
    yield Figure("sijil_files_oldest_late_days", "Days since the oldest last day that passed.", labels, ages)
    unmarked = find_unmarked(on=today)
    days = (today - unmarked).days if unmarked else 0
    yield _one("sijil_clocks_unmarked_days", "Days for which nobody looked at the legal clocks.", days)


def _processing(now: dt.datetime) -> Iterator[Figure]:
    stages = processing.by_step(processing.list_standing(now=now))
    ages = {s.step: (now - s.oldest).total_seconds() for s in stages if s.oldest}
    for name, says, samples in (
        ("", "Files on their way to a number, by what they wait for.", {s.step: s.files for s in stages}),
        ("_over", "Those that wait longer than the step may take.", {s.step: s.over for s in stages}),
        ("_oldest_seconds", "Since when the first of them waits.", ages),
    ):
        found = tuple(((step.value,), float(value)) for step, value in samples.items())
        yield Figure(f"sijil_enrolments{name}", says, ("step",), found)


def _jobs(now: dt.datetime) -> Iterator[Figure]:
    yield Figure("sijil_jobs", "Jobs of the worker, by state.", ("state",), _counts(_JOBS))
    yield Figure("sijil_jobs_failed", "Jobs given up after every try, by name.", ("job",), _counts(_FAILED))
    yield Figure("sijil_workers", "Workers that gave a sign within 45 seconds.", (), _counts(_WORKERS))


def _messages(now: dt.datetime) -> Iterator[Figure]:
    samples = tuple(((state,), count) for state, count in count_by_state().items())
    yield Figure("sijil_messages", "Messages to people, by state.", ("state",), samples)


def _audit(now: dt.datetime) -> Iterator[Figure]:
    age = get_seal_lag(now=now).total_seconds()
    yield _one("sijil_audit_unsealed_seconds", "Age of the oldest entry of the log without a seal.", age)


def _law(now: dt.datetime) -> Iterator[Figure]:
    days = (holidays_known_until() - legal_day(now)).days
    yield _one("sijil_holidays_known_days", "Days until the known holidays run out.", days)


PARTS: dict[str, Callable[[dt.datetime], Iterator[Figure]]] = {
    "files": _files,
    "processing": _processing,
    "jobs": _jobs,
    "messages": _messages,
    "audit": _audit,
    "law": _law,
}


def _one(name: str, says: str, value: float) -> Figure:
    return Figure(name, says, (), (((), value),))


def _counts(statement: str) -> tuple[Sample, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return tuple((tuple(row[:-1]), row[-1]) for row in cursor.fetchall())
