"""What stands decided for a household, by programme."""

from __future__ import annotations

from sijil.domains.programmes import queries as programmes
from sijil.domains.scoring.types import ScoreResult
from sijil.journeys.household_registration.types import Eligibility


def eligibilities(score: ScoreResult | None) -> tuple[Eligibility, ...]:
    """Return what stands decided on a household, by programme; nothing without a score."""
    if score is None:
        return ()
    decided = programmes.list_current_decisions(score.household_code)
    return tuple(Eligibility(d.programme, d.decision, d.day) for d in decided)
