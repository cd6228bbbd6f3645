"""A score out of range that a person has checked: from now on it counts.

How long it goes on counting is one rule (``rules.confirmation``), applied where scores are written.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from django.db import transaction

from sijil.domains.scoring.errors import SCORE_MISSING
from sijil.domains.scoring.models import CurrentScore
from sijil.domains.scoring.models import Score as ScoreRow
from sijil.domains.scoring.queries.scores import as_result
from sijil.domains.scoring.services import recorded
from sijil.domains.scoring.services.writing import lock_writing
from sijil.domains.scoring.types import RecordedScores, ScoreResult, ScoreState, Trigger
from sijil.kernel import copy
from sijil.kernel.actors import Actor
from sijil.kernel.errors import Refused


@transaction.atomic
def confirm_score(*, household_code: str, actor: Actor, now: dt.datetime) -> ScoreResult:
    """Add the household's last score once more, figure by figure the same, as one that counts.

    A score that counts already is returned as it is. Raises: Refused(SCORE_MISSING).
    """
    lock_writing(alone=False)
    current = CurrentScore.objects.select_for_update().filter(pk=household_code).first()
    if current is None:
        raise Refused(SCORE_MISSING)
    row = ScoreRow.objects.get(household_code=household_code, number=current.number)
    if row.state == ScoreState.SCORED:
        return as_result(row)
    row.number, row.state, row.trigger = row.number + 1, ScoreState.SCORED.value, Trigger.REVIEWED.value
    row.actor_kind, row.actor_id, row.computed_at = actor.kind.value, actor.id, now
    row.confirmed = row.number
    row.save(force_insert=True)
    CurrentScore.objects.filter(pk=household_code).update(
        number=row.number, state=row.state, computed_at=row.computed_at, confirmed=row.number
    )
    recorded.tell(_recorded(row), trigger=row.trigger, actor=actor, now=now)
    return as_result(row)


def _recorded(row: ScoreRow) -> RecordedScores:
    return RecordedScores(
        household_code=np.array([row.household_code.encode()], copy.CODE),
        number=np.array([row.number]),
        a=np.array([row.a]),
        b=np.array([row.b]),
        divisor=np.array([row.divisor]),
        is_scored=np.array([True]),
        version=np.array([0]),
        versions=(row.formula_version,),
    )
