"""Steps: every cell of their table, claimed by one, done once, failed and taken again."""

import datetime as dt

import pytest
from django.db import IntegrityError

from sijil.domains.events import models, queries, services
from sijil.domains.events.states import EVENT_STEP, OPEN, StepState
from sijil.domains.events.tests.samples import NOW, TESTS, recorded
from sijil.domains.events.types import DONE, UNMATCHED, Outcome, done
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
TARGETS = {
    "finish": "done", "keep": "unmatched", "fail": "failed", "annul": "annulled", "retry": "waiting",
}  # fmt: skip
STEP = "first.step"
WHO = {"actor": TESTS, "now": NOW}


@pytest.mark.parametrize("action", EVENT_STEP.actions)
@pytest.mark.parametrize("state", StepState)
def test_cell(state, action):
    if state in OPEN:
        assert EVENT_STEP.target(state, action) == TARGETS[action]
    else:
        with pytest.raises(Refused, match="transition_refused"):
            EVENT_STEP.target(state, action)


@pytest.fixture
def event():
    return recorded().id


def claim(event, step=STEP):
    return services.claim_step(event_id=event, step=step, now=NOW)


def end(event, outcome, step=STEP):
    services.end_step(event_id=event, step=step, outcome=outcome, now=NOW)


def first(event):
    return queries.list_steps(event)[0]


@pytest.mark.parametrize(
    ("outcome", "state", "reason", "done_at"),
    [
        (DONE, "done", "", NOW), (done("already_so"), "done", "already_so", NOW),
        (UNMATCHED, "unmatched", "nobody_of_this_number", None),
        (Outcome("fail", "x" * 500), "failed", "x" * 120, None),
    ],
)  # fmt: skip
def test_what_came_of_a_step_is_kept(event, outcome, state, reason, done_at):
    assert claim(event).id == event
    end(event, outcome)
    found = first(event)
    assert (found.state, found.reason, found.done_at) == (state, reason, done_at)
    assert (found.attempts, found.tried_at) == (1, NOW)


def test_a_step_that_is_done_is_claimed_by_nobody(event):
    end(event, DONE)
    assert claim(event) is None


def test_a_step_of_no_event_is_refused(event):
    with pytest.raises(Refused, match=r"events\.step_missing"):
        claim(event, "third.step")


def test_a_failure_is_seen_until_the_step_is_done(event):
    services.note_failure(event_id=event, step=STEP, reason="ValueError", now=NOW)
    assert [(s.step, s.reason, s.attempts) for s in queries.list_open_steps(StepState.FAILED)] == [
        (STEP, "ValueError", 1)
    ]
    assert queries.count_failed(before=NOW) == 0
    assert queries.count_failed(before=NOW + dt.timedelta(minutes=5)) == 1
    end(event, DONE)
    assert queries.list_open_steps(StepState.FAILED) == []


def test_a_failure_noted_after_another_worker_has_done_it_changes_nothing(event):
    end(event, DONE)
    services.note_failure(event_id=event, step=STEP, reason="ValueError", now=NOW)
    assert (first(event).state, first(event).attempts) == ("done", 1)


def test_all_that_is_not_done_is_listed_the_oldest_first(event):
    end(event, UNMATCHED)
    assert [s.state for s in queries.list_open_steps()] == ["unmatched", "waiting"]
    assert [s.step for s in queries.list_open_steps(limit=1)] == [STEP]


def test_nothing_follows_an_annulled_event(event):
    end(event, DONE)
    services.annul_steps(event_id=event, now=NOW)
    assert [s.state for s in queries.list_steps(event)] == ["done", "annulled"]


def test_a_correction_that_came_before_the_event_annuls_its_steps():
    recorded(kind="civil.correction", source_id="C-1", annuls="D-1", steps=[])
    late = recorded().id
    assert claim(late) is None
    assert first(late).state == "annulled"


def test_steps_that_are_not_done_wait_again(event):
    end(event, DONE)
    services.note_failure(event_id=event, step="second.step", reason="ValueError", now=NOW)
    steps = [STEP, "second.step", "new.step"]
    assert services.reopen_steps(event_id=event, steps=steps, **WHO) == ["second.step", "new.step"]
    assert [s.state for s in queries.list_steps(event)] == ["done", "waiting", "waiting"]


def test_no_step_of_an_unknown_event_waits_again():
    with pytest.raises(Refused, match=r"events\.event_missing"):
        services.reopen_steps(event_id=models.Event().id, steps=[STEP], **WHO)


@pytest.mark.parametrize("columns", [{"state": "done"}, {"done_at": NOW}, {"state": "lost"}])
def test_the_database_holds_it_too(event, columns):
    with pytest.raises(IntegrityError, match="event_step"):
        models.EventStep.objects.filter(step=STEP).update(**columns)


def test_every_try_is_a_row_of_its_own(event):
    services.note_failure(event_id=event, step=STEP, reason="ValueError", now=NOW)
    services.reopen_steps(event_id=event, steps=[STEP], **WHO)
    end(event, DONE)
    tries = models.StepTry.objects.filter(step__step=STEP)
    assert [(t.action, t.from_state, t.to_state, t.actor_id, t.reason) for t in tries] == [
        ("ask", "", "waiting", "tests", ""), ("fail", "waiting", "failed", "events", "ValueError"),
        ("retry", "failed", "waiting", "tests", ""), ("finish", "waiting", "done", "events", ""),
    ]  # fmt: skip
