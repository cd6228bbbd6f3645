"""Killed at any turn of the way to a number, and started again: each file ends in a right state, once."""

from __future__ import annotations

import datetime as dt
import json
from functools import partial

import pytest
from django.db import connection, transaction
from tests.journeys.test_two_enrolments import AGAIN, ready

from sijil.config import tasks
from sijil.domains.appointments import services as appointment_services
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.models import EmbeddedReference, EngineRequest
from sijil.domains.events.models import Event
from sijil.domains.geography import services as geography
from sijil.domains.matching.models import Case
from sijil.domains.notifications.models import Message
from sijil.domains.population_register import queries
from sijil.domains.population_register.tests.samples import FATIMA, NOW, OFFICER
from sijil.domains.verification.models import VerificationSubject
from sijil.journeys import person_enrolment
from sijil.kernel.actors import officer

pytestmark = pytest.mark.django_db
WHY = "The papers and the two faces were compared side by side."


class Killed(BaseException):
    """As a signal that no handler sees: what was not committed is gone."""


class Death:
    """Ends the process once, before its n-th statement. ``turns``: where a transaction ends.

    All that lies within one transaction is lost with it, so its last statement stands for the others.
    """

    def __init__(self, at=0):
        self.at, self.seen, self.turns = at, 0, {1}

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith("RELEASE"):
            self.turns |= {self.seen, self.seen + 1}
        elif not sql.startswith(("SAVEPOINT", "ROLLBACK")):
            self.seen += 1
            if self.seen == self.at:
                raise Killed
        return execute(sql, params, many, context)


class Worker:
    """Takes the jobs of the queue in turn; a job that was cut is there when it starts again."""

    def __init__(self, monkeypatch):
        self.now = NOW
        monkeypatch.setattr("sijil.pages.clock.now", lambda: self.now)

    def __call__(self):
        """Work, later take what somebody else may have had, and at last what the clock finds."""
        for minutes in (0, 6, 30):
            self.now = NOW + dt.timedelta(minutes=minutes)
            biometrics.ask_due(self.now)
            person_enrolment.sweep(now=self.now)
            while self.take_one():
                pass

    def take_one(self):
        ask = """
            SELECT id, task_name, args::text FROM procrastinate_jobs
            WHERE status = 'todo' AND task_name <> 'notifications.send' ORDER BY id LIMIT 1
        """
        with connection.cursor() as cursor:
            cursor.execute(ask)
            found = cursor.fetchone()
        if found is None:
            return False
        number, name, args = found
        tasks.perform(tasks.JOBS[name], json.loads(args))
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [number])
        return True


def lived_through(acts, at=0):
    """Do each act; the one that is cut is done again. Return how it went."""
    death = Death(at)
    with connection.execute_wrapper(death):
        for act in acts:
            try:
                act()
            except Killed:
                act()
    return death


def at_every_turn(acts, check):
    """Kill at each turn of the way, from the first to the last; nothing of one try stays."""
    turns = sorted(tried(partial(lived_through, acts)).turns)
    assert len(turns) > 20
    for at in (0, *turns):
        tried(partial(lived_through, acts, at), partial(check, at))


def tried(act, check=lambda: None):
    with transaction.atomic():
        found = act()
        check()
        transaction.set_rollback(True)
    return found


@pytest.fixture
def worker(monkeypatch):
    geography.load_reference(now=NOW)
    appointment_services.load_centres(now=NOW)
    return Worker(monkeypatch)


def deposit(number):
    person_enrolment.deposit(number=number, actor=OFFICER, now=NOW)


def issued(number):
    return Message.objects.filter(subject=number, template="idcs_issued").count()


def test_a_new_person_has_one_number(worker):
    number = ready(FATIMA, 1)

    def check(at):
        record = queries.get_request_record(number)
        assert (at, record.state) == (at, "registered")
        assert (queries.count_persons(), VerificationSubject.objects.count()) == (1, 1)
        assert Event.objects.filter(kind="person.registered").count() == 1
        assert issued(number) == 2  # one SMS, one e-mail
        assert set(EngineRequest.objects.values_list("state", flat=True)) == {"answered"}
        assert EmbeddedReference.objects.count() == 3

    at_every_turn([lambda: deposit(number), worker], check)


def test_somebody_alike_has_one_case_and_two_decisions(worker):
    known = ready(FATIMA, 1)
    deposit(known)
    worker()
    number = ready(AGAIN, 2)

    def decide(who):
        case = Case.objects.get(subject=queries.get_request_record(number).id)
        actor = officer(who, roles=["adjudicator"])
        person_enrolment.adjudicate(case.id, verdict="different_person", reason=WHY, actor=actor, now=NOW)

    def check(at):
        record = queries.get_request_record(number)
        assert (at, record.state, Case.objects.count()) == (at, "registered", 1)
        assert Case.objects.get().decisions.count() == 2
        assert (queries.count_persons(), issued(number)) == (2, 2)

    acts = [lambda: deposit(number), worker, lambda: decide("adjudicator-1"), lambda: decide("adjudicator-2")]
    at_every_turn(acts, check)
