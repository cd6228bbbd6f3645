"""Recording the score of one household."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
from django.db import connection, transaction

from sijil.domains.scoring import rules
from sijil.domains.scoring.errors import HOUSEHOLD_CODE_INVALID, INPUT_OUT_OF_BOUNDS
from sijil.domains.scoring.models import Score as ScoreRow
from sijil.domains.scoring.queries.scores import as_result
from sijil.domains.scoring.services import recorded
from sijil.domains.scoring.types import (
    RURAL,
    URBAN,
    RecordedScores,
    Score,
    ScoreResult,
    ScoreState,
    Trigger,
)
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

WRITING = 7218  # advisory lock of the domain: scores one by one share it, a bulk has it alone
_MILIEUX = {"urban": URBAN, "rural": RURAL, "1": URBAN, "2": RURAL}
_MAKE_CURRENT = """
    INSERT INTO scoring_current AS c (household_code, number, formula_version, state, milieu, region, size,
                                      divisor, a, b, score, computed_at)
    VALUES (%s, 1, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (household_code) DO UPDATE SET
        number = c.number + 1, formula_version = EXCLUDED.formula_version, state = EXCLUDED.state,
        milieu = EXCLUDED.milieu, region = EXCLUDED.region, size = EXCLUDED.size,
        divisor = EXCLUDED.divisor, a = EXCLUDED.a, b = EXCLUDED.b, score = EXCLUDED.score,
        computed_at = EXCLUDED.computed_at
    RETURNING number
"""


def record_score(
    *,
    household_code: str,
    inputs: Mapping[str, int],
    milieu: str | int,
    region_code: str | int,
    trigger: Trigger | str,
    actor: Actor,
    now: dt.datetime,
) -> ScoreResult:
    """Score a household by the formula in force and store it as its current score, for ever readable.

    Args:
        household_code: eleven digits.
        inputs: id -> whole number (the formula's inputs); ``milieu`` and ``region`` may be left out.
        milieu: ``urban``/``rural`` or 1/2. region_code: ``01`` to ``12``.
        trigger: why now (:class:`Trigger`).
    Raises: Refused naming the field if an answer is missing, unknown or impossible.
    """
    if not (len(household_code) == 11 and household_code.isascii() and household_code.isdigit()):
        raise Refused(HOUSEHOLD_CODE_INVALID, field="household_code", value=household_code)
    formula = rules.formula_on(legal_day(now))
    vector = dict(inputs) | {"milieu": _milieu(milieu), "region": _region(region_code)}
    score = rules.score_one(formula, vector)
    with transaction.atomic():
        number = _make_current(household_code, score, vector, now)
        row = ScoreRow.objects.create(
            household_code=household_code,
            number=number,
            formula_version=formula.version,
            state=score.state.value,
            trigger=Trigger(trigger).value,
            actor_kind=actor.kind.value,
            actor_id=actor.id,
            computed_at=now,
            a=score.a,
            b=score.b,
            divisor=score.divisor,
            score=score.points,
            inputs=rules.pack(formula, vector),
            contributions=list(score.parts),
        )
        recorded.tell(_columns(row), trigger=row.trigger, actor=actor, now=now)
    return as_result(row)


def _columns(row: ScoreRow) -> RecordedScores:
    return RecordedScores(
        household_code=np.array([row.household_code.encode()], "S11"),
        number=np.array([row.number]),
        a=np.array([row.a]),
        b=np.array([row.b]),
        divisor=np.array([row.divisor]),
        is_scored=np.array([row.state == ScoreState.SCORED.value]),
        version=np.array([0]),
        versions=(row.formula_version,),
    )


def _milieu(value: str | int) -> int:
    if str(value) not in _MILIEUX:
        raise Refused(
            INPUT_OUT_OF_BOUNDS, field="milieu", answer="milieu", value=value, least=URBAN, most=RURAL
        )
    return _MILIEUX[str(value)]


def _region(value: str | int) -> int:
    if not str(value).isdigit():
        raise Refused(INPUT_OUT_OF_BOUNDS, field="region", answer="region", value=value, least=1, most=12)
    return int(value)


def _make_current(household_code: str, score: Score, vector: Mapping[str, int], now: dt.datetime) -> int:
    values: list[Any] = [household_code, score.formula_version, score.state.value]
    values += [vector["milieu"], vector["region"], vector["size"]]
    values += [score.divisor, score.a, score.b, score.points, now]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [WRITING])
        cursor.execute(_MAKE_CURRENT, values)
        return int(cursor.fetchone()[0])
