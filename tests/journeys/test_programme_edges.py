"""At the edge of both thresholds the calculator, the stored decision, the page and the list say the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes import rules
from sijil.domains.programmes.tests.known import (
    ACTOR,
    DAY,
    FORMULA,
    LAWS,
    NOW,
    decide,
    known,
    publish_list,
    statement,
)
from sijil.domains.programmes.types import Outcome
from sijil.domains.scoring.rules import load_formula, round_half_even
from sijil.domains.scoring.tests.households import R1
from sijil.domains.scoring.types import SCALE, Score, ScoreState
from sijil.journeys.household_registration import Eligibility
from sijil.portal import formula as calculator
from sijil.portal.household import score as pages

THRESHOLDS = [rules.units(p.threshold) for p in programmes.list_programmes(DAY)]
DIVISORS = [1, 3, 5, 7, 12, 40, 1600]
DELTAS = [-200, -20, -5, -2, -1, 0, 1, 2, 5, 20, 35, 200]
EDGES = [(limit, delta, divisor) for limit in THRESHOLDS for divisor in DIVISORS for delta in DELTAS]


def score(a: int, b: int, divisor: int, state: ScoreState = ScoreState.SCORED) -> Score:
    points = Decimal(round_half_even(a * divisor + b, divisor * (SCALE // 10**7))).scaleb(-7)
    return Score("F/P", 1, a, b, divisor, (), state, points)


@pytest.mark.django_db
def test_168_households_around_the_thresholds_agree_everywhere() -> None:
    assert len(EDGES) == 168
    scores = known(EDGES)
    decide(scores)
    for programme in programmes.list_programmes(DAY):
        made = publish_list(
            programme=programme.code,
            scores=statement(scores),
            formula=FORMULA,
            laws=LAWS,
            actor=ACTOR,
            now=NOW,
        )
        listed = {r.household_code: r for r in programmes.list_rows(made.id, limit=1000).rows}
        for code, row in zip(scores.household_code.tolist(), EDGES, strict=True):
            _agree(programme, code.decode(), row, listed)


def _agree(programme: Any, code: str, row: tuple[int, int, int], listed: Any) -> None:
    (stored,) = [d for d in programmes.list_current_decisions(code) if d.programme.code == programme.code]
    trial = calculator._verdict(score(*row), programme)
    (card,) = pages.cards([Eligibility(stored.programme, stored.decision, stored.day)])
    assert trial.outcome == stored.decision.outcome.value == card.outcome
    assert (stored.decision.outcome is Outcome.ELIGIBLE) == (code in listed)
    assert trial.distance == abs(stored.decision.distance)
    if code in listed:
        assert listed[code].exact_distance == stored.decision.exact_distance
    assert (trial.distance == 0) == (row[0] * row[2] + row[1] == rules.units(programme.threshold) * row[2])


def test_the_calculator_shows_the_exact_distance_above_the_threshold() -> None:
    (asd, _) = programmes.list_programmes(DAY)
    found = calculator._verdict(score(9_743_001_020 - SCALE, SCALE, 1), asd)
    assert (found.outcome, found.reason, found.distance) == (
        "not_eligible", "over_threshold", Decimal("0.00000002"),
    )  # fmt: skip
    aside = calculator._verdict(score(16 * SCALE, 0, 1, ScoreState.QUARANTINED), asd)
    assert (aside.outcome, aside.reason) == ("pending", "quarantined")


@pytest.mark.django_db
def test_the_calculator_page_says_what_it_says_exactly(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(calculator.rules, "score_one", lambda law, inputs: _shown(9_743_001_020))
    answers = {name: str(value) for name, value in R1.items() if name != "milieu"}
    client.cookies["language"] = "fr"
    with translation.override("fr"):
        page = client.post("/score/calculator/?milieu=rural", answers)
    assert page.status_code == 200, page.context["form"].errors
    assert "0,00000002" in page.content.decode()
    monkeypatch.setattr(calculator.rules, "score_one", lambda law, inputs: _shown(15_500_000_000))
    page = client.post("/score/calculator/?milieu=rural", answers)
    assert "Rien ne serait décidé" in page.content.decode()


def _shown(units: int) -> Score:
    """Return a score of so many units, all of them in its first term."""
    law = load_formula("HCP-2021-BO7011/BUT-2021")
    parts = (units, *[0] * (len(law.annexes[2].terms) - 1))
    state = ScoreState.SCORED if units <= law.highest else ScoreState.QUARANTINED
    points = Decimal(round_half_even(units, SCALE // 10**7)).scaleb(-7)
    return Score(law.version, 2, units, 0, 1, parts, state, points)
