"""The doors of an appeal: the page of the number, the counter, the back office, the API."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from tests.journeys.test_appeal import ANSWER, WHY, appeal, refused
from tests.journeys.test_person_enrolment import FIRST, NOW, OFFICER, _country

from sijil.domains.accounts.services import create_staff
from sijil.journeys import tracking
from sijil.kernel.actors import COUNTRY
from sijil.kernel.ids import draw_number
from sijil.pages.tests.html import flat

pytestmark = pytest.mark.django_db
__all__ = ["_country", "refused"]


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)


def browser(account=None):
    client = Client()
    client.cookies["language"] = "en"
    if account:
        client.force_login(account)
    return client


def staff(login, role, **where):
    where = where or {"area": COUNTRY}
    made = create_staff(login=login, name="Somebody", password="le figuier", roles=[role], now=NOW, **where)
    return get_user_model().objects.get(id=made)


def page(client, name, *args):
    return flat(client.get(reverse(name, args=args)).content.decode())


def test_the_page_of_the_number_offers_it_takes_it_and_shows_its_answer_day(refused):
    _, number, _ = refused
    client = browser()
    assert reverse("portal-contest", args=[number]) in page(client, "portal-tracked", number)
    sent = client.post(reverse("portal-contest", args=[number]), {"text": WHY}, follow=True)
    shown = flat(sent.content.decode())
    assert "Answer expected by" in shown
    assert reverse("portal-contest", args=[number]) not in shown
    assert WHY not in shown
    again = client.get(reverse("portal-contest", args=[number]))
    assert again.status_code == 302


def test_what_was_typed_stands_again_beside_what_is_wrong_with_it(refused):
    _, number, _ = refused
    answer = browser().post(reverse("portal-contest", args=[number]), {"text": "too few"})
    assert answer.status_code == 422
    assert "too few" in answer.content.decode()
    assert tracking.find_request(number, now=NOW).appeal is None


def test_a_number_that_nobody_has_has_no_such_page():
    assert browser().get(reverse("portal-contest", args=[draw_number()])).status_code == 404


def test_the_counter_receives_it_and_keeps_what_was_refused(refused):
    _, number, _ = refused
    client = browser(staff(OFFICER.id, "csc_officer", centre_code=OFFICER.centre))
    body = {"appeal-text": "too few", "appeal-kind": "cnie"}
    typed = client.post(reverse("counter-appeal", args=[number]), body, follow=True).content.decode()
    assert ">too few</textarea>" in typed
    client.post(reverse("counter-appeal", args=[number]), {"appeal-text": WHY}, follow=True)
    assert tracking.find_request(number, now=NOW).appeal.state == "received"


def test_the_back_office_lists_it_shows_it_and_answers_it(refused):
    _, number, _ = refused
    found = appeal(number)
    client = browser(staff("adjudicator-3", "adjudicator"))
    at = reverse("backoffice-appeal", args=[found.number])
    assert at in page(client, "backoffice-appeals")
    assert WHY in page(client, "backoffice-appeal", found.number)
    wrong = client.post(reverse("backoffice-answer-appeal", args=[found.number]), {"answer": ANSWER})
    assert wrong.status_code == 422
    assert ANSWER in wrong.content.decode()
    done = client.post(
        reverse("backoffice-answer-appeal", args=[found.number]), {"answer": ANSWER, "outcome": "upheld"}
    )
    assert done.status_code == 302
    assert ANSWER in page(browser(), "portal-tracked", number)


def test_who_decided_first_reads_it_and_finds_no_form(refused):
    _, number, _ = refused
    found = appeal(number)
    client = browser(staff(FIRST.id, "adjudicator"))
    assert reverse("backoffice-answer-appeal", args=[found.number]) not in page(
        client, "backoffice-appeal", found.number
    )
    sent = client.post(
        reverse("backoffice-answer-appeal", args=[found.number]), {"answer": ANSWER, "outcome": "upheld"}
    )
    assert sent.status_code == 422


def test_the_api_takes_it_from_who_holds_the_number(refused):
    _, number, _ = refused
    sent = Client().post(f"/v1/requests/{number}/appeals", {"text": WHY}, content_type="application/json")
    assert (sent.status_code, sent.json()["state"]) == (201, "received"), sent.content
    shown = Client().get(f"/v1/requests/{number}").json()
    assert shown["appeal"]["number"] == sent.json()["number"]
    assert shown["appeal"]["answer"] == ""
    again = Client().post(f"/v1/requests/{number}/appeals", {"text": WHY}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "grievances.already_received")
