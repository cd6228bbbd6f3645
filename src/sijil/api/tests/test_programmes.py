"""Programmes over HTTP: the formula is public, lists are for the programme manager."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from sijil.domains.accounts import queries as accounts
from sijil.domains.accounts.types import AccountKind, Role, SignedIn
from sijil.domains.programmes import queries
from sijil.domains.scoring import queries as scores
from sijil.domains.scoring import services
from sijil.domains.scoring.tests.households import NOW, R1, U1
from sijil.journeys import programme_support
from sijil.kernel.actors import system
from sijil.kernel.tests.shelves import amend, copy_of_the_law, reading

TOKEN = {"HTTP_AUTHORIZATION": "Bearer x"}


@pytest.fixture
def caller(db: None, client: Client, monkeypatch: Any) -> Client:
    """A client whose token is a programme manager's; two households have scores."""
    account = SignedIn(UUID(int=1), "h.alaoui", AccountKind.STAFF, (Role.PROGRAMME_MANAGER,), "", "")
    monkeypatch.setattr(accounts, "get_token_account", lambda token, now: account)
    for code, inputs in (("10000000001", U1), ("10000000002", R1)):
        services.record_score(
            household_code=code,
            inputs=inputs,
            milieu=inputs["milieu"],
            region_code=inputs["region"],
            trigger="registered",
            actor=system("test"),
            now=NOW,
        )
    client.defaults |= TOKEN
    return client


def test_the_formula_is_public_and_exact(db: None, client: Client) -> None:
    formula = client.get("/v1/formula?language=fr").json()
    assert formula["version"] == "HCP-2021-BO7011/BUT-2021"
    assert formula["urban"]["constant"] == "9.825"


def test_the_programmes_are_public(db: None, client: Client) -> None:
    found = client.get("/v1/programmes").json()
    assert [(p["code"], p["threshold"]) for p in found] == [("asd", "9.743001"), ("amo_tadamon", "9.3264284")]


def test_counts_tell_where_households_stand(caller: Client) -> None:
    found = caller.get("/v1/programmes/amo_tadamon").json()
    assert (found["eligible"], found["not_eligible"], found["near_over"]) == (1, 1, 0)


LISTS = "/v1/programmes/asd/lists"


def work() -> None:
    """What the worker does then; that the job is there is tested beside the journey."""
    for asked in queries.list_unfinished(NOW + dt.timedelta(days=9999)):
        programme_support.publish_asked(UUID(asked.id), now=NOW)


def test_a_list_is_asked_for_and_its_address_tells_when_it_is_there(caller: Client) -> None:
    asked = caller.post(LISTS)
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    address = f"/v1/lists/{asked.json()['id']}"
    waiting = caller.get(address).json()
    assert (waiting["ranked_list"]["state"], waiting["rows"], waiting["next_after"]) == ("waiting", [], None)
    assert caller.get(f"{address}/rows.csv").status_code == 404
    work()
    assert caller.get(address).json()["ranked_list"]["state"] == "published"


def test_the_same_ask_sent_twice_is_one_list_and_another_one_is_told(caller: Client) -> None:
    def ask(key: str) -> Any:
        return caller.generic("POST", LISTS, headers={"Idempotency-Key": key})

    first, again = ask("one"), ask("one")
    assert (first.status_code, again.status_code, first.json()) == (202, 202, again.json())
    other = ask("two")
    assert (other.status_code, other.json()["code"]) == (409, "programmes.publication_running")
    work()
    assert len(caller.get(LISTS).json()) == 1


def test_a_refused_list_tells_its_problem(caller: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(scores, "list_laws_in_force", lambda day: [])  # as if by another law
    asked = caller.post(LISTS).json()
    work()
    found = caller.get(f"/v1/lists/{asked['id']}").json()["ranked_list"]
    assert (found["state"], asked["problem"]) == ("refused", None)
    assert found["problem"]["code"] == found["reason"] == "programmes.scores_of_another_law"
    assert found["problem"]["title"].startswith("2 ")
    assert "sijil rescore --all" in found["problem"]["detail"]


def test_a_list_is_published_read_by_key_and_downloaded(caller: Client) -> None:
    asked = caller.post(LISTS)
    address = f"/v1/lists/{asked.json()['id']}"
    work()
    made = caller.get(address)
    first = caller.get(address, {"limit": 1}).json()
    second = caller.get(address, {"after": first["next_after"]}).json()
    assert [r["household_code"] for r in first["rows"] + second["rows"]] == ["10000000002", "10000000001"]
    assert first["rows"][0]["score"] == "9.0468567"
    assert second["next_after"] is None
    content = b"".join(caller.get(f"{address}/rows.csv").streaming_content)
    assert hashlib.sha256(content).hexdigest() == made.json()["ranked_list"]["checksum"]
    assert [found["number"] for found in caller.get("/v1/programmes/asd/lists").json()] == [1]


def test_a_programme_that_has_ended_keeps_its_lists(caller: Client, monkeypatch: Any, tmp_path: Path) -> None:
    caller.post(LISTS)
    root = copy_of_the_law(tmp_path)
    amend(root / "domains/programmes/parameters/asd/ASD-2023-12.yaml", ("from:", "to: 2026-11-30\nfrom:"))
    with reading(root):
        monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW + dt.timedelta(days=9))
        assert [p["code"] for p in caller.get("/v1/programmes").json()] == ["amo_tadamon"]
        assert [found["number"] for found in caller.get("/v1/programmes/asd/lists").json()] == [1]


@pytest.mark.parametrize("path", ["programmes/tayssir", "programmes/tayssir/lists", f"lists/{UUID(int=7)}"])
def test_what_does_not_exist_is_a_problem_with_404(caller: Client, path: str) -> None:
    answer = caller.get(f"/v1/{path}")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("path", ["programmes/asd", "programmes/asd/lists", f"lists/{UUID(int=7)}"])
def test_without_a_token_nothing_is_told(db: None, client: Client, path: str) -> None:
    assert client.get(f"/v1/{path}").status_code == 401


@pytest.mark.parametrize("query", ["after=-1", "limit=0", "limit=1001", "after=x"])
def test_a_page_outside_its_bounds_is_refused(caller: Client, query: str) -> None:
    assert caller.get(f"/v1/lists/{UUID(int=7)}?{query}").status_code == 422
