"""What each programme says of a score."""

from __future__ import annotations

from sijil.domains.programmes import queries as programmes
from sijil.domains.scoring.types import ScoreResult, ScoreState
from sijil.journeys.household_registration.types import Eligibility
from sijil.kernel.dates import legal_day


def eligibilities(score: ScoreResult | None) -> tuple[Eligibility, ...]:
    """Return what each programme in force on the day of the score says of it; nothing without a score."""
    if score is None:
        return ()
    on = legal_day(score.computed_at)
    is_scored = score.state == ScoreState.SCORED
    decisions = programmes.decide_all(score.a, score.b, score.divisor, is_scored=is_scored, on=on)
    known = {programme.code: programme for programme in programmes.list_programmes(on)}
    return tuple(Eligibility(known[decision.programme], decision) for decision in decisions)
