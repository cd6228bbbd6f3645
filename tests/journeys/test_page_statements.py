"""How often a page asks the database: who asks, the household, and all that is shown of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.journeys.household import HASSAN, citizen, fill, register, send, settle, sign_in
from tests.journeys.test_household_statements import send_alone

from sijil.domains.population_register.models import Person
from sijil.domains.scoring.models import Score
from sijil.domains.social_register.models import Member, Registration
from sijil.kernel.together import Asked, Rows, is_one_of, together
from sijil.pages import staying

pytestmark = pytest.mark.django_db
WHO = 2  # the session; the account with the state of its person
SHOWN = 2  # the household; all that is shown of it


def asked(client, path):
    client.get(path)  # what a process reads once
    with CaptureQueriesContext(connection) as made:
        assert client.get(path).status_code == 200
    return len(made)


@pytest.fixture
def family():
    return settle()


@pytest.fixture
def head(family):
    client = sign_in(family.head)
    client.post("/my-file/household/start/")
    fill(client, family)
    assert send(client).status_code == 302
    return client


@pytest.mark.parametrize("path", ["/my-file/", "/my-file/score/", "/my-file/score/terms/"])
def test_a_page_asks_as_often_for_one_as_for_five(head, family, path):
    single = register(HASSAN)
    send_alone(single)
    assert asked(head, path) == asked(sign_in(single), path) == WHO + SHOWN


def test_without_a_household_it_is_no_more(family):
    client = sign_in(family.wife)
    assert asked(client, "/my-file/") == WHO + SHOWN
    client.post("/my-file/household/start/")
    assert asked(client, "/my-file/") == WHO + SHOWN


def test_a_public_page_asks_who_comes_and_no_more(head, client):
    assert asked(head, "/track/") == asked(head, "/") == WHO
    assert asked(client, "/track/") == asked(client, "/") == 0


def test_a_click_moves_the_end_of_the_session_by_half_a_minute_at_least(head):
    head.get("/")
    written = Session.objects.get()
    assert asked(head, "/") == WHO  # nothing is written
    early = written.expire_date - staying.STEP
    Session.objects.update(expire_date=early)
    head.get("/")
    assert Session.objects.get().expire_date >= written.expire_date
    Session.objects.update(expire_date=dt.datetime.now(dt.UTC))
    assert head.get("/my-file/").status_code == 302


def test_rows_asked_together_are_those_of_django(head, family):
    file, key = Registration.objects.get(), int(family.head.key)
    code = file.household_id
    ways = [
        (lambda code: Score.objects.filter(household_code=code), [code]),
        (lambda code: Registration.objects.filter(household=code), [code]),
        (lambda code: Member.objects.filter(household=code).select_related("household"), [code]),
        (lambda keys: Person.objects.filter(is_one_of("key", keys, "bigint")), [[key]]),
        (lambda code: Score.objects.filter(household_code=code, number=-1), [code]),
    ]
    together(*(found := [Asked(list, Rows(way).of(*keys)) for way, keys in ways]))
    plain = [
        Score.objects.filter(household_code=code),
        Registration.objects.filter(household=code),
        Member.objects.filter(household=code),
        Person.objects.filter(key=key),
        Score.objects.none(),
    ]
    assert [list(map(values, one.value)) for one in found] == [list(map(values, rows)) for rows in plain]
    assert found[2].value[0].household.sealed_births
    assert citizen(family.head).person == found[3].value[0].key


def values(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
