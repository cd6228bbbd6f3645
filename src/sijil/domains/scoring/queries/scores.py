"""Scores one by one, and how far rescorings are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from sijil.domains.scoring import rules
from sijil.domains.scoring.errors import RESCORING_MISSING, SCORE_MISSING
from sijil.domains.scoring.models import NO_DECLARATION, CurrentScore, Rescoring, RescoringRefusal, ScoreLaw
from sijil.domains.scoring.models import Score as ScoreRow
from sijil.domains.scoring.sql import LATEST
from sijil.domains.scoring.types import (
    DueMember,
    LineRefused,
    Progress,
    Score,
    ScoreResult,
    ScoreState,
)
from sijil.kernel.errors import Refused
from sijil.kernel.law import Pin
from sijil.kernel.tally import By
from sijil.kernel.together import Asked, Rows


def as_result(row: ScoreRow) -> ScoreResult:
    """Return the plain value of a stored score, read by its own formula and inputs.

    Raises: Refused(FORMULA_MISSING); ValueError if the row is not what that formula writes.
    """
    formula = rules.load_formula(row.formula_version)
    inputs = rules.unpack(formula, row.inputs)
    width = len(formula.annexes[inputs["milieu"]].terms)
    if len(row.contributions) != width:
        raise ValueError(f"score {row.household_code}/{row.number} is not of {formula.version}")
    return ScoreResult(
        household_code=row.household_code,
        number=row.number,
        formula_version=row.formula_version,
        state=ScoreState(row.state),
        points=row.score,
        a=row.a,
        b=row.b,
        divisor=row.divisor,
        size=inputs["size"],
        milieu=inputs["milieu"],
        region=inputs["region"],
        trigger=row.trigger,
        computed_at=row.computed_at,
        inputs=inputs,
        parts=tuple(row.contributions),
        pins=_as_pins(row.pins) if hasattr(row, "pins") else pins_of(row.law),
        declaration=None if row.declaration == NO_DECLARATION else row.declaration,
        due=tuple(DueMember(member, tuple(fields)) for member, fields in row.due),
        confirmed=row.confirmed,
    )


def pins_of(law: int) -> tuple[Pin, ...]:
    """Return the versions that a number of the law stands for.

    Asked each time: the number is of one database, as it is now, and a process may outlive both.
    """
    return _as_pins(ScoreLaw.objects.values_list("pins", flat=True).get(pk=law))


def _as_pins(stored: list[list[str]]) -> tuple[Pin, ...]:
    return tuple(Pin(*pin) for pin in stored)


def list_pins() -> list[Pin]:
    """Return every version by which a score was made here."""
    return sorted({Pin(*pin) for pins in ScoreLaw.objects.values_list("pins", flat=True) for pin in pins})


def is_any_older(than: dt.datetime) -> bool:
    """Tell whether a current score was computed before a moment."""
    return CurrentScore.objects.filter(computed_at__lt=than).exists()


def list_laws_in_force(day: dt.date) -> list[int]:
    """Return the numbers of the laws of scores (``Score.law``) that are the law of a day.

    Each version of formula, inputs, prices and reading that made the score is in force. The form is not
    asked: who declared by an older form declared rightly, and is derived by it for ever; what it did not ask
    is missing to the formula, which refuses. Inputs that were given needed no reading, and name none.
    Raises: Refused(FORMULA_MISSING).
    """
    ours, in_force = {kind.name for kind in rules.LAWS}, set(rules.law_on(day).pins)
    made = ScoreLaw.objects.values_list("pk", "pins")
    return [pk for pk, pins in made if {Pin(*p) for p in pins if p[0] in ours} <= in_force]


def is_any_of_another_law(day: dt.date) -> bool:
    """Tell whether a current score was made by another law than that of a day."""
    return CurrentScore.objects.exclude(law__in=list_laws_in_force(day)).exists()


def find_current_score(household_code: str) -> ScoreResult | None:
    """Return the household's last score, or None."""
    return asked_current_score(household_code).value


def asked_current_score(household_code: str) -> Asked[ScoreResult | None]:
    """The same, with other reads."""
    return Asked(lambda rows: as_result(rows[0]) if rows else None, _LAST.of(household_code))


def asked_last_scores(household_code: str) -> Asked[list[ScoreResult]]:
    """The household's last score and the one before it, with other reads."""
    return Asked(lambda rows: [as_result(row) for row in rows], _LAST.of(household_code))


def _scores(household_code: Any) -> QuerySet[ScoreRow]:
    pins = Subquery(ScoreLaw.objects.filter(pk=OuterRef("law")).values("pins")[:1])
    return ScoreRow.objects.filter(household_code=household_code).annotate(pins=pins).order_by("-number")


_LAST = Rows(lambda code: _scores(code)[:2])
_MOMENTS = Rows(
    lambda code: (
        ScoreRow.objects.filter(household_code=code).only("number", "computed_at").order_by("-number")
    )
)


def asked_moments(household_code: str) -> Asked[list[tuple[int, dt.datetime]]]:
    """Return number and moment of all scores of a household, the newest first."""
    return Asked(lambda rows: [(row.number, row.computed_at) for row in rows], _MOMENTS.of(household_code))


def get_current_score(household_code: str) -> ScoreResult:
    """Return the household's last score. Raises: Refused(SCORE_MISSING)."""
    found = find_current_score(household_code)
    if found is None:
        raise Refused(SCORE_MISSING)
    return found


def get_score(household_code: str, number: int) -> ScoreResult:
    """Return one score of a household's history. Raises: Refused(SCORE_MISSING)."""
    row = ScoreRow.objects.filter(household_code=household_code, number=number).first()
    if row is None:
        raise Refused(SCORE_MISSING)
    return as_result(row)


def list_scores(household_code: str) -> list[ScoreResult]:
    """Return all scores of a household, the newest first."""
    rows = ScoreRow.objects.filter(household_code=household_code).order_by("-number")
    return [as_result(row) for row in rows]


def list_points(household_codes: Iterable[str]) -> dict[str, tuple[Decimal, str]]:
    """Return the points of the last scores of some households, each with its formula's version."""
    found = CurrentScore.objects.filter(pk__in=list(household_codes))
    return {row.household_code: (row.score, row.formula_version) for row in found}


def iter_current_scores() -> Iterator[ScoreResult]:
    """Give every household's current score by household code, one by one (bulk: ``iter_current_columns``)."""
    for code in CurrentScore.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000):
        yield get_current_score(code)


def replay(household_code: str, number: int) -> tuple[Score, bool]:
    """Compute a past score again from its answers and its pinned formula.

    Returns: the score, and whether it equals the stored one to the last unit of every part. The state of one
    that counts by a person's confirmation is that person's.
    """
    stored = get_score(household_code, number)
    again = rules.score_one(rules.load_formula(stored.formula_version), stored.inputs)
    state = stored.state if stored.confirmed else again.state
    kept = (stored.a, stored.b, stored.divisor, stored.points, stored.parts, stored.state)
    return again, kept == (again.a, again.b, again.divisor, again.points, again.parts, state)


def get_rescoring(rescoring_id: str | int) -> Progress:
    """Return how far a rescoring is. Raises: Refused(RESCORING_MISSING)."""
    row = Rescoring.objects.filter(pk=rescoring_id).first()
    if row is None:
        raise Refused(RESCORING_MISSING)
    return _progress(row)


def list_rescorings(limit: int = 20) -> list[Progress]:
    """Return the latest rescorings, the newest first."""
    return [_progress(row) for row in Rescoring.objects.order_by("-started_at")[:limit]]


def find_open_rescoring() -> Progress | None:
    """Return the oldest rescoring that is not finished, or None."""
    row = Rescoring.objects.filter(state="running").order_by("pk").first()
    return _progress(row) if row else None


def list_refusals(rescoring_id: str | int, limit: int = 100) -> list[LineRefused]:
    """Return households that a rescoring could not score, and why."""
    rows = RescoringRefusal.objects.filter(rescoring_id=int(rescoring_id)).order_by("household_code")[:limit]
    return [LineRefused(r.household_code, r.code, r.field) for r in rows]


def _progress(row: Rescoring) -> Progress:
    return Progress(
        id=str(row.pk),
        formula_version=row.formula_version,
        pins=pins_of(row.law),
        day=row.day,
        state=row.state,
        total=row.total,
        taken=row.taken,
        scored=row.scored,
        quarantined=row.quarantined,
        kept=row.kept,
        refused=row.refused,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


_UNLIKE = f"""
    SELECT coalesce(c.household_code, s.household_code)
    FROM scoring_current c FULL JOIN ({LATEST}) s USING (household_code)
    WHERE (c.number, c.a, c.b, c.divisor, c.score, c.formula_version, c.law, c.state = 'scored')
        IS DISTINCT FROM (s.number, s.a, s.b, s.divisor, s.score, s.formula_version, s.law, s.is_scored)
    ORDER BY 1
"""  # noqa: S608  (no value is written into it)


SUBJECT = "scores"
"""What the log calls all of them together."""
_SAID = """
    SELECT computed_at, actor_kind, actor_id, concat_ws(' ', household_code, number, a, b, divisor,
        (state = 'scored')::int, formula_version)
    FROM scoring_score
"""


def iter_said() -> Iterator[tuple[By, bytes]]:
    """Give who wrote each score, when, and what it says."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_SAID)
        for *by, said in cursor:
            yield tuple(by), said.encode()


def list_unlike() -> list[str]:
    """Return the households whose current score is not their last one of those that never change."""
    with connection.cursor() as cursor:
        cursor.execute(_UNLIKE)
        return [code for (code,) in cursor.fetchall()]
