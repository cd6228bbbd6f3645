from __future__ import annotations

import datetime as dt

import pytest

from sijil.country.generator import Country
from sijil.domains.geography.rules import read_reference

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)


def make_country(seed: int = 2024) -> Country:
    communes = [place for place in read_reference() if place.level == "commune"]
    return Country(communes, on=NOW.date(), seed=seed)


@pytest.fixture(scope="session")
def country() -> Country:
    return make_country()
