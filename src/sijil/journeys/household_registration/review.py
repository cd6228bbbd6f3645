"""What was set aside: an officer checks the answers, then confirms the score or refuses the registration."""

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
from sijil.domains.scoring.types import SCALE
from sijil.domains.social_register import acts as social_acts
from sijil.domains.social_register import errors, queries, services
from sijil.domains.social_register.types import RegistrationInReview
from sijil.journeys.household_registration.types import Review, ToReview
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.casework import ROLE_REFUSED
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

REVIEWER = "adjudicator"
"""The role of staff that looks at doubtful files in the back office, and meets nobody at a counter."""


def list_to_review(*, actor: Actor, now: dt.datetime) -> list[ToReview]:
    """Return what waits for a check in the officer's area, the most urgent first; each reads by whom.

    Raises: Refused(ROLE_REFUSED).
    """
    _check_reader(actor, now)
    waiting = queries.list_to_review(area=actor.area)
    points = scoring.list_points([file.household_code for file in waiting])
    acts.shown(scoring_acts.READ, actor=actor, subjects=points.keys(), now=now)
    return [_line(file, points) for file in waiting if file.household_code in points]


def get_review(*, number: str, language: str, actor: Actor, now: dt.datetime) -> Review:
    """Return one registration set aside. Raises: Refused(ROLE_REFUSED, REGISTRATION_UNKNOWN)."""
    _check_reader(actor, now)
    file = _waiting(number, actor)
    line = _line(file, scoring.list_points([file.household_code]))
    explanation = scoring.explain(file.household_code, language=language)
    acts.shown(social_acts.REVIEW_READ, actor=actor, subjects=[file.household_code], now=now)
    return Review(line, explanation, queries.get_declaration(file.household_code))


@transaction.atomic
def settle(*, number: str, rejected_for: str = "", actor: Actor, now: dt.datetime) -> None:
    """Confirm the score, which then counts, or refuse the registration for a reason; the declarant is told.

    ``rejected_for``: a code of ``social_register.rules.REJECTIONS``; empty: the answers are right.
    Raises: Refused(ROLE_REFUSED, REGISTRATION_UNKNOWN, TRANSITION_REFUSED, REASON_NEEDED).
    """
    if REVIEWER not in actor.roles:
        raise Refused(ROLE_REFUSED)
    file = _waiting(number, actor)
    if rejected_for:
        services.reject_registration(registration_id=file.id, reason=rejected_for, actor=actor, now=now)
        return
    services.process_registration(registration_id=file.id, actor=actor, now=now)
    scoring_services.confirm_score(household_code=file.household_code, actor=actor, now=now)
    acts.record(scoring_acts.CONFIRMED, actor=actor, subject=file.household_code, now=now)


def _check_reader(actor: Actor, now: dt.datetime) -> None:
    """Let through a reviewer, and who reads everything."""
    if not may_open(actor.roles, [REVIEWER], reads=True, day=legal_day(now)):
        raise Refused(ROLE_REFUSED)


def _waiting(number: str, actor: Actor) -> RegistrationInReview:
    """Return a registration that waits for a check, in the officer's area."""
    found = queries.find_to_review(number)
    if found is None:
        raise Refused(errors.REGISTRATION_UNKNOWN)
    if not actor.covers(found.commune_code):
        raise Refused(ROLE_REFUSED)
    return found


def _line(file: RegistrationInReview, points: Mapping[str, tuple[Decimal, str]]) -> ToReview:
    score, version = points[file.household_code]
    formula = scoring_rules.load_formula(version)
    return ToReview(file, score, Decimal(formula.lowest) / SCALE, Decimal(formula.highest) / SCALE)
