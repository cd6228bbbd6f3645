"""What was decided by an older law is read by it for ever: files, bounds, terms, a family that grows up."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import transaction
from typer.testing import CliRunner

from sijil.console import build
from sijil.domains.programmes.tests.known import asd, enacted
from sijil.domains.scoring import queries, rules, services
from sijil.domains.scoring.models import Score
from sijil.domains.scoring.tests.households import R1, U1
from sijil.domains.social_register import queries as social
from sijil.journeys import household_registration as journey
from sijil.kernel import law
from sijil.kernel.actors import system
from sijil.kernel.errors import Refused
from sijil.kernel.tests.shelves import amend, copy_of_the_law, reading
from tests.journeys.household import fill, send, settle, sign_in
from tests.law.how_to import follow

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 12, 20, 9, tzinfo=dt.UTC)
NIGHT = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)  # 00:30 on 1 January in the country
TESTER = system("test")


@pytest.fixture
def shelf(tmp_path):
    """The law of the how-to beside that of today."""
    root = copy_of_the_law(tmp_path / "law")
    with reading(root):
        follow(root)
        yield root


def score_file(folder, home: dict[str, int], *more: str):
    path = folder / "in.csv"
    text = io.StringIO()
    writer = csv.DictWriter(text, ["household", *home])
    writer.writeheader()
    writer.writerow({"household": "h"} | home)
    path.write_text(text.getvalue())
    done = CliRunner().invoke(build(["score"]), ["score", str(path), *more])
    return done.exit_code, list(csv.DictReader(io.StringIO(done.stdout))), done.stderr


def columns(home: dict[str, int], version: str) -> dict[str, int]:
    return {i.id: home.get(i.id, "") for i in rules.load_inputs(version)}


def test_a_file_has_the_columns_of_the_law_of_its_day(shelf, tmp_path):
    old, new = columns(U1, "I-2021"), columns(U1 | {"tablets": 2}, "I-2027")
    status, (line,), _ = score_file(tmp_path, old, "--on", "2024-01-01")
    assert (status, line["score"]) == (0, "9.4321175")
    status, (line,), _ = score_file(tmp_path, new, "--on", "2027-01-01")
    assert (status, Decimal(line["score"]) - Decimal("9.4321175")) == (0, Decimal("0.0422"))
    status, _, said = score_file(tmp_path, old, "--on", "2027-01-01")
    assert (status, "tablets" in said) == (2, True)


def test_the_today_of_a_file_is_that_of_the_country(tmp_path, monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NIGHT)
    with enacted(asd("9.2", starts_on="2027-01-01")):
        (line,) = score_file(tmp_path, columns(U1, "I-2021"))[1]
        assert line["asd"] == "not_eligible"
        (line,) = score_file(tmp_path, columns(U1, "I-2021"), "--on", "2026-12-31")[1]
        assert line["asd"] == "eligible"


def record(home: dict[str, int], now: dt.datetime):
    return services.record_score(
        household_code="10000000001", inputs=home, milieu=home["milieu"], region_code=home["region"],
        trigger="registered", actor=TESTER, now=now,
    )  # fmt: skip


def test_a_bound_that_is_tightened_leaves_old_scores_replayable(shelf):
    made = record(U1 | {"rooms": 4}, NOW)
    inputs = shelf / "domains/scoring/parameters/inputs/I-2027.yaml"
    line = next(x for x in inputs.read_text().splitlines() if "urban: [1, 30]" in x)
    amend(inputs, (line, line.replace("[1, 30]", "[1, 2]")))
    law.current().forget()
    with pytest.raises(Refused, match="out_of_bounds") as refused:
        record(U1 | {"rooms": 4, "size": 4, "tablets": 0}, NIGHT)
    assert refused.value.field in ("size", "rooms", "members_15_plus")
    assert queries.replay(made.household_code, 1)[1]


def test_a_score_that_is_not_what_its_formula_writes_is_never_read_as_another(tmp_path):
    record(R1, NOW)
    row = Score.objects.get()
    row.contributions = row.contributions[:-1]
    with pytest.raises(ValueError, match="is not of"):
        queries.scores.as_result(row)


YEARS = (2029, 2032)


def test_the_children_of_one_family_grow_up_alike_on_both_ways(monkeypatch):
    """Born 2016, 2018 and 2023: schools at 6, diplomas at 15. Nobody is refused; both ways give one score."""
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    family = settle()
    client = sign_in(family.head)
    client.post("/my-file/household/start/")
    fill(client, family)
    send(client)
    code = social.find_household_of(family.head.key).code
    first = queries.get_current_score(code)
    for year in YEARS:
        now = NOW.replace(year=year)
        alone = journey.rescore(household_code=code, actor=TESTER, now=now)
        with transaction.atomic():
            journey.rescore_all(day=now.date(), actor=TESTER, clock=lambda now=now: now)
        found = queries.get_current_score(code)
        assert (found.points, found.number, len(found.due)) == (alone.points, alone.number, len(alone.due))
        assert found.due  # the youngest was never asked about a school
    assert found.points != first.points
