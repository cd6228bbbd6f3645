"""Background calls are told what happened; a form with an old token is offered again to its own person."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils.html import escape

from sijil.pages import background, clock

pytestmark = pytest.mark.django_db
RACHIDA = "1000000000000000001"
PAGE = "/account/password/"
HERE = {"HTTP_ORIGIN": "http://testserver"}


def account(login):
    facts = {"kind": "citizen", "roles": [], "created_at": clock.now(), "password": "!"}
    return get_user_model().objects.create(login=login, **facts)


@pytest.fixture
def client():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(account(RACHIDA))
    browser.cookies["language"] = "en"
    return browser


def keeper_on(page):
    return page.content.decode().partition('data-keeper="')[2].partition('"')[0]


def send(client, **typed):
    return client.post(PAGE, typed, **HERE)


def test_a_script_is_told_that_nobody_is_signed_in():
    told = Client().post(PAGE, {}, HTTP_X_BACKGROUND="1", HTTP_REFERER="http://testserver/my-file/?a=1")
    body = json.loads(told.content)
    assert (told.status_code, body["state"]) == (401, "signed_out")
    assert body["link"]["url"] == "/sign-in/?next=%2Fmy-file%2F"


def test_a_form_is_told_so_on_the_sign_in_page_which_comes_back():
    browser = Client()
    browser.cookies["language"] = "en"
    sent = browser.post(PAGE, {}, HTTP_REFERER="http://testserver/my-file/", follow=True)
    assert "Your session has ended." in sent.content.decode()
    assert "next=/my-file/" in sent.redirect_chain[0][0]


def test_a_script_with_an_old_token_gets_a_fresh_one_and_whose_page_it_is(client):
    keeper = keeper_on(client.get(PAGE))
    told = client.post(PAGE, {"present": "x"}, HTTP_X_BACKGROUND="1", **HERE)
    body = json.loads(told.content)
    assert (told.status_code, body["state"], body["keeper"]) == (403, "stale", keeper)
    again = client.post(PAGE, {"present": "x"}, HTTP_X_CSRFTOKEN=body["token"], **HERE)
    assert again.status_code == 422


def test_a_refusal_is_told_to_a_script_in_words(client):
    told = client.get("/counter/", HTTP_X_BACKGROUND="1")
    assert told.status_code == 403
    assert json.loads(told.content)["words"].startswith("Your account may not open this page.")


def test_what_was_typed_is_offered_again_but_never_a_password(client):
    keeper = keeper_on(client.get(PAGE))
    page = send(client, _keeper=keeper, rooms="3", name='"<b>', present="secret word")
    text = page.content.decode()
    assert page.status_code == 403
    assert '<input type="hidden" name="rooms" value="3">' in text
    assert f'name="name" value="{escape(chr(34) + "<b>")}"' in text
    assert "secret word" not in text


def test_another_person_is_not_offered_it(client):
    keeper = keeper_on(client.get(PAGE))
    client.force_login(account("1000000000000000002"))
    assert 'value="3"' not in send(client, _keeper=keeper, rooms="3").content.decode()


@pytest.mark.parametrize("origin", [{"HTTP_ORIGIN": "https://evil.example"}, {}, {"HTTP_ORIGIN": "null"}])
def test_the_form_of_another_site_does_not_become_one_of_ours(client, origin):
    keeper = keeper_on(client.get(PAGE))
    page = client.post(PAGE, {"_keeper": keeper, "rooms": "3"}, **origin)
    assert page.status_code == 403
    assert 'value="3"' not in page.content.decode()


def test_the_keeper_names_nobody_and_a_passer_by_has_none(client, rf):
    keeper = keeper_on(client.get(PAGE))
    assert keeper
    assert RACHIDA not in keeper
    assert keeper_on(Client().get("/")) == ""
    assert background.keeper(rf.get("/")) == ""
