"""The public pages, through HTTP: home, tracking, formula, calculator, explanations."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from sijil.domains.population_register.errors import UNKNOWN_NUMBER
from sijil.domains.scoring import rules
from sijil.journeys.tracking import TrackedRequest, TrackedStep
from sijil.kernel import ids
from sijil.kernel.allowance import Allowance
from sijil.kernel.errors import Refused
from sijil.pages import throttle
from sijil.pages.tests.html import flat
from sijil.portal import track
from sijil.portal.formula import EXAMPLE, contributions

PAGES = [
    "portal-home",
    "portal-track",
    "portal-privacy",
    "portal-accessibility",
    "portal-partners",
    "portal-formula",
    "portal-calculator",
]
NOW = dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    """Return a function: a client that reads in a language."""

    def made(language="fr"):
        client = Client()
        client.cookies["language"] = language
        return client

    return made


@pytest.mark.parametrize("language", ["ar", "fr", "zgh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_page_opens(name, language, reader):
    response = reader(language).get(reverse(name))
    assert response.status_code == 200
    assert (
        f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in response.content.decode()
    )


def test_the_first_field_of_the_home_page_is_the_number(reader):
    html = reader().get("/").content.decode()
    assert html.index('name="number"') < html.index('class="tasks grid"')


@pytest.mark.parametrize("typed", ["", "K7QD", "0000000000"])
def test_a_wrong_number_is_explained(typed, reader):
    response = reader().get("/track/", {"number": typed})
    assert response.status_code == 422
    assert 'class="error-summary"' in response.content.decode()


def test_a_number_gets_an_address_of_its_own(reader):
    number = ids.draw_number()
    response = reader().get("/track/", {"number": number.lower()})
    assert response["Location"] == f"/track/{ids.show_number(number)}/"


def found(state="deposited", due=None, late=False):
    steps = (TrackedStep("pre_registered", NOW, ""), TrackedStep(state, NOW, ""))
    return TrackedRequest("K7QD4M2X9T", "person", state, "", "wait_for_comparison", due, late, steps)


def test_tracking_tells_state_next_step_and_date(reader, monkeypatch):
    monkeypatch.setattr(track, "find_request", lambda number, now: found(due=dt.date(2026, 11, 4)))
    html = reader().get("/track/K7QD-4M2X-9T/").content.decode()
    for words in ("Dossier déposé, comparaison en cours", "Rien à faire", "4 novembre 2026"):
        assert words in html


def test_the_delay_of_the_person_is_not_ours(reader, monkeypatch):
    waiting = replace(found("pre_registered", dt.date(2027, 1, 2), late=True), next_action="come_to_centre")
    monkeypatch.setattr(track, "find_request", lambda number, now: waiting)
    html = reader().get("/track/K7QD-4M2X-9T/").content.decode()
    assert "jusqu’au <bdi>2 janvier 2027</bdi>" in html
    assert "Nous sommes en retard." not in html


def test_lateness_is_said(reader, monkeypatch):
    monkeypatch.setattr(track, "find_request", lambda number, now: found(due=dt.date(2026, 11, 2), late=True))
    assert "Nous sommes en retard." in reader().get("/track/K7QD-4M2X-9T/").content.decode()


def test_an_unknown_number_is_a_404(reader, monkeypatch):
    def refuse(number, now):
        raise Refused(UNKNOWN_NUMBER, field="number")

    monkeypatch.setattr(track, "find_request", refuse)
    response = reader().get("/track/J37B-ZY7Z-7N/")
    assert response.status_code == 404
    assert "Aucune demande ne porte ce numéro." in response.content.decode()


def test_guessing_numbers_is_slowed_down(reader, monkeypatch):
    monkeypatch.setattr(track, "find_request", lambda number, now: found())
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    statuses = [reader().get("/track/K7QD-4M2X-9T/").status_code for _ in range(121)]
    assert statuses == [200] * 120 + [429]


@pytest.mark.parametrize("milieu", ["urban", "rural"])
def test_every_line_of_the_formula_is_shown(milieu, reader):
    law = rules.formula_on(dt.date(2026, 11, 22))
    annex = law.annexes[{"urban": 1, "rural": 2}[milieu]]
    html = flat(reader().get("/score/formula/", {"milieu": milieu}).content.decode())
    assert html.count('<tr><th scope="row">') == len(annex.terms) - 2 + 12


@pytest.mark.parametrize(
    ("language", "words"), [("ar", "الجريدة الرسمية عدد 7011"), ("fr", "Bulletin officiel n° 7011")]
)
def test_where_the_formula_comes_from_is_said_in_the_language_of_the_page(language, words, reader):
    page = reader(language).get("/score/formula/").content.decode()
    assert words in page
    assert "Arabic edition" not in page


def answers(milieu):
    law = rules.formula_on(dt.date(2026, 11, 22))
    asked = [i for i in law.inputs if milieu in i.bounds and i.id != "milieu"]
    return {i.id: EXAMPLE.get(i.id, 0) for i in asked}


def posted(values):
    """What a browser sends: a box that is not ticked is not sent."""
    flags = {i.id for i in rules.load_inputs("I-2021") if i.kind == "flag"}
    return {name: value for name, value in values.items() if value or name not in flags}


@pytest.mark.parametrize(("milieu", "code"), [("urban", 1), ("rural", 2)])
def test_the_calculator_runs_the_engine(milieu, code, reader):
    values = answers(code)
    inputs = {
        n: v * 100 if n.endswith(("electricity_year", "internet_year")) else v for n, v in values.items()
    }
    score = rules.score_one(rules.formula_on(dt.date(2026, 11, 22)), {"milieu": code, **inputs})
    html = reader().post(f"/score/calculator/?milieu={milieu}", posted(values)).content.decode()
    assert f"{score.points}".replace(".", ",") in html


def test_who_asks_the_calculator_without_end_is_told_to_wait(reader, monkeypatch):
    limits = {"work": Allowance(burst=2, every=60), "work.all": Allowance(burst=9, every=1)}
    monkeypatch.setattr(throttle, "LIMITS", limits)
    one = reader()
    answers_ = [one.post("/score/calculator/", posted(answers(1))) for _ in range(3)]
    assert [a.status_code for a in answers_] == [200, 200, 429]
    assert answers_[2]["Retry-After"] == "60"
    assert one.get("/score/calculator/").status_code == 200


@pytest.mark.parametrize("milieu", [1, 2])
def test_contributions_add_up_as_shown(milieu):
    law = rules.formula_on(dt.date(2026, 11, 22))
    values = {n: v * 100 if n.endswith("electricity_year") else v for n, v in answers(milieu).items()}
    score = rules.score_one(law, {"milieu": milieu, **values})
    groups = contributions(law, score)
    assert sum(part for g in groups for _, part in g.terms) == score.points
    assert sum(g.shown for g in groups) == score.points.quantize(Decimal("0.001"))


def test_a_refused_answer_names_its_field(reader):
    response = reader().post("/score/calculator/?milieu=urban", answers(1) | {"members_15_plus": 9})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'href="#id_members_15_plus"' in html
    assert "Membres de 15 ans et plus" in html


def test_a_missing_answer_is_never_a_zero(reader):
    values = answers(1)
    del values["rooms"]
    assert reader().post("/score/calculator/?milieu=urban", values).status_code == 422


def test_a_page_that_does_not_exist_says_so(reader):
    response = reader().get("/nothing/here/")
    assert response.status_code == 404
    assert "Cette page n’existe pas" in response.content.decode()
