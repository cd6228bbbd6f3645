"""Nothing stands still unseen: where each file is, which stands too long, and what the citizen is told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from tests.journeys.test_two_enrolments import AGAIN, STEPS, ready

from sijil.counter.tests.test_counter import sign_in
from sijil.domains.appointments import services as appointment_services
from sijil.domains.geography import services as geography
from sijil.domains.population_register.tests.samples import CENTRE, ELSEWHERE, FATIMA, NOW, OFFICER
from sijil.domains.population_register.types import Turn
from sijil.journeys import person_enrolment, tracking
from sijil.kernel.ids import show_number
from sijil.reporting import metrics, processing

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def country(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW + HOUR)
    geography.load_reference(now=NOW)
    appointment_services.load_centres(now=NOW)


def steps_at(now=NOW):
    return [(one.step.value, one.is_over) for one in processing.list_standing(now=now)]


def test_a_file_is_at_one_step_after_another():
    number, seen = ready(FATIMA, 1), []
    for step in STEPS:
        step(number)
        seen += steps_at()
    assert seen == [("comparison", False), ("engine", False), ("engine", False), ("decision", False)]


def test_a_job_that_was_lost_shows_after_its_limit():
    ready(FATIMA, 1)
    STEPS[0](ready(AGAIN, 2))
    assert steps_at(NOW + dt.timedelta(minutes=10)) == [("comparison", False)]
    assert steps_at(NOW + dt.timedelta(minutes=11)) == [("comparison", True)]


def test_a_paper_asked_for_is_not_waited_for_in_silence():
    number = ready(FATIMA, 1)
    person_enrolment.ask_for_paper(number=number, reason="paper_expired", actor=OFFICER, now=NOW)
    assert steps_at(NOW + dt.timedelta(days=61)) == [("papers", True)]


def test_the_metric_counts_each_step():
    STEPS[0](ready(FATIMA, 1))
    found = {f.name: dict(f.samples) for f in metrics.measure(now=NOW + HOUR)}
    assert found["sijil_enrolments"]["comparison",] == found["sijil_enrolments_over"]["comparison",] == 1
    assert found["sijil_enrolments_oldest_seconds"]["comparison",] == 3600
    assert found["sijil_readable"]["processing",] == 1


def test_the_page_names_what_does_not_go_on_to_its_own_centre():
    number = ready(FATIMA, 1)
    STEPS[0](number)
    here = sign_in("chief", CENTRE, "supervisor").get("/backoffice/late/").content.decode()
    assert show_number(number) in here
    assert FATIMA.last_name_fr not in here
    away = sign_in("other", ELSEWHERE.centre, "supervisor").get("/backoffice/late/").content.decode()
    assert show_number(number) not in away


def test_the_citizen_reads_stage_place_and_day():
    first, second = ready(FATIMA, 1), ready(AGAIN, 2)
    assert (told(first).stage, told(first).place, told(first).expected_on) == (1, None, None)
    STEPS[0](first)
    person_enrolment.deposit(number=second, actor=OFFICER, now=NOW + HOUR)
    assert [(told(n).stage, told(n).stages, told(n).place) for n in (first, second)] == [(2, 4, 1), (2, 4, 2)]
    assert told(second).expected_on == told(second).due_on
    body = Client().get(f"/v1/requests/{second}").json()
    assert (body["stage"], body["place"], body["expected_on"]) == (2, 2, str(told(second).due_on))
    page = Client(headers={"accept-language": "en"})
    page.cookies["language"] = "en"
    shown = page.get(f"/track/{show_number(second)}/").content.decode()
    assert "Stage 2 of" in shown
    assert "Place of your file" in shown


def told(number):
    return tracking.find_request(number, now=NOW + HOUR)


def test_who_has_a_number_waits_in_no_queue():
    number = ready(FATIMA, 1)
    for step in STEPS:
        step(number)
    assert (told(number).stage, told(number).place) == (4, None)


@pytest.mark.parametrize(
    ("hours", "today", "day"),
    [
        ([1] * 9, 22, 30),  # too few to say: the legal date
        ([1] * 9 + [50], 22, 24),
        ([1] * 18 + [50, 90], 22, 24),  # two in twenty took longer
        ([1] * 10, 25, 25),  # never a day that has passed
    ],
)
def test_the_day_is_that_of_nine_in_ten(hours, today, day):
    turn = Turn(1, NOW, tuple(h * HOUR for h in hours))
    found = tracking.expected_on(turn, dt.date(2026, 11, 30), dt.date(2026, 11, today))
    assert found == dt.date(2026, 11, day)
