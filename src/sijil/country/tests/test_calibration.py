"""The country looks like the census, its scores like estimates made on the census's margins."""

from __future__ import annotations

import numpy as np
import pytest

from sijil.country.generator import Country
from sijil.country.tests.conftest import NOW
from sijil.domains.scoring import rules as scoring
from sijil.domains.social_register import rules as social
from sijil.domains.social_register.tests.columns import declarations

HOUSEHOLDS = 5000
AMO_T, ASD = 9.3264284, 9.743001
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scored(country: Country) -> dict[str, np.ndarray]:
    homes = [home.loaded for _, chunk in country.chunks(HOUSEHOLDS) for home in chunk]
    formula = scoring.formula_on(NOW.date())
    declared = [(home.milieu, int(home.region_code), home.answers, home.members) for home in homes]
    columns = social.derive(declarations(social.form_on(NOW.date()), declared)).columns
    scores = scoring.score_columns(formula, columns)
    return {**columns, "points": scores.points / 1e7, "outcome": scores.outcome}


def test_every_household_has_a_score(scored: dict[str, np.ndarray]) -> None:
    assert (scored["outcome"] == 0).mean() > 0.999
    assert not (scored["outcome"] == 2).any()


@pytest.mark.parametrize(("milieu", "share", "size"), [(1, 0.666, 3.7), (2, 0.334, 4.4)])
def test_people_live_where_the_census_says(
    scored: dict[str, np.ndarray], milieu: int, share: float, size: float
) -> None:
    here = scored["milieu"] == milieu
    assert here.mean() == pytest.approx(share, abs=0.025)
    assert scored["size"][here].mean() == pytest.approx(size, abs=0.12)


@pytest.mark.parametrize(("milieu", "mean", "deviation"), [(1, 10.06, 0.62), (2, 9.41, 0.49)])
def test_scores_are_spread_as_estimated(
    scored: dict[str, np.ndarray], milieu: int, mean: float, deviation: float
) -> None:
    points = scored["points"][scored["milieu"] == milieu]
    assert points.mean() == pytest.approx(mean, abs=0.05)
    assert points.std() == pytest.approx(deviation, abs=0.05)


@pytest.mark.parametrize(
    ("milieu", "threshold", "share"), [(1, AMO_T, 0.09), (1, ASD, 0.33), (2, AMO_T, 0.50), (2, ASD, 0.81)]
)
def test_the_share_under_each_threshold(
    scored: dict[str, np.ndarray], milieu: int, threshold: float, share: float
) -> None:
    points = scored["points"][scored["milieu"] == milieu]
    assert (points <= threshold).mean() == pytest.approx(share, abs=0.035)


def test_every_region_is_there(scored: dict[str, np.ndarray]) -> None:
    assert set(scored["region"].tolist()) == set(range(1, 13))
