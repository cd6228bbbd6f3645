from __future__ import annotations

import datetime as dt

import pytest

from sijil.domains.appointments import services
from sijil.kernel.actors import COUNTRY, officer

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)  # a Sunday
AGDAL = "04.421.01.01"  # 2 desks
SOUISSI = "04.421.01.06"
NINE = f"{AGDAL}@2026-11-23T08:30"
TEN = f"{AGDAL}@2026-11-23T10:10"
OFFICER = officer("agdal-1", centre=AGDAL)
ADMINISTRATOR = officer("admin-1", area=COUNTRY, roles=["administrator"])
ELSEWHERE = officer("souissi-1", centre=SOUISSI)


@pytest.fixture
def centres(db: None) -> None:
    services.load_centres(now=NOW)
