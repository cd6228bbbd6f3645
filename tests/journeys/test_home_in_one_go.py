"""The whole home in one go: what people of one home answer alike is taken over, times stand side by side."""

import dataclasses

import pytest
from django.test import Client
from django.urls import reverse
from tests.journeys.test_person_enrolment import _country, given_a_pre_registration

from sijil.domains.appointments import queries as appointments
from sijil.domains.audit.models import AuditEntry
from sijil.domains.notifications.models import Message
from sijil.domains.notifications.queries import words_of
from sijil.domains.population_register.tests.samples import CENTRE, FATIMA, NOW, OFFICER
from sijil.domains.population_register.types import Channel
from sijil.journeys import person_enrolment, tracking
from sijil.kernel.actors import PUBLIC
from sijil.pages import background

assert _country  # a fixture
pytestmark = pytest.mark.django_db


def like(number):
    draft = person_enrolment.start_draft_like(number=number, actor=PUBLIC, now=NOW)
    return person_enrolment.find_draft(draft)


def test_address_contact_and_centre_are_taken_over_and_nothing_of_the_person():
    found = like(given_a_pre_registration())
    assert {
        name: found[name] for name in ("commune_code", "quarter", "street", "phone", "email", "centre")
    } == {
        "commune_code": FATIMA.commune_code,
        "quarter": "Hay Riad",
        "street": "12, rue des Orangers",
        "phone": FATIMA.phone,
        "email": FATIMA.email,
        "centre": CENTRE,
    }
    assert not {"first_name_ar", "birth", "sex", "paper_number"} & set(found)


def test_the_nearest_free_time_of_the_day_is_chosen():
    number = given_a_pre_registration()
    booking = appointments.get_booking(number)
    slots = [slot for slot in appointments.list_free_slots(CENTRE, now=NOW) if slot.on == booking.on]
    at = booking.at.hour * 60 + booking.at.minute
    nearest = min(abs(slot.at.hour * 60 + slot.at.minute - at) for slot in slots)
    [chosen] = [slot for slot in slots if slot.id == like(number)["slot"]]
    assert abs(chosen.at.hour * 60 + chosen.at.minute - at) == nearest


def test_without_an_appointment_no_time_is_chosen():
    alone = dataclasses.replace(FATIMA, phone="", email="")
    assert "slot" not in like(given_a_pre_registration(alone))


def test_that_it_was_taken_over_is_written_down():
    number = given_a_pre_registration()
    like(number)
    assert AuditEntry.objects.filter(subject=number, action="enrolment.home_taken_over").count() == 1


@pytest.fixture
def browser(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    client = Client()
    client.cookies["language"] = "en"
    return client


def sent_by(client, number):
    session = client.session
    session[background.SENT] = number
    session.save()


def test_the_page_of_the_number_begins_the_next_form(browser):
    sent_by(browser, given_a_pre_registration())
    assert (
        "Add another person of your home"
        in browser.get(reverse("portal-pre-registration-done")).content.decode()
    )
    answer = browser.post(reverse("portal-pre-registration-another"))
    assert answer.url == reverse("portal-pre-registration-step", args=["names"])
    page = browser.get(reverse("portal-pre-registration-step", args=["place"])).content.decode()
    assert "Hay Riad" in page


def test_who_sent_nothing_takes_nothing_over(browser):
    answer = browser.post(reverse("portal-pre-registration-another"))
    assert answer.url == reverse("portal-pre-registration")
    assert not AuditEntry.objects.filter(action="enrolment.home_taken_over").exists()


def test_a_look_at_the_address_begins_nothing(browser):
    sent_by(browser, given_a_pre_registration())
    assert browser.get(reverse("portal-pre-registration-another")).status_code == 302
    assert not AuditEntry.objects.filter(action="enrolment.home_taken_over").exists()


# --- by when a paper is brought -----------------------------------------------------------------------------


def test_by_when_a_paper_is_brought_is_told_in_the_message_and_on_the_page(browser):
    number = person_enrolment.pre_register(
        identity=FATIMA, centre_code=CENTRE, channel=Channel.COUNTER, actor=OFFICER, now=NOW
    )
    person_enrolment.ask_for_paper(number=number, reason="paper_unreadable", actor=OFFICER, now=NOW)
    message = Message.objects.get(template="papers_requested", channel="sms")
    assert "21" in words_of(message)["body"]
    assert tracking.find_request(number, now=NOW).bring_by.isoformat() == "2027-01-21"
    page = browser.get(reverse("portal-tracked", args=[number])).content.decode()
    assert "21 January 2027" in page


def test_once_it_was_brought_no_day_is_told():
    number = person_enrolment.pre_register(
        identity=FATIMA, centre_code=CENTRE, channel=Channel.COUNTER, actor=OFFICER, now=NOW
    )
    assert tracking.find_request(number, now=NOW).bring_by is None
