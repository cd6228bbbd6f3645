"""Every page, in Arabic and in French, in a real browser: axe, the console, the weight, the small screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from tests.browser import country
from tests.browser.conftest import enter, window
from tests.browser.listed import IN_JOURNEYS, NOT_PAGES, PAGES, Listed, plain_names
from tests.browser.reading_order import out_of_order
from tests.browser.soundness import keep_axe, overflow, sent, violations, violations_in_the_dark, weight

MOST_BYTES = 70_000  # as it stands; over the line a quarter of it
OF_STAFF = {"counter-new": 80_000}  # every question of the person's form, 250 countries and the line, at once
MOST_SENT = 90_000  # a first visit with its fonts, over the line
WIDTHS = {"ar": 390, "fr": 1100}  # what axe sees: a phone in one language, a desk in the other
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def session_of(site: str, django_db_blocker: Any) -> Callable[[str], str]:
    """The demo country on top of the site; role -> the session of the ready account that holds it."""
    with django_db_blocker.unblock():
        country.make()

    @cache
    def session(role: str) -> str:
        client = Client()
        client.force_login(country.account_of(role))
        return client.cookies["sessionid"].value

    return session


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Iterator[dict[str, Page]]:
    """One window per language for all pages: to open one costs more than to look at a page."""
    kept = {language: window(browser, width=width) for language, width in WIDTHS.items()}
    for page in kept.values():
        keep_axe(page)
    yield kept
    for page in kept.values():
        page.context.close()


@pytest.fixture
def turn_to(windows: dict[str, Page], site: str, session_of: Callable[[str], str]) -> Callable[..., Page]:
    """Return a function that opens a page in the window of its language, which remembers nothing."""

    def turned(path: str, *, language: str, role: str) -> Page:
        page = windows[language]
        if page.url.startswith(site):
            page.evaluate("sessionStorage.clear(), localStorage.clear()")
        page.context.clear_cookies()
        page.set_viewport_size({"width": WIDTHS[language], "height": 800})
        page.emulate_media(color_scheme="light")
        page.troubles = []  # type: ignore[attr-defined]
        enter(page, site, path, language=language, session=session_of(role) if role else "")
        return page

    return turned


@pytest.mark.parametrize("language", WIDTHS)
@pytest.mark.parametrize("listed", PAGES, ids=str)
def test_page_is_sound(listed: Listed, language: str, turn_to: Callable[..., Page]) -> None:
    page = turn_to(listed.path, language=language, role=listed.role)
    assert page.url.endswith(listed.path), "sent elsewhere"
    if listed.click:
        with page.expect_navigation():
            page.locator(listed.click).first.click()
    assert page.locator("html").get_attribute("lang") == language
    assert sum(weight(page).values()) < OF_STAFF.get(listed.name, MOST_BYTES), weight(page)
    assert violations(page) == []
    assert out_of_order(page) == []
    assert language != "ar" or violations_in_the_dark(page) == []
    assert {width: overflow(page, width) for width in (390, 320)} == {390: 0, 320: 0}
    assert [t for t in page.troubles if "422" not in t] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("القانون 09-08 يحمي", False), ("القانون 09.08 يحمي", True), ("القانون \u206609-08\u2069 يحمي", True),
        ("ملف PDF، 5 ميغا", False), ("ملف PDF\u200f، 5 ميغا", True), ("الرقم 2020 202 051 لكم", False),
        ("من 14 إلى 30 يوما", True), ("يوم 03/11/2026", True),
    ],
)  # fmt: skip
def test_figures_out_of_order_are_seen(text: str, is_right: bool, browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(f'<html dir="rtl"><p>{text}</p></html>')
    assert (out_of_order(page) == []) is is_right
    page.close()


@pytest.mark.parametrize("language", WIDTHS)
def test_a_first_visit_is_light(language: str, open_page: Callable[..., Page]) -> None:
    came = sent(open_page("/", language=language))
    fonts = sorted(name.rsplit("/")[-1].split(".")[0] for name in came if name.endswith(".woff2"))
    assert sum(came.values()) < MOST_SENT, came
    assert sum(size for name, size in came.items() if not name.endswith(".woff2")) < 20_000, came
    bold = ["plex-arabic-700"] if language == "ar" else []  # Arabic has its name in the switch, on every page
    assert fonts == ["plex-arabic-400", *bold, "plex-sans-400", "plex-sans-700"]


def test_every_address_is_listed() -> None:
    assert plain_names() - {listed.name for listed in PAGES} - NOT_PAGES - IN_JOURNEYS == set()
