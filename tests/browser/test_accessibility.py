"""Every page, in Arabic and in French, in a real browser: axe, the console, the weight, the small screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.listed import NOT_PAGES, PAGES, Listed, plain_names

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
MOST_BYTES = 60_000
pytestmark = pytest.mark.browser


def violations(page: Page, tags: list[str] = TAGS) -> list[str]:
    """Return one line per place where a rule of WCAG is broken."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def overflow(page: Page, width: int) -> int:
    """Return by how many pixels the page is wider than a window of that width."""
    page.set_viewport_size({"width": width, "height": 700})
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize("language", ["ar", "fr"])
@pytest.mark.parametrize("listed", PAGES, ids=str)
def test_page_is_sound(listed: Listed, language: str, open_page: Callable[..., Page]) -> None:
    page = open_page(listed.path, language=language, role=listed.role)
    assert page.locator("html").get_attribute("lang") == language
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page) == [], "in the dark"
    assert {width: overflow(page, width) for width in (390, 320)} == {390: 0, 320: 0}
    if listed.query != "?number=K7QD":  # answered 422, which the console reports
        assert page.troubles == []


@pytest.mark.parametrize("listed", PAGES, ids=str)
def test_page_is_light(listed: Listed, open_page: Callable[..., Page]) -> None:
    page = open_page(listed.path, role=listed.role)
    page.wait_for_load_state("networkidle")
    weights = {a.url: len(a.body()) for a in page.answers if a.status < 300 and not a.url.endswith(".woff2")}
    assert sum(weights.values()) < MOST_BYTES, weights


def test_every_address_is_listed() -> None:
    assert plain_names() - {listed.name for listed in PAGES} - NOT_PAGES == set()
