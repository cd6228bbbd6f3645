"""The screen says saved when the server saved, what it is when not, and nothing typed is lost."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from sijil.domains.population_register.tests.samples import known
from sijil.journeys import household_registration
from sijil.kernel.actors import Actor, ActorKind
from sijil.pages import clock
from tests.browser.test_household_journey import HASSAN, PHONES, account_of

pytestmark = pytest.mark.browser
GOODS = "/my-file/household/questions/goods/"
STATUS = "[data-autosave-status]"


def sign_in(page: Page, site: str, key: str) -> None:
    """Put the session of a person in the browser, for the whole site."""
    client = Client()
    client.force_login(account_of(key))
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


def citizen(key: str) -> Actor:
    return Actor(ActorKind.CITIZEN, key)


@pytest.fixture
def head(site: str) -> str:
    """A person whose household's form is begun."""
    key = known(replace(HASSAN, phone=next(PHONES)), clock.now()).key
    household_registration.start(actor=citizen(key), now=clock.now())
    return key


@pytest.fixture
def page(open_page: Callable[..., Page], head: str, site: str) -> Page:
    opened = open_page("/", language="fr", width=390)
    sign_in(opened, site, head)
    opened.goto(site + GOODS)
    return opened


def typed(key: str, field: str) -> object:
    answers = household_registration.get_file(actor=citizen(key), now=clock.now()).draft.answers
    return answers[field].raw if field in answers else None


def change(page: Page, value: str = "3") -> None:
    page.fill("[name=mobiles]", value)
    page.locator("[name=mobiles]").blur()


def expect_nothing_kept(page: Page) -> None:
    for _ in range(100):  # no wait_for_function: the pages forbid evaluated text
        if kept(page) == 0:
            return
        page.wait_for_timeout(100)
    assert kept(page) == 0


def kept(page: Page) -> int:
    return int(page.evaluate("Object.keys(sessionStorage).filter(k => k.startsWith('sijil:')).length"))


def forget_token(page: Page) -> None:
    page.context.add_cookies(
        [{"name": "csrftoken", "value": "a" * 32, "url": page.url.split("/my-file/")[0]}]
    )


def test_saved_is_said_at_the_time_of_the_country(page: Page, head: str) -> None:
    before = dt.datetime.now(ZoneInfo("Africa/Casablanca"))
    change(page)
    expect(page.locator(STATUS)).to_have_text(re.compile(r"\d\d:\d\d"))
    shown = page.locator(STATUS).inner_text()
    after = dt.datetime.now(ZoneInfo("Africa/Casablanca"))
    assert any(f"{moment:%H:%M}" in shown for moment in (before, after))
    assert typed(head, "mobiles") == "3"
    expect_nothing_kept(page)


def test_a_lost_session_says_so_and_after_signing_in_the_answer_is_back(
    page: Page, head: str, site: str
) -> None:
    page.context.clear_cookies(name="sessionid")
    change(page)
    expect(page.locator(STATUS)).to_contain_text("Votre session est terminée")
    assert typed(head, "mobiles") is None
    page.locator(f"{STATUS} a").click()
    page.wait_for_url("**/sign-in/?next=*")
    wanted = page.locator("input[name=next]").get_attribute("value") or ""
    sign_in(page, site, head)
    page.goto(site + wanted)
    expect(page.locator("[name=mobiles]")).to_have_value("3")
    expect(page.locator("[name=mobiles]")).to_be_focused()
    expect(page.locator(STATUS)).to_have_text(re.compile(r"\d\d:\d\d"))
    expect_nothing_kept(page)
    assert typed(head, "mobiles") == "3"


def test_the_button_after_a_lost_session_loses_nothing_either(page: Page, head: str, site: str) -> None:
    page.context.clear_cookies(name="sessionid")
    page.fill("[name=mobiles]", "4")
    page.locator("main .actions button").first.click()
    page.wait_for_url(lambda url: "/sign-in/" in url)
    expect(page.locator("main .notice.warning")).to_contain_text("Votre session est terminée")
    sign_in(page, site, head)
    page.goto(site + GOODS)
    expect(page.locator("[name=mobiles]")).to_have_value("4")


def test_an_old_token_is_replaced_and_the_answer_sent_again(page: Page, head: str) -> None:
    forget_token(page)
    change(page)
    expect(page.locator(STATUS)).to_have_text(re.compile(r"\d\d:\d\d"))
    expect_nothing_kept(page)
    assert typed(head, "mobiles") == "3"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_form_with_an_old_token_is_offered_again(
    open_page: Callable[..., Page], head: str, site: str, scripts: bool
) -> None:
    page = open_page("/", language="ar", width=390, scripts=scripts)
    sign_in(page, site, head)
    page.goto(site + GOODS)
    forget_token(page)
    page.fill("[name=mobiles]", "5")
    if scripts:  # nothing else listens: the form is sent as it stands
        page.evaluate("document.querySelector('[data-autosave]').submit()")
    else:
        page.locator("main .actions button").first.click()
    page.locator("main form button").click()
    page.wait_for_url(lambda url: "/questions/" in url)
    assert typed(head, "mobiles") == "5"


def test_no_network_is_said_and_mended_when_it_is_back(page: Page, head: str) -> None:
    page.context.set_offline(True)
    change(page)
    expect(page.locator(STATUS)).to_contain_text("pas de réseau")
    assert kept(page) == 1
    page.context.set_offline(False)
    expect(page.locator(STATUS)).to_have_text(re.compile(r"\d\d:\d\d"))
    expect_nothing_kept(page)
    assert typed(head, "mobiles") == "3"


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, "<p>a page</p>"), (200, "{}"), (503, "busy"), (302, ""), (500, '{"saved_at": "09:00"}')],
)
def test_an_answer_that_does_not_say_saved_is_not_saved(page: Page, status: int, body: str) -> None:
    kind = "application/json" if body.startswith("{") else "text/html"
    headers = {"Content-Type": kind} | ({"Location": "/sign-in/"} if status == 302 else {})
    page.route("**/goods/?page=*", lambda route: route.fulfill(status=status, body=body, headers=headers))
    change(page)
    expect(page.locator(STATUS)).to_contain_text("Non enregistré")
    expect(page.locator(STATUS)).not_to_contain_text("réseau")
    assert kept(page) == 1


def test_a_server_that_is_down_is_not_called_no_network(page: Page) -> None:
    page.route("**/goods/?page=*", lambda route: route.abort("connectionrefused"))
    change(page)
    expect(page.locator(STATUS)).to_contain_text("Non enregistré")
    expect(page.locator(STATUS)).not_to_contain_text("réseau")
    assert kept(page) == 1


def test_signing_out_clears_what_was_kept(page: Page) -> None:
    page.context.set_offline(True)
    change(page)
    expect(page.locator(STATUS)).to_contain_text("pas de réseau")
    page.context.set_offline(False)
    page.evaluate("document.querySelector('form[data-autosave]').remove()")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".who button").click()
    page.wait_for_url(lambda url: url.endswith("/"))
    expect_nothing_kept(page)


def test_another_account_finds_nothing(page: Page, site: str) -> None:
    page.context.clear_cookies(name="sessionid")
    change(page)
    expect(page.locator(STATUS)).to_contain_text("Votre session est terminée")
    assert kept(page) == 1
    sign_in(page, site, known(replace(HASSAN, phone=next(PHONES)), clock.now()).key)
    page.goto(site + "/my-file/")
    expect_nothing_kept(page)


def test_after_half_an_hour_it_is_gone(page: Page, site: str) -> None:
    page.context.clear_cookies(name="sessionid")
    change(page)
    expect(page.locator(STATUS)).to_contain_text("Votre session est terminée")
    page.evaluate(
        "() => { const k = Object.keys(sessionStorage)[0], e = JSON.parse(sessionStorage[k]);"
        " sessionStorage[k] = JSON.stringify({...e, at: e.at - 31 * 60000}); }"
    )
    page.goto(site + "/")
    expect_nothing_kept(page)
