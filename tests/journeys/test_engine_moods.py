"""A person's file while the engine delays, fails, or answers twice or late: one number, nothing stuck."""

import dataclasses
import datetime as dt
import json

import pytest
from django.db import connection
from tests.journeys.test_person_enrolment import BRAHIM, _country, given_a_deposited_file

from sijil.config import tasks
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.adapters import ENGINES
from sijil.domains.biometrics.models import EngineRequest
from sijil.domains.biometrics.tests.engines import Failing, Posting, Trial
from sijil.domains.matching import queries as matching
from sijil.domains.population_register import queries
from sijil.domains.population_register.models import Person
from sijil.domains.population_register.tests.samples import FATIMA, NOW
from sijil.journeys import person_enrolment
from sijil.kernel.adapters import Port
from sijil.reporting import health

pytestmark = pytest.mark.django_db
country = _country
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def use(monkeypatch):
    get = Port.get

    def put(engine):
        monkeypatch.setattr(Port, "get", lambda port: engine if port is ENGINES else get(port))
        return engine

    return put


def work(now=NOW):
    """Do the jobs of the person's file that wait, in their order, as a worker does."""
    names = ("person_enrolment.compare", "person_enrolment.resolve", "biometrics.ask")
    done = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM procrastinate_jobs WHERE id = (SELECT min(id) FROM procrastinate_jobs "
                "WHERE task_name = ANY(%s)) RETURNING task_name, args",
                [list(names)],
            )
            job = cursor.fetchone()
        if job is None:
            return done
        ids = json.loads(job[1])
        function = tasks.resolve(tasks.JOBS[job[0]])
        function(**tasks.arguments_for(function, ids) | {"now": now})
        done += 1


def forget_jobs():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_events")
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture(autouse=True)
def _no_old_jobs(db):
    forget_jobs()


def state(number):
    return queries.get_request_record(number).state


def ask(operation, number):
    return EngineRequest.objects.get(operation=operation, request_number=number).id


def tell(engine, operation, number, now=NOW, **changes):
    biometrics.record_answers(engine.post(ask(operation, number), **changes), "application/json", now=now)
    work(now)


def check(name, now):
    return next(c for c in health.examine(now=now) if c.name == name)


def test_at_once_it_is_four_jobs(use):
    use(Trial())
    number = given_a_deposited_file()
    assert work() == 4  # compare, insert, identify, resolve
    assert (state(number), Person.objects.count()) == ("registered", 1)


def test_an_engine_that_is_down_delays_and_loses_nothing(use):
    engine = use(Failing())
    number = given_a_deposited_file()
    work()
    assert state(number) == "deposited"
    for minute in range(1, 6):
        biometrics.ask_due(NOW + minute * MINUTE)
        work(NOW + minute * MINUTE)
    assert (state(number), Person.objects.count()) == ("registered", 1)
    assert len({name for what, name in engine.asked if what == "insert"}) == 1


def test_health_names_the_engine_that_files_wait_for(use):
    engine = use(Failing())
    engine.failures = 99
    given_a_deposited_file()
    work()
    assert check("engine", NOW + MINUTE).well
    ill = check("engine", NOW + 40 * MINUTE)
    assert not ill.well
    assert "the engine is down" in ill.seen


def test_what_the_engine_refuses_is_named_too(use):
    engine = use(Failing())
    engine.permanent = True
    given_a_deposited_file()
    work()
    assert (check("engine", NOW).warns, "1 refused" in check("engine", NOW).seen) == (True, True)


def test_a_file_that_waits_for_the_engine_is_not_compared_again_each_minute(use):
    use(Posting())
    given_a_deposited_file()
    work()
    forget_jobs()
    assert person_enrolment.sweep(now=NOW + 60 * MINUTE) == 0


def test_a_file_whose_chain_was_cut_after_the_answer_goes_on(use):
    use(Trial())
    number = given_a_deposited_file()
    person_enrolment.compare(number, now=NOW)
    biometrics.ask_due(NOW)
    forget_jobs()  # the job of the decision is lost
    assert person_enrolment.sweep(now=NOW + 60 * MINUTE) == 1
    work()
    assert state(number) == "registered"


def test_answered_late_and_three_times_it_is_one_person(use):
    engine = use(Posting())
    number = given_a_deposited_file()
    work()
    for _ in range(3):
        tell(engine, "insert", number, NOW + 300 * MINUTE)
    for _ in range(3):
        tell(engine, "identify", number, NOW + 600 * MINUTE)
    assert (state(number), Person.objects.count()) == ("registered", 1)


def test_asked_again_and_answered_to_both_it_is_one_person(use):
    engine = use(Posting())
    number = given_a_deposited_file()
    work()
    biometrics.ask_due(NOW + 11 * MINUTE)  # no answer came: the same request again
    assert len(set(engine.asked)) == 1
    for _ in range(2):
        tell(engine, "insert", number, NOW + 12 * MINUTE)
        tell(engine, "identify", number, NOW + 12 * MINUTE)
    assert (state(number), Person.objects.count()) == ("registered", 1)


def test_of_two_files_of_one_person_at_least_one_is_seen_whatever_the_order(use):
    """The second is inserted while the first waits for its answer, which comes last and knows nothing."""
    engine = use(Posting())
    first = given_a_deposited_file(FATIMA, seed=1)
    work()
    tell(engine, "insert", first)
    early = engine.post(ask("identify", first))  # computed before the second is there
    second = given_a_deposited_file(BRAHIM, seed=1)
    work()
    tell(engine, "insert", second)
    tell(engine, "identify", second)
    biometrics.record_answers(early, "application/json", now=NOW)
    work()
    assert (state(first), state(second)) == ("registered", "in_adjudication")
    assert (Person.objects.count(), len(matching.list_open_cases())) == (1, 1)


def test_a_hit_that_comes_after_the_number_was_issued_is_named(use):
    engine = use(Posting())
    number = given_a_deposited_file()
    work()
    tell(engine, "insert", number)
    tell(engine, "identify", number)
    found = {"referenceId": "00000000-0000-0000-0000-000000000007", "modalities": [{"biometricType": "face"}]}
    tell(engine, "identify", number, candidateList={"candidates": [found]})
    assert (state(number), Person.objects.count()) == ("registered", 1)
    assert "1 answers belied" in check("engine", NOW).seen


def test_nobody_is_registered_on_silence(use):
    use(Posting())
    numbers = [given_a_deposited_file(dataclasses.replace(FATIMA, phone="+212700000002"), seed=5)]
    work()
    for number in numbers:
        assert person_enrolment.resolve(number, now=NOW) is None
        assert state(number) == "deposited"
