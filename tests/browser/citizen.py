"""A citizen at the keyboard: opens an account, fills in the household's form, sends it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import Page, expect

from sijil.domains.notifications.services import send_due
from sijil.domains.population_register.types import Identity
from sijil.pages import clock

PASSWORD = "olive figue amande 27"
Sound = Callable[[Page], None]
HEAD = {
    "relation": "head", "marital_status": "married", "education_level": "none", "diploma": "none",
    "activity": "employed", "occupation": "labourer", "professional_status": "private_employee",
    "health_cover": "none",
}  # fmt: skip
SPOUSE = {
    "relation": "spouse", "marital_status": "married", "education_level": "primary", "diploma": "none",
    "activity": "homemaker", "health_cover": "none",
}  # fmt: skip
PUPIL = {"relation": "child", "schooling": "public", "health_cover": "none"}
HOUSEHOLD = {
    "rooms": "1", "bath": "1", "garage": "0", "second_home": "0", "business_premises": "0",
    "electricity_meter": "1", "electricity_bills_0": "50", "electricity_bills_1": "30,00",
    "water_bills_0": "20", "butane_big": "1", "butane_small": "0", "computer": "0", "dish_antenna": "0",
    "fixed_line": "0", "mobiles": "1", "cars": "0", "motorcycles": "0", "telecom_bills_0": "20", "loan": "0",
}  # fmt: skip


def go_on(page: Page) -> None:
    """Press the first button of the page's form."""
    page.locator("main form button:not(.secondary)").first.click()


def choose_password(page: Page, idcs: str, who: Identity, sound: Sound) -> None:
    """Open an account, or a forgotten one again: claim, read the code in the inbox of the demonstration,
    choose a password; come out signed in."""
    site = page.url.split("/account/")[0]
    page.fill("[name=idcs]", idcs)
    _type_birth(page, "birth_date", who)
    page.check(f"[name=sex][value={who.sex}]")
    go_on(page)
    page.wait_for_url("**/account/*/code/")
    sound(page)
    page.fill("[name=code]", read_code(page, site, who.phone))
    go_on(page)
    page.wait_for_url("**/account/*/password/")
    sound(page)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    go_on(page)
    page.wait_for_url("**/my-file/")


def read_code(page: Page, site: str, phone: str) -> str:
    send_due(clock.now())
    inbox = page.context.new_page()
    inbox.goto(f"{site}/demo/inbox/?to={phone.replace('+', '%2B')}")
    found = re.search(r"\b(\d{6})\b", inbox.locator("article.card").first.locator("div").inner_text())
    inbox.close()
    assert found, "no code came"
    return found[1]


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    go_on(page)


def start_form(page: Page) -> None:
    """From my file to the list of members."""
    page.locator("a[href$='/household/start/']").first.click()
    go_on(page)
    page.locator("a[href$='/household/members/']").first.click()


def answer_head(page: Page) -> None:
    """From the list of members, answer about oneself, page by page, back to the list."""
    page.locator("main .task-list a").first.click()
    _answer_pages(page, HEAD)


def add_member(page: Page, idcs: str, who: Identity, answers: Mapping[str, str]) -> None:
    """Add a person by IDCS and birth date, and answer about them, back to the list."""
    page.locator("a[href$='/members/add/']").click()
    page.fill("[name=idcs]", idcs)
    _type_birth(page, "birth", who)
    _next(page)
    _answer_pages(page, answers)


def _answer_pages(page: Page, answers: Mapping[str, str]) -> None:
    while not page.url.endswith("/household/members/"):
        answer(page, answers)
        _next(page)


def _next(page: Page) -> None:
    before = page.url
    go_on(page)
    expect(page).not_to_have_url(before)


def answer(page: Page, answers: Mapping[str, str]) -> None:
    """Give those of the answers that this page asks."""
    asked = set(page.locator("main [name]").evaluate_all("all => all.map(one => one.name)"))
    for name in [name for name in answers if name in asked]:
        if page.locator(f"main input[type=radio][name={name}]").count():
            page.check(f"main input[name={name}][value='{answers[name]}']")
        elif page.locator(f"main select[name={name}]").count():
            page.select_option(f"main select[name={name}]", answers[name])
        else:
            page.fill(f"main input[name={name}]", answers[name])


def begin_household(page: Page) -> None:
    """From the list of members to the first page about the household."""
    page.locator("main > div > .actions a").last.click()
    page.wait_for_url("**/questions/dwelling/")


def answer_household(page: Page, sound: Sound) -> None:
    """Answer every page about the household, to the page of checks."""
    while "/questions/" in page.url:
        answer(page, HOUSEHOLD)
        sound(page)
        _next(page)
    page.wait_for_url("**/household/check/")


def send(page: Page) -> None:
    """Tick both statements and send."""
    page.check("[name=accept_law]")
    page.check("[name=accept_info]")
    go_on(page)
    page.wait_for_url("**/household/sent/")


def _type_birth(page: Page, name: str, who: Identity) -> None:
    page.fill(f"[name={name}_year]", str(who.birth.year))
    if who.birth.month:
        page.fill(f"[name={name}_month]", str(who.birth.month))
    if who.birth.day:
        page.fill(f"[name={name}_day]", str(who.birth.day))
