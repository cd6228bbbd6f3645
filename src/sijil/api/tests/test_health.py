"""Whether all is well: who is told what, and that asking costs nothing."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection

from sijil.api import health as door
from sijil.domains.accounts.services import create_staff
from sijil.pages import clock
from sijil.reporting import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh():
    for kept in (door.READY, door.CHECKS):
        kept.forget()
    yield
    for kept in (door.READY, door.CHECKS):
        kept.forget()


@pytest.fixture
def token():
    return {"Authorization": f"Bearer {(Path(settings.HOME) / 'keys' / 'metrics.token').read_text()}"}


@pytest.fixture
def signed_in(client):
    def signed_in(role):
        create_staff(
            login="s.alami", name="Salma", password="le figuier du jardin", roles=[role], centre_code="C1",
            area="04.421", now=clock.now(),
        )  # fmt: skip
        client.force_login(get_user_model().objects.get(login="s.alami"))
        return client

    return signed_in


def test_anybody_learns_only_whether_all_is_well(client):
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (503, {"well": False})
    assert client.get("/health/", headers={"Authorization": "Bearer x"}).json() == {"well": False}


def test_with_a_worker_all_is_well(client):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (200, {"well": True})


def test_who_holds_the_token_is_told_what_was_seen_and_nobody_is_named(client, token):
    names = {check["name"] for check in client.get("/health/", headers=token).json()["checks"]}
    assert names >= {"database", "migrations", "workers", "audit"}


@pytest.mark.parametrize(
    ("role", "sees"), [("administrator", True), ("csc_officer", False), ("supervisor", False)]
)
def test_of_the_staff_an_administrator_is_told(signed_in, role, sees):
    assert ("checks" in signed_in(role).get("/health/").json()) is sees


@pytest.mark.parametrize("address", ["/readyz", "/health/"])
def test_an_answer_is_computed_once_in_a_few_seconds(client, address, django_assert_num_queries):
    client.get(address)
    with django_assert_num_queries(0):
        client.get(address)


def test_a_kept_answer_is_computed_anew_after_its_seconds():
    at, seen = [0.0], iter([False, True])
    kept = door.Kept(lambda: next(seen), clock=lambda: at[0])
    answers = []
    for at[0] in (0.0, door.KEPT_SECONDS - 0.1, door.KEPT_SECONDS + 0.1):
        answers.append(kept.get())
    assert answers == [False, False, True]


def test_it_is_ready_with_every_migration_and_not_with_one_missing(client):
    assert client.get("/readyz").json() == {"ready": True}
    door.READY.forget()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit'")
    assert (client.get("/readyz").status_code, health._migrations().seen) == (503, "1 waiting")


def test_it_is_not_ready_without_a_database(client, monkeypatch):
    def fails():
        raise DatabaseError

    monkeypatch.setattr(health, "_waiting", fails)
    assert client.get("/readyz").status_code == 503


def test_the_graph_of_migrations_is_read_once(monkeypatch):
    health._shipped.cache_clear()
    health._migrations()
    monkeypatch.setattr(health, "MigrationLoader", None)
    assert health._migrations().well
