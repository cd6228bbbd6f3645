"""A contact proved over HTTP, then a place with it."""

import re

import pytest

from sijil.api.tests.test_person import PERSON, PHONE, Caller, country
from sijil.domains.appointments import queries as appointments
from sijil.domains.notifications import queries as notifications
from sijil.domains.notifications.services import send_due
from sijil.domains.population_register import queries
from sijil.domains.population_register.tests.samples import CENTRE, NOW

assert country  # a fixture
pytestmark = pytest.mark.django_db


def ask(**contact):
    return Caller().post("/contact-codes", contact or {"phone": "0612345678"})


def code():
    send_due(NOW)
    return re.search(r"\b\d{6}\b", notifications.list_inbox(to=PHONE)[0].body)[0]


def confirm(asked, typed):
    return Caller().post(f"/contact-codes/{asked.json()['challenge_id']}/confirm", {"code": typed})


def told(answer):
    return answer.status_code, answer.json()["code"]


def test_a_code_a_proof_a_place():
    asked = ask()
    assert asked.status_code == 202
    slot = appointments.find_next_slot(CENTRE, now=NOW)
    body = PERSON | {"slot_id": slot.id}
    assert told(Caller().post("/pre-registrations", body)) == (409, "accounts.contact_unproved")
    proof = confirm(asked, code()).json()["proof"]
    number = Caller().post("/pre-registrations", body | {"proof": proof}).json()["number"]
    assert queries.get_status(number).state == "pre_registered"


def test_a_proof_is_no_grant_for_a_password_and_its_code_none_either():
    asked = ask()
    at_accounts = f"/accounts/{asked.json()['challenge_id']}/confirm"
    assert told(Caller().post(at_accounts, {"code": code()})) == (409, "accounts.code_spent")
    proof = confirm(asked, code()).json()["proof"]
    body = {"grant": proof, "password": "le figuier du jardin"}
    assert told(Caller().post("/accounts/password", body)) == (409, "accounts.grant_invalid")


def test_what_receives_no_code_is_told():
    assert told(ask(phone="0537123456")) == (409, "appointments.place_needs_contact")
    assert told(ask(phone="", email="")) == (409, "appointments.place_needs_contact")
    assert ask(phone="06").status_code == 422


def test_one_address_asks_for_one_telephone_a_few_times():
    assert [ask().status_code for _ in range(5)] == [202, 429, 429, 429, 429]
    assert told(ask()) == (429, "pages.too_often")
