"""What a page in a browser must be: accessible (axe), not wider than the screen, light."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
WEIGHT = """() => performance.getEntries()
    .filter(e => e.entryType === "navigation" || e.entryType === "resource")
    .filter(e => e.initiatorType !== "img" && !e.name.endsWith(".woff2"))
    .map(e => [e.name, e.decodedBodySize])"""
SENT = """() => performance.getEntries()
    .filter(e => e.entryType === "navigation" || e.entryType === "resource")
    .map(e => [e.name, e.encodedBodySize])"""


def keep_axe(page: Page) -> None:
    """Let each page that this window opens have axe: the browser compiles it once."""
    page.add_init_script(AXE_SCRIPT)


def violations(page: Page, **options: Any) -> list[str]:
    """Return one line per place where a rule of WCAG is broken."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    wanted = {"resultTypes": ["violations"], "runOnly": options or {"type": "tag", "values": TAGS}}
    found = page.evaluate("wanted => axe.run(document, wanted)", wanted)["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def violations_in_the_dark(page: Page) -> list[str]:
    """Only colours change in the dark."""
    page.emulate_media(color_scheme="dark")
    return violations(page, type="rule", values=["color-contrast"])


def weight(page: Page) -> dict[str, int]:
    """Return the bytes of the page and of everything it uses, but fonts and people's own images."""
    page.evaluate("document.fonts.ready.then(() => true)")
    return dict(page.evaluate(WEIGHT))


def sent(page: Page) -> dict[str, int]:
    """Return the bytes that came over the line for the page and everything it uses, its fonts too."""
    page.evaluate("document.fonts.ready.then(() => true)")
    return dict(page.evaluate(SENT))


def overflow(page: Page, width: int) -> int:
    """Return by how many pixels the page is wider than a window of that width."""
    page.set_viewport_size({"width": width, "height": 700})
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def assert_sound(page: Page) -> None:
    """Fail if the page breaks a rule of accessibility or is wider than its window."""
    assert violations(page) == [], page.url
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert overflow(page, width) == 0, page.url
