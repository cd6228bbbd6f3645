"""A creating call sent again with its key: done once, answered alike; nothing of it holds after a refusal."""

import datetime as dt
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from sijil.api import idempotency, reference
from sijil.api.tests.test_person import PERSON, Caller, country, proved
from sijil.config.tasks import forget_old_visits
from sijil.domains.appointments import queries as appointments
from sijil.domains.population_register.models import EnrolmentRequest
from sijil.domains.population_register.tests.samples import CENTRE, NOW, OFFICER
from sijil.journeys import person_enrolment
from sijil.pages import throttle
from sijil.pages.models import Answer

assert country  # a fixture
pytestmark = pytest.mark.django_db
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
UNKEYED = {
    "open_session": "each sign-in is a session of its own, and a token is kept nowhere",
    "confirm_account": "the code is spent by the trial, in a transaction of its own; again is refused",
    "confirm_contact": "the code is spent by the trial, in a transaction of its own; again is refused",
    "set_password": "a grant sets one password; again is refused",
    "send_civil_event": "known by the number that its source gave it, for ever",
    "report_sms": "a report known before changes nothing",
    "report_email": "a report known before changes nothing",
    "answer_abis": "an answer known before changes nothing",
    "start_household_draft": "resumes the draft that is open",
    "read_person": "reads; it is a POST so that no number stands in an address",
    "capture": "replaces the picture by itself",
    "excuse_capture": "replaces the reason by itself",
    "deposit_file": "a state is entered once; again is refused",
    "ask_for_paper": "a state is entered once; again is refused",
    "refuse_file": "a state is entered once; again is refused",
    "name_witness": "a witness stands once on a file; again is refused",
    "ask_witness_code": "codes go at a pace; too soon is refused",
    "attest": "a witness attests a file once; again is refused",
    "decide_case": "an officer decides a case once; again is refused",
    "receive_asked": "what was asked comes once; again is refused",
    "answer_appeal": "an appeal is answered once; again is refused",
    "receive_elsewhere": "the first reason stays; again changes nothing",
}


def send(body, *, key=KEY, address="10.0.0.1", path="/pre-registrations", client=None):
    headers = {"Idempotency-Key": key} if key is not None else {}
    return (client or Client()).post(
        f"/v1{path}", json.dumps(body), "application/json", headers=headers, REMOTE_ADDR=address
    )


def told(answer):
    return answer.status_code, answer.json().get("code", answer.json().get("number"))


@pytest.fixture
def form(country):
    return PERSON | {"slot_id": appointments.find_next_slot(CENTRE, now=NOW).id} | proved()


def test_the_same_again_is_answered_alike_and_done_once(form):
    first, again = send(form), send(form)
    assert (first.status_code, first.content, first["Content-Type"]) == (
        again.status_code, again.content, again["Content-Type"],
    )  # fmt: skip
    assert (first.status_code, EnrolmentRequest.objects.count()) == (201, 1)


def test_without_a_key_each_call_is_one(form):
    assert [send(form, key=None).status_code for _ in range(2)] == [201, 201]
    assert EnrolmentRequest.objects.count() == 2
    assert not Answer.objects.exists()


def test_a_file_is_opened_with_a_key_alone(country):
    officer = Caller(OFFICER.id, CENTRE, "csc_officer").client
    assert told(send(PERSON, key=None, path="/files", client=officer)) == (422, "api.key_unfit")
    assert not EnrolmentRequest.objects.exists()


def test_another_body_is_refused(form):
    send(form)
    assert told(send(form | {"phone": "0612345679"})) == (422, "api.key_differs")
    assert EnrolmentRequest.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "k" * 256])
def test_a_key_that_is_none_is_refused(form, key):
    assert told(send(form, key=key)) == (422, "api.key_unfit")
    assert not EnrolmentRequest.objects.exists()


def test_the_key_of_another_address_is_another(form):
    send(form)
    send(form, address="10.0.0.2")
    assert EnrolmentRequest.objects.count() == 2


def test_the_key_of_another_officer_is_another():
    for login in (OFFICER.id, "n.other"):
        client = Caller(login, CENTRE, "csc_officer").client
        assert send(PERSON, path="/files", client=client).status_code == 201
    assert EnrolmentRequest.objects.count() == 2


def test_who_may_no_more_is_not_answered_from_what_is_kept(monkeypatch):
    officer = Caller(OFFICER.id, CENTRE, "csc_officer").client
    assert send(PERSON, path="/files", client=officer).status_code == 201
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW + dt.timedelta(days=400))
    assert send(PERSON, path="/files", client=officer).status_code == 401


def test_a_call_without_an_answer_in_words_is_repeated_too(form):
    officer = Caller(OFFICER.id, CENTRE, "csc_officer").client
    path = f"/files/{send(form).json()['number']}/corrections"
    answers = [send({"sex": "M"}, path=path, client=officer) for _ in range(2)]
    assert [(a.status_code, a.content) for a in answers] == [(204, b"")] * 2


def test_a_refusal_holds_no_key_and_gives_no_limit_back(form, monkeypatch):
    monkeypatch.setitem(throttle.LIMITS, "pre_registration", throttle.Allowance(burst=3, every=60))
    assert told(send(form | {"phone": "06"}))[0] == 422
    assert told(send(form | {"slot_id": "gone"}))[0] == 422
    assert send(form).status_code == 201
    assert told(send(form)) == (429, "pages.too_often")


def test_of_what_died_before_its_answer_was_kept_nothing_is_left(form, monkeypatch):
    with monkeypatch.context() as dying:
        dying.setattr(idempotency._Slot, "keep", lambda slot, response: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            send(form)
    assert not EnrolmentRequest.objects.exists()
    assert (send(form).status_code, EnrolmentRequest.objects.count()) == (201, 1)


def test_a_failure_holds_no_key(form, monkeypatch):
    with monkeypatch.context() as failing:
        failing.setattr(person_enrolment, "pre_register", lambda **given: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            send(form)
    assert send(form).status_code == 201


def test_a_key_ends_and_is_forgotten(form, monkeypatch):
    send(form)
    forget_old_visits(now=NOW + dt.timedelta(hours=24, seconds=-1))
    assert Answer.objects.count() == 1
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW + dt.timedelta(hours=24))
    assert told(send(form)) == (409, "appointments.slot_past")  # done anew
    forget_old_visits(now=NOW + dt.timedelta(hours=24))
    assert not Answer.objects.exists()


def test_what_is_kept_names_nobody(form):
    number = send(form).json()["number"]
    [kept] = Answer.objects.all()
    everything = b"".join(bytes(value) for value in (kept.key, kept.body, kept.sealed_answer))
    assert number.encode() not in everything
    assert KEY.encode() not in everything


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_second_is_told_to_wait(form, monkeypatch):
    begun, may_end, real = threading.Event(), threading.Event(), person_enrolment.pre_register

    def slow(**given):
        begun.set()
        assert may_end.wait(30)
        return real(**given)

    def in_thread():
        try:
            return send(form)
        finally:
            connections.close_all()

    monkeypatch.setattr(person_enrolment, "pre_register", slow)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(in_thread)
        assert begun.wait(30)
        try:
            assert told(send(form)) == (409, "api.key_busy")
        finally:
            may_end.set()
        assert first.result().status_code == 201
    assert send(form).json() == first.result().json()
    assert EnrolmentRequest.objects.count() == 1


def test_each_call_that_makes_something_takes_a_key_or_has_a_reason():
    posts = [methods["post"] for methods in reference.document()["paths"].values() if "post" in methods]
    keyed = {
        one["operationId"]
        for one in posts
        for p in one.get("parameters", [])
        if p["name"] == "Idempotency-Key"
    }
    assert {one["operationId"] for one in posts} == keyed | set(UNKEYED)
    assert not keyed & set(UNKEYED)
    assert len(keyed) == 12
