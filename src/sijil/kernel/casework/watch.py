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

from django.core.exceptions import ValidationError
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
class Selection:
    """Which files: of one kind, waiting on one role, of one centre; empty: all."""

    kind: str = ""
    waits_on: str = ""
    centre: str = ""


EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class Late:
    """A file past its last day. ``file``: its key, as ``Files.move`` takes it; ``number``: what the log calls
    it; ``waits_on``: whose turn it is; ``place``: where it stands in the list, to go on after it.
    """

    kind: str
    file: Any
    number: str
    state: str
    waits_on: str
    due_on: dt.date
    days: int
    place: str


@dataclass(frozen=True, slots=True)
class Stock:
    """How many files of a kind wait in a state, how many of them are late, how many near (90 %).

    ``late_since``: the oldest last day that passed.
    """

    kind: str
    state: str
    waits_on: str
    files: int
    late: int
    near: int
    late_since: dt.date | None


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


def find_unmarked(*, on: dt.date) -> dt.date | None:
    """Return the oldest day before ``on`` whose marks nobody passed: the job has not run since."""
    firsts = (
        files.model._default_manager.filter(mark_on__lt=on).aggregate(first=Min("mark_on"))["first"]
        for files in registered().values()
    )
    return min((first for first in firsts if first), default=None)


def list_late(*, on: dt.date, of: Selection = EVERYTHING, after: str = "", limit: int = 100) -> list[Late]:
    """Return the files past their last day, the latest first, of every kind; ``after``: a file's place."""
    begin = _Place.read(after)
    found = [late for files in _chosen(of) for late in _list_late(files, on, of, begin, limit)]
    found.sort(key=lambda late: (late.due_on, late.kind))  # keys of one day and kind stay in their order
    return found[:limit]


def _chosen(of: Selection) -> list[Files[Any]]:
    """Return the kinds of a selection that have a delay; one that no centre treats is in the list of none."""
    return [
        files
        for name, files in sorted(registered().items())
        if files.kind.delays and of.kind in ("", name) and (files.centre or not of.centre)
    ]


def _rows(files: Files[Any], of: Selection) -> Any:
    """Return the waiting files of a kind within a selection."""
    states = [state for state, role in files.kind.waits_on.items() if of.waits_on in ("", role.value)]
    rows = files.model._default_manager.filter(state__in=states)
    return rows.filter(**{files.centre: of.centre}) if of.centre else rows


def _list_late(
    files: Files[Any], on: dt.date, of: Selection, begin: _Place | None, limit: int
) -> Iterator[Late]:
    rows = _rows(files, of).filter(due_on__lt=on)
    if begin is not None:
        rows = rows.filter(begin.following(files))
    kind = files.kind
    for row in rows.order_by("due_on", "pk")[:limit]:
        place = f"{row.due_on}.{kind.name}.{row.pk}"
        waits_on = kind.waits_on[row.state].value
        file, number, days = getattr(row, files.key), files.subject(row), (on - row.due_on).days
        yield Late(kind.name, file, number, row.state, waits_on, row.due_on, days, place)


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the list of all kinds: by last day, kind and key."""

    due_on: dt.date
    kind: str
    pk: str

    @classmethod
    def read(cls, text: str) -> _Place | None:
        """Return the place; None, the beginning, for what is none."""
        day, _, rest = text.partition(".")
        kind, _, pk = rest.partition(".")
        try:
            return cls(dt.date.fromisoformat(day), kind, pk) if pk else None
        except ValueError:
            return None

    def following(self, files: Files[Any]) -> Q:
        """Return what stands after this place in the list of one kind."""
        later = Q(due_on__gt=self.due_on)
        if files.kind.name != self.kind:
            return later | Q(due_on=self.due_on) if files.kind.name > self.kind else later
        try:
            pk = files.model._meta.pk.to_python(self.pk)
        except ValidationError:
            return later
        return later | Q(due_on=self.due_on, pk__gt=pk)


def count_stock(*, on: dt.date, of: Selection = EVERYTHING) -> list[Stock]:
    """Return how many files wait, by kind and state, and how many of them are late or near (90 %)."""
    return [stock for files in _chosen(of) for stock in _count_stock(files, on, of)]


def _count_stock(files: Files[Any], on: dt.date, of: Selection) -> Iterator[Stock]:
    late = Q(due_on__lt=on)
    counted = (
        _rows(files, of)
        .values_list("state")
        .annotate(
            files=Count("*"),
            late=Count("state", filter=late),
            near=Count("state", filter=Q(due_on__gte=on, escalated__gte=90)),
            since=Min("due_on", filter=late),
        )
    )
    for state, number, is_late, is_near, since in counted.order_by("state"):
        role = files.kind.waits_on[state].value
        yield Stock(files.kind.name, state, role, number, is_late, is_near, since)
