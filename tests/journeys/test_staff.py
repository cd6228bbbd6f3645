"""From two one-time links to an officer who signs in, over HTTP and without script; and what ends at once."""

from __future__ import annotations

import datetime as dt
import re

import pyotp
import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from tests.journeys.small_country import CENTRE

from sijil.domains.accounts.models import Account
from sijil.domains.appointments.services import load_centres
from sijil.domains.audit.models import AuditEntry
from sijil.domains.geography.services import load_reference
from sijil.journeys import staff_accounts
from sijil.kernel.actors import system

NOW = dt.datetime(2026, 11, 27, 9, 5, tzinfo=dt.UTC)
COMMAND = system("sijil staff")
PASSWORD = "le figuier du jardin"
TWICE = {"password": PASSWORD, "again": PASSWORD}
pytestmark = pytest.mark.django_db


class Clock:
    def __init__(self):
        self.at = NOW

    def pass_by(self, **more):
        self.at += dt.timedelta(**more)


@pytest.fixture(autouse=True)
def clock(monkeypatch, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STAFF_SECOND_FACTOR = True
    made = Clock()
    monkeypatch.setattr("sijil.pages.clock.now", lambda: made.at)
    return made


class Person:
    """Somebody with a browser, and perhaps a telephone."""

    def __init__(self, clock, language="en"):
        self.clock, self.client, self.secret = clock, Client(), ""
        self.client.cookies["language"] = language

    def open(self, path, status=200):
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.get("Location"))
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))

    def send(self, path, to="", **values):
        """Send a form; it must lead to ``to``."""
        answer = self.client.post(path, values)
        words = re.sub(r"<[^>]+>", " ", answer.content.decode())
        assert answer.status_code == 302, re.sub(r"\s+", " ", words)
        assert to in ("", answer["Location"]), answer["Location"]
        return answer["Location"]

    def use_link(self, link, **more):
        """Open a link, choose a password, add a telephone."""
        assert self.client.get(link)["Location"] == "/account/link/"
        self.open("/account/link/")
        self.send("/account/link/", "/account/telephone/", **TWICE, **more)
        page = self.client.get("/account/telephone/").content.decode()
        self.secret = re.sub(r"\s", "", re.search(r'<code class="ltr">([A-Z2-7 ]+)</code>', page)[1])
        return self.send("/account/telephone/", code=self.code())

    def code(self):
        return pyotp.TOTP(self.secret).at(self.clock.at)

    def sign_in(self, login, to):
        self.clock.pass_by(seconds=30)  # each code is taken once
        self.send("/sign-in/", "/account/telephone/code/", login=login, password=PASSWORD)
        self.send("/account/telephone/code/", to, code=self.code())


def link_of(invitation):
    return f"/account/link/{invitation.token}/"


@pytest.fixture
def pair(clock):
    """Two administrators, each activated by the other."""
    people = [Person(clock), Person(clock)]
    links = staff_accounts.found(actor=COMMAND, now=NOW)
    for person, link, name in zip(people, links, ("Amal", "Badr"), strict=True):
        assert person.use_link(link_of(link), name=name) == "/account/waiting/"
    one, other = people
    assert "administrator.2" in one.open("/account/waiting/")
    one.send("/account/waiting/", "/account/waiting/")
    assert other.client.get("/account/waiting/")["Location"] == "/backoffice/"  # active: let in
    other.send("/backoffice/staff/account/administrator.1/activate/")
    one.client.get("/account/waiting/")
    return one, other


def ask(administrator, *, roles=("csc_officer",), area=f"centre:{CENTRE}", login="s.alami", until=""):
    """Ask for an account page by page; return the one-time link shown."""
    new = "/backoffice/staff/new/"
    administrator.send(new, f"{new}area/", roles=list(roles))
    administrator.send(f"{new}area/?in={area}", f"{new}person/")
    administrator.send(
        f"{new}person/", f"{new}check/", name="Salma Alami", login=login, starts_on="2026-11-27", until=until
    )
    administrator.open(f"{new}check/")
    administrator.send(f"{new}check/", "/backoffice/staff/link/")
    page = administrator.open("/backoffice/staff/link/")
    return re.search(r"http://testserver(/account/link/[\w-]+/)", page)[1]


@pytest.fixture
def officer(clock, pair):
    """An officer of a centre whom one administrator asked for and the other activated."""
    load_reference(NOW)
    load_centres(now=NOW)
    one, other = pair
    found = Person(clock)
    assert found.use_link(ask(one)) == "/account/waiting/"
    other.send("/backoffice/staff/account/s.alami/activate/", "/backoffice/staff/account/s.alami/")
    return found


def test_from_two_links_to_an_officer_who_signs_in(officer, pair):
    assert officer.client.get("/account/waiting/")["Location"] == "/counter/"
    officer.client.post("/sign-out/")
    officer.sign_in("s.alami", "/counter/")
    officer.open("/counter/")
    found = Account.objects.get(login="s.alami")
    assert (found.centre_code, found.area) == (CENTRE, "04.421.01.0")
    steps = "Asked for · administrator.1 .* Activated · administrator.2"
    assert re.search(steps, pair[0].open("/backoffice/staff/account/s.alami/"))
    acts = list(AuditEntry.objects.filter(subject="s.alami").values_list("action", "actor_id").order_by("id"))
    assert [act for act in acts if act[0] != "staff.read"] == [
        ("staff.requested", "administrator.1"),
        ("staff.link_used", "s.alami"),
        ("staff.factor_set", "s.alami"),
        ("staff.activated", "administrator.2"),
        ("account.signed_in", "s.alami"),
        ("account.signed_in", "s.alami"),
    ]


def test_who_asked_cannot_activate_and_is_told_so(officer, pair):
    one, _ = pair
    one.send("/backoffice/staff/account/s.alami/ask_anew/", "/backoffice/staff/link/")
    assert "This step is not open to you now." in one.open("/backoffice/staff/account/s.alami/activate/")
    answer = one.client.post("/backoffice/staff/account/s.alami/activate/")
    assert answer.status_code == 422
    assert "Only the persons and offices that the file concerns may." in answer.content.decode()


def test_a_closed_account_is_nobody_at_its_next_request(officer, pair):
    officer.client.get("/account/waiting/")
    officer.open("/counter/")
    pair[0].send("/backoffice/staff/account/s.alami/close/", reason="left")
    assert officer.client.get("/counter/")["Location"] == "/sign-in/?next=/counter/"
    assert officer.client.post("/counter/new/")["Location"].startswith("/sign-in/")


def test_a_suspended_account_does_not_go_on_when_it_comes_back(officer, pair, clock):
    officer.client.get("/account/waiting/")
    one, other = pair
    one.send("/backoffice/staff/account/s.alami/suspend/", reason="absent")
    one.send("/backoffice/staff/account/s.alami/ask_anew/", "/backoffice/staff/link/")
    link = re.search(r"(/account/link/[\w-]+/)", one.open("/backoffice/staff/link/"))[1]
    fresh = Person(clock)
    fresh.use_link(link)
    other.send("/backoffice/staff/account/s.alami/activate/")
    assert fresh.client.get("/account/waiting/")["Location"] == "/counter/"
    assert officer.client.get("/counter/").status_code == 302


def test_an_expired_account_neither_goes_on_nor_comes_in(officer, clock):
    officer.client.get("/account/waiting/")
    Account.objects.filter(login="s.alami").update(valid_until=NOW.date())
    officer.open("/counter/")
    clock.pass_by(hours=16)
    assert officer.client.get("/counter/").status_code == 302
    answer = officer.client.post("/sign-in/", {"login": "s.alami", "password": PASSWORD})
    assert answer.status_code == 422
    assert "The login or the password is not right." in answer.content.decode()


def test_a_link_is_shown_once_and_used_once(pair, clock):
    load_reference(NOW)
    load_centres(now=NOW)
    link = ask(pair[0])
    assert pair[0].client.get("/backoffice/staff/link/")["Location"] == "/backoffice/staff/"
    person = Person(clock)
    person.use_link(link)
    for again in (Person(clock), person):
        assert "Ask an administrator for a new one." in again.open(link, status=409)


def test_a_link_that_ran_out_says_what_to_do(clock):
    made = staff_accounts.found(actor=COMMAND, now=NOW)
    clock.pass_by(minutes=60)
    person = Person(clock, "fr")
    assert "Demandez-en un nouveau à un administrateur." in person.open(link_of(made[0]), status=409)


def test_the_password_alone_is_remembered_five_minutes(officer, clock):
    clock.pass_by(seconds=30)
    officer.send("/sign-in/", "/account/telephone/code/", login="s.alami", password=PASSWORD)
    clock.pass_by(minutes=5)
    answer = officer.client.post("/account/telephone/code/", {"code": officer.code()})
    assert answer["Location"] == "/sign-in/"
    assert officer.client.get("/counter/").status_code == 302


def test_the_same_code_does_not_let_in_a_second_browser(officer, clock):
    clock.pass_by(seconds=30)
    thief = Person(clock)
    for person in (officer, thief):
        person.send("/sign-in/", "/account/telephone/code/", login="s.alami", password=PASSWORD)
    officer.send("/account/telephone/code/", "/counter/", code=officer.code())
    answer = thief.client.post("/account/telephone/code/", {"code": officer.code()})
    assert answer.status_code == 422
    assert thief.client.get("/counter/").status_code == 302


def test_wrong_login_wrong_password_and_closed_account_are_answered_alike(officer, pair):
    pair[0].send("/backoffice/staff/account/s.alami/close/", reason="left")
    officer.client.post("/sign-out/")
    tried = [("s.alami", PASSWORD), ("administrator.1", "not the one"), ("nobody.here", PASSWORD)]
    answers = {}
    for login, password in tried:
        answer = Client().post("/sign-in/", {"login": login, "password": password})
        body = re.sub(r'value="[^"]*"', "", answer.content.decode())
        answers[(answer.status_code, body)] = login
    assert len(answers) == 1


def test_the_api_asks_for_the_code_too(officer, clock):
    clock.pass_by(seconds=30)
    body = {"login": "s.alami", "password": PASSWORD}
    post = Client().post
    refused = post("/v1/sessions", body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (401, "accounts.factor_needed")
    body["code"] = officer.code()
    assert post("/v1/sessions", body, content_type="application/json").status_code == 201
    assert post("/v1/sessions", body, content_type="application/json").status_code == 422


def test_without_the_setting_no_telephone_is_asked_for(settings, clock):
    settings.STAFF_SECOND_FACTOR = False
    made = staff_accounts.found(actor=COMMAND, now=NOW)
    person = Person(clock)
    person.client.get(link_of(made[0]))
    person.send("/account/link/", "/account/waiting/", name="Amal", **TWICE)


def test_sessions_stand_under_digests(pair):
    keys = {person.client.cookies["sessionid"].value for person in pair}
    rows = set(Session.objects.values_list("session_key", flat=True))
    assert len(keys) == 2
    assert not keys & rows


def test_nobody_is_named_in_a_session(pair):
    load_reference(NOW)
    one, _ = pair
    new = "/backoffice/staff/new/"
    one.send(new, f"{new}area/", roles=["auditor"])
    one.send(f"{new}area/", f"{new}person/")
    one.send(f"{new}person/", name="Salma Alami", login="s.alami", starts_on="2026-11-27")
    decoded = [row.get_decoded() for row in Session.objects.all()]
    assert not [kept for kept in decoded if "Alami" in str(kept)]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"roles": []}, "Choose at least one role."),
        ({"roles": ["administrator", "csc_officer"]}, "These roles do not go together in one account."),
    ],
)
def test_a_refused_choice_says_the_remedy(pair, values, words):
    answer = pair[0].client.post("/backoffice/staff/new/", values)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_an_area_too_wide_is_not_offered(pair):
    load_reference(NOW)
    load_centres(now=NOW)
    one, new = pair[0], "/backoffice/staff/new/"
    one.send(new, f"{new}area/", roles=["csc_officer"])
    assert "choose a smaller one" in one.open(f"{new}area/")
    assert one.client.post(f"{new}area/").status_code == 200
    assert one.client.get(f"{new}area/?in=nowhere").status_code == 422
    for area in ("04", "04.421", "04.421.01.0"):
        assert "choose a smaller one" in one.open(f"{new}area/?in={area}")
    assert "Choose this area" in one.open(f"{new}area/?in=centre:{CENTRE}")


@pytest.mark.parametrize("language", ["ar", "fr", "zgh", "en"])
def test_every_page_of_it_opens_in_every_language(pair, language, clock):
    load_reference(NOW)
    one, new = pair[0], "/backoffice/staff/new/"
    one.client.cookies["language"] = language
    one.send(new, f"{new}area/", roles=["auditor"])
    one.send(f"{new}area/", f"{new}person/")
    one.send(f"{new}person/", name="Salma", login="s.alami", starts_on="2026-11-27", until="2027-11-27")
    account = "/backoffice/staff/account/administrator.2/"
    for path in ("/backoffice/staff/", new, f"{new}area/", f"{new}person/", f"{new}check/", account):
        assert f'lang="{language}"' in one.client.get(path).content.decode()
    for action in ("activate", "ask_anew", "suspend", "close"):
        one.open(f"{account}{action}/")
    one.send(f"{account}close/", account, reason="left")
    assert one.client.get(f"{account}never/").status_code == 404
