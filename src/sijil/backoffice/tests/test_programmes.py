"""The programme manager's pages: counts, publication, the list, the file; each reading audited."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client, override_settings

from sijil.domains.programmes import queries
from sijil.domains.scoring import services
from sijil.domains.scoring.tests.households import NOW, R1, U1
from sijil.journeys import programme_support
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
    asked = browser.post(page, shown | {"confirmed": "on"})
    work()
    return browser.get(asked["Location"])


def work() -> None:
    """What the worker does then; that the job is there is tested beside the journey."""
    for asked in queries.list_unfinished(NOW + dt.timedelta(days=9999)):
        programme_support.publish_asked(UUID(asked.id), now=NOW)


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
    told = entries().filter(action__startswith="list.").values_list("action", "actor_id")
    assert set(told) == {("list.published", "h.alaoui"), ("list.read", "h.alaoui")}


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


def ask(browser: Client, **seen: str) -> Any:
    return browser.post(f"{OVERVIEW}asd/publish/", {"confirmed": "on"} | seen, follow=True)


def test_an_asked_list_is_said_to_wait_and_shows_no_figure_of_its_own(scores: None, browser: Client) -> None:
    waiting = text(ask(browser, seen_version="ASD-2023-12", seen_eligible="3"))
    assert "Demandée, en attente" in waiting
    assert "Lignes figées : 0 sur 3 ." in waiting  # the figures stand in tags
    assert "ménages sur la liste" not in waiting
    assert "Empreinte" not in waiting
    assert not entries().filter(action__startswith="list.").exists()  # nothing of a list was read
    (asked,) = queries.list_lists("asd")
    for page in ("list.csv", "members.csv"):
        assert browser.get(f"{OVERVIEW}lists/{asked.id}/{page}").status_code == 404
    assert browser.post(f"{OVERVIEW}lists/{asked.id}/check/").status_code == 404


def test_a_second_manager_is_told_and_makes_no_second_list(scores: None, browser: Client) -> None:
    ask(browser, seen_version="ASD-2023-12", seen_eligible="3")
    second = ask(browser, seen_version="ASD-2023-12", seen_eligible="3")
    assert second.status_code == 422
    assert "Une liste de ce programme est en préparation." in text(second)
    work()
    assert [found.state.value for found in queries.list_lists("asd")] == ["published"]


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ({"seen_version": "ASD-2023-12", "seen_eligible": "2"}, "3 ménages remplissent"),
        ({"seen_version": "x" * 500, "seen_eligible": "3"}, "3 ménages remplissent"),
        ({}, "3 ménages remplissent"),
    ],
)
def test_a_refused_list_says_why_with_its_figures(
    scores: None, browser: Client, seen: dict[str, str], said: str
) -> None:
    address = ask(browser, **seen).request["PATH_INFO"]
    work()
    shown = text(browser.get(address))
    assert "Refusée, rien n’a été publié" in shown
    assert said in shown
    assert "programmes.figures_changed" not in shown
    assert publish(browser).status_code == 200
    assert [found.state.value for found in queries.list_lists("asd")] == ["published", "refused"]


def test_nothing_to_publish_is_said_of_the_list(db: None, browser: Client) -> None:
    assert "Aucun ménage n’a encore d’indice" in text(publish(browser))


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
