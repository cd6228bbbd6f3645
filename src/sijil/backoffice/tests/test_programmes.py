"""The programme manager's pages: counts, publication, the list, the file; each reading audited."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.test import Client, override_settings

from sijil.domains.programmes import queries
from sijil.domains.scoring import services
from sijil.domains.scoring.tests.households import NOW, R1, U1
from sijil.kernel.actors import system
from sijil.kernel.tests.shelves import amend, copy_of_the_law, reading
from sijil.pages import guards
from sijil.pages.tests.html import flat

RICH = U1 | {"cars": 5}
OVERVIEW = "/backoffice/programmes/"
NOWHERE = "lists/00000000-0000-7000-8000-000000000000/"


@pytest.fixture
def scores(db: None) -> None:
    households = [("10000000001", U1), ("10000000002", R1), ("10000000003", RICH), ("10000000004", R1)]
    for code, inputs in households:
        services.record_score(
            household_code=code, inputs=inputs, milieu=inputs["milieu"], region_code=inputs["region"],
            trigger="registered", actor=system("test"), now=NOW,
        )  # fmt: skip


@pytest.fixture
def browser(client: Client, monkeypatch: Any) -> Client:
    """A browser signed in as a programme manager (signing in itself is tested elsewhere)."""
    user = SimpleNamespace(
        pk=1,
        is_authenticated=True,
        kind="staff",
        roles=["programme_manager"],
        login="h.alaoui",
        centre_code="",
        area="",
        is_active=True,
    )
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", lambda request: user)
    client.cookies["language"] = "fr"
    return client


def publish(browser: Client, code: str = "asd") -> Any:
    page = f"{OVERVIEW}{code}/publish/"
    shown = dict(re.findall(r'name="(seen_\w+)" value="([^"]*)"', flat(browser.get(page).content.decode())))
    return browser.post(page, shown | {"confirmed": "on"}, follow=True)


def entries() -> Any:
    return apps.get_model("audit", "AuditEntry").objects


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("language", ["ar", "fr", "zgh", "en"])
@pytest.mark.parametrize("page", ["", "asd/", "amo_tadamon/", "asd/publish/"])
def test_pages_open_in_every_language(scores: None, browser: Client, page: str, language: str) -> None:
    browser.cookies["language"] = language
    response = browser.get(OVERVIEW + page)
    assert response.status_code == 200
    assert f'lang="{language}"' in response.content.decode()


def test_the_overview_counts_households_for_each_programme(scores: None, browser: Client) -> None:
    shown = text(browser.get(OVERVIEW))
    assert "9,743001" in shown
    assert "9,3264284" in shown
    assert "ménages sous le seuil 3" in shown
    assert "ménages sous le seuil 2" in shown


def test_a_publication_needs_the_tick(scores: None, browser: Client) -> None:
    response = browser.post(f"{OVERVIEW}asd/publish/", {})
    assert response.status_code == 422
    assert 'href="#id_confirmed"' in response.content.decode()
    assert queries.list_lists("asd") == []


def test_a_published_list_is_shown_ascending_and_audited(scores: None, browser: Client) -> None:
    response = publish(browser)
    codes = re.findall(r"1000000000-\d", response.content.decode())
    assert codes == ["1000000000-2", "1000000000-4", "1000000000-1"]
    assert "9,0468567" in text(response)
    actions = entries().filter(actor_id="h.alaoui").values_list("action", flat=True)
    assert set(actions) == {"list.published", "list.read"}


def test_the_downloaded_file_has_the_checksum_of_the_page(scores: None, browser: Client) -> None:
    publish(browser)
    made = queries.find_last_list("asd")
    response = browser.get(f"{OVERVIEW}lists/{made.id}/list.csv")
    content = b"".join(response.streaming_content)
    assert hashlib.sha256(content).hexdigest() == made.checksum == response["X-Content-SHA256"]
    assert response["Content-Disposition"] == 'attachment; filename="asd-0001.csv"'
    assert entries().filter(action="list.downloaded").count() == 1


def test_the_rows_can_be_checked_again(scores: None, browser: Client) -> None:
    publish(browser)
    made = queries.find_last_list("asd")
    response = browser.post(f"{OVERVIEW}lists/{made.id}/check/", follow=True)
    assert "exactement celles" in text(response)
    assert browser.get(f"{OVERVIEW}lists/{made.id}/check/")["Location"] == f"{OVERVIEW}lists/{made.id}/"


def test_a_list_is_read_page_by_page(scores: None, browser: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("sijil.backoffice.programmes.PAGE", 2)
    first = publish(browser).content.decode()
    assert 'href="?after=2"' in first
    second = browser.get(f"{OVERVIEW}lists/{queries.find_last_list('asd').id}/?after=2").content.decode()
    assert re.findall(r"1000000000-\d", second) == ["1000000000-1"]
    assert 'rel="next"' not in second


@pytest.mark.parametrize("after", ["x", "-1", "²", "9" * 40, "1 OR 1=1"])
def test_a_strange_key_shows_the_first_page(scores: None, browser: Client, after: str) -> None:
    publish(browser)
    response = browser.get(f"{OVERVIEW}lists/{queries.find_last_list('asd').id}/", {"after": after})
    assert "1000000000-2" in response.content.decode()


def test_the_list_of_a_programme_that_has_ended_is_still_read(
    scores: None, browser: Client, monkeypatch: Any, tmp_path: Path
) -> None:
    publish(browser)
    address = f"{OVERVIEW}lists/{queries.find_last_list('asd').id}/"
    root = copy_of_the_law(tmp_path)
    amend(root / "domains/programmes/parameters/asd/ASD-2023-12.yaml", ("from:", "to: 2026-11-30\nfrom:"))
    with reading(root):
        monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW + dt.timedelta(days=9))
        assert browser.get(f"{OVERVIEW}asd/").status_code == 404
        assert "1000000000-2" in browser.get(address).content.decode()


def test_nothing_to_publish_is_said_on_the_form(db: None, browser: Client) -> None:
    response = browser.post(f"{OVERVIEW}asd/publish/", {"confirmed": "on"})
    assert response.status_code == 422


@pytest.mark.parametrize("page", ["tayssir/", "tayssir/publish/", NOWHERE, f"{NOWHERE}list.csv"])
def test_what_does_not_exist_is_not_found(db: None, browser: Client, page: str) -> None:
    assert browser.get(OVERVIEW + page).status_code == 404


@pytest.mark.parametrize("page", ["", "asd/", "asd/publish/"])
def test_others_are_kept_out(db: None, client: Client, browser: Client, monkeypatch: Any, page: str) -> None:
    monkeypatch.setattr(guards, "_opens", lambda request, roles: False)
    assert browser.get(OVERVIEW + page).status_code == 403


@override_settings(LOGIN_URL="/sign-in/")
@pytest.mark.parametrize("page", ["", "asd/", f"{NOWHERE}list.csv"])
def test_the_public_is_asked_to_sign_in(db: None, client: Client, page: str) -> None:
    assert client.get(OVERVIEW + page)["Location"].startswith("/sign-in/")
