"""Sign in, open an account, forget a password: by hand, in a browser without script."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from sijil.domains.accounts.models import Account
from sijil.domains.accounts.queries import list_sessions
from sijil.domains.accounts.services import create_staff
from sijil.domains.audit.models import AuditEntry
from sijil.domains.notifications import queries as notifications
from sijil.domains.notifications.services import send_due
from sijil.domains.population_register.tests.samples import known
from sijil.domains.population_register.types import Identity, Sex
from sijil.journeys import account_opening
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_idcs, show_idcs

NOW = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
PHONE = "+212612345678"
PASSWORD = "le figuier du jardin"
BIRTH = {"birth_date_day": "3", "birth_date_month": "2", "birth_date_year": "1984", "sex": "F"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fixed(monkeypatch, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)


@pytest.fixture
def idcs():
    birth = PartialDate(1984, 2, 3)
    identity = Identity("بناني", "عائشة", "Bennani", "Aïcha", birth, Sex.FEMALE, "04.421.01.0", phone=PHONE)
    return known(identity, NOW)


@pytest.fixture
def officer():
    return create_staff(
        login="s.alami", name="Salma", password=PASSWORD, roles=["csc_officer"], centre_code="C1", now=NOW
    )


def claim(client, number, way="open", **changes):
    return client.post(f"/account/{way}/", {"idcs": show_idcs(number)} | BIRTH | changes)


def read_code():
    send_due(NOW)
    return re.search(r"\b\d{6}\b", notifications.list_inbox(to=PHONE)[0].body)[0]


def open_account(client, idcs, way="open", password=PASSWORD):
    claim(client, idcs, way)
    client.post(f"/account/{way}/code/", {"code": read_code()})
    return client.post(f"/account/{way}/password/", {"password": password, "again": password})


def sign_in(client, login, password=PASSWORD, **extra):
    return client.post("/sign-in/", {"login": login, "password": password} | extra)


def text(response):
    return response.content.decode()


def french(client):
    client.cookies["language"] = "fr"
    return client


def test_three_pages_to_an_account_and_one_is_signed_in(client, idcs):
    assert claim(client, idcs).headers["Location"] == "/account/open/code/"
    answer = client.post("/account/open/code/", {"code": read_code()})
    assert answer.headers["Location"] == "/account/open/password/"
    done = client.post("/account/open/password/", {"password": PASSWORD, "again": PASSWORD})
    assert done.headers["Location"] == "/my-file/"
    assert "_auth_user_id" in client.session


def test_wrong_data_lead_to_the_same_page_and_no_code_is_right(client, idcs):
    french(client)
    right, wrong = Client(), Client()
    assert claim(right, idcs).headers["Location"] == claim(wrong, idcs, sex="M").headers["Location"]
    pages = [re.sub(r'value="[^"]{40,}"', "", text(c.get("/account/open/code/"))) for c in (right, wrong)]
    assert pages[0] == pages[1]
    assert wrong.post("/account/open/code/", {"code": "123456"}).status_code == 422


def test_an_unknown_number_leads_to_the_same_page(client):
    assert claim(client, draw_idcs()).headers["Location"] == "/account/open/code/"


@pytest.mark.parametrize(
    ("field", "value"),
    [("idcs", "1234567890"), ("birth_date_year", ""), ("birth_date_month", "13"), ("sex", "")],
)
def test_what_cannot_be_is_told_on_the_field(client, idcs, field, value):
    answer = claim(french(client), idcs, **{field: value})
    assert answer.status_code == 422
    assert "error-summary" in text(answer)


def test_the_session_row_holds_nothing_that_was_typed(client, idcs):
    claim(client, idcs)
    row = Session.objects.get().get_decoded()
    assert idcs not in str(row)
    assert "1984" not in str(row)


def test_a_wrong_code_says_how_many_trials_are_left(client, idcs):
    claim(french(client), idcs)
    answer = client.post("/account/open/code/", {"code": "0"})
    assert answer.status_code == 422
    assert "4" in text(answer)


@pytest.mark.parametrize(("minutes", "sent"), [(1, 1), (4, 2)])
def test_another_code_may_be_asked_for_after_three_minutes(client, idcs, monkeypatch, minutes, sent):
    claim(client, idcs)
    later = NOW + dt.timedelta(minutes=minutes)
    monkeypatch.setattr("sijil.pages.clock.now", lambda: later)
    assert client.post("/account/open/again/").headers["Location"] == "/account/open/code/"
    assert "notice" in text(client.get("/account/open/code/"))
    assert notifications.count_by_state()["queued"] == sent


@pytest.mark.parametrize("page", ["code/", "password/"])
def test_a_page_in_the_middle_leads_back_to_the_start(client, page):
    assert client.get(f"/account/open/{page}").headers["Location"] == "/account/open/"
    assert client.post("/account/open/again/").headers["Location"] == "/account/open/"


def test_the_pages_of_one_way_do_not_serve_the_other(client, idcs):
    claim(client, idcs)
    assert client.get("/account/forgotten/code/").headers["Location"] == "/account/forgotten/"


@pytest.mark.parametrize(
    ("password", "again"),
    [("court", "court"), ("password123", "password123"), (PASSWORD, "another phrase"), ("", "")],
)
def test_a_password_is_refused_on_its_field_and_may_be_tried_again(client, idcs, password, again):
    claim(client, idcs)
    client.post("/account/open/code/", {"code": read_code()})
    assert client.post("/account/open/password/", {"password": password, "again": again}).status_code == 422
    assert (
        client.post("/account/open/password/", {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    )


def test_a_forgotten_password_is_replaced(client, idcs, monkeypatch):
    open_account(Client(), idcs)
    assert open_account(client, idcs, "forgotten", "une autre phrase").headers["Location"] == "/my-file/"
    assert sign_in(Client(), idcs).status_code == 422
    assert sign_in(Client(), idcs, "une autre phrase").status_code == 302


def test_a_citizen_signs_in_by_idcs_as_written_on_the_card(client, idcs):
    open_account(Client(), idcs)
    assert sign_in(client, show_idcs(idcs)).headers["Location"] == "/my-file/"
    assert client.session.get_expiry_age() == 30 * 60


@pytest.mark.usefixtures("officer")
def test_an_officer_goes_to_the_counter_and_stays_a_working_day(client):
    assert sign_in(client, "S.Alami").headers["Location"] == "/counter/"
    assert client.session.get_expiry_age() == 8 * 3600


@pytest.mark.usefixtures("officer")
@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/counter/file/", "/counter/file/"),
        ("https://evil.example/", "/counter/"),
        ("//evil.example", "/counter/"),
        ("javascript:x", "/counter/"),
    ],
)
def test_one_comes_back_to_a_page_of_ours_only(client, wanted, goes):
    assert sign_in(client, "s.alami", next=wanted).headers["Location"] == goes


@pytest.mark.usefixtures("officer")
def test_signing_in_changes_the_key_of_the_session(client):
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client, "s.alami")
    assert client.session.session_key != before


@pytest.mark.usefixtures("officer")
def test_a_wrong_password_says_so_and_the_sixth_gives_the_time_of_the_pause(client):
    answers = [sign_in(french(client), "s.alami", "nope") for _ in range(6)]
    assert {a.status_code for a in answers} == {422}
    assert "10:15" in text(answers[-1])
    assert "10:15" not in text(answers[0])


@pytest.mark.usefixtures("officer")
def test_signing_out_takes_a_button(client):
    sign_in(client, "s.alami")
    client.get("/sign-out/")
    assert "_auth_user_id" in client.session
    client.post("/sign-out/")
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("officer")
def test_a_changed_password_keeps_this_device_and_signs_out_the_others(client):
    other = Client()
    sign_in(client, "s.alami"), sign_in(other, "s.alami")
    new = {"present": PASSWORD, "password": "une autre phrase", "again": "une autre phrase"}
    assert client.post("/account/password/", new).headers["Location"] == "/counter/"
    assert client.get("/account/password/").status_code == 200
    assert other.get("/account/password/").status_code == 302


@pytest.mark.usefixtures("officer")
@pytest.mark.parametrize("typed", [{"present": "nope"}, {"password": PASSWORD, "again": PASSWORD}])
def test_a_changed_password_is_refused(client, typed):
    sign_in(client, "s.alami")
    form = {"present": PASSWORD, "password": "une autre phrase", "again": "une autre phrase"} | typed
    assert client.post("/account/password/", form).status_code == 422


@pytest.mark.parametrize("language", ["ar", "fr", "zgh", "en"])
@pytest.mark.parametrize("address", ["/sign-in/", "/account/open/", "/account/forgotten/", "/demo/inbox/"])
def test_every_page_opens_in_every_language(client, address, language):
    client.cookies["language"] = language
    page = client.get(address)
    assert page.status_code == 200
    assert f'lang="{language}"' in text(page)


def test_the_pages_are_not_kept_by_the_browser(client):
    assert "no-store" in client.get("/sign-in/").headers["Cache-Control"]


# -- where somebody is signed in ---------------------------------------------------------------------

ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"


@pytest.fixture
def two(officer):
    here, there = Client(), Client(HTTP_USER_AGENT=ANDROID)
    sign_in(here, "s.alami"), sign_in(there, "s.alami")
    return here, there


def is_in(client):
    return client.get("/account/password/").status_code == 200


def test_what_is_open_elsewhere_is_shown_and_ended(two):
    here, there = two
    page = text(here.get("/account/sessions/"))
    assert "Chrome, Android" in page
    [other] = re.findall(r'name="id" value="([^"]+)"', page)
    assert here.post("/account/sessions/", {"id": other}).status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    assert "Chrome, Android" not in text(here.get("/account/sessions/"))
    assert AuditEntry.objects.filter(action="account.sessions_ended").count() == 1


def test_all_others_end_at_once_with_the_tokens_of_programs(two):
    here, there = two
    given = account_opening.open_session(login="s.alami", password=PASSWORD, address="", now=NOW)
    here.post("/account/sessions/", {"others": "1"})
    assert (is_in(here), is_in(there)) == (True, False)
    with pytest.raises(Refused):
        account_opening.get_token_account(given.token, now=NOW)


@pytest.mark.parametrize("form", [{}, {"id": "nonsense"}, {"id": "0199aaaa-0000-7000-8000-000000000000"}])
def test_nothing_else_ends(two, form):
    here, there = two
    assert here.post("/account/sessions/", form).status_code == 302
    assert is_in(here)
    assert is_in(there)


def test_a_session_of_somebody_else_is_not_ended(two, client, idcs):
    here, there = two
    open_account(client, idcs)
    for one in list_sessions(officer_id(), now=NOW):
        client.post("/account/sessions/", {"id": str(one.id)})
    assert is_in(here)
    assert is_in(there)


def test_it_ends_in_any_case_and_is_never_moved_beyond(two):
    here, there = two
    session = here.session
    session.end_in(dt.timedelta(minutes=1))
    session.save()
    assert is_in(here)
    left = Session.objects.order_by("expire_date")[0].expire_date - dt.datetime.now(dt.UTC)
    assert left < dt.timedelta(minutes=1)
    session.end_in(dt.timedelta(seconds=-1))
    session.save()
    assert (is_in(here), is_in(there)) == (False, True)


def test_a_session_that_a_wrong_clock_began_is_nobodys_until_then(two):
    here, there = two
    session = here.session
    session["began_at"] = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat()
    session.save()
    assert (is_in(here), is_in(there)) == (False, True)


def test_who_is_not_signed_in_is_asked_to(client):
    assert client.get("/account/sessions/").headers["Location"].startswith("/sign-in/")


def officer_id():
    return Account.objects.get(login="s.alami").id
