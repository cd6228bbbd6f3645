"""What another process enacts, this one follows: nothing that it remembers of the law stays."""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.db import connection

from sijil.domains.law.queries import EnactedLaws
from sijil.domains.scoring import rules as scoring
from sijil.domains.scoring.rules.law import PRICES
from sijil.kernel import law
from sijil.kernel.dates import legal_day
from sijil.kernel.tests.shelves import amend, copy_of_the_law
from tests.law.test_two_laws import NEW, OLD

ENACT = """
import datetime as dt, pathlib, sys
import django
django.setup()
from sijil.domains.law import services
from sijil.kernel.actors import Actor, ActorKind
content, now = pathlib.Path(sys.argv[1]).read_text(), dt.datetime.fromisoformat(sys.argv[2])
services.enact(content=content, second="second", actor=Actor(ActorKind.OFFICER, "first"), now=now)
"""


@pytest.mark.django_db(transaction=True)
def test_a_version_enacted_by_another_process_is_followed_here(tmp_path):
    text = copy_of_the_law(tmp_path) / "domains/scoring/parameters/butane_prices/BUT-2021.yaml"
    amend(
        text,
        ("version: BUT-2021", "version: BUT-2027"),
        (f"from: {law.versions(PRICES)[0].starts_on}", "from: 2027-01-01"),
    )
    day = legal_day(NEW)
    with law.use_shelf(law.Shelf(reader=EnactedLaws(), look_every=0)):
        before = scoring.law_on(day)
        address = urlsplit(os.environ["SIJIL_DATABASE_URL"])
        there = address._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        child = [sys.executable, "-c", ENACT, str(text), OLD.isoformat()]
        subprocess.run(child, env=os.environ | {"SIJIL_DATABASE_URL": there}, check=True)
        after = scoring.law_on(day)
        assert before.formula.version.endswith("/BUT-2021")
        assert after.formula.version.endswith("/BUT-2027")
        assert scoring.formula_on(legal_day(OLD)) is before.formula
        assert set(before.pins) - set(after.pins) == {law.load(PRICES, "BUT-2021").pin}
