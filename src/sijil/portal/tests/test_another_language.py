"""A page of a passer-by is asked for in another language, without script: what was typed stays."""

import pytest
from django.test import Client

from sijil.domains.accounts.tests.contact import proof_of
from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments import services as appointment_services
from sijil.domains.geography import services as geography
from sijil.domains.population_register.tests.samples import CENTRE, FATIMA, NOW
from sijil.domains.population_register.types import Channel
from sijil.journeys import person_enrolment
from sijil.kernel.actors import PUBLIC
from sijil.pages.tests.unscripted import Sheet

pytestmark = pytest.mark.django_db


def arabic(button):
    return button.get("lang") == "ar"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)


@pytest.fixture
def passer_by():
    client = Client()
    client.cookies["language"] = "fr"
    return client


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/account/open/", {"idcs": "12", "birth_date_year": "1988", "sex": "F"}),
        ("/score/calculator/", {"size": "7", "garage": "on"}),
        ("/sign-in/", {"login": "12 34"}),
    ],
)
def test_what_was_typed_stands_there_unjudged(passer_by, path, typed):
    answer = Sheet(passer_by.get(path), "answers").press(passer_by, arabic, typed)
    page = answer.content.decode()
    assert (answer.status_code, answer["Content-Language"]) == (200, "ar")
    assert 'class="error' not in page
    assert ("data-typed" in page) == (path != "/sign-in/")  # a browser keeps nothing of a sign-in
    again = Sheet(answer, "answers")
    assert {name: again.boxes.get(name) for name in typed} == typed
    assert passer_by.get("/")["Content-Language"] == "ar"


def test_enter_still_sends_the_form(passer_by):
    first, *_ = Sheet(passer_by.get("/account/open/"), "answers").buttons
    assert not {"name", "formaction"} & first.keys()


def test_the_hour_that_was_chosen_stays_and_is_not_taken(passer_by):
    geography.load_reference(now=NOW)
    appointment_services.load_centres(now=NOW)
    number = person_enrolment.pre_register(
        identity=FATIMA, slot_id=appointments.find_next_slot(CENTRE, now=NOW).id, language="fr",
        proof=proof_of(person_enrolment.contact_of(phone=FATIMA.phone, email=FATIMA.email), NOW),
        channel=Channel.PORTAL, actor=PUBLIC, now=NOW,
    )  # fmt: skip
    other = appointments.list_free_slots(CENTRE, now=NOW)[-1].id
    path = f"/track/{number}/appointment/"
    answer = Sheet(passer_by.get(path), "answers").press(passer_by, arabic, {"slot": other})
    assert Sheet(answer, "answers").boxes["slot"] == other
    booked = appointments.get_booking(number)
    sheet = Sheet(answer, "answers")
    sheet.press(passer_by, lambda button: button.get("form") is None, {})
    assert appointments.get_booking(number) != booked
