"""A programme that has ended says so, with its last day: household, score, paper, API, calculator."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.journeys.household import NOW, fill, send, settle, sign_in, text

from sijil.domains.programmes import queries as programmes
from sijil.domains.scoring.tests.households import R1
from sijil.journeys.household_registration import papers
from sijil.kernel.actors import citizen
from sijil.kernel.tests.shelves import amend, copy_of_the_law, reading
from sijil.pages import clock
from sijil.portal.household import score as pages

pytestmark = pytest.mark.django_db
LAST = dt.date(2026, 12, 31)
AFTER, ENDED = NOW + dt.timedelta(days=60), "This programme ended on <bdi>31 December 2026</bdi>."
ASD = "domains/programmes/parameters/asd/ASD-2023-12.yaml"


@pytest.fixture(autouse=True)
def law(tmp_path):
    root = copy_of_the_law(tmp_path)
    amend(root / ASD, ("from: 2023-12-01", f"from: 2023-12-01\nto: {LAST}"))
    with reading(root):
        yield


@pytest.fixture
def head(monkeypatch):
    """Return the browser of a head whose household was decided before the end."""
    family = settle()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client = sign_in(family.head)
    client.post("/my-file/household/start/")
    fill(client, family)
    send(client)
    client.person = family.head
    return client


def at_the_end(monkeypatch, day: dt.datetime = AFTER) -> None:
    monkeypatch.setattr(clock, "now", lambda: day)


@pytest.mark.parametrize("path", ["/my-file/", "/my-file/score/", "/my-file/household/sent/"])
def test_pages_of_the_household_say_that_it_ended(head, monkeypatch, path):
    assert "ended on" not in text(head.get(path))
    at_the_end(monkeypatch)
    page = text(sign_in(head.person).get(path))
    assert page.count(ENDED) == 1  # of two programmes
    assert page.count("meet the condition of") + page.count("meets the condition of") == 1


def test_its_threshold_leaves_the_scale(head, monkeypatch):
    (ended, other) = programmes.list_programmes(NOW.date())
    found = [pages.journey.Eligibility(p, None, NOW.date()) for p in (ended, other)]
    assert [points for points, _ in pages.marks(found)] == sorted([ended.threshold, other.threshold])
    at_the_end(monkeypatch)
    assert [points for points, _ in pages.marks(found)] == [other.threshold]


def test_the_paper_printed_after_the_end_says_so(head, monkeypatch):
    said = []
    monkeypatch.setattr(papers, "print_receipt", lambda kind, write, **_: said.append(write()))
    for day in (NOW, AFTER):
        papers.render_score(actor=citizen(head.person.key), now=day)
    verdicts = [[line.value.fr for line in content.tables["programmes"]] for content in said]
    assert "programme terminé le 31/12/2026" not in verdicts[0]
    assert verdicts[1][0] == "programme terminé le 31/12/2026"
    assert verdicts[1][1] == verdicts[0][1]


def test_the_calculator_says_so_too(client, monkeypatch):
    settle()
    answers = {name: str(value) for name, value in R1.items() if name != "milieu"}
    client.cookies["language"] = "en"
    for day, times in ((NOW, 0), (AFTER, 1)):
        at_the_end(monkeypatch, day)
        assert text(client.post("/score/calculator/?milieu=rural", answers)).count(ENDED) == times


@pytest.mark.parametrize(
    ("day", "found"), [(LAST, None), (LAST + dt.timedelta(days=1), LAST), (dt.date(2020, 1, 1), None)]
)
def test_on_its_last_day_it_has_not_ended_nor_before_its_first(day, found):
    assert programmes.find_end("asd", day) == found
    assert [(p.code, last) for p, last in programmes.list_ended(day)] == ([("asd", LAST)] if found else [])
