"""The day at a centre: a file in each state, today's queue, cases with faces and cards on both sides."""

import datetime as dt

import pytest

from sijil.country import centre_day, tour
from sijil.country.stories import read_story
from sijil.domains.appointments import services as appointments
from sijil.domains.biometrics.services import judge_capture
from sijil.domains.biometrics.types import Modality
from sijil.domains.documents import queries as documents
from sijil.domains.geography import services as geography
from sijil.domains.matching import queries as matching
from sijil.domains.population_register import queries as population
from sijil.journeys import person_enrolment
from sijil.kernel.actors import officer

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 23, 19, tzinfo=dt.UTC)  # closed by now: its day is shown all the same
SUNDAY = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
FILES = read_story("centre_day")["files"]
ADJUDICATOR = officer("adjudicator.1", roles=["adjudicator"])


@pytest.fixture(autouse=True)
def reference():
    geography.load_reference(MONDAY)
    appointments.load_centres(now=MONDAY)


def desk(now):
    return person_enrolment.read_desk(actor=centre_day._officer(), now=now)


def test_a_working_day_has_a_file_in_each_state_and_its_queue():
    assert centre_day.load_centre_day(now=MONDAY) == len(FILES)
    states = [population.find_requests(body["phone"])[0].state for body in FILES]
    assert states == [body["ends"] for body in FILES]
    queue = [f"{booking.at:%H:%M}" for booking, _ in desk(MONDAY).waiting]
    waiting = ("pre_registered", "papers_requested")
    assert queue == [body["at"] for body in FILES if body["ends"] in waiting]
    assert centre_day.load_centre_day(now=MONDAY) == 0

    cases = matching.list_open_cases(officer="", limit=10)
    assert len(cases) == 2
    for case in cases:
        refs = [case.subject, *(candidate.ref for candidate in case.candidates)]
        sides = person_enrolment.read_files(case, refs, actor=ADJUDICATOR, now=MONDAY)
        assert len(sides) == 2
        for side in sides.values():
            assert set(side.images) == set(Modality)
            assert [p.kind for p in documents.list_documents(f"request:{side.file.number}")] == ["cnie"]


def test_on_a_day_without_hours_they_walk_in(monkeypatch):
    some = [body for body in FILES if body["ends"] == "pre_registered"][:2]
    told = {name: read_story(name) for name in ("accounts", "centres")} | {"centre_day": {"files": some}}
    monkeypatch.setattr(centre_day, "read_story", told.__getitem__)
    centre_day.load_centre_day(now=SUNDAY)
    assert [(b.on, b.at) for b, _ in desk(SUNDAY).waiting] == [(SUNDAY.date(), None)] * 2


def test_some_cards_say_something_else_than_the_form():
    other = [body for body in FILES if body["ends"] == "pre_registered" and "on_card" in body]
    assert len(other) == 2  # as the tour says
    for body in other:
        assert centre_day._on_card(body) != centre_day._identity(body)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("what", [*Modality, tour.CARD])
def test_the_pictures_of_the_tour_pass_the_checks_of_the_counter(client, what):
    answer = client.get(f"/demo/tour/pictures/7/{what}/")
    assert answer["Content-Disposition"].startswith("attachment")
    number = person_enrolment.start_draft(now=MONDAY)
    if what == tour.CARD:
        paper = person_enrolment.Paper("cnie", "card.jpeg", answer.content)
        actor = centre_day._officer()
        assert person_enrolment.add_paper(number=number, paper=paper, actor=actor, now=MONDAY)
    else:
        assert judge_capture(modality=what, content=answer.content, now=MONDAY).quality


@pytest.fixture
def demo(settings):
    settings.ENV = settings.ENV.model_copy(update={"demo": True})


@pytest.mark.usefixtures("demo")
def test_there_is_no_picture_of_something_else(client):
    assert client.get("/demo/tour/pictures/7/thumb/").status_code == 404


@pytest.mark.parametrize("path", ["", "pictures/7/face/", "pictures/7/card/"])
def test_an_installation_offers_nothing_of_it(settings, client, path):
    settings.ENV = settings.ENV.model_copy(update={"demo": False})
    assert client.get(f"/demo/tour/{path}").status_code == 404
