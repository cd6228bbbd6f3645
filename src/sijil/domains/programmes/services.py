"""Publishing a ranked list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from numpy.typing import NDArray

from sijil.domains.programmes.errors import NOBODY_SCORED, PUBLICATION_RUNNING
from sijil.domains.programmes.models import ListStep, RankedList
from sijil.domains.programmes.queries import as_list, checksum_of, get_programme
from sijil.domains.programmes.rules import are_eligible, order
from sijil.domains.programmes.states import RANKED_LIST, ListState
from sijil.domains.programmes.types import Candidates, Programme, PublishedList
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.rows import violated
from sijil.kernel.steps import Rows

LISTS = Rows(RANKED_LIST, RankedList, ListStep, "ranked_list")
_LOCKS = 7219  # advisory locks of publications
_PIECE = 100_000
_INSERT = """
    COPY programmes_list_row (list_id, rank, household_code, score, score_number) FROM STDIN (FORMAT BINARY)
"""
_DIFFERENCE = """
    SELECT count(*) FROM programmes_list_row r WHERE r.list_id = %s AND NOT EXISTS (
        SELECT FROM programmes_list_row o WHERE o.list_id = %s AND o.household_code = r.household_code)
"""


@dataclass(slots=True)
class Chosen:
    """The eligible of all candidates, and what was counted on the way."""

    codes: NDArray[np.bytes_]
    points: NDArray[np.int64]
    numbers: NDArray[np.int64]
    considered: int
    quarantined: int
    versions: tuple[str, ...]


def publish_list(
    *,
    programme: str,
    candidates: Callable[[], Iterable[Candidates]],
    actor: Actor,
    now: dt.datetime,
    on_published: Callable[[PublishedList], None] = lambda _: None,
) -> PublishedList:
    """Freeze the list of all households at or under a programme's threshold, ascending by score.

    Args:
        programme: code. candidates: gives every current score in pieces, from one snapshot, in any order.
        on_published: called in the transaction that freezes the list (the audit entry).
    Returns: the published list, with its checksum.
    Raises: Refused(PROGRAMME_MISSING, PUBLICATION_RUNNING, NOBODY_SCORED). A failure leaves a list in
    the state ``failed`` with the reason and no row; a killed process likewise, at the next publication.
    """
    found = get_programme(programme, legal_day(now))
    with _alone(programme):
        opened = _open(found, actor, now)
        try:
            with transaction.atomic():
                published = _publish(opened, found, candidates, actor, now)
                on_published(published)
            return published
        except Exception as error:
            reason = error.code if isinstance(error, Refused) else type(error).__name__
            LISTS.move_one(opened.pk, "fail", actor=actor, now=now, reason=reason)
            raise


def _open(programme: Programme, actor: Actor, now: dt.datetime) -> RankedList:
    lists = RankedList.objects.filter(programme=programme.code)
    with transaction.atomic():
        LISTS.move(lists, "fail", actor=actor, now=now, reason="interrupted")  # nobody holds the lock: killed
        number = (lists.aggregate(last=Max("number"))["last"] or 0) + 1
        row = RankedList(
            programme=programme.code,
            number=number,
            threshold=programme.threshold,
            threshold_version=programme.version,
            started_at=now,
        )
        LISTS.open(row, "prepare", actor=actor, now=now)
        return row


def _publish(
    row: RankedList,
    programme: Programme,
    candidates: Callable[[], Iterable[Candidates]],
    actor: Actor,
    now: dt.datetime,
) -> PublishedList:
    chosen = _choose(candidates(), programme)
    if chosen.considered == 0:
        raise Refused(NOBODY_SCORED)
    _freeze(row, chosen)
    entered, left = _compare(row)
    LISTS.move_one(
        row.pk,
        "publish",
        actor=actor,
        now=now,
        count=len(chosen.codes),
        considered=chosen.considered,
        quarantined=chosen.quarantined,
        formula_versions=list(chosen.versions),
        entered=entered,
        left=left,
        checksum=checksum_of(row.id),
        published_at=now,
    )
    row.refresh_from_db()
    return as_list(row)


def _choose(pieces: Iterable[Candidates], programme: Programme) -> Chosen:
    codes, points, numbers = [], [], []
    used: set[str] = set()
    considered = quarantined = 0
    for piece in pieces:
        chosen = are_eligible(piece, programme.threshold)
        codes.append(piece.household_code[chosen])
        points.append(piece.points[chosen])
        numbers.append(piece.score_number[chosen])
        used |= {piece.versions[i] for i in np.unique(piece.version[chosen]).tolist()}
        considered += len(piece.points)
        quarantined += int(np.count_nonzero(~piece.is_scored))
    if not considered:
        return Chosen(np.zeros(0, "S11"), np.zeros(0, np.int64), np.zeros(0, np.int64), 0, 0, ())
    return Chosen(
        np.concatenate(codes),
        np.concatenate(points),
        np.concatenate(numbers),
        considered,
        quarantined,
        tuple(sorted(used)),
    )


def _freeze(row: RankedList, chosen: Chosen) -> None:
    places = order(chosen.points, chosen.codes)
    with connection.cursor() as cursor, cursor.cursor.copy(_INSERT) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for start in range(0, len(places), _PIECE):
            copy.write(_records(row, chosen, places[start : start + _PIECE], start))
        copy.write(b"\xff\xff")


_ROW = np.dtype(
    [
        ("fields", ">i2"),
        *[("l0", ">i4"), ("list_id", "V16"), ("l1", ">i4"), ("rank", ">i8"), ("l2", ">i4"), ("code", "S11")],
        *[("l3", ">i4"), ("digits", ">i2"), ("weight", ">i2"), ("sign", ">i2"), ("scale", ">i2")],
        *[("d0", ">i2"), ("d1", ">i2"), ("d2", ">i2"), ("l4", ">i4"), ("number", ">i4")],
    ]
)


def _records(row: RankedList, chosen: Chosen, places: NDArray[np.int64], start: int) -> bytes:
    """Return rows as PostgreSQL reads them (binary COPY; ``numeric`` has base-10,000 digits)."""
    out = np.zeros(len(places), _ROW)
    out["fields"] = 5
    out["l0"], out["l1"], out["l2"], out["l3"], out["l4"] = 16, 8, 11, 14, 4
    out["list_id"] = np.void(row.id.bytes)
    out["rank"] = np.arange(start + 1, start + 1 + len(places))
    out["code"], out["number"] = chosen.codes[places], chosen.numbers[places]
    points = chosen.points[places]
    out["digits"], out["scale"] = 3, 7
    out["d0"], out["d1"], out["d2"] = points // 10**7, points // 1000 % 10_000, points % 1000 * 10
    return out.tobytes()


def _compare(row: RankedList) -> tuple[int, int]:
    """Return how many households entered and left against the last published list."""
    last = RankedList.objects.filter(programme=row.programme, state=ListState.PUBLISHED.value)
    before = last.order_by("-number").values_list("pk", flat=True).first()
    if before is None:
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCE, [row.id, before])
        entered = int(cursor.fetchone()[0])
        cursor.execute(_DIFFERENCE, [before, row.id])
        return entered, int(cursor.fetchone()[0])


@contextmanager
def _alone(programme: str) -> Iterator[None]:
    """One publication of a programme at a time; the lock goes with the connection if we are killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [_LOCKS, programme])
        if not cursor.fetchone()[0]:
            raise Refused(PUBLICATION_RUNNING)
    try:
        yield
    except IntegrityError as error:
        if violated(error) != "programmes_list_one_in_preparation":
            raise
        raise Refused(PUBLICATION_RUNNING) from error
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [_LOCKS, programme])
