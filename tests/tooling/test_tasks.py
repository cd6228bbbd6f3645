"""The jobs: ids become values, failures wait and end, refusals end at once, the dead are relieved."""

import datetime as dt
from types import SimpleNamespace
from uuid import UUID

import pytest
from croniter import croniter
from django.db import connection, transaction
from procrastinate.contrib.django import app

from sijil.config import tasks
from sijil.kernel.casework import watch
from sijil.kernel.dates import day_begins
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.kernel.jobs import enqueue
from sijil.kernel.tests.trial import make_submitted
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


def test_the_clocks_are_looked_at_in_the_first_minute_of_every_legal_day():
    _, cron = tasks.PERIODIC["casework.pass_marks"]
    first = dt.date(2026, 1, 1)  # three years hold Ramadans, when the country leaves its summer time
    for day in (first + dt.timedelta(days=n) for n in range(3 * 365)):
        begins = day_begins(day)
        before = croniter(cron, begins - dt.timedelta(seconds=1)).get_next(dt.datetime)
        assert begins <= before < begins + dt.timedelta(minutes=1)


def test_a_file_that_cannot_be_marked_fails_the_job(trial, monkeypatch):
    make_submitted(1, first=dt.date(2026, 1, 1))

    def broken(*_):
        raise OSError("no")

    monkeypatch.setattr(watch, "_mark", broken)
    with pytest.raises(ExceptionGroup, match="could not be marked"):
        tasks.perform(tasks.PERIODIC["casework.pass_marks"][0], {})


def test_the_job_marks_the_files_of_today(trial):
    [row] = make_submitted(1, first=dt.date(2026, 1, 1))
    tasks.perform(tasks.PERIODIC["casework.pass_marks"][0], {})
    row.refresh_from_db()
    assert row.escalated == 100


def test_a_job_by_the_clock_is_kept_failed_at_once():
    """It is not tried again by itself (the clock does that): the failure stays for ``sijil health``."""
    task = app.tasks["casework.pass_marks"]
    job = SimpleNamespace(attempts=0)
    assert task.get_retry_exception(exception=ExceptionGroup("x", [OSError("no")]), job=job) is None
