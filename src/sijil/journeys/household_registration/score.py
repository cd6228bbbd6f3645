"""What stands decided for a household, by programme."""

from __future__ import annotations

from collections.abc import Iterable

from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes.types import StoredDecision
from sijil.domains.scoring.types import ScoreResult
from sijil.journeys.household_registration.types import Eligibility


def eligibilities(score: ScoreResult | None) -> tuple[Eligibility, ...]:
    """Return what stands decided on a household, by programme; nothing without a score."""
    if score is None:
        return ()
    return as_eligibilities(programmes.list_current_decisions(score.household_code))


def as_eligibilities(decided: Iterable[StoredDecision]) -> tuple[Eligibility, ...]:
    return tuple(Eligibility(d.programme, d.decision, d.day) for d in decided)
