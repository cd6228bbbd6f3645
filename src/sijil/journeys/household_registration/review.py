"""What was set aside: an officer checks the answers, then confirms the score or refuses it.

a score is recorded  --> settle_recorded: set aside for a household that is registered, it waits for a check
                         (social_register: REVIEW); one whose registration is open waits with it
settle               --> the score counts, and what the household lacks by now is asked (score.confirmed);
                         or the registration is refused, or the household closed, and nothing is asked
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from sijil.domains.accounts.rules import may_open
from sijil.domains.scoring import acts as scoring_acts
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring import rules as scoring_rules
from sijil.domains.scoring import services as scoring_services
from sijil.domains.scoring.types import SCALE, RecordedScores, Trigger
from sijil.domains.social_register import acts as social_acts
from sijil.domains.social_register import errors, queries, services
from sijil.domains.social_register.queries import reviews
from sijil.domains.social_register.types import ScoreInReview
from sijil.journeys import events
from sijil.journeys.household_registration.types import SCORER, Review, ToReview, Waiting
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.casework import ROLE_REFUSED
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

REVIEWER = "adjudicator"
"""The role of staff that looks at doubtful files in the back office, and meets nobody at a counter."""


def settle_recorded(scores: RecordedScores, *, trigger: str, actor: Actor, now: dt.datetime) -> None:
    """Have scores just recorded looked at where they are set aside; called by scoring, in its transaction.

    A score that an officer confirms is left to the officer, who ends the check; that of a registration just
    sent, to the registration.
    """
    if trigger in (Trigger.REVIEWED, Trigger.REGISTERED):
        return
    counts = scores.is_scored
    codes, numbers = scores.household_code.astype("U"), scores.number
    services.settle_reviews(
        doubtful=dict(zip(codes[~counts].tolist(), numbers[~counts].tolist(), strict=True)),
        counted=codes[counts].tolist(),
        actor=SCORER,
        now=now,
    )


def list_to_review(*, after: str = "", size: int = 100, actor: Actor, now: dt.datetime) -> Waiting:
    """Return what waits for a check in the officer's area, the most urgent first; each reads by whom.

    ``after``: the place of the last one seen. Raises: Refused(ROLE_REFUSED).
    """
    _check_reader(actor, now)
    found = reviews.list_to_review(area=actor.area, after=after, limit=size + 1)
    shown, more = found[:size], len(found) > size
    points = scoring.list_points([file.household_code for file in shown])
    acts.shown(scoring_acts.READ, actor=actor, subjects=points.keys(), now=now)
    return Waiting(
        lines=tuple(_line(file, points) for file in shown),
        following=shown[-1].place if more else "",
        total=reviews.count_to_review(area=actor.area),
    )


def get_review(*, number: str, language: str, actor: Actor, now: dt.datetime) -> Review:
    """Return a score set aside, by the number of its registration or the code of its household.

    Raises: Refused(ROLE_REFUSED, NOTHING_TO_REVIEW).
    """
    _check_reader(actor, now)
    file = _waiting(number, actor)
    line = _line(file, scoring.list_points([file.household_code]))
    explanation = scoring.explain(file.household_code, language=language)
    acts.shown(social_acts.REVIEW_READ, actor=actor, subjects=[file.household_code], now=now)
    return Review(line, explanation, queries.get_declaration(file.household_code))


@transaction.atomic
def settle(*, number: str, seen: int, rejected_for: str = "", actor: Actor, now: dt.datetime) -> None:
    """Confirm the score, which then counts, or refuse for a reason; the declarant is told.

    ``seen``: the number of the household's score that was looked at. ``rejected_for``: a code of
    ``social_register.rules.REJECTIONS``; empty: the answers are right.
    Raises: Refused(ROLE_REFUSED, NOTHING_TO_REVIEW, SCORE_CHANGED, TRANSITION_REFUSED, REASON_NEEDED).
    """
    if REVIEWER not in actor.roles:
        raise Refused(ROLE_REFUSED)
    scoring_services.hold([_waiting(number, actor).household_code])
    file = _waiting(number, actor)  # as it is now that nobody else decides or scores
    if scoring.get_current_score(file.household_code).number != seen:
        raise Refused(errors.SCORE_CHANGED)
    if rejected_for:
        _reject(file, rejected_for, actor, now)
    else:
        _confirm(file, actor, now)


def _confirm(file: ScoreInReview, actor: Actor, now: dt.datetime) -> None:
    """Make the score count first: whoever is told is told of what is decided by it."""
    scoring_services.confirm_score(household_code=file.household_code, actor=actor, now=now)
    acts.record(scoring_acts.CONFIRMED, actor=actor, subject=file.household_code, now=now)
    if file.is_registered:
        services.confirm_review(review_id=file.id, actor=actor, now=now)
    else:
        services.process_registration(registration_id=file.id, actor=actor, now=now)
    code = file.household_code
    events.publish("score.confirmed", subject=code, effective_on=legal_day(now), actor=actor, now=now)


def _reject(file: ScoreInReview, reason: str, actor: Actor, now: dt.datetime) -> None:
    if not file.is_registered:
        services.reject_registration(registration_id=file.id, reason=reason, actor=actor, now=now)
        return
    services.refuse_review(review_id=file.id, reason=reason, actor=actor, now=now)
    services.settle_completions(codes=[file.household_code], asked={}, actor=SCORER, now=now)


def _check_reader(actor: Actor, now: dt.datetime) -> None:
    """Let through a reviewer, and who reads everything."""
    if not may_open(actor.roles, [REVIEWER], reads=True, day=legal_day(now)):
        raise Refused(ROLE_REFUSED)


def _waiting(number: str, actor: Actor) -> ScoreInReview:
    """Return what waits for a check under a number, in the officer's area."""
    found = reviews.find_to_review(number)
    if found is None:
        raise Refused(errors.NOTHING_TO_REVIEW)
    if not actor.covers(found.commune_code):
        raise Refused(ROLE_REFUSED)
    return found


def _line(file: ScoreInReview, points: Mapping[str, tuple[Decimal, str]]) -> ToReview:
    score, version = points[file.household_code]
    formula = scoring_rules.load_formula(version)
    return ToReview(file, score, Decimal(formula.lowest) / SCALE, Decimal(formula.highest) / SCALE)
