"""Every job that a worker does: its name, whom it calls, how often it is tried, and what runs by the clock.

A floor below asks by name (``kernel.jobs.enqueue("person_enrolment.compare", request_id=...)``); the worker
finds the function here, turns the ids back into their types, adds ``now`` and calls it. A job that fails is
tried again with a growing wait; a refusal is final at once; what is given up stays, marked failed, in
``sijil health``.
"""

from __future__ import annotations

import datetime as dt
import inspect
import logging
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, get_type_hints
from uuid import UUID

from procrastinate import BaseRetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from procrastinate.retry import RetryDecision

from sijil.kernel.actors import system
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

log = logging.getLogger("sijil.worker")

# minute hour day month weekday second: the sixth place is the seconds
EVERY_FEW_SECONDS = "* * * * * */5"
EVERY_HALF_MINUTE = "* * * * * */30"
EVERY_MINUTE = "* * * * *"
EVERY_FIVE_MINUTES = "*/5 * * * *"  # and so in the first minute of every legal day: whole hours from UTC
EVERY_HOUR = "2 * * * *"  # also what begins at the country's midnight, by whatever clock
EVERY_NIGHT = "17 3 * * *"
FIRST_MINUTE_OF_EACH_HOUR = "1 * * * *"  # right after 00:00 of the country, whatever its clock is that month

# name of the job -> the function that does it
JOBS: dict[str, str] = {
    "person_enrolment.compare": "sijil.journeys.person_enrolment:compare",
    "person_enrolment.resolve": "sijil.journeys.person_enrolment:resolve",
    "person_enrolment.compare_again": "sijil.journeys.person_enrolment:compare_again",
    "person_enrolment.resolve_again": "sijil.journeys.person_enrolment:resolve_again",
    "household_registration.decide": "sijil.journeys.household_registration:decide",
    "events.take_step": "sijil.journeys.events:take_step",
    "biometrics.ask": "sijil.domains.biometrics.services:ask",
    "programmes.publish": "sijil.journeys.programme_support:publish_asked",
    "notifications.send": "sijil.domains.notifications.services:send_message",
}

# name of the job -> the function that does it, and when
PERIODIC: dict[str, tuple[str, str]] = {
    "casework.pass_marks": ("sijil.kernel.casework.watch:pass_marks", EVERY_FIVE_MINUTES),
    "accounts.forget_old": ("sijil.domains.accounts.services:forget_old", EVERY_NIGHT),
    "biometrics.ask_due": ("sijil.domains.biometrics.services:ask_due", EVERY_FEW_SECONDS),
    "notifications.send_due_sms": ("sijil.domains.notifications.services:send_due_sms", EVERY_FEW_SECONDS),
    "notifications.send_due_email": (
        "sijil.domains.notifications.services:send_due_email",
        EVERY_FEW_SECONDS,
    ),
    "notifications.collect": ("sijil.domains.notifications.services:collect_reports", EVERY_FEW_SECONDS),
    "notifications.forget_old": ("sijil.domains.notifications.services:forget_reports", EVERY_NIGHT),
    "audit.seal": ("sijil.domains.audit.services:seal_pending", EVERY_FEW_SECONDS),
    "audit.count_reads": ("sijil.domains.audit.services:count_reads", EVERY_FIVE_MINUTES),
    "audit.make_partitions": ("sijil.domains.audit.services:ensure_partitions", EVERY_NIGHT),
    "verification.publish_guessed": ("sijil.journeys.guessing:publish_guessed", EVERY_FIVE_MINUTES),
    "documents.scan_waiting": ("sijil.domains.documents.services:scan_waiting", EVERY_HALF_MINUTE),
    "events.retry_unmatched": ("sijil.journeys.events:retry_unmatched", EVERY_NIGHT),
    "events.retry_failed": ("sijil.journeys.events:retry_failed", EVERY_HOUR),
    "person_enrolment.sweep": ("sijil.journeys.person_enrolment:sweep", EVERY_MINUTE),
    "person_enrolment.sweep_re_enrolments": (
        "sijil.journeys.person_enrolment:sweep_re_enrolments",
        EVERY_FIVE_MINUTES,
    ),
    "person_enrolment.open_due": ("sijil.journeys.person_enrolment:open_due", EVERY_HOUR),
    "person_enrolment.return_unanswered": ("sijil.journeys.person_enrolment:return_unanswered", EVERY_HOUR),
    "person_enrolment.remind_due": ("sijil.journeys.person_enrolment:remind_due", EVERY_FIVE_MINUTES),
    "person_enrolment.forget_old_drafts": ("sijil.journeys.person_enrolment:forget_old_drafts", EVERY_NIGHT),
    "household_registration.sweep": ("sijil.journeys.household_registration:sweep", EVERY_MINUTE),
    "scoring.rescore_due": ("sijil.journeys.household_registration:rescore_due", EVERY_HOUR),
    "programmes.decide_due": (
        "sijil.journeys.programme_decisions:decide_due",
        FIRST_MINUTE_OF_EACH_HOUR,
    ),
    "programmes.publish_due": ("sijil.journeys.programme_support:publish_due", EVERY_FIVE_MINUTES),
    "pages.forget_old": ("sijil.config.tasks:forget_old_visits", EVERY_NIGHT),
    "appointments.mark_missed": ("sijil.config.tasks:mark_missed_appointments", EVERY_NIGHT),
    "appointments.displace_due": ("sijil.config.tasks:displace_appointments", EVERY_HOUR),
}


def mark_missed_appointments(*, now: dt.datetime) -> int:
    """Mark the appointments of the days before today to which nobody came; return how many."""
    from sijil.domains.appointments.services import mark_missed

    return mark_missed(before=legal_day(now), actor=system("worker"), now=now)


def displace_appointments(*, now: dt.datetime) -> int:
    """Take centres whose last day passed from the lists, and appointments away that fell; return how many."""
    from sijil.domains.appointments.services import close_ended, displace_due

    close_ended(now=now)
    return displace_due(actor=system("worker"), now=now)


def forget_old_visits(*, now: dt.datetime) -> int:
    """Delete ended sessions, answers kept no longer, and unused counters; return how many counters."""
    from django.contrib.sessions.models import Session

    from sijil.api.idempotency import forget_answers
    from sijil.pages import throttle

    forget_answers(now=now)
    Session.objects.filter(expire_date__lt=now).delete()
    return throttle.forget_before(now - dt.timedelta(days=1))


class Patience(BaseRetryStrategy):
    """Try again after 2, 4, 8 … seconds, ``attempts`` times; a refusal would only be repeated."""

    attempts = 6

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, Refused) or job.attempts >= self.attempts:
            return None
        return RetryDecision(retry_in={"seconds": 2 ** (job.attempts + 1)})


def resolve(target: str) -> Callable[..., Any]:
    """Return the function behind ``package.module:function``."""
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)  # type: ignore[no-any-return]


def arguments_for(function: Callable[..., Any], ids: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``ids`` with the types the function asks for (JSON carries a UUID as text), and ``now``."""
    from sijil.pages.clock import now

    hints = get_type_hints(function)
    values = {name: UUID(value) if hints.get(name) is UUID else value for name, value in ids.items()}
    return {**values, "now": now()} if "now" in inspect.signature(function).parameters else values


def perform(target: str, ids: Mapping[str, Any]) -> None:
    """Do one job: find the function and call it once."""
    function = resolve(target)
    function(**arguments_for(function, ids))


def _register(name: str, target: str) -> None:
    def run(**ids: Any) -> None:
        perform(target, ids)

    app.task(name=name, retry=Patience())(run)


def _register_periodic(name: str, target: str, cron: str) -> None:
    def run(timestamp: int) -> None:
        perform(target, {})

    task = app.task(name=name, queueing_lock=name, lock=name)(run)
    app.periodic(cron=cron)(task)


def _register_all() -> None:
    for name, target in JOBS.items():
        _register(name, target)
    for name, (target, cron) in PERIODIC.items():
        _register_periodic(name, target, cron)


_register_all()


@app.periodic(cron=EVERY_HALF_MINUTE)
@app.task(name="worker.rescue", queueing_lock="worker.rescue")
async def rescue_stalled_jobs(timestamp: int) -> None:
    """Give the jobs of a worker that died back to the queue."""
    for job in await app.job_manager.get_stalled_jobs():
        log.warning("job %s (%s) of a dead worker is queued again", job.id, job.task_name)
        await app.job_manager.retry_job(job)


@app.periodic(cron=EVERY_NIGHT)
@app.task(name="worker.forget_old_jobs", queueing_lock="worker.forget_old_jobs")
async def forget_old_jobs(timestamp: int) -> None:
    """Delete jobs done more than three days ago; failed ones stay until someone looks."""
    await app.job_manager.delete_old_jobs(nb_hours=72)
