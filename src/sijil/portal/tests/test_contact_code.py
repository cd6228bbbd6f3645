"""The code between the answers and the sending: typed once for a family, wrong, late, corrected."""

import datetime as dt
import re

import pytest
from django.test import Client

from sijil.domains.appointments import queries as appointments
from sijil.domains.notifications.models import Message
from sijil.domains.population_register.models import EnrolmentRequest
from sijil.domains.population_register.tests.samples import CENTRE, FATIMA, NOW, known
from sijil.journeys import tracking
from sijil.pages import throttle
from sijil.pages.tests.html import flat
from sijil.portal.tests.test_pre_registration import (
    ANSWERS,
    HOME,
    PHONE,
    accept,
    citizen,
    country,
    fill,
    number_of,
    read_code,
    send,
)

assert citizen, country  # fixtures
pytestmark = pytest.mark.django_db
CODE = f"{HOME}code/"


def type_code(citizen, code):
    return citizen.post(CODE, {"code": code})


def moved(monkeypatch, minutes):
    now = NOW + dt.timedelta(minutes=minutes)
    monkeypatch.setattr("sijil.pages.clock.now", lambda: now)
    return now


def codes_sent(to=None):
    return Message.objects.filter(template="otp_book_place").count()


def place_free():
    return appointments.find_next_slot(CENTRE, now=NOW).free


def test_no_place_is_held_before_the_code_is_typed(citizen):
    fill(citizen)
    free = place_free()
    assert accept(citizen)["Location"] == CODE
    assert (place_free(), EnrolmentRequest.objects.count()) == (free, 0)
    page = citizen.get(CODE).content.decode()
    assert "06 12 34 56 78" in page
    assert 'autocomplete="one-time-code"' in page
    assert type_code(citizen, read_code())["Location"] == f"{HOME}done/"
    assert place_free() == free - 1
    assert tracking.find_request(number_of(citizen), now=NOW).appointment.state == "booked"


def test_a_wrong_code_books_nothing_and_five_spend_it(citizen):
    fill(citizen)
    accept(citizen)
    wrong = "000000" if read_code() != "000000" else "111111"
    answers = [type_code(citizen, wrong) for _ in range(5)]
    assert [a.status_code for a in answers] == [422] * 5
    assert "This code is not right." in answers[0].content.decode()
    assert "was tried too often" in type_code(citizen, read_code()).content.decode()
    assert not EnrolmentRequest.objects.exists()


def test_a_family_with_one_telephone_types_one_code(citizen):
    for n in range(12):
        citizen.post(HOME, {"again": "1"})
        fill(citizen, papers={"paper_kind": "cnie", "paper_number": f"AB9{n:05d}"})
        assert send(citizen)["Location"] == f"{HOME}done/"
    assert (codes_sent(), EnrolmentRequest.objects.count()) == (1, 12)
    citizen.post(HOME, {"again": "1"})
    fill(citizen, papers={"paper_number": "AB123499"})
    page = send(citizen)
    assert page.status_code == 409
    assert "has 12 open requests already" in page.content.decode()


def test_the_proof_is_of_this_browser_and_this_telephone(citizen):
    fill(citizen)
    send(citizen)
    citizen.post(HOME, {"again": "1"})
    fill(citizen, contact={"phone": "0698765432"}, papers={"paper_number": "AB777777"})
    assert accept(citizen)["Location"] == CODE
    other = Client()
    other.post(HOME)
    fill(other, papers={"paper_number": "AB777778"})
    assert accept(other)["Location"] == CODE


def test_sent_twice_without_waiting_is_one_message(citizen):
    fill(citizen)
    assert [accept(citizen)["Location"] for _ in range(3)] == [CODE] * 3
    assert codes_sent() == 1


def test_another_code_after_three_minutes(citizen, monkeypatch):
    fill(citizen)
    accept(citizen)
    early = citizen.post(f"{CODE}again/", follow=True).content.decode()
    assert "A code was asked for less than 3 minutes ago." in early
    now = moved(monkeypatch, 3)
    assert "Another code was asked for." in citizen.post(f"{CODE}again/", follow=True).content.decode()
    assert codes_sent() == 2
    assert type_code(citizen, read_code(at=now))["Location"] == f"{HOME}done/"


def test_a_number_that_is_corrected_gets_its_own_code(citizen):
    fill(citizen, contact={"phone": "0698765432"})
    accept(citizen)
    assert f'href="{HOME}contact/?check"' in citizen.get(CODE).content.decode()
    citizen.post(f"{HOME}contact/?check", ANSWERS["contact"])
    assert citizen.get(CODE)["Location"] == f"{HOME}check/"
    assert accept(citizen)["Location"] == CODE
    assert type_code(citizen, read_code(PHONE))["Location"] == f"{HOME}done/"


def test_answers_changed_after_the_acceptance_are_accepted_anew(citizen):
    fill(citizen)
    accept(citizen)
    citizen.post(f"{HOME}names/?check", ANSWERS["names"] | {"first_name_fr": "Zineb"})
    assert type_code(citizen, read_code())["Location"] == f"{HOME}check/"
    assert not EnrolmentRequest.objects.exists()


def test_without_a_mobile_telephone_the_code_goes_to_the_email(citizen):
    fill(citizen, contact={"phone": "0537123456", "email": "a@example.ma"})
    accept(citizen)
    page = citizen.get(CODE).content.decode()
    assert "Confirm your e-mail" in page
    assert type_code(citizen, read_code("a@example.ma"))["Location"] == f"{HOME}done/"


def test_a_code_never_goes_to_the_email_in_place_of_the_telephone(citizen):
    fill(citizen, contact={"email": "a@example.ma"})
    accept(citizen)
    read_code()
    assert not Message.objects.filter(channel="email").exists()


@pytest.mark.parametrize("phone", ["", "0537123456"])
def test_who_can_be_sent_no_code_has_no_appointment_and_is_told(citizen, phone):
    fill(citizen, contact={"phone": phone, "email": "", "trusted_phone": "0661223344"})
    assert citizen.get(f"{HOME}slot/").status_code == 302
    check = flat(citizen.get(f"{HOME}check/").content.decode())
    assert "None: come to the centre when it is open" in check
    assert "An appointment is kept for whoever can be sent a code" in check
    assert accept(citizen)["Location"] == f"{HOME}done/"
    found = tracking.find_request(number_of(citizen), now=NOW)
    assert (found.centre.code, found.appointment, found.may) == (CENTRE, None, ("withdraw",))
    done = flat(citizen.get(f"{HOME}done/").content.decode())
    assert "You have no appointment: come when the centre is open" in done
    assert "slip.pdf" not in done
    assert not Message.objects.exists()  # nor to the telephone of a third person


def test_who_is_signed_in_and_written_to_there_types_no_code(citizen):
    from sijil.portal.tests.test_pre_registration import signed_in

    key = known(FATIMA, NOW).key
    signed_in(citizen, key)
    fill(citizen, papers={"paper_number": "ZZ123456"})
    assert accept(citizen)["Location"] == f"{HOME}done/"
    citizen.post(HOME, {"again": "1"})
    fill(citizen, contact={"phone": "0698765432"}, papers={"paper_number": "ZZ123457"})
    assert accept(citizen)["Location"] == CODE


def test_a_page_of_another_form_confirms_nothing(citizen):
    fill(citizen)
    accept(citizen)
    hidden = dict(
        re.findall(r'name="(_keeper|_bound_to)" value="([^"]+)"', citizen.get(CODE).content.decode())
    )
    code = read_code()
    citizen.post(HOME, {"again": "1"})
    answer = citizen.post(CODE, {"code": code} | hidden, follow=True)
    assert "This page was of another form" in answer.content.decode()
    assert not EnrolmentRequest.objects.exists()


def test_a_second_click_on_the_code_is_the_same_request(citizen):
    fill(citizen)
    accept(citizen)
    number, code = citizen.session["pre_registration"], read_code()
    type_code(citizen, code)
    session = citizen.session
    session["pre_registration"] = number
    session.save()
    assert type_code(citizen, code)["Location"] == f"{HOME}done/"
    assert EnrolmentRequest.objects.count() == 1


@pytest.mark.parametrize("url", [CODE, f"{CODE}again/"])
def test_nothing_begun_leads_to_the_start(url):
    assert Client().get(url, follow=True).redirect_chain[-1] == (HOME, 302)
    assert Client().post(url, {"code": "1"}, follow=True).redirect_chain[-1] == (HOME, 302)


def test_who_asks_for_many_codes_is_slowed_down_and_a_domain_of_many_addresses_sooner(monkeypatch):
    def asked(contact, address="10.0.0.1"):
        return throttle.take_code(contact, address=address, now=NOW)

    for n in range(12):
        asked(f"a{n}@example.ma")
    with pytest.raises(Exception, match="too_often"):
        asked("a99@example.ma")
    for _ in range(4):
        asked(PHONE)
    with pytest.raises(Exception, match="too_often"):
        asked(PHONE)
    asked(PHONE, "10.0.0.2")  # the owner, from elsewhere
    for n in range(44):
        asked(f"+21261200{n:04d}")
    with pytest.raises(Exception, match="too_often"):
        asked("+212699999999")
