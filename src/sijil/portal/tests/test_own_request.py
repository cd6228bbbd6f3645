"""What whoever holds a number does on its page: exactly what the tables of states open to the holder."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sijil.domains.accounts.tests.contact import proof_of
from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments import services as appointment_services
from sijil.domains.audit.queries import list_entries
from sijil.domains.biometrics.samples import draw
from sijil.domains.geography import services as geography
from sijil.domains.population_register import queries
from sijil.domains.population_register.tests.samples import CENTRE, FATIMA, NOW, OFFICER
from sijil.domains.population_register.types import Channel
from sijil.journeys import person_enrolment
from sijil.kernel.actors import PUBLIC
from sijil.pages.tests.html import flat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def country(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    geography.load_reference(now=NOW)
    appointment_services.load_centres(now=NOW)


@pytest.fixture
def holder():
    client = Client()
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def number():
    slot = appointments.find_next_slot(CENTRE, now=NOW)
    return person_enrolment.pre_register(
        identity=FATIMA, slot_id=slot.id, proof=proof_of(FATIMA.phone, NOW), language="fr",
        channel=Channel.PORTAL, actor=PUBLIC, now=NOW,
    )  # fmt: skip


def page(client, number):
    return client.get(reverse("portal-tracked", args=[number])).content.decode()


def post(client, name, number, **body):
    return client.post(reverse(f"portal-{name}", args=[number]), body, follow=True).content.decode()


@pytest.mark.parametrize("language", ["ar", "fr", "zgh", "en"])
def test_the_page_offers_what_is_open_and_nothing_else(holder, number, language):
    holder.cookies["language"] = language
    shown = page(holder, number)
    offered = {
        name: reverse(f"portal-{name}", args=[number]) in shown
        for name in ("send-paper", "move-appointment", "cancel-appointment", "withdraw")
    }
    assert offered == {
        "send-paper": False, "move-appointment": True, "cancel-appointment": True, "withdraw": True,
    }  # fmt: skip
    assert "فاطمة" not in shown


def test_a_paper_is_removed_by_the_number_and_shown_to_who_sent_it_alone(holder, number):
    scan = SimpleUploadedFile("a.png", draw(1, "face"), "image/png")
    paper = person_enrolment.Paper("cnie", "a.png", scan.read())
    kept = person_enrolment.add_paper(number=number, paper=paper, actor=OFFICER, now=NOW)
    remove = reverse("portal-remove-paper", args=[number, kept])
    assert remove not in page(holder, number)
    person_enrolment.ask_for_paper(number=number, reason="paper_unreadable", actor=OFFICER, now=NOW)
    shown, look = page(holder, number), reverse("portal-own-paper", args=[kept])
    assert remove in shown
    assert look not in shown
    assert holder.get(look).status_code == 404
    session = holder.session
    session["pre_registered"] = number
    session.save()
    assert look in page(holder, number)
    assert holder.get(look)["Content-Security-Policy"].startswith("sandbox;")
    assert "The paper was removed." in holder.post(remove, follow=True).content.decode()
    assert person_enrolment.list_papers(number) == []
    assert "enrolment.paper_taken_back" in {entry.action for entry in list_entries(number)}


def test_papers_by_the_api_as_on_the_page(holder, number):
    paper = person_enrolment.Paper("cnie", "a.png", draw(1, "face"))
    kept = person_enrolment.add_paper(number=number, paper=paper, actor=OFFICER, now=NOW)
    papers = f"/v1/requests/{number}/papers"
    assert holder.get(papers).json() == []
    assert holder.delete(f"{papers}/{kept}").status_code == 409
    person_enrolment.ask_for_paper(number=number, reason="paper_unreadable", actor=OFFICER, now=NOW)
    [line] = holder.get(papers).json()
    assert (line["id"], line["kind"]) == (str(kept), "cnie")
    assert holder.delete(f"{papers}/{kept}").status_code == 204
    assert holder.delete(f"{papers}/{kept}").status_code == 404


def headings(client, number):
    return [
        flat(found).strip() for found in re.findall(r"<h2[^>]*>(.*?)</h2>", page(client, number), re.DOTALL)
    ]


@pytest.mark.parametrize(("days", "heading"), [(0, "Your appointment"), (30, "Your appointment has passed")])
def test_an_appointment_is_yours_until_it_has_passed(holder, number, monkeypatch, days, heading):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW + dt.timedelta(days=days))
    assert [found for found in headings(holder, number) if "appointment" in found] == [heading]


def test_an_appointment_given_back_is_no_longer_shown(holder, number):
    post(holder, "cancel-appointment", number)
    assert "Your appointment" not in headings(holder, number)


def test_an_appointment_is_moved(holder, number):
    address = reverse("portal-move-appointment", args=[number])
    free = appointments.list_free_slots(CENTRE, now=NOW)
    assert free[5].id in holder.get(address).content.decode()
    assert "Your new appointment is kept." in post(holder, "move-appointment", number, slot=free[5].id)
    assert appointments.get_booking(number).slot_id == free[5].id
    assert "The centre does not receive people at this time." in post(
        holder, "move-appointment", number, slot="x"
    )


def test_a_place_is_given_back_and_another_chosen(holder, number):
    assert "Your place was given back." in post(holder, "cancel-appointment", number)
    assert "Choose a day and an hour" in page(holder, number)
    slot = appointments.find_next_slot(CENTRE, now=NOW).id
    assert "Your new appointment is kept." in post(holder, "move-appointment", number, slot=slot)


def test_a_request_is_taken_back_once(holder, number):
    assert "Your request was taken back." in post(holder, "withdraw", number)
    assert queries.get_status(number).state == "withdrawn"
    assert "This step is not possible now" in post(holder, "withdraw", number)
    assert "What this number opens" not in page(holder, number)


def test_the_paper_asked_for_is_sent_and_the_delay_goes_on(holder, number):
    person_enrolment.ask_for_paper(number=number, reason="paper_unreadable", actor=OFFICER, now=NOW)
    assert "Send the missing paper" in page(holder, number)
    assert "Choose the file of the paper." in post(holder, "send-paper", number, paper_kind="cnie")
    scan = SimpleUploadedFile("carte.png", draw(1, "face"), "image/png")
    told = post(holder, "send-paper", number, paper_kind="cnie", picture=scan)
    assert "The paper is with your request; the delay goes on." in told
    status = queries.get_status(number)
    assert (status.state, status.due_on) == ("pre_registered", dt.date(2027, 1, 21))
    assert "enrolment.paper_brought" in {e.action for e in list_entries(number)}


def test_what_is_no_paper_changes_nothing(holder, number):
    person_enrolment.ask_for_paper(number=number, reason="paper_unreadable", actor=OFFICER, now=NOW)
    bad = SimpleUploadedFile("x.png", b"nothing", "image/png")
    told = post(holder, "send-paper", number, paper_kind="cnie", picture=bad)
    assert "neither a PDF nor a JPEG, PNG or HEIC" in told
    assert queries.get_status(number).state == "papers_requested"


@pytest.mark.parametrize("name", ["send-paper", "cancel-appointment", "withdraw"])
def test_nothing_is_done_by_a_link(holder, number, name):
    page = reverse("portal-tracked", args=[number])
    assert holder.get(reverse(f"portal-{name}", args=[number]))["Location"] == page
    assert queries.get_status(number).state == "pre_registered"


def test_an_unknown_number_opens_nothing(holder):
    assert holder.get(reverse("portal-move-appointment", args=["J37BZY7Z7N"])).status_code == 404
    assert "No request has this number." in post(holder, "withdraw", "J37BZY7Z7N")
