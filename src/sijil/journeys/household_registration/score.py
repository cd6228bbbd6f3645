"""The score of a household: the inputs of the day, and what each programme says of it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from sijil.domains.programmes import queries as programmes
from sijil.domains.scoring import acts as scoring_acts
from sijil.domains.scoring import services as scoring_services
from sijil.domains.scoring.types import ScoreResult, ScoreState, Trigger
from sijil.domains.social_register import queries, rules
from sijil.domains.social_register.types import FrozenDeclaration, HouseholdView
from sijil.journeys.household_registration.types import Eligibility
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day


@transaction.atomic
def rescore(*, household_code: str, actor: Actor, now: dt.datetime) -> ScoreResult:
    """Score a household anew: its last answers, today's ages and formula. Opens no identity.

    Raises: Refused(HOUSEHOLD_UNKNOWN).
    """
    household = queries.get_household(household_code)
    today = _with_ages(queries.get_declaration(household_code), now)
    result = score_household(household, today, Trigger.RESCORED, actor, now)
    acts.record(scoring_acts.RESCORED, actor=actor, subject=household_code, now=now)
    return result


def eligibilities(score: ScoreResult | None) -> tuple[Eligibility, ...]:
    """Return what each programme in force on the day of the score says of it; nothing without a score."""
    if score is None:
        return ()
    on = legal_day(score.computed_at)
    is_scored = score.state == ScoreState.SCORED
    decisions = programmes.decide_all(score.a, score.b, score.divisor, is_scored=is_scored, on=on)
    known = {programme.code: programme for programme in programmes.list_programmes(on)}
    return tuple(Eligibility(known[decision.programme], decision) for decision in decisions)


def inputs_of(declaration: FrozenDeclaration, region_code: str) -> dict[str, int]:
    """Return the inputs of the score that a declaration gives. Raises: Refused(ANSWER_MISSING, HEAD_NOT_ONE)."""
    return rules.inputs(
        rules.form_of(declaration.form_version),
        declaration.answers,
        declaration.members,
        milieu=declaration.milieu,
        region_code=region_code,
    )


def score_household(
    household: HouseholdView, declaration: FrozenDeclaration, trigger: Trigger, actor: Actor, now: dt.datetime
) -> ScoreResult:
    return scoring_services.record_score(
        household_code=household.code,
        inputs=inputs_of(declaration, household.region_code),
        milieu=declaration.milieu,
        region_code=household.region_code,
        trigger=trigger,
        actor=actor,
        now=now,
    )


def _with_ages(declaration: FrozenDeclaration, now: dt.datetime) -> FrozenDeclaration:
    """Return a declaration at the ages of today, by the birth dates that lie with the household."""
    births = queries.open_births([declaration.household_code])[declaration.household_code]
    ages = {m.idcs: births[m.idcs].age_on(legal_day(now)) for m in declaration.members}
    return rules.at_ages(declaration, ages)
