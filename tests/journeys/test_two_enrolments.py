"""One person, two files at the same time: whatever comes first, one case for the pair and one number."""

from __future__ import annotations

import dataclasses
import threading

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sijil.domains.appointments import services as appointment_services
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.models import EngineRequest
from sijil.domains.biometrics.types import Judged, Modality, Opened
from sijil.domains.geography import services as geography
from sijil.domains.matching.models import Case
from sijil.domains.population_register import queries
from sijil.domains.population_register.tests.samples import CENTRE, FATIMA, NOW, OFFICER, paper_of
from sijil.domains.population_register.types import Channel
from sijil.journeys import person_enrolment
from sijil.kernel.actors import officer

AGAIN = dataclasses.replace(FATIMA, first_name_fr="Fatema", phone="+212700000001", paper_number="ZT123456")


def ready(identity, seed):
    """Return the number of a file that waits for its deposit; its pictures are dots that nobody drew."""
    number = person_enrolment.pre_register(
        identity=identity, centre_code=CENTRE, channel=Channel.COUNTER, actor=OFFICER, now=NOW
    )
    person_enrolment.compare_papers(number=number, paper=paper_of(identity), actor=OFFICER, now=NOW)
    for modality in Modality:
        image = Opened(480, 640, f"{seed} {modality}", b"", b"dots")
        biometrics.store_capture(
            request_number=number, judged=Judged(modality, image, {"unified": 80}), actor=OFFICER, now=NOW
        )
    return number


def ask(number):
    for asked in EngineRequest.objects.filter(request_number=number, state="queued"):
        biometrics.ask(asked.id, NOW)


STEPS = (
    lambda number: person_enrolment.deposit(number=number, actor=OFFICER, now=NOW),
    lambda number: person_enrolment.compare(number, now=NOW),
    ask,
    ask,
    lambda number: person_enrolment.resolve(number, now=NOW),
)
"""Each a transaction, or several; after the deposit each is a job, which may be done twice."""


@st.composite
def interleavings(draw):
    """Return (file, step) in any order that keeps each file's own, some jobs done twice."""
    order = draw(st.permutations([0] * len(STEPS) + [1] * len(STEPS)))
    done, made = [0, 0], []
    for file in order:
        step = done[file]
        made += [(file, step)] * (2 if step and draw(st.booleans()) else 1)
        done[file] += 1
    return made


@pytest.fixture
def files(db):
    geography.load_reference(now=NOW)
    appointment_services.load_centres(now=NOW)
    return ready(FATIMA, 1), ready(AGAIN, 2)


def outcome(numbers):
    """Return who has a number, and the pairs of which a case asks."""
    records = [queries.get_request_record(number) for number in numbers]
    by_id = {str(record.id): n for n, record in enumerate(records)}
    cases = [(str(case.subject), body["ref"]) for case in Case.objects.all() for body in case.candidates]
    return [record.person is not None for record in records], [(by_id[a], by_id[b]) for a, b in cases]


@given(order=interleavings())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_in_whatever_order_the_pair_has_one_case_and_one_of_them_a_number(files, order):
    with transaction.atomic():
        for file, step in order:
            STEPS[step](files[file])
        has_number, pairs = outcome(files)
        transaction.set_rollback(True)
    [(subject, other)] = pairs
    assert {subject, other} == {0, 1}
    assert (has_number[subject], has_number[other]) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment_open_one_case():
    geography.load_reference(now=NOW)
    appointment_services.load_centres(now=NOW)
    numbers = ready(FATIMA, 1), ready(AGAIN, 2)
    for step in STEPS[:-1]:
        for number in numbers:
            step(number)
    second = threading.Thread(target=in_its_own_connection, args=(numbers[1],))
    with transaction.atomic():
        assert person_enrolment.resolve(numbers[0], now=NOW) is None
        second.start()
        wait_until_it_waits()
    second.join()
    assert outcome(numbers) == ([False, True], [(0, 1)])


def in_its_own_connection(number):
    try:
        person_enrolment.resolve(number, now=NOW)
    finally:
        connection.close()


def wait_until_it_waits():
    ask = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute(ask)
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody waits")


def test_who_waits_for_the_case_is_not_asked_of_again_when_it_is_closed(files):
    """The first is found to be another person: both have a number, and nobody is asked a second time."""
    for step in STEPS:
        for number in files:
            step(number)
    [case] = Case.objects.all()
    for n in (1, 2):
        person_enrolment.adjudicate(
            case.id, verdict="different_person", reason="The faces and the papers differ.",
            actor=officer(f"adjudicator-{n}", roles=["adjudicator"]), now=NOW,
        )  # fmt: skip
    assert outcome(files) == ([True, True], [(0, 1)])
