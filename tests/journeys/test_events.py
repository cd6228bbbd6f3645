"""Events between journeys: asked for with the change, taken once, failed and seen, taken again."""

import datetime as dt
import inspect
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from sijil.config.tasks import EVERY_HOUR, PERIODIC
from sijil.domains.audit.queries import list_entries
from sijil.domains.events import queries, services
from sijil.domains.events.states import StepState
from sijil.domains.events.types import DONE, UNMATCHED
from sijil.journeys import events
from sijil.journeys.events import EventKind, EventTable, Step
from sijil.kernel.actors import system
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.reporting.health import examine

NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 27)
TESTS = system("tests")
NO = ErrorCode("events.no", Category.CONFLICT, "No.", "No.")
TRIAL = EventTable(
    EventKind("trial.done", "A trial.", steps=(Step("trial.first"), Step("trial.second"))),
    EventKind("trial.quiet", "Another.", nothing="a trial"),
)


class Steps:
    """Two steps of a trial. ``first`` leaves an event of its own; either may be told to fail."""

    def __init__(self):
        self.taken, self.fault = [], None

    def first(self, event, *, now):
        events.publish("trial.quiet", subject=event.subject, effective_on=TODAY, actor=TESTS, now=now)
        return self._end("first")

    def second(self, event, *, now):
        return self._end("second")

    def _end(self, name):
        self.taken.append(name)
        if isinstance(self.fault, Exception):
            raise self.fault
        return self.fault or DONE


@pytest.fixture
def steps(monkeypatch):
    steps = Steps()
    monkeypatch.setattr(events, "EVENTS", TRIAL)
    monkeypatch.setattr(events, "find_step", lambda name: getattr(steps, name.rpartition(".")[2]))
    return steps


def publish(**changes):
    given = {"subject": "S", "effective_on": TODAY, "actor": TESTS, "now": NOW}
    with transaction.atomic():
        return events.publish("trial.done", **{**given, **changes})


def take(event, step="trial.first"):
    events.take_step(event_id=event.id, step=step, now=NOW)


def asked(event):
    jobs = ProcrastinateJob.objects.filter(task_name="events.take_step", args__event_id=str(event.id))
    return sorted(job.args["step"] for job in jobs)


def states(event):
    return [(s.state.value, s.attempts, s.reason) for s in queries.list_steps(event.id)]


def quiet():
    return [e for e in queries.iter_events() if e.kind == "trial.quiet"]


@pytest.mark.django_db
def test_a_job_for_each_step_comes_with_the_event_and_only_once(steps):
    event = publish(source="civil", source_id="1")
    assert asked(event) == ["trial.first", "trial.second"]
    assert publish(source="civil", source_id="1").id == event.id
    assert asked(event) == ["trial.first", "trial.second"]


@pytest.mark.django_db
def test_no_event_without_its_change(steps):
    with transaction.atomic():
        event = publish()
        transaction.set_rollback(True)
    assert asked(event) == []
    assert queries.list_open_steps() == []


@pytest.mark.django_db
def test_an_unknown_kind_is_a_mistake(steps):
    with pytest.raises(KeyError):
        events.publish("trial.other", subject="S", effective_on=TODAY, actor=TESTS, now=NOW)


@pytest.mark.django_db
def test_a_step_is_taken_once_however_often_it_is_asked_for(steps):
    event = publish()
    for _ in range(3):
        take(event)
    assert steps.taken == ["first"]
    assert states(event) == [("done", 1, ""), ("waiting", 0, "")]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_a_step_once(steps):
    event = publish()

    def work(_):
        try:
            take(event)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert steps.taken == ["first"]
    assert len(quiet()) == 1
    assert states(event)[0] == ("done", 1, "")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_between_the_step_and_its_mark_has_done_nothing(steps, monkeypatch):
    event = publish()
    with monkeypatch.context() as dying:
        dying.setattr(services, "end_step", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            take(event)
    assert (steps.taken, quiet()) == (["first"], [])
    assert states(event)[0] == ("failed", 1, "ZeroDivisionError")
    take(event)
    take(event)
    assert (steps.taken, len(quiet())) == (["first", "first"], 1)
    assert states(event)[0] == ("done", 2, "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("fault", "reason"), [(ValueError("Benjelloun"), "ValueError"), (Refused(NO), "events.no")]
)
def test_a_fault_is_noted_without_its_words_and_raised(steps, fault, reason):
    event = publish()
    steps.fault = fault
    for _ in range(2):
        with pytest.raises(type(fault)):
            take(event)
    assert states(event)[0] == ("failed", 2, reason)
    assert quiet() == []
    assert [s.event for s in events.list_steps(StepState.FAILED)] == [event.id]


@pytest.mark.django_db
def test_a_step_that_fails_does_not_hold_back_the_other(steps):
    event = publish()
    steps.fault = ValueError()
    with pytest.raises(ValueError):
        take(event)
    steps.fault = None
    take(event, "trial.second")
    assert [state for state, _, _ in states(event)] == ["failed", "done"]


@pytest.mark.django_db
def test_a_replay_asks_for_what_is_not_done_and_is_written_down(steps):
    event = publish()
    take(event, "trial.second")
    ProcrastinateJob.objects.filter(args__event_id=str(event.id)).update(status="succeeded")
    assert events.replay(event_id=event.id, actor=TESTS, now=NOW) == ["trial.first"]
    assert asked(event) == ["trial.first", "trial.first", "trial.second"]
    assert [e.action for e in list_entries(f"event:{event.id}")] == ["events.replayed"]
    take(event)
    assert events.replay(event_id=event.id, actor=TESTS, now=NOW) == []
    assert events.replay(event_id=event.id, step="trial.first", actor=TESTS, now=NOW) == []


@pytest.mark.django_db
def test_a_replay_takes_a_step_that_its_kind_has_got_since(steps, monkeypatch):
    event = publish()
    later = EventKind("trial.done", "A trial.", steps=(Step("trial.first"), Step("trial.third")))
    monkeypatch.setattr(events, "EVENTS", EventTable(later))
    assert events.replay(event_id=event.id, step="trial.third", actor=TESTS, now=NOW) == ["trial.third"]


@pytest.mark.django_db
def test_no_replay_of_what_is_not_there(steps):
    with pytest.raises(Refused, match=r"events\.event_missing"):
        events.replay(event_id=UUID(int=1), actor=TESTS, now=NOW)
    with pytest.raises(Refused, match=r"events\.step_missing"):
        events.replay(event_id=publish().id, step="trial.third", actor=TESTS, now=NOW)


@pytest.mark.django_db
def test_what_nobody_is_known_for_is_tried_again_every_night(steps):
    event = publish()
    steps.fault = UNMATCHED
    take(event)
    assert states(event)[0][0] == "unmatched"
    assert events.retry_unmatched(now=NOW) == 1
    assert asked(event) == ["trial.first", "trial.first", "trial.second"]
    assert (states(event)[0][0], events.retry_unmatched(now=NOW)) == ("waiting", 0)


@pytest.mark.django_db
def test_what_failed_by_a_fault_comes_back_by_itself_and_a_refusal_waits_for_staff(steps):
    event, refused = publish(), publish()
    services.note_failure(event_id=event.id, step="trial.first", reason="OperationalError", now=NOW)
    services.note_failure(event_id=refused.id, step="trial.first", reason="events.step_missing", now=NOW)
    assert (events.retry_failed(now=NOW), events.retry_failed(now=NOW)) == (1, 0)
    assert states(event)[0][0] == "waiting"
    assert states(refused)[0][0] == "failed"
    assert asked(event).count("trial.first") == 2
    assert PERIODIC["events.retry_failed"][1] == EVERY_HOUR


@pytest.mark.django_db
def test_a_step_that_stays_failed_makes_an_installation_ill(steps):
    event = publish()
    services.note_failure(event_id=event.id, step="trial.first", reason="ValueError", now=NOW)
    found = [examine(now=NOW + dt.timedelta(minutes=m)) for m in (1, 6)]
    soon, later = (next(check for check in checks if check.name == "events") for checks in found)
    assert (soon.name, soon.well) == ("events", True)
    assert (later.well, later.seen) == (False, "1 failed steps: sijil events list --failed")


def test_only_a_step_of_the_table_is_found():
    with pytest.raises(Refused, match=r"events\.step_missing"):
        events.find_step("person_enrolment.resolve")


def test_every_step_is_a_function_that_takes_the_event_and_the_time():
    for name in {name for kind in events.EVENTS.values() for name in kind.step_names}:
        found = inspect.signature(events.find_step(name))
        assert list(found.parameters) == ["event", "now"]
        assert (found.parameters["now"].kind, found.return_annotation) == (
            inspect.Parameter.KEYWORD_ONLY, "Outcome",
        )  # fmt: skip


@pytest.mark.parametrize(
    "kinds",
    [
        [EventKind("a", "A.")],
        [EventKind("a", "A.", steps=(Step("m.f"),), nothing="why")],
        [EventKind("a", "A.", steps=(Step("m.f"), Step("m.f")))],
        [EventKind("a", "A.", steps=(Step("m.f", publishes=("b",)),))],
        [EventKind("a", "A.", nothing="why"), EventKind("a", "A.", nothing="why")],
    ],
    ids=["nothing said", "both said", "a step twice", "an unknown kind", "a kind twice"],
)
def test_a_table_that_is_not_clear_is_refused(kinds):
    with pytest.raises(ValueError):
        EventTable(*kinds)


def test_the_table_draws_itself():
    table = EventTable(
        EventKind("a.b", "A.", steps=(Step("m.f", publishes=("c.d",)),)),
        EventKind("c.d", "C.", nothing="why"),
    )
    assert table.mermaid().splitlines() == [
        "flowchart LR", "    a.b([a.b]) --> m.f[m.f]", "    m.f -.-> c.d", "    c.d([c.d])",
    ]  # fmt: skip
    assert table.rows()[1:] == [("`a.b`", "A.", "`m.f`", ""), ("`c.d`", "C.", "nothing: why", "")]
