"""The check of a score that was set aside after its household was registered.

    settle_reviews   with each recording of scores: opens, brings up to date, ends what is needed no more
    confirm_review   an officer finds the answers right
    refuse_review    an officer does not: the household is closed, its members may register again

Whoever moves one has the household's scores first (``scoring.services.hold``), as recording has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sijil.domains.social_register.models import Household, ScoreReview
from sijil.domains.social_register.services.decision import close_household
from sijil.domains.social_register.services.files import REVIEWS
from sijil.domains.social_register.states import HouseholdState, ReviewState
from sijil.kernel.actors import Actor
from sijil.kernel.ids import new_key
from sijil.kernel.rows import among


def settle_reviews(
    *, doubtful: Mapping[str, int], counted: Collection[str], actor: Actor, now: dt.datetime
) -> None:
    """Have scores set aside looked at; ``doubtful``: by household, the number of its score.

    ``counted``: households whose newer score is not set aside: nothing is to be looked at any more. One that
    is open for a doubtful score stays, and its clock runs on. A household that is not active is left to its
    registration. In the transaction that records the scores.
    """
    waiting = ScoreReview.objects.filter(state=ReviewState.WAITING)
    if not doubtful and not waiting.exists():
        return
    found = waiting.filter(among("household_id", [*doubtful, *counted]))
    known = {row.household_id: row for row in found}
    for code, row in known.items():
        if code not in doubtful:
            REVIEWS.move(row.pk, "lapse", actor=actor, now=now)
        elif row.score_number != doubtful[code]:
            ScoreReview.objects.filter(pk=row.pk).update(score_number=doubtful[code])
    new = Household.objects.filter(pk__in=doubtful.keys() - known.keys(), state=HouseholdState.ACTIVE)
    codes = list(new.order_by("pk").values_list("pk", flat=True))
    if codes:
        columns: dict[str, Sequence[Any]] = {
            "id": [new_key() for _ in codes],
            "household_id": codes,
            "score_number": [doubtful[code] for code in codes],
        }
        REVIEWS.open_all(columns, actor=actor, now=now)


def confirm_review(*, review_id: UUID, actor: Actor, now: dt.datetime) -> None:
    """The answers are right. Raises: Refused(NOTHING_TO_REVIEW, TRANSITION_REFUSED, ROLE_REFUSED)."""
    REVIEWS.move(review_id, "confirm", actor=actor, now=now)


def refuse_review(*, review_id: UUID, reason: str, actor: Actor, now: dt.datetime) -> None:
    """The answers are not right: the household is closed, its members are free.

    ``reason``: a code of ``rules.REJECTIONS``.
    Raises: Refused(NOTHING_TO_REVIEW, TRANSITION_REFUSED, ROLE_REFUSED, REASON_NEEDED).
    """
    row = REVIEWS.lock(review_id)
    REVIEWS.move_row(row, "refuse", actor=actor, now=now, reason=reason)
    close_household(code=row.household_id, actor=actor, now=now)
