"""The list that a programme publishes: stored decisions, checked against scores, frozen.

scores (scoring) --> decided as they are recorded (programme_decisions) --> the household's page
                     ask_list --> job: the eligible, ascending          --> frozen list, checksum, CSV
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from sijil.domains.audit import queries as audit
from sijil.domains.law import services as law
from sijil.domains.programmes import acts
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes import services as programme_services
from sijil.domains.programmes.types import (
    Awaited,
    Figures,
    FormulaUsed,
    ListPage,
    Programme,
    PublishedList,
    Seen,
)
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring import rules as scoring_rules
from sijil.domains.scoring.sql import LATEST
from sijil.domains.social_register import rules as social_rules
from sijil.domains.social_register.sql import ASKED
from sijil.kernel import jobs
from sijil.kernel.actors import Actor
from sijil.kernel.acts import Act, record
from sijil.kernel.casework import clock
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

STUCK_AFTER = dt.timedelta(minutes=10)  # a job of a dead worker is queued again much sooner


@dataclass(frozen=True, slots=True)
class Overview:
    """A programme, how many households stand where by their stored decisions, and its last list."""

    programme: Programme
    figures: Figures
    last_list: PublishedList | None


def list_overviews(on: dt.date) -> list[Overview]:
    """Return every programme in force with its counts."""
    return [get_overview(programme.code, on) for programme in programmes.list_programmes(on)]


def get_overview(code: str, on: dt.date) -> Overview:
    """Return one programme with its counts. Raises: Refused(PROGRAMME_MISSING)."""
    programme = programmes.get_programme(code, on)
    figures = programmes.count_households(
        programme, scores=LATEST, laws=scoring.list_laws_in_force(on), awaited=_awaited(on)
    )
    return Overview(programme, figures, programmes.find_last_list(code))


def find_obstacle(figures: Figures, programme: Programme) -> Refused | None:
    """Return why a list cannot be published as things stand, or None."""
    try:
        programme_services.check(figures, programme)
    except Refused as refused:
        return refused
    return None


def _formula_on(day: dt.date) -> FormulaUsed:
    found = scoring_rules.law_on(day)
    return FormulaUsed(found.formula.version, found.pins)


def _awaited(day: dt.date) -> Awaited:
    """Return whom a list waits for: each until their own delay ends, and nobody longer than this delay after
    the first day of the formula (social_register.delays, ``completion``: its doubt says why).
    """
    formula = scoring_rules.formula_on(day)
    delay = social_rules.delay("completion", formula.starts_on)
    until = clock.start("completion", delay, formula.starts_on).due_on
    return Awaited(ASKED, formula.version, day, until or formula.starts_on)


def count_by_score(*, lowest: Decimal, highest: Decimal, bars: int) -> Sequence[tuple[Decimal, int]]:
    """Return how many households have their score in each of ``bars`` equal steps, each with its start."""
    return scoring.histogram(lowest=lowest, highest=highest, bars=bars)


def ask_list(*, programme: str, seen: Seen | None = None, actor: Actor, now: dt.datetime) -> PublishedList:
    """Ask for the list of a programme: every household at or under the threshold, frozen by a worker.

    ``seen``: the figures that a person has confirmed.
    Raises: Refused(PROGRAMME_MISSING, PUBLICATION_RUNNING).
    """
    _formula_on(legal_day(now))  # no law, no list
    with transaction.atomic():
        asked = programme_services.ask_list(programme=programme, seen=seen, actor=actor, now=now)
        _enqueue(asked)
    return asked


def publish_asked(list_id: UUID, *, now: dt.datetime) -> PublishedList:
    """Worker: freeze a list that was asked for, by the law of the day of the asking; again, it is found done.

    Returns: the list, published or refused (``programmes.queries.find_refusal``).
    Raises: Refused(LIST_MISSING, PUBLICATION_RUNNING).
    """
    asked = programmes.get_list(list_id)

    def note(published: PublishedList) -> None:
        law.note_use(pins=published.pins, now=now)
        facts: dict[str, Any] = {"number": published.number, "count": published.count}
        facts |= {"checksum": published.checksum, "older_law": published.older_law}
        _note(acts.LIST_PUBLISHED, published, facts, programmes.asker_of(list_id), now)

    return programme_services.publish_asked(
        list_id=list_id,
        scores=LATEST,
        formula=_formula_on(asked.day),
        laws=scoring.list_laws_in_force(asked.day),
        awaited=_awaited(asked.day),
        now=now,
        on_published=note,
    )


def publish_due(*, now: dt.datetime) -> int:
    """Worker, by the clock: no list stays asked for; return how many were taken up again."""
    stuck = programmes.list_unfinished(before=now - STUCK_AFTER)
    for asked in stuck:
        with transaction.atomic():
            _enqueue(asked)
    return len(stuck)


def _enqueue(asked: PublishedList) -> None:
    jobs.enqueue("programmes.publish", lock=f"programmes.publish:{asked.programme}", list_id=asked.id)


def read_list(
    *, list_id: str, after: int, limit: int, actor: Actor, now: dt.datetime
) -> tuple[PublishedList, ListPage]:
    """Return a list and some of its rows; the reading is audited, asking whether it is done is not.

    Raises: Refused(LIST_MISSING).
    """
    found = programmes.get_list(list_id)
    page = programmes.list_rows(list_id, after=after, limit=limit)
    if not found.is_unfinished:  # who waits for a list has read nothing of it
        _note(acts.LIST_READ, found, {"after": after, "rows": len(page.rows)}, actor, now)
    return found, page


def download_list(*, list_id: str, actor: Actor, now: dt.datetime) -> tuple[PublishedList, Iterator[bytes]]:
    """Return a list and its CSV file in pieces; audited before the first byte. Raises: Refused."""
    found = programmes.get_published(list_id)
    _note(acts.LIST_DOWNLOADED, found, {"rows": found.count, "checksum": found.checksum}, actor, now)
    return found, programmes.iter_csv(list_id)


def check_list(*, list_id: str, actor: Actor, now: dt.datetime) -> bool:
    """Compute a list's checksum again; tell whether it is the one that the sealed log says was published.

    Raises: Refused(LIST_MISSING).
    """
    found = programmes.get_published(list_id)
    is_intact = programmes.is_intact(list_id, audit.find_proven(acts.LIST_PUBLISHED.code, f"list:{list_id}"))
    _note(acts.LIST_CHECKED, found, {"intact": is_intact}, actor, now)
    return is_intact


def _note(act: Act, of: PublishedList, facts: Mapping[str, Any], actor: Actor, now: dt.datetime) -> None:
    """Write one entry about a list."""
    told = {"programme": of.programme, **facts}
    record(act, actor=actor, subject=f"list:{of.id}", facts=told, now=now)
