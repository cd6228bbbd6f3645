"""A real browser on a real server. In continuous integration (CI=true) a missing browser fails the run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from sijil.domains.appointments.services import load_centres
from sijil.domains.geography.services import load_reference
from sijil.pages import clock

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
CENTRE = "04.421.01.01"
STAFF = ("csc_officer", "adjudicator", "programme_manager", "auditor", "administrator")


def _chromium() -> str:
    named = os.environ.get("CHROMIUM", "")
    found = next(
        filter(
            None, (shutil.which(n) for n in (named, "chromium", "chromium-browser", "google-chrome") if n)
        ),
        "",
    )
    if not found:
        message = "no Chromium on this machine (apt install chromium, or name one in CHROMIUM)"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    path = _chromium()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "true"  # Playwright runs a loop in this thread; our ORM is synchronous
    )
    expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The address of a server on the test database, with the geography and one account per role.

    One server and one set of data for a module: the database is emptied after it.
    """
    name = str(connection.settings_dict["NAME"])
    if not name.startswith("test_"):
        pytest.fail(f"{name} is no test database: mark the tests of this module with django_db")
    with django_db_blocker.unblock():
        load_reference(clock.now())
        load_centres(now=clock.now())
        server = LiveServer("127.0.0.1", start=False)
        server.thread.static_handler = lambda application: application  # the static files as they are served
        server.start()
        yield server.url
        server.stop()
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="module")
def session_of(site: str) -> Callable[[str], str]:
    """Return a function: role -> the session cookie of an account that holds it."""
    known: dict[str, str] = {}

    def session(role: str) -> str:
        if role not in known:
            client = Client()
            client.force_login(_account(role))
            known[role] = client.cookies["sessionid"].value
        return known[role]

    return session


def _account(role: str) -> Any:
    facts: dict[str, Any] = {
        "login": f"test.{role}",
        "kind": "staff",
        "roles": [role],
        "area": "country",
        "created_at": clock.now(),
    }
    if role == "citizen":
        facts |= {"login": "2020202051", "kind": "citizen", "roles": [], "area": ""}
    return get_user_model().objects.create(password="!", **facts)


@pytest.fixture(scope="module")
def officer_session(site: str) -> str:
    load_centres(now=clock.now())
    account = get_user_model().objects.create(
        login="agdal.officer",
        kind="staff",
        roles=["csc_officer"],
        centre_code=CENTRE,
        created_at=clock.now(),
        password="!",
    )
    client = Client()
    client.force_login(account)
    return client.cookies["sessionid"].value


def window(browser: Browser, *, width: int, scripts: bool = True) -> Page:
    """Open a window with nothing in it; ``troubles``: what its console complains of."""
    view = {"width": width, "height": 800}
    context = browser.new_context(viewport=view, reduced_motion="reduce", java_script_enabled=scripts)  # type: ignore[arg-type]
    page = context.new_page()
    page.troubles = []  # type: ignore[attr-defined]
    page.on("console", lambda m: page.troubles.append(m.text) if m.type == "error" else None)  # type: ignore[attr-defined]
    page.on("pageerror", lambda e: page.troubles.append(str(e)))  # type: ignore[attr-defined]
    return page


def enter(page: Page, site: str, path: str, *, language: str, session: str) -> None:
    """Open an address in a language, with the session of somebody or with none."""
    cookies = [{"name": "language", "value": language, "url": site}]
    if session:
        cookies.append({"name": "sessionid", "value": session, "url": site})
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.goto(site + path)


@pytest.fixture
def open_page(browser: Browser, site: str, session_of: Callable[[str], str]) -> Iterator[Callable[..., Page]]:
    """Return a function that opens an address in a fresh window: language, role, width, scripts or none."""
    opened = []

    def opening(
        path: str, *, language: str = "ar", role: str = "", width: int = 1100, scripts: bool = True
    ) -> Page:
        page = window(browser, width=width, scripts=scripts)
        opened.append(page)
        enter(page, site, path, language=language, session=session_of(role) if role else "")
        return page

    yield opening
    for page in opened:
        page.context.close()
