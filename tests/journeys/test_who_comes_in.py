"""The dead and the suspended at each door; and what the log says of trials to come in that failed."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from sijil.domains.accounts.services import create_staff
from sijil.domains.accounts.services.password import keep_password
from sijil.domains.accounts.tests.staff import with_telephone
from sijil.domains.audit.models import AuditEntry
from sijil.domains.audit.services import count_reads
from sijil.domains.population_register.errors import PERSON_DECEASED, PERSON_SUSPENDED
from sijil.domains.population_register.models import Person
from sijil.domains.population_register.tests.samples import FATIMA, known
from sijil.journeys import household_registration, identity_change, person_enrolment
from sijil.kernel.actors import citizen, officer
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 3, 9, 0, 7, tzinfo=dt.UTC)
PASSWORD = "le figuier du jardin"
STATES = {"deceased": PERSON_DECEASED, "suspended": PERSON_SUSPENDED}


@pytest.fixture(autouse=True)
def fixed(monkeypatch, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    at = [NOW]
    monkeypatch.setattr("sijil.pages.clock.now", lambda: at[0])
    return at


@pytest.fixture
def idcs():
    number = known(FATIMA, NOW)
    get_user_model().objects.create(
        login=number.key,
        kind="citizen",
        password=keep_password(number.key, PASSWORD),
        password_set_at=NOW,
        created_at=NOW,
    )
    return number


@pytest.fixture
def clerk():
    create_staff(
        login="s.alami", name="Salma", password=PASSWORD, roles=["csc_officer"], centre_code="C1",
        area="04.421", now=NOW,
    )  # fmt: skip
    return "s.alami"


def become(idcs, state):
    Person.objects.filter(key=idcs.key).update(state=state)


def by_page(client, login, password=PASSWORD):
    return client.post("/sign-in/", {"login": login, "password": password}, headers={"Cookie": "language=fr"})


def by_call(client, login, password=PASSWORD):
    body = {"login": login, "password": password}
    return client.post("/v1/sessions", body, content_type="application/json")


def told(action):
    return list(AuditEntry.objects.filter(action=action).order_by("at", "id"))


@pytest.mark.parametrize("state", STATES)
def test_sign_in_says_why_to_who_knows_the_password(client, idcs, state):
    become(idcs, state)
    page, call = by_page(client, idcs), by_call(client, idcs)
    assert page.status_code != 302
    assert (call.status_code, call.json()["code"]) == (403, STATES[state].code)
    assert by_call(client, idcs, "wrong").json()["code"] == "accounts.sign_in_refused"


@pytest.mark.parametrize("state", STATES)
def test_a_session_in_use_ends_at_the_next_click_and_goes_on_when_it_was_a_mistake(client, idcs, state):
    assert by_page(client, idcs).status_code == 302
    assert client.get("/account/password/").status_code == 200
    become(idcs, state)
    assert client.get("/account/password/").status_code == 302


@pytest.mark.parametrize("state", STATES)
def test_a_token_in_use_is_refused_in_words(client, idcs, state):
    head = {"Authorization": f"Bearer {by_call(client, idcs).json()['token']}"}
    assert client.get("/v1/sessions", headers=head).status_code == 200
    become(idcs, state)
    answer = client.get("/v1/sessions", headers={**head, "Accept-Language": "ar"})
    assert (answer.status_code, answer.json()["code"]) == (403, STATES[state].code)
    assert answer.json()["title"] != STATES[state].title


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "act",
    [
        lambda who: household_registration.start(actor=who, now=NOW),
        lambda who: household_registration.save_completion(answers={}, actor=who, now=NOW),
        lambda who: household_registration.complete(
            seen_version=1, accept_law=True, accept_info=True, actor=who, now=NOW
        ),
    ],
)
def test_no_draft_and_no_completion_for_them(idcs, state, act):
    become(idcs, state)
    with pytest.raises(Refused) as refused:
        act(citizen(idcs.key))
    assert refused.value.error is STATES[state]


def test_failed_trials_are_one_entry_a_minute_with_their_count(client, idcs, fixed):
    for _ in range(3):
        by_call(client, idcs, "wrong")
    (entry,) = told("account.sign_in_failed")
    assert (entry.subject, entry.actor_kind, entry.facts["code"]) == (
        idcs.key, "public", "accounts.sign_in_refused",
    )  # fmt: skip
    assert "127.0.0.1" not in entry.actor_id
    fixed[0] = NOW + dt.timedelta(minutes=1)
    by_call(client, idcs, "wrong")
    assert len(told("account.sign_in_failed")) == 2
    count_reads(now=NOW + dt.timedelta(hours=1))
    assert [entry.facts["count"] for entry in told("audit.reads_counted")] == [3]


def test_whatever_login_nobody_has_fills_no_disk(client):
    for number in range(4):
        by_call(client, f"nobody.{number}", "wrong")
    assert [entry.subject for entry in told("account.sign_in_failed")] == ["sign-in"]


def test_a_right_password_leaves_no_failure(client, idcs):
    by_call(client, idcs)
    assert not told("account.sign_in_failed")


def test_a_closed_door_is_noted_by_whom_and_where_once_a_minute(client, clerk):
    client.force_login(get_user_model().objects.get(login=clerk))
    assert {client.get("/backoffice/staff/").status_code for _ in range(3)} == {403}
    (entry,) = told("account.access_refused")
    assert (entry.actor_id, entry.subject) == (clerk, "door:backoffice/staff/")


def test_a_closed_call_is_noted_too(client, clerk):
    head = {"Authorization": f"Bearer {by_call(client, clerk).json()['token']}"}
    assert client.get("/v1/my-household", headers=head).status_code == 403
    (entry,) = told("account.access_refused")
    assert (entry.actor_id, entry.subject) == (clerk, "door:v1/my-household")


def test_a_search_is_noted_also_when_no_name_is_shown(idcs):
    looking = officer("s.alami", centre="C1", area="04.421")
    for _ in range(2):
        person_enrolment.search("+212600000001", actor=looking, now=NOW)
    (entry,) = told("enrolment.asked_for")
    assert (entry.actor_id, entry.subject, entry.facts["found"]) == ("s.alami", "search", 0)


def test_a_refused_search_for_a_person_is_one_entry_a_minute(idcs):
    elsewhere = officer("s.alami", centre="C1", area="01.051.01.0")
    for number in (idcs, idcs, "2696719219"):
        with pytest.raises(Refused):
            identity_change.find(idcs=number, actor=elsewhere, now=NOW)
    assert [(e.actor_id, e.subject, e.facts["code"]) for e in told("enrolment.asked_for")] == [
        ("s.alami", idcs.key, "kernel.role_refused"),
        ("s.alami", "search", "population_register.unknown_person"),
    ]


def asked_code(client, idcs):
    body = {"idcs": idcs, "birth_date": str(FATIMA.birth), "sex": FATIMA.sex.value}
    return client.post("/v1/accounts", body, content_type="application/json").json()["challenge_id"]


def test_wrong_codes_are_one_entry_a_minute_about_the_person(client, idcs, fixed):
    path = f"/v1/accounts/{asked_code(client, idcs)}/confirm"
    for minute in (0, 0, 1):
        fixed[0] = NOW + dt.timedelta(minutes=minute)
        assert client.post(path, {"code": "x"}, content_type="application/json").status_code == 422
    entries = told("account.sign_in_failed")
    assert [(e.subject, e.facts["code"]) for e in entries] == [(idcs.key, "accounts.code_wrong")] * 2


def test_a_wrong_code_on_the_page_is_counted_the_same(client, idcs):
    born = {f"birth_date_{part}": getattr(FATIMA.birth, part) for part in ("day", "month", "year")}
    client.post("/account/open/", {"idcs": idcs, "sex": FATIMA.sex.value, **born})
    client.post("/account/open/code/", {"code": "000001"})
    assert [e.subject for e in told("account.sign_in_failed")] == [idcs.key]


def test_codes_for_whatever_trial_nobody_began_fill_no_disk(client):
    for last in range(3):
        path = f"/v1/accounts/018cc251-f400-7000-8000-00000000000{last}/confirm"
        client.post(path, {"code": "123456"}, content_type="application/json")
    assert [e.subject for e in told("account.sign_in_failed")] == ["sign-in"]


def test_wrong_present_passwords_are_one_entry_a_minute(client, idcs):
    by_page(client, idcs)
    for _ in range(3):
        wrong = {"present": "wrong", "password": "une autre phrase", "again": "une autre phrase"}
        assert client.post("/account/password/", wrong).status_code == 422
    (entry,) = told("account.sign_in_failed")
    assert (entry.subject, entry.facts["code"]) == (idcs.key, "accounts.sign_in_refused")


def test_a_new_password_that_is_too_short_is_no_failed_trial(client, idcs):
    by_page(client, idcs)
    client.post("/account/password/", {"present": PASSWORD, "password": "x", "again": "x"})
    assert not told("account.sign_in_failed")


def test_failed_second_factors_are_one_entry_a_minute_by_page_and_by_call(client, clerk, fixed):
    with_telephone(clerk)
    fixed[0] = NOW + dt.timedelta(minutes=2)
    body = {"login": clerk, "password": PASSWORD, "code": "000000"}
    for _ in range(2):
        client.post("/v1/sessions", body, content_type="application/json")
    by_page(client, clerk)
    client.post("/sign-in/code/", {"code": "000000"})
    (entry,) = told("account.sign_in_failed")
    assert (entry.subject, entry.facts["code"]) == (clerk, "accounts.factor_wrong")


def test_what_is_counted_never_holds_what_was_typed(client):
    by_call(client, "secret.login", "secret password")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry e WHERE e::text LIKE '%secret%'")
        assert cursor.fetchone() == (0,)
