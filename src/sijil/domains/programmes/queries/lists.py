"""Published lists: their rows by pages, and their file, which anybody can verify."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from django.db import connection, transaction

from sijil.domains.programmes import errors
from sijil.domains.programmes.errors import LIST_MISSING
from sijil.domains.programmes.models import ListRow, ListStep, RankedList
from sijil.domains.programmes.rules import shown_distance
from sijil.domains.programmes.states import UNFINISHED, ListState
from sijil.domains.programmes.types import SCALE, ListPage, PublishedList, RankedHousehold
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.errors import ErrorCode, Refused
from sijil.kernel.law import Pin
from sijil.kernel.rows import unhurried

PAGE = 100
_MOST = 1000
_CSV = """
    COPY (SELECT rank, household_code, score, score_number, numerator AS distance_numerator,
                 divisor AS distance_divisor FROM programmes_list_row
          WHERE list_id = %s ORDER BY rank) TO STDOUT (FORMAT CSV, HEADER)
"""


def list_lists(programme: str, limit: int = 20) -> list[PublishedList]:
    """Return a programme's lists, the newest first, whatever became of them."""
    return [
        as_list(row) for row in RankedList.objects.filter(programme=programme).order_by("-number")[:limit]
    ]


def list_published() -> list[PublishedList]:
    """Return every published list."""
    return [as_list(row) for row in RankedList.objects.filter(state=ListState.PUBLISHED.value)]


def find_last_list(programme: str) -> PublishedList | None:
    """Return the last published list of a programme, or None."""
    rows = RankedList.objects.filter(programme=programme, state=ListState.PUBLISHED.value)
    row = rows.order_by("-number").first()
    return None if row is None else as_list(row)


def get_list(list_id: str | uuid.UUID) -> PublishedList:
    """Return a list by its id, whatever became of it. Raises: Refused(LIST_MISSING)."""
    row = RankedList.objects.filter(pk=list_id).first()
    if row is None:
        raise Refused(LIST_MISSING)
    return as_list(row)


def get_published(list_id: str | uuid.UUID) -> PublishedList:
    """Return a published list by its id. Raises: Refused(LIST_MISSING), also while it is being prepared."""
    found = get_list(list_id)
    if found.state is not ListState.PUBLISHED:
        raise Refused(LIST_MISSING)
    return found


def as_list(row: RankedList) -> PublishedList:
    """Return the plain value of a stored list."""
    return PublishedList(
        id=str(row.id),
        programme=row.programme,
        number=row.number,
        state=ListState(row.state),
        day=row.day,
        threshold=row.threshold.normalize(),
        threshold_version=row.threshold_version,
        formula_versions=tuple(row.formula_versions),
        pins=tuple(Pin(*pin) for pin in row.pins),
        considered=row.considered,
        not_eligible=row.not_eligible,
        quarantined=row.quarantined,
        older_law=row.older_law,
        asked_since=row.asked_since,
        count=row.count,
        before=row.before,
        entered=row.entered,
        left=row.left,
        header=row.header,
        checksum=row.checksum,
        reason=row.reason,
        facts=row.facts,
        expected=row.seen_eligible if (row.seen_eligible or -1) >= 0 else None,
        started_at=row.started_at,
        published_at=row.published_at,
    )


def find_refusal(found: PublishedList) -> Refused | None:
    """Return why a list was refused, with its facts as they were; None where it was not."""
    error = _REFUSALS.get(found.reason) if found.state is ListState.REFUSED else None
    return Refused(error, **{name: _fact(value) for name, value in found.facts.items()}) if error else None


_REFUSALS = {error.code: error for error in vars(errors).values() if isinstance(error, ErrorCode)}


def _fact(value: Any) -> Any:
    """Return a fact as it was given: a day was kept as text."""
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return value


def asker_of(list_id: str | uuid.UUID) -> Actor:
    """Return who asked for a list."""
    step = ListStep.objects.filter(ranked_list=uuid.UUID(str(list_id))).earliest("id")
    return Actor(ActorKind(step.actor_kind), step.actor_id)


def list_unfinished(before: dt.datetime) -> list[PublishedList]:
    """Return the lists that are asked for and not done, with which nothing has happened since ``before``."""
    late = RankedList.objects.filter(state__in=[state.value for state in UNFINISHED])
    return [as_list(row) for row in late.exclude(steps__at__gte=before)]


def list_rows(list_id: str | uuid.UUID, *, after: int = 0, limit: int = PAGE) -> ListPage:
    """Return the rows with ranks over ``after`` (paging by key: the last page costs what the first does)."""
    limit = max(1, min(limit, _MOST))
    rows = ListRow.objects.filter(list_id=list_id, rank__gt=after).order_by("rank")[: limit + 1]
    found = [_ranked(row) for row in rows]
    return ListPage(tuple(found[:limit]), found[limit - 1].rank if len(found) > limit else None)


def _ranked(row: ListRow) -> RankedHousehold:
    exact = Fraction(row.numerator, row.divisor * SCALE)
    return RankedHousehold(
        row.rank, row.household_code, row.score, row.score_number, shown_distance(exact), exact
    )


def find_ranks(household_code: str) -> list[tuple[PublishedList, RankedHousehold]]:
    """Return where a household stands on published lists, the newest first."""
    rows = ListRow.objects.filter(household_code=household_code)
    ranks = {row.list_id: _ranked(row) for row in rows}
    lists = RankedList.objects.filter(pk__in=ranks, state=ListState.PUBLISHED.value).order_by("-published_at")
    return [(as_list(row), ranks[row.id]) for row in lists]


def iter_csv(list_id: str | uuid.UUID) -> Iterator[bytes]:
    """Stream a list as its file, UTF-8, LF: the lines of its header (each after a #), then CSV.

    The header says by what and how many were decided, so the SHA-256 of these bytes, the list's checksum,
    vouches for it too. distance_numerator / distance_divisor is threshold - score, exactly, in 10^-9 points.
    Rows never pass through Python objects.
    """
    key = uuid.UUID(str(list_id))
    header = RankedList.objects.values_list("header", flat=True).get(pk=key)
    with transaction.atomic(), connection.cursor() as cursor:
        unhurried()  # who takes it takes their time
        yield from _pieces(cursor.cursor.copy(_CSV, [key]), header)


def _pieces(copying: Any, header: str) -> Iterator[bytes]:
    with copying as copy:
        held: list[bytes] = [header.encode()]
        size = 0
        for piece in copy:
            held.append(bytes(piece))
            size += len(piece)
            if size >= 65_536:
                yield b"".join(held)
                held, size = [], 0
        yield b"".join(held)


def checksum_of(list_id: str | uuid.UUID) -> str:
    """Return the SHA-256 of a list's CSV file, computed from the rows as they are now."""
    digest = hashlib.sha256()
    for piece in iter_csv(list_id):
        digest.update(piece)
    return digest.hexdigest()


def is_intact(list_id: str | uuid.UUID, sealed: Mapping[str, Any]) -> bool:
    """Tell whether a list is the one that was published. Raises: Refused(LIST_MISSING).

    ``sealed``: what the sealed entry about its publication says; its row proves nothing of itself.
    """
    found = get_list(list_id)
    said = {"number": found.number, "count": found.count, "checksum": checksum_of(list_id)}
    return found.checksum == said["checksum"] and all(sealed.get(name) == said[name] for name in said)
