"""The jobs: ids become values, failures wait and end, refusals end at once, the dead are relieved."""

import datetime as dt
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import connection, transaction

from sijil.config import tasks
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.kernel.jobs import enqueue
from sijil.pages import clock
from sijil.reporting import health

KEY = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
NO = ErrorCode("test.no", Category.CONFLICT, "No.", "Never mind.")


def about(subject: UUID, count: int, now: dt.datetime) -> None: ...


def timeless(number: str) -> None: ...


def test_an_id_becomes_what_the_function_asks_for():
    values = tasks.arguments_for(about, {"subject": str(KEY), "count": 3})
    assert (values["subject"], values["count"]) == (KEY, 3)
    assert values["now"].tzinfo is not None


def test_a_function_without_a_clock_is_given_none():
    assert tasks.arguments_for(timeless, {"number": "K7QD4M2X9T"}) == {"number": "K7QD4M2X9T"}


@pytest.mark.parametrize(("attempts", "again"), [(0, True), (5, True), (6, False)])
def test_a_fault_is_tried_again_until_it_is_given_up(attempts, again):
    job = SimpleNamespace(attempts=attempts)
    decision = tasks.Patience().get_retry_decision(exception=OSError(), job=job)
    assert (decision is not None) == again


def test_the_wait_grows():
    at = [
        tasks.Patience().get_retry_decision(exception=OSError(), job=SimpleNamespace(attempts=n)).retry_at
        for n in (0, 3)
    ]
    assert at[1] > at[0]


def test_a_refusal_is_final():
    assert tasks.Patience().get_retry_decision(exception=Refused(NO), job=SimpleNamespace(attempts=0)) is None


def test_what_runs_by_the_clock_asks_for_nothing_else():
    import inspect

    for target, _ in tasks.PERIODIC.values():
        needed = [
            p for p in inspect.signature(tasks.resolve(target)).parameters.values() if p.default is p.empty
        ]
        assert [p.name for p in needed if p.kind is not p.VAR_KEYWORD] in (["now"], []), target


@pytest.mark.django_db
def test_a_job_exists_exactly_when_its_transaction_does():
    with transaction.atomic():
        enqueue("person_enrolment.compare", number="K7QD4M2X9T")
        transaction.set_rollback(True)
    assert waiting() == 0
    with transaction.atomic():
        enqueue("person_enrolment.compare", number="K7QD4M2X9T")
    assert waiting() == 1


def waiting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_job_given_up_shows_in_the_health():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'x', 'failed')"
        )
    checks = {check.name: check for check in health.examine(now=clock.now())}
    assert not checks["jobs given up"].well
    assert "1 failed" in checks["jobs given up"].seen


@pytest.mark.django_db
def test_the_health_page_is_503_without_a_worker_and_names_nobody(client):
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert {check["name"] for check in answer.json()["checks"]} >= {
        "database",
        "migrations",
        "workers",
        "audit",
    }


@pytest.mark.django_db
def test_with_a_worker_all_is_well(client):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert client.get("/health/").status_code == 200
