"""Decisions are kept as they were taken; a new threshold decides anew and touches none of before."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction

from sijil.domains.programmes import queries, services
from sijil.domains.programmes.models import Basis, Deciding, DecisionNotice, HouseholdDecision
from sijil.domains.programmes.tests.known import (
    ACTOR,
    DAY,
    FORMULA,
    NOW,
    asd,
    decide,
    enacted,
    known,
    set_aside,
)
from sijil.domains.programmes.types import SCALE, FormulaUsed, KnownScores, Outcome
from sijil.kernel import law
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
LIMIT = 9_743_001_000
AT, OVER = (LIMIT, 0, 7), (LIMIT, 1, 7)
CODE = "10000000000"
LATER = NOW + dt.timedelta(days=10)


def one(row: tuple[int, int, int], *, number: int = 1, now: dt.datetime = NOW) -> Any:
    scores = known([row], number=number)
    services.decide(scores=scores, day=now.date(), trigger="updated", actor=ACTOR, now=now)
    (code,) = scores.household_code.tolist()
    return {d.programme.code: d for d in queries.list_current_decisions(code.decode())}


@pytest.mark.parametrize(
    ("row", "outcome", "distance"),
    [
        (AT, Outcome.ELIGIBLE, Fraction(0)),
        (OVER, Outcome.NOT_ELIGIBLE, Fraction(-1, 7 * SCALE)),
        ((LIMIT, -1, 7), Outcome.ELIGIBLE, Fraction(1, 7 * SCALE)),
    ],
)
def test_one_decision_keeps_outcome_exact_distance_and_law(row: Any, outcome: Any, distance: Any) -> None:
    stored = one(row)["asd"]
    assert (stored.decision.outcome, stored.decision.exact_distance) == (outcome, distance)
    assert (stored.number, stored.day, stored.decided_at, stored.score_number) == (1, DAY, NOW, 1)
    assert stored.pins == (stored.programme.pin, *FORMULA.pins)
    assert (stored.trigger, stored.actor_id, stored.formula_version) == ("updated", "test", "F/P")


def test_columns_decide_as_one_does() -> None:
    draw = np.random.default_rng(3)
    divisors = draw.integers(1, 3600, 300)
    rows = [(LIMIT - int(d), int(d * d + draw.integers(-2, 3)), int(d)) for d in divisors]
    scores = set_aside(known(rows), 7)
    found = decide(scores)
    assert {code: (d.taken, d.decided) for code, d in found.items()} == {
        "asd": (300, 300), "amo_tadamon": (300, 300),
    }  # fmt: skip
    for place, row in enumerate(rows):
        (stored, other) = queries.list_current_decisions(f"{10_000_000_000 + place}")
        assert (stored.programme.code, other.programme.code) == ("asd", "amo_tadamon")
        assert queries.replay(stored, *row, is_scored=place != 7)[0] == stored.decision
    assert queries.list_current_decisions("10000000007")[0].decision.outcome is Outcome.PENDING


def test_the_same_score_is_not_decided_twice_by_the_same_law_and_a_new_one_is() -> None:
    one(AT)
    assert one(AT, now=LATER)["asd"].number == 1
    again = one(OVER, number=2, now=LATER)["asd"]
    assert (again.number, again.score_number, again.decision.outcome) == (2, 2, Outcome.NOT_ELIGIBLE)
    assert [d.number for d in queries.list_decisions(CODE, "asd")] == [2, 1]
    assert Basis.objects.count() == 2  # one for each programme


def test_what_was_told_on_a_day_stays_what_was_told() -> None:
    real = (FormulaUsed("F/P", (law.pin("scoring.formula", DAY),)),)
    decide(replace(known([AT]), formulas=real))
    with enacted(asd("9.5")):
        decide(replace(known([AT]), formulas=real), now=LATER)
        told = queries.get_decision_on(CODE, "asd", dt.date(2026, 11, 30))
        now = queries.get_decision_on(CODE, "asd", dt.date(2026, 12, 5))
        assert (told.decision.outcome, told.programme.version) == (Outcome.ELIGIBLE, "ASD-2023-12")
        assert (now.decision.outcome, now.programme.threshold) == (Outcome.NOT_ELIGIBLE, Decimal("9.5"))
        assert queries.replay(told, *AT, is_scored=True) == (told.decision, True)
        assert queries.replay(now, *AT, is_scored=True) == (now.decision, True)
    with pytest.raises(Refused, match="decision_missing"):
        queries.get_decision_on(CODE, "asd", DAY - dt.timedelta(days=1))


def test_a_decision_of_another_score_or_of_law_that_changed_does_not_replay() -> None:
    stored = one(AT)["asd"]
    assert not queries.replay(stored, *OVER, is_scored=True)[1]
    assert not queries.replay(replace(stored, pins=(replace(stored.pins[0], digest="0" * 64),)), *AT,
                              is_scored=True)[1]  # fmt: skip


def test_a_newer_threshold_is_known_before_it_is_applied() -> None:
    programme = one(AT)["asd"].programme
    with enacted(asd("9.5")):
        assert queries.find_newer(programme, dt.date(2026, 11, 30)) is None
        newer = queries.find_newer(programme, dt.date(2026, 12, 1))
        assert newer is not None
        assert newer.version == "ASD-NEXT"


@pytest.mark.parametrize("table", ["programmes_decision", "programmes_basis", "programmes_decision_notice"])
@pytest.mark.parametrize("change", ["UPDATE {} SET programme = 'x'", "DELETE FROM {}"])
def test_decisions_are_never_changed_even_in_sql(table: str, change: str) -> None:
    services.note_told(decisions=one(AT).values(), notice_id="n1", now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))


def test_an_outcome_that_is_not_its_distance_is_refused_by_the_table() -> None:
    one(AT)
    row = HouseholdDecision.objects.get(programme="asd")
    wrong = {"numerator": -1, "number": 2}
    for name, value in wrong.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError, match="outcome_is_distance"):
        row.save(force_insert=True)


def test_who_was_told_stands_beside_the_decision() -> None:
    found = one(AT)
    services.note_told(decisions=found.values(), notice_id="n1", now=NOW)
    assert queries.list_notices(found["asd"]) == [("n1", NOW)]
    assert DecisionNotice.objects.count() == 2


# --- everybody ------------------------------------------------------------------------------------------


def reader(scores: KnownScores) -> Any:
    """Give scores by code as scoring does, in pieces."""

    def read(after: str, limit: int) -> KnownScores:
        rows = np.flatnonzero(scores.household_code > after.encode())[:limit]
        names = ("household_code", "number", "a", "b", "divisor", "is_scored", "formula")
        return replace(scores, **{name: getattr(scores, name)[rows] for name in names})

    return read


def everybody(scores: KnownScores, *, now: dt.datetime = LATER, **more: Any) -> Any:
    programme = queries.get_programme("asd", now.date())
    return services.decide_everybody(
        programme=programme, read=more.pop("read", reader(scores)), trigger="law", actor=ACTOR,
        clock=lambda: now, chunk=2, **more,
    )  # fmt: skip


def test_everybody_is_decided_anew_where_the_threshold_changed() -> None:
    rows = [AT, OVER, (9 * SCALE, 0, 1), (12 * SCALE, 0, 1), AT]
    scores = known(rows)
    decide(scores)
    assert everybody(scores).unchanged == 5
    with enacted(asd("9.5")):
        seen: list[int] = []
        run = everybody(scores, on_chunk=lambda progress: seen.append(progress.taken))
        assert (run.taken, run.decided, run.unchanged, run.refused) == (5, 5, 0, 0)
        assert seen == [2, 4, 5]
        assert queries.find_last_deciding("asd") == run
    outcomes = HouseholdDecision.objects.filter(programme="asd", number=2).values_list("outcome", flat=True)
    assert sorted(outcomes) == ["eligible", *["not_eligible"] * 4]


def test_a_score_whose_formula_cannot_be_read_is_counted_as_refused() -> None:
    scores = known([AT, OVER, AT])
    run = everybody(replace(scores, formula=np.array([0, -1, 0])))
    assert (run.taken, run.decided, run.refused) == (3, 2, 1)
    assert queries.list_current_decisions("10000000001") == []


def test_a_run_that_was_stopped_goes_on_where_it_stopped() -> None:
    scores = known([AT] * 5)

    def stop(_: Any) -> None:
        raise OSError("killed")

    with pytest.raises(OSError, match="killed"):
        everybody(scores, on_chunk=stop)
    run = everybody(scores)
    assert (Deciding.objects.count(), run.taken, run.decided) == (1, 5, 5)
    assert run.finished_at is not None


def test_a_run_that_goes_past_midnight_leaves_the_rest_to_the_new_threshold() -> None:
    scores, moments = known([AT] * 4), [NOW, NOW, LATER]
    with enacted(asd("9.5")):
        run = services.decide_everybody(
            programme=queries.get_programme("asd", DAY), read=reader(scores), trigger="law", actor=ACTOR,
            clock=lambda: moments.pop(0) if len(moments) > 1 else moments[0], chunk=2,
        )  # fmt: skip
        assert run.taken == 2
        assert everybody(scores).decided == 4
