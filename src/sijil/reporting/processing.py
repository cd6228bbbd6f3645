"""Where each received file stands on its way to a number, and which stands longer than its step may take.

Read from what each domain keeps; no identity is opened. What has a legal clock is in ``lateness`` as well.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sijil.domains.biometrics import queries as biometrics
from sijil.domains.matching import queries as matching
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.states import RequestState
from sijil.domains.population_register.types import Standstill


class Step(StrEnum):
    """What a file waits for."""

    PAPERS = "papers"
    COMPARISON = "comparison"
    ENGINE = "engine"
    DECISION = "decision"
    OFFICERS = "officers"


LIMITS = {
    Step.PAPERS: dt.timedelta(days=60),  # as long as the centre keeps a file that was not received
    Step.COMPARISON: dt.timedelta(minutes=10),  # then it is asked for again by the clock
    Step.ENGINE: dt.timedelta(hours=1),  # above the longest wait between two tries
    Step.DECISION: dt.timedelta(minutes=10),
    Step.OFFICERS: dt.timedelta(days=10),  # of the sixty days of the law
}
"""How long a step may take before somebody should look: practice, no law."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A file at a step. ``tries``, ``reason``: of what is asked outside; ``is_over``: longer than it may."""

    number: str
    step: Step
    since: dt.datetime
    tries: int
    reason: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """All files at a step: how many, how many longer than they may, since when the first of them."""

    step: Step
    files: int
    over: int
    oldest: dt.datetime | None


def list_standing(*, now: dt.datetime, centre: str = "", limit: int = 5000) -> list[Standing]:
    """Return the files that wait for a paper, a machine or officers, the longest first."""
    files = population.list_standstills(centre_code=centre, limit=limit)
    found = [_standing(*where, now) for where in _placed(files)]
    return sorted(found, key=lambda one: (one.since, one.number))


def by_step(standing: Sequence[Standing]) -> list[Stage]:
    """Return the figures of every step."""
    return [_stage(step, [one for one in standing if one.step is step]) for step in Step]


def _stage(step: Step, found: Sequence[Standing]) -> Stage:
    over = sum(one.is_over for one in found)
    return Stage(step, len(found), over, min((one.since for one in found), default=None))


def _placed(files: Sequence[Standstill]) -> Iterator[tuple[str, Step, dt.datetime, int, str]]:
    received = [file for file in files if file.state == RequestState.DEPOSITED]
    compared = matching.list_compared([file.id for file in received])
    asked = biometrics.list_progress({file.number: file.id for file in received})
    for file in files:
        work = asked.get(file.number)
        if file.state != RequestState.DEPOSITED:
            yield file.number, _WAITS[RequestState(file.state)], file.since, 0, ""
        elif work is None:
            yield file.number, Step.COMPARISON, file.since, 0, ""
        elif work.answered_at is None:
            yield file.number, Step.ENGINE, work.since, work.attempts, work.reason
        else:
            yield file.number, Step.DECISION, max(work.answered_at, compared.get(file.id, work.since)), 0, ""


_WAITS = {RequestState.PAPERS_REQUESTED: Step.PAPERS, RequestState.IN_ADJUDICATION: Step.OFFICERS}


def _standing(
    number: str, step: Step, since: dt.datetime, tries: int, reason: str, now: dt.datetime
) -> Standing:
    return Standing(number, step, since, tries, reason, now - since > LIMITS[step])
