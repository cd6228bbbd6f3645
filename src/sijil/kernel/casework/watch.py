"""What is late, what will be, and on whom it waits.

One periodic job asks every kind of file for the marks that were passed (60, 90 and 100 % of the delay). Each
file is marked in its own transaction; a file marked twice is marked once. At 100 % the consequence of the
dated delay follows: the file is shown as late, or, where an article says so, silence accepts.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, Q

from sijil.kernel.actors import system
from sijil.kernel.casework.clock import AtEnd, pass_mark
from sijil.kernel.casework.files import Files, new_step, registered
from sijil.kernel.dates import legal_day

log = logging.getLogger("sijil.casework")

CLOCK = system("clock")
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Late:
    """A file past its last day. ``number``: what staff call it; ``waits_on``: whose turn it is."""

    kind: str
    number: str
    state: str
    waits_on: str
    due_on: dt.date
    days: int


@dataclass(frozen=True, slots=True)
class Stock:
    """How many files of a kind are in a state, how many of them late, and since when the oldest waits."""

    kind: str
    state: str
    waits_on: str
    files: int
    late: int
    near: int
    oldest_due_on: dt.date | None


def pass_marks(*, now: dt.datetime) -> Counter[str]:
    """Mark everything that passed a mark by ``now``; return how many, by ``kind mark``.

    Every kind and chunk is tried, even when one fails; a file that somebody has locked is left for the next
    run. Raises: ExceptionGroup of what failed, at the end.
    """
    counted: Counter[str] = Counter()
    failures: list[Exception] = []
    for files in registered().values():
        for keys in _chunks(files, legal_day(now)):
            try:
                counted.update(_mark(files, keys, now))
            except Exception as error:
                log.exception("%s: the clocks of %s files could not be marked", files.kind.name, len(keys))
                failures.append(error)
    if failures:
        raise ExceptionGroup("some files could not be marked", failures)
    return counted


def _chunks(files: Files[Any], today: dt.date) -> Iterator[list[Any]]:
    """Give the keys of what passed a mark; what may be accepted by silence one by one."""
    rows = files.model._default_manager.filter(mark_on__lte=today).order_by("pk")
    keys = list(rows.values_list("pk", flat=True))
    size = 1 if files.kind.silence else _CHUNK
    yield from (keys[start : start + size] for start in range(0, len(keys), size))


@transaction.atomic
def _mark(files: Files[Any], keys: list[Any], now: dt.datetime) -> list[str]:
    """Mark these files unless somebody has meanwhile; write the steps; take the consequence."""
    rows: Any = files.model._default_manager.select_for_update(skip_locked=True)
    found = list(rows.filter(pk__in=keys, mark_on__lte=legal_day(now)))
    for row in found:
        row.set_clock(pass_mark(row.reading, legal_day(now)))
    files.model._default_manager.bulk_update(found, ["escalated", "mark_on"])
    files.step._default_manager.bulk_create(
        new_step(
            files.step, files.link, row, "escalate", row.state, row.state, CLOCK, now, str(row.escalated)
        )
        for row in found
    )
    marks = [f"{files.kind.name} {row.escalated}" for row in found]
    for row in found:
        if row.escalated == 100 and _is_accepted(files, row):
            files.move_row(row, files.kind.silence or "", actor=CLOCK, now=now)
    return marks


def _is_accepted(files: Files[Any], row: Any) -> bool:
    """Silence accepts only where the kind can and the delay in force when the clock began says so."""
    delay = files.delay(row.clock, row.clock_since)
    return files.kind.silence is not None and delay.at_end is AtEnd.ACCEPT


def list_late(*, on: dt.date, limit: int = 100) -> list[Late]:
    """Return the files past their last day, the latest first, of every kind."""
    found = [late for files in registered().values() for late in _list_late(files, on, limit)]
    return sorted(found, key=lambda late: (late.due_on, late.kind, late.number))[:limit]


def _list_late(files: Files[Any], on: dt.date, limit: int) -> Iterator[Late]:
    rows = files.model._default_manager.filter(due_on__lt=on).order_by("due_on")[:limit]
    for row in rows:
        waits_on = files.kind.waits_on[row.state].value
        number = str(files.subject(row))
        yield Late(files.kind.name, number, row.state, waits_on, row.due_on, (on - row.due_on).days)


def count_stock(*, on: dt.date) -> list[Stock]:
    """Return how many files wait, by kind and state, and how many of them are late or near (90 %).

    Only kinds with a delay: of the others none can be late.
    """
    clocked = (files for files in registered().values() if files.kind.delays)  # 40 million persons wait not
    return [stock for files in clocked for stock in _count_stock(files, on)]


def _count_stock(files: Files[Any], on: dt.date) -> Iterator[Stock]:
    waiting = files.model._default_manager.filter(state__in=files.kind.waits_on)
    counted = waiting.values_list("state").annotate(
        files=Count("pk"),
        late=Count("pk", filter=Q(due_on__lt=on)),
        near=Count("pk", filter=Q(due_on__gte=on, escalated__gte=90)),
        oldest=Min("due_on"),
    )
    for state, number, late, near, oldest in counted.order_by("state"):
        yield Stock(files.kind.name, state, files.kind.waits_on[state].value, number, late, near, oldest)
