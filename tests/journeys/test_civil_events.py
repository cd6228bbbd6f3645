"""A death told by the civil register reaches every part of the product once, and is taken back as one act."""

import datetime as dt
import itertools
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal

import pytest
from django.db import connection

from sijil.domains.accounts.models import Account
from sijil.domains.audit.queries import list_entries
from sijil.domains.events import queries as event_queries
from sijil.domains.events.states import StepState
from sijil.domains.partners.types import Partner
from sijil.domains.population_register import queries as population
from sijil.domains.population_register import services as register
from sijil.domains.population_register.models import PersonStep
from sijil.domains.population_register.tests.samples import FATIMA, OFFICER, known
from sijil.domains.social_register import services as social
from sijil.domains.social_register.tests.households import CLERK, loaded, member
from sijil.domains.verification import queries as verification
from sijil.domains.verification.services import close_subject
from sijil.journeys import civil_events, events
from sijil.journeys.civil_events import CivilReport
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_idcs, new_key

NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
YESTERDAY = dt.date(2026, 11, 26)
SOURCE = Partner("civil-status", "الحالة المدنية", "État civil", "", ("source",), (), "active", 100)
OTHER = Partner("consulates", "القنصليات", "Consulats", "", ("source",), (), "active", 100)
numbers = itertools.count(1)


@pytest.fixture
def idcs(db):
    return make_person()


def make_person():
    return known(FATIMA, NOW)


def tell(kind="civil.death", *concerns, source=SOURCE, number="", annuls="", on=YESTERDAY):
    report = CivilReport(
        kind=kind,
        source_id=number or f"N-{next(numbers)}",
        concerns=concerns,
        on=on,
        registered_at=NOW,
        facts={"act_number": "7"},
        annuls=annuls,
    )
    return civil_events.receive(report, source=source, now=NOW)


def work():
    """Do what a worker does until nothing waits; faults are noted in the rows."""
    while waiting := events.list_steps(StepState.WAITING):
        for found in waiting:
            try:
                events.take_step(event_id=found.event, step=found.step, now=NOW)
            except Refused:
                continue


def states(event):
    return {s.step.split(".")[1]: (s.state.value, s.reason) for s in event_queries.list_steps(event.id)}


def told(kind):
    from sijil.domains.events.models import Event

    return list(Event.objects.filter(kind=kind).order_by("id"))


def is_match(idcs):
    return verification.is_match(idcs, FATIMA.birth, FATIMA.sex)


def state(idcs):
    return population.get_record(idcs.key).state


def make_account(idcs):
    Account.objects.create(id=new_key(), login=idcs.key, kind="citizen", created_at=NOW, password_set_at=NOW)


def make_household(idcs):
    household = loaded(member("head", 38, idcs.key, "F"))
    social.load_households(households=[household], actor=CLERK, now=NOW)
    return household.code


def test_a_death_reaches_every_part(idcs):
    make_account(idcs)
    code = make_household(idcs)
    assert is_match(idcs)
    event = tell("civil.death", idcs)
    work()
    assert states(event) == {"enter_death": ("done", "")}
    assert (state(idcs), is_match(idcs), Account.objects.get(login=idcs.key).is_active) == (
        "deceased",
        False,
        False,
    )
    assert [(e.subject, e.effective_on) for e in told("person.died")] == [(idcs.key, YESTERDAY)]
    assert [e.subject for e in told("household.changed")] == [code]


def test_the_person_s_log_says_who_told_and_what_was_done(idcs):
    tell("civil.death", idcs)
    work()
    entries = [*list_entries(idcs.key), *list_entries(population.tag_of(idcs))]
    found = [(e.action, e.actor_kind, e.actor_id) for e in reversed(entries)]
    assert found == [
        ("civil.reported", "partner", "civil-status"), ("person.death_declared", "system", "civil-events"),
        ("verification.closed", "system", "events"),
    ]  # fmt: skip


def test_a_death_told_twice_is_one_death(idcs):
    first, second = tell("civil.death", idcs), tell("civil.death", idcs, source=OTHER)
    work()
    assert (states(first), states(second)) == (
        {"enter_death": ("done", "")}, {"enter_death": ("done", "already_deceased")},
    )  # fmt: skip
    assert (PersonStep.objects.count(), len(told("person.died"))) == (1, 1)


def test_a_death_of_somebody_without_household_and_account(idcs):
    tell("civil.death", idcs)
    work()
    assert [s for s in map(states, told("person.died"))] == [
        {
            "align_verification": ("done", ""), "align_account": ("done", "no_account"),
            "tell_household": ("done", "no_household"),
        }
    ]  # fmt: skip


@pytest.mark.django_db
def test_nobody_known_is_kept_and_applied_when_somebody_has_the_number(monkeypatch):
    number = draw_idcs()
    event = tell("civil.death", number)
    work()
    assert states(event) == {"enter_death": ("unmatched", "nobody_of_this_number")}
    monkeypatch.setattr(register.persons, "draw_idcs", lambda: number)
    person = make_person()
    assert person == number
    assert events.retry_unmatched(now=NOW) == 1
    work()
    assert (states(event)["enter_death"][0], state(person), is_match(person)) == ("done", "deceased", False)


def test_a_death_before_the_birth_waits_for_staff(idcs):
    event = tell("civil.death", idcs, on=dt.date(1987, 1, 1))
    work()
    assert states(event) == {"enter_death": ("failed", "events.died_before_birth")}
    assert (state(idcs), is_match(idcs)) == ("active", True)


@pytest.mark.parametrize("kind", ["civil.marriage", "civil.divorce"])
def test_what_nothing_follows_yet_is_kept(idcs, kind):
    event = tell(kind, idcs, draw_idcs())
    assert (states(event), event_queries.get_event(event.id).subject) == ({}, population.tag_of(idcs))
    assert len(event_queries.get_event(event.id).facts["concerns"]) == 2


def test_a_death_is_taken_back_as_one_act(idcs):
    make_account(idcs)
    code = make_household(idcs)
    tell("civil.death", idcs, number="D-1")
    work()
    correction = tell("civil.correction", number="C-1", annuls="D-1")
    work()
    assert states(correction) == {"annul": ("done", "")}
    assert (state(idcs), is_match(idcs), Account.objects.get(login=idcs.key).is_active) == (
        "active",
        True,
        True,
    )
    assert [e.subject for e in told("household.changed")] == [code, code]
    assert [e.action for e in list_entries(idcs.key)][:2] == [
        "verification.reopened",
        "person.death_annulled",
    ]


def test_a_suspended_person_is_suspended_again(idcs):
    register.change_person_state(person=idcs.key, action="suspend", reason="fraud", actor=OFFICER, now=NOW)
    close_subject(person=idcs.key, actor=OFFICER, now=NOW)
    tell("civil.death", idcs, number="D-1")
    work()
    tell("civil.correction", annuls="D-1")
    work()
    assert (state(idcs), is_match(idcs)) == ("suspended", False)


def test_what_was_not_applied_yet_never_is(idcs):
    death = tell("civil.death", idcs, number="D-1")
    tell("civil.correction", annuls="D-1")
    work()
    assert (states(death)["enter_death"][0], state(idcs)) == ("annulled", "active")


def test_a_correction_may_come_before_what_it_corrects(idcs):
    correction = tell("civil.correction", annuls="D-1")
    work()
    assert states(correction) == {"annul": ("unmatched", "event_not_come_yet")}
    death = tell("civil.death", idcs, number="D-1")
    work()
    assert (states(death)["enter_death"][0], state(idcs)) == ("annulled", "active")
    events.retry_unmatched(now=NOW)
    work()
    assert states(correction) == {"annul": ("done", "not_deceased_by_it")}


def test_a_source_takes_back_only_what_it_told(idcs):
    tell("civil.death", idcs, number="D-1")
    work()
    correction = tell("civil.correction", annuls="D-1", source=OTHER)
    work()
    assert (states(correction)["annul"][0], state(idcs)) == ("unmatched", "deceased")


def test_a_death_that_another_event_says_too_stands_until_both_are_taken_back(idcs):
    tell("civil.death", idcs, number="D-1")
    tell("civil.death", idcs, number="D-1", source=OTHER)
    work()
    first = tell("civil.correction", annuls="D-1")
    work()
    assert (states(first), state(idcs)) == ({"annul": ("done", "another_death_stands")}, "deceased")
    tell("civil.correction", annuls="D-1", source=OTHER)
    work()
    assert (state(idcs), is_match(idcs)) == ("active", True)


def test_a_death_that_an_officer_declared_is_not_the_civil_register_s_to_take_back(idcs):
    register.change_person_state(
        person=idcs.key, action="declare_death", reason="paper", actor=OFFICER, now=NOW
    )
    tell("civil.death", idcs, number="D-1")
    correction = tell("civil.correction", annuls="D-1")
    work()
    assert (states(correction), state(idcs)) == ({"annul": ("done", "not_deceased_by_it")}, "deceased")


def test_a_correction_is_not_taken_back(idcs):
    tell("civil.death", idcs, number="D-1")
    tell("civil.correction", number="C-1", annuls="D-1")
    work()
    again = tell("civil.correction", annuls="C-1")
    work()
    assert states(again) == {"annul": ("failed", "events.correction_stands")}


def test_a_birth_is_taken_back(idcs):
    tell("civil.birth", idcs, number="B-1")
    correction = tell("civil.correction", annuls="B-1")
    work()
    assert states(correction) == {"annul": ("done", "")}


@pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
def test_steps_of_a_death_and_of_its_annulment_in_any_order(idcs, order):
    """A step that comes late looks at how the person stands now."""
    tell("civil.death", idcs, number="D-1")
    [enter] = events.list_steps(StepState.WAITING)
    events.take_step(event_id=enter.event, step=enter.step, now=NOW)
    correction = tell("civil.correction", annuls="D-1")
    events.take_step(event_id=correction.id, step="civil_events.annul", now=NOW)
    late = [told("person.died")[0], told("person.death_annulled")[0]]
    for place in order:
        events.take_step(event_id=late[place].id, step="person_death.align_verification", now=NOW)
    assert (state(idcs), is_match(idcs)) == ("active", True)


@pytest.mark.django_db(transaction=True)
def test_many_workers_enter_a_death_once():
    idcs = make_person()
    event = tell("civil.death", idcs)

    def enter(_):
        try:
            events.take_step(event_id=event.id, step="civil_events.enter_death", now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(enter, range(6)))
    assert (PersonStep.objects.count(), len(told("person.died")), states(event)) == (
        1, 1, {"enter_death": ("done", "")},
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_death_and_its_correction_at_once_leave_the_person_alive():
    idcs = make_person()
    death = tell("civil.death", idcs, number="D-1")
    correction = tell("civil.correction", annuls="D-1")
    jobs = [(death.id, "civil_events.enter_death"), (correction.id, "civil_events.annul")] * 3

    def take(job):
        try:
            events.take_step(event_id=job[0], step=job[1], now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(take, jobs))
    work()
    assert (state(idcs), is_match(idcs)) == ("active", True)


def test_a_source_sees_its_own_events_and_not_whether_somebody_exists(idcs):
    enrolled, unknown = tell("civil.death", idcs), tell("civil.death", draw_idcs())
    assert civil_events.get_progress(enrolled.id, source=SOURCE).steps == {
        "civil_events.enter_death": "waiting"
    }
    work()
    for event in (enrolled, unknown):
        assert civil_events.get_progress(event.id, source=SOURCE).steps == {
            "civil_events.enter_death": "taken"
        }
        with pytest.raises(Refused, match=r"events\.event_missing"):
            civil_events.get_progress(event.id, source=OTHER)


@pytest.mark.django_db(transaction=True)
def test_a_correction_waits_for_a_death_that_is_being_entered(monkeypatch):
    idcs = make_person()
    death = tell("civil.death", idcs, number="D-1")
    entering, go_on = Signal(), Signal()
    lock = register.lock_person

    def slowly(**given):
        if not entering.is_set():
            entering.set()
            assert go_on.wait(20)
        return lock(**given)

    def take(event, step):
        try:
            events.take_step(event_id=event.id, step=step, now=NOW)
        finally:
            connection.close()

    monkeypatch.setattr(register, "lock_person", slowly)
    with ThreadPoolExecutor(2) as pool:
        dying = pool.submit(take, death, "civil_events.enter_death")
        assert entering.wait(20)
        correction = tell("civil.correction", annuls="D-1")
        annulling = pool.submit(take, correction, "civil_events.annul")
        wait_until(lambda: annulling.done() or is_somebody_waiting())
        go_on.set()
        dying.result(), annulling.result()
    work()
    assert (state(idcs), is_match(idcs)) == ("active", True)


def wait_until(is_so):
    """Ask until something is so; the time limit of the test ends it otherwise."""
    while not is_so():
        continue


def is_somebody_waiting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
        return cursor.fetchone()[0] > 0
