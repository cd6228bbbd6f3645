"""Reads of the programmes."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator

from django.db import connection

from sijil.domains.programmes import rules
from sijil.domains.programmes.errors import LIST_MISSING, PROGRAMME_MISSING
from sijil.domains.programmes.models import ListRow, RankedList
from sijil.domains.programmes.states import ListState
from sijil.domains.programmes.types import Decision, ListPage, Programme, PublishedList, RankedHousehold
from sijil.kernel.errors import Refused

PAGE = 100
_MOST = 1000
_CSV = """
    COPY (SELECT rank, household_code, score, score_number FROM programmes_list_row
          WHERE list_id = %s ORDER BY rank) TO STDOUT (FORMAT CSV, HEADER)
"""


def list_programmes(on: dt.date) -> list[Programme]:
    """Return the programmes in force on a day, each with the threshold of that day."""
    return rules.list_programmes(on)


def get_programme(code: str, on: dt.date) -> Programme:
    """Return one programme. Raises: Refused(PROGRAMME_MISSING)."""
    for programme in list_programmes(on):
        if programme.code == code:
            return programme
    raise Refused(PROGRAMME_MISSING, field="programme", programme=code)


def decide_all(a: int, b: int, divisor: int, *, is_scored: bool = True, on: dt.date) -> list[Decision]:
    """Decide on one score for every programme in force on a day."""
    return [rules.decide(a, b, divisor, programme, is_scored=is_scored) for programme in list_programmes(on)]


def list_lists(programme: str, limit: int = 20) -> list[PublishedList]:
    """Return a programme's lists, the newest first, failed ones included."""
    return [
        as_list(row) for row in RankedList.objects.filter(programme=programme).order_by("-number")[:limit]
    ]


def find_last_list(programme: str) -> PublishedList | None:
    """Return the last published list of a programme, or None."""
    rows = RankedList.objects.filter(programme=programme, state=ListState.PUBLISHED.value)
    row = rows.order_by("-number").first()
    return None if row is None else as_list(row)


def get_list(list_id: str | uuid.UUID) -> PublishedList:
    """Return a list by its id. Raises: Refused(LIST_MISSING)."""
    row = RankedList.objects.filter(pk=list_id).first()
    if row is None:
        raise Refused(LIST_MISSING)
    return as_list(row)


def as_list(row: RankedList) -> PublishedList:
    """Return the plain value of a stored list."""
    return PublishedList(
        id=str(row.id),
        programme=row.programme,
        number=row.number,
        state=ListState(row.state),
        threshold=row.threshold.normalize(),
        threshold_version=row.threshold_version,
        formula_versions=tuple(row.formula_versions),
        considered=row.considered,
        quarantined=row.quarantined,
        count=row.count,
        entered=row.entered,
        left=row.left,
        checksum=row.checksum,
        reason=row.reason,
        started_at=row.started_at,
        published_at=row.published_at,
    )


def list_rows(list_id: str | uuid.UUID, *, after: int = 0, limit: int = PAGE) -> ListPage:
    """Return the rows with ranks over ``after`` (paging by key: the last page costs what the first does)."""
    limit = max(1, min(limit, _MOST))
    rows = ListRow.objects.filter(list_id=list_id, rank__gt=after).order_by("rank")[: limit + 1]
    found = [RankedHousehold(r.rank, r.household_code, r.score, r.score_number) for r in rows]
    return ListPage(tuple(found[:limit]), found[limit - 1].rank if len(found) > limit else None)


def find_ranks(household_code: str) -> list[tuple[PublishedList, RankedHousehold]]:
    """Return where a household stands on published lists, the newest first."""
    rows = ListRow.objects.filter(household_code=household_code)
    ranks = {r.list_id: RankedHousehold(r.rank, r.household_code, r.score, r.score_number) for r in rows}
    lists = RankedList.objects.filter(pk__in=ranks, state=ListState.PUBLISHED.value).order_by("-published_at")
    return [(as_list(row), ranks[row.id]) for row in lists]


def iter_csv(list_id: str | uuid.UUID) -> Iterator[bytes]:
    """Stream a list as its CSV file: rank, household_code, score, score_number; UTF-8, LF, one header.

    The SHA-256 of these bytes is the list's checksum. Rows never pass through Python objects.
    """
    with connection.cursor() as cursor, cursor.cursor.copy(_CSV, [uuid.UUID(str(list_id))]) as copy:
        held: list[bytes] = []
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


def is_intact(list_id: str | uuid.UUID) -> bool:
    """Tell whether a published list still has the rows it was published with. Raises: Refused."""
    return get_list(list_id).checksum == checksum_of(list_id)
