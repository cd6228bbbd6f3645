"""From scores to aid: who qualifies, and the list a programme publishes.

scores (scoring) --> decide: at or under the threshold?        --> the household's page
                 --> publish_list: all who are, ascending      --> frozen list, checksum, CSV
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sijil.domains.law import services as law
from sijil.domains.programmes import acts
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes import services as programme_services
from sijil.domains.programmes.types import Candidates, Decision, ListPage, Programme, PublishedList
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring.types import ScoreResult, ScoreState
from sijil.kernel.actors import Actor
from sijil.kernel.acts import Act, record
from sijil.kernel.dates import legal_day


@dataclass(frozen=True, slots=True)
class Overview:
    """A programme and how many households stand where, by their exact current scores."""

    programme: Programme
    eligible: int
    not_eligible: int
    near_under: int
    near_over: int
    last_list: PublishedList | None


def decide(score: ScoreResult, on: dt.date) -> list[Decision]:
    """Decide on a score for every programme in force; a quarantined score is pending everywhere."""
    is_scored = score.state is ScoreState.SCORED
    return programmes.decide_all(score.a, score.b, score.divisor, is_scored=is_scored, on=on)


def list_overviews(on: dt.date) -> list[Overview]:
    """Return every programme in force with its counts."""
    return [get_overview(programme.code, on) for programme in programmes.list_programmes(on)]


def get_overview(code: str, on: dt.date) -> Overview:
    """Return one programme with its counts. Raises: Refused(PROGRAMME_MISSING)."""
    programme = programmes.get_programme(code, on)
    limit, near = programme.threshold, programme.near
    return Overview(
        programme=programme,
        eligible=scoring.count_current(at_most=limit),
        not_eligible=scoring.count_current(above=limit),
        near_under=scoring.count_current(above=limit - near, at_most=limit),
        near_over=scoring.count_current(above=limit, at_most=limit + near),
        last_list=programmes.find_last_list(code),
    )


def count_by_score(*, lowest: Decimal, highest: Decimal, bars: int) -> Sequence[tuple[Decimal, int]]:
    """Return (lower edge, households) of ``bars`` equal bars of the current scores."""
    return scoring.histogram(lowest=lowest, highest=highest, bars=bars)


def publish_list(*, programme: str, actor: Actor, now: dt.datetime) -> PublishedList:
    """Publish the list of a programme: every household at or under the threshold, frozen.

    Raises: Refused(PROGRAMME_MISSING, PUBLICATION_RUNNING, NOBODY_SCORED).
    """

    def note(published: PublishedList) -> None:
        law.note_use(pins=[programmes.get_programme(programme, legal_day(now)).pin], now=now)
        facts = {"number": published.number, "count": published.count, "checksum": published.checksum}
        _note(acts.LIST_PUBLISHED, published, facts, actor, now)

    return programme_services.publish_list(
        programme=programme, candidates=_iter_candidates, actor=actor, now=now, on_published=note
    )


def _iter_candidates() -> Iterator[Candidates]:
    for piece in scoring.iter_current_columns():
        yield Candidates(
            household_code=piece.household_code,
            score_number=piece.number,
            a=piece.a,
            b=piece.b,
            divisor=piece.divisor,
            points=piece.points,
            is_scored=piece.is_scored,
            version=piece.version,
            versions=piece.versions,
        )


def read_list(
    *, list_id: str, after: int, limit: int, actor: Actor, now: dt.datetime
) -> tuple[PublishedList, ListPage]:
    """Return a list and some of its rows; the reading is audited. Raises: Refused(LIST_MISSING)."""
    found = programmes.get_list(list_id)
    page = programmes.list_rows(list_id, after=after, limit=limit)
    _note(acts.LIST_READ, found, {"after": after, "rows": len(page.rows)}, actor, now)
    return found, page


def download_list(*, list_id: str, actor: Actor, now: dt.datetime) -> tuple[PublishedList, Iterator[bytes]]:
    """Return a list and its CSV file in pieces; audited before the first byte. Raises: Refused."""
    found = programmes.get_list(list_id)
    _note(acts.LIST_DOWNLOADED, found, {"rows": found.count, "checksum": found.checksum}, actor, now)
    return found, programmes.iter_csv(list_id)


def check_list(*, list_id: str, actor: Actor, now: dt.datetime) -> bool:
    """Compute a list's checksum again; tell whether it is still the published one. Raises: Refused."""
    found = programmes.get_list(list_id)
    is_intact = programmes.is_intact(list_id)
    _note(acts.LIST_CHECKED, found, {"intact": is_intact}, actor, now)
    return is_intact


def _note(act: Act, of: PublishedList, facts: Mapping[str, Any], actor: Actor, now: dt.datetime) -> None:
    """Write one entry about a list."""
    told = {"programme": of.programme, **facts}
    record(act, actor=actor, subject=f"list:{of.id}", facts=told, now=now)
