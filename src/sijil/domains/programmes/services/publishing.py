"""A ranked list, asked for, then frozen: the eligible by stored decisions, checked against the scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from sijil.domains.programmes import sql
from sijil.domains.programmes.errors import (
    ANSWERS_AWAITED,
    DECISIONS_DUE,
    DECISIONS_UNLIKE,
    FIGURES_CHANGED,
    NOBODY_SCORED,
    PUBLICATION_RUNNING,
    SCORES_OF_ANOTHER_LAW,
)
from sijil.domains.programmes.models import ListStep, RankedList
from sijil.domains.programmes.queries.figures import COUNTS, OLDER_FORMULAS, joined, read_figures, values
from sijil.domains.programmes.queries.lists import as_list, asker_of, checksum_of, get_list
from sijil.domains.programmes.queries.programmes import get_programme
from sijil.domains.programmes.services.alone import alone
from sijil.domains.programmes.states import RANKED_LIST, ListState
from sijil.domains.programmes.types import (
    NOBODY,
    Awaited,
    Figures,
    FormulaUsed,
    Programme,
    PublishedList,
    Seen,
)
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.rows import unhurried, violated
from sijil.kernel.steps import Rows

LISTS = Rows(RANKED_LIST, RankedList, ListStep, "ranked_list")
_LOCKS = 7219  # advisory locks of publications
_ONE = ("programmes_list_one_at_a_time", "programmes_list_number_once")  # two who ask at once
TRIES = 5
# One statement reads, counts and freezes: figures and rows are of one moment.
_FREEZE = """
    WITH x AS MATERIALIZED ({joined}), kept AS (
        INSERT INTO programmes_list_row
            (list_id, rank, household_code, score, score_number, numerator, divisor)
        SELECT %(list)s, row_number() OVER (ORDER BY {order}), household_code, score, score_number,
            numerator, divisor
        FROM x WHERE is_decided AND outcome = 'eligible'
    )
    SELECT {counts}, {older} FROM x
"""
_DIFFERENCE = """
    SELECT count(*) FROM programmes_list_row r WHERE r.list_id = %s AND NOT EXISTS (
        SELECT FROM programmes_list_row o WHERE o.list_id = %s AND o.household_code = r.household_code)
"""


def ask_list(*, programme: str, seen: Seen | None = None, actor: Actor, now: dt.datetime) -> PublishedList:
    """Write down who asks for the list of a programme, by the thresholds of the day; a worker freezes it.

    ``seen``: the figures that were confirmed, if a person confirmed.
    Raises: Refused(PROGRAMME_MISSING, PUBLICATION_RUNNING): one at a time, whoever asks.
    """
    found = get_programme(programme, legal_day(now))
    lists = RankedList.objects.filter(programme=programme)
    row = RankedList(
        programme=programme,
        number=(lists.aggregate(last=Max("number"))["last"] or 0) + 1,
        threshold=found.threshold,
        threshold_version=found.version,
        day=legal_day(now),
        seen_version=seen.threshold_version[:60] if seen else "",
        seen_eligible=seen.eligible if seen else None,
        started_at=now,
    )
    try:
        with transaction.atomic():
            LISTS.open(row, "ask", actor=actor, now=now)
    except IntegrityError as error:
        if violated(error) in _ONE:
            raise Refused(PUBLICATION_RUNNING) from error
        raise
    return as_list(row)


def publish_asked(
    *,
    list_id: str | UUID,
    scores: str,
    formula: FormulaUsed,
    laws: Sequence[int],
    awaited: Awaited = NOBODY,
    now: dt.datetime,
    on_published: Callable[[PublishedList], None] = lambda _: None,
) -> PublishedList:
    """Freeze a list that was asked for: all households at or under the threshold, ascending by exact score.

    Rows, figures, checksum and the audit entry are one transaction, so nobody sees a part of it, and what a
    killed process began is begun anew. One that is done already is left alone.

    Args:
        scores: the statement of every last score (``scoring.sql.LATEST``).
        formula: what is in force on the day of the list, with the readings. laws: the numbers of the laws of
            scores that are in force then. awaited: whom a list waits for.
        on_published: called in the transaction that freezes the list (the audit entry).
    Returns: the list, published or refused: NOBODY_SCORED, SCORES_OF_ANOTHER_LAW, ANSWERS_AWAITED,
    DECISIONS_DUE, DECISIONS_UNLIKE, FIGURES_CHANGED (``queries.find_refusal``).
    Raises: Refused(LIST_MISSING), Refused(PUBLICATION_RUNNING) while another process is at it. After
    ``TRIES`` failures it is ``failed``.
    """
    asked = get_list(list_id)
    with alone(_LOCKS, asked.programme, PUBLICATION_RUNNING):
        actor, tries = asker_of(list_id), _tries(list_id)
        row = RankedList.objects.filter(pk=list_id)
        if tries >= TRIES:  # each of them was killed
            LISTS.move(row, "fail", actor=actor, now=now, reason="interrupted")
        elif LISTS.move(row, "prepare", actor=actor, now=now):
            try:
                _freeze_whole(row.get(), scores, formula, laws, awaited, actor, now, on_published)
            except Refused as refused:
                LISTS.move(row, "refuse", actor=actor, now=now, reason=refused.code, facts=refused.facts)
            except Exception as error:
                if tries + 1 == TRIES:
                    LISTS.move(row, "fail", actor=actor, now=now, reason=type(error).__name__)
                raise
    return get_list(list_id)


def _tries(list_id: str | UUID) -> int:
    return ListStep.objects.filter(ranked_list=UUID(str(list_id)), action="prepare").count()


def _freeze_whole(
    row: RankedList,
    scores: str,
    formula: FormulaUsed,
    laws: Sequence[int],
    awaited: Awaited,
    actor: Actor,
    now: dt.datetime,
    on_published: Callable[[PublishedList], None],
) -> None:
    programme = get_programme(row.programme, row.day)
    seen = None if row.seen_eligible is None else Seen(row.seen_version, row.seen_eligible)
    with transaction.atomic():
        unhurried()
        figures = _freeze(row, programme, scores, laws, awaited)
        check(figures, programme, seen)
        on_published(_publish(row, programme, figures, formula, actor, now))


def check(figures: Figures, programme: Programme, seen: Seen | None = None) -> None:
    """Refuse a list that would treat two households differently, or that is not what was confirmed."""
    if figures.considered == 0:
        raise Refused(NOBODY_SCORED)
    if figures.unlike:
        raise Refused(DECISIONS_UNLIKE, count=figures.unlike)
    if figures.other_law:
        raise Refused(SCORES_OF_ANOTHER_LAW, count=figures.other_law)
    if figures.waiting:
        raise Refused(ANSWERS_AWAITED, count=figures.waiting, until=figures.waits_until)
    if figures.due:
        raise Refused(DECISIONS_DUE, count=figures.due)
    if seen is not None and seen != Seen(programme.version, figures.eligible):
        raise Refused(FIGURES_CHANGED, field="confirmed", eligible=figures.eligible)


def _freeze(
    row: RankedList, programme: Programme, scores: str, laws: Sequence[int], awaited: Awaited
) -> Figures:
    rows = joined(scores, awaited.select)
    statement = _FREEZE.format(joined=rows, order=sql.FARTHEST_FIRST, counts=COUNTS, older=OLDER_FORMULAS)
    with connection.cursor() as cursor:
        cursor.execute(statement, values(programme, laws, awaited) | {"list": row.id})
        *counts, versions = cursor.fetchone()
        return replace(read_figures(counts), older_formulas=tuple(versions or ()))


def _publish(
    row: RankedList,
    programme: Programme,
    figures: Figures,
    formula: FormulaUsed,
    actor: Actor,
    now: dt.datetime,
) -> PublishedList:
    before = _last(programme.code)
    pins = [[pin.name, pin.version, pin.digest] for pin in (programme.pin, *formula.pins)]
    columns: dict[str, Any] = {
        "count": figures.eligible,
        "considered": figures.considered,
        "not_eligible": figures.not_eligible,
        "quarantined": figures.pending,
        "older_law": figures.older_law,
        "asked_since": figures.asked_since,
        "formula_versions": [formula.version, *figures.older_formulas],
        "pins": pins,
        "before": before.number if before else None,
        "entered": _difference(row, before) if before else None,
        "left": _difference(before, row) if before else None,
    }
    columns["header"] = header(row, columns, pins, before.checksum if before else "")
    RankedList.objects.filter(pk=row.pk).update(header=columns["header"])
    columns["checksum"] = checksum_of(row.id)
    LISTS.move_one(row.pk, "publish", actor=actor, now=now, published_at=now, **columns)
    row.refresh_from_db()
    return as_list(row)


def header(row: RankedList, columns: dict[str, Any], pins: Sequence[Sequence[str]], before: str) -> str:
    """Return the first lines of the list's file: what it is, by what law, how many."""
    lines = [
        f"programme: {row.programme}",
        f"list: {row.number}",
        f"day: {row.day.isoformat()}",
        f"threshold: {row.threshold.normalize():f}",
        *(f"law: {name} {version} {digest}" for name, version, digest in pins),
        *(f"{name}: {columns[name]}" for name in ("considered", "count", "not_eligible", "quarantined")),
        *_older(columns),
        f"before: {columns['before']} {before}" if before else "before: none",
        *(f"{name}: {columns[name]}" for name in ("entered", "left") if before),
        "distance: distance_numerator / distance_divisor x 10^-9 points under the threshold",
    ]
    return "".join(f"# {line}\n" for line in lines)


def _older(columns: dict[str, Any]) -> list[str]:
    """Return the line about households that keep a score by an older law, if there are any."""
    if not columns["older_law"]:
        return []
    versions = " ".join(columns["formula_versions"][1:])
    return [f"older_law: {columns['older_law']} by {versions}, asked since {columns['asked_since']}"]


def _last(programme: str) -> RankedList | None:
    published = RankedList.objects.filter(programme=programme, state=ListState.PUBLISHED.value)
    return published.order_by("-number").first()


def _difference(one: RankedList, other: RankedList) -> int:
    """Return how many households are on one list and not on the other."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCE, [one.id, other.id])
        return int(cursor.fetchone()[0])
