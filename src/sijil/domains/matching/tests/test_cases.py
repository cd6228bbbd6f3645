"""Adjudication: two officers who agree, or a third; never one alone, never the same twice."""

import datetime as dt
import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections, transaction

from sijil.domains.matching import errors, models, queries, services
from sijil.domains.matching.states import CASE, CaseState
from sijil.domains.matching.tests.subjects import MATCHER, NOW, fatima, near, officer
from sijil.domains.matching.types import CaseVerdict
from sijil.kernel import actors
from sijil.kernel.acts import declared
from sijil.kernel.casework import ROLE_REFUSED, Role, clock
from sijil.kernel.casework.clock import Phase
from sijil.kernel.casework.watch import list_late, pass_marks
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.machine import TRANSITION_REFUSED

pytestmark = pytest.mark.django_db

AMINA, BRAHIM, CHADI, DRISS = map(officer, ("amina", "brahim", "chadi", "driss"))
SAME, DIFFERENT = CaseVerdict.SAME_PERSON, CaseVerdict.DIFFERENT_PERSON
WHY = "Same photograph, same mother's name."
NUMBER = "K7QD4M2X9T"


@pytest.fixture
def known():
    return fatima(), fatima()


@pytest.fixture
def case_id(known):
    return open_one(known)


def open_one(known, **more):
    values = {"subject": uuid4(), "number": NUMBER, "candidates": [near(k) for k in known]}
    return services.open_case(**{**values, "actor": MATCHER, "now": NOW, **more})


def decide(case_id, actor, verdict, candidate=None, reason=WHY, now=NOW):
    return services.decide(
        case_id=case_id, verdict=verdict, reason=reason, actor=actor, now=now, candidate=candidate
    )


def refusal(*args, **more):
    with pytest.raises(Refused) as refused:
        decide(*args, **more)
    return refused.value.error


def test_two_officers_who_agree_close_the_case(case_id, known):
    first = decide(case_id, AMINA, SAME, known[0].ref)
    assert (first.is_settled, first.verdict, first.state) == (False, None, "first_decided")
    second = decide(case_id, BRAHIM, SAME, known[0].ref)
    assert (second.is_settled, second.verdict, second.linked_to) == (True, SAME, known[0].ref)


def test_two_officers_may_agree_that_it_is_somebody_else(case_id):
    decide(case_id, AMINA, DIFFERENT)
    outcome = decide(case_id, BRAHIM, DIFFERENT)
    assert (outcome.is_settled, outcome.verdict, outcome.linked_to) == (True, DIFFERENT, None)


@pytest.mark.parametrize("last", [SAME, DIFFERENT])
def test_a_third_officer_settles_a_disagreement(case_id, known, last):
    decide(case_id, AMINA, SAME, known[0].ref)
    assert decide(case_id, BRAHIM, DIFFERENT).state == "disputed"
    outcome = decide(case_id, CHADI, last, known[0].ref if last is SAME else None)
    assert (outcome.is_settled, outcome.verdict) == (True, last)


def test_the_same_verdict_on_another_file_is_a_disagreement(case_id, known):
    decide(case_id, AMINA, SAME, known[0].ref)
    assert decide(case_id, BRAHIM, SAME, known[1].ref).state == "disputed"


def test_one_officer_never_decides_twice(case_id, known):
    decide(case_id, AMINA, DIFFERENT)
    assert refusal(case_id, AMINA, DIFFERENT) is errors.ALREADY_DECIDED
    decide(case_id, BRAHIM, SAME, known[0].ref)
    assert refusal(case_id, AMINA, DIFFERENT) is errors.ALREADY_DECIDED
    assert refusal(case_id, BRAHIM, DIFFERENT) is errors.ALREADY_DECIDED


def test_the_officer_of_the_counter_does_not_decide(known):
    case_id = open_one(known, deposited_by="amina")
    assert refusal(case_id, AMINA, DIFFERENT) is errors.OWN_FILE
    assert queries.list_open_cases(officer="amina") == []


def test_a_closed_case_takes_no_more_decisions(case_id):
    decide(case_id, AMINA, DIFFERENT)
    decide(case_id, BRAHIM, DIFFERENT)
    assert refusal(case_id, CHADI, DIFFERENT) is TRANSITION_REFUSED
    assert models.Decision.objects.count() == 2


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"verdict": "perhaps"}, errors.VERDICT_UNKNOWN),
        ({"reason": "  no  "}, errors.REASON_REQUIRED),
        ({"reason": "x" * 1001}, errors.REASON_TOO_LONG),
        ({"verdict": SAME}, errors.CANDIDATE_REQUIRED),
        ({"verdict": SAME, "candidate": uuid4()}, errors.CANDIDATE_REQUIRED),
        ({"actor": MATCHER}, ROLE_REFUSED),
        ({"actor": actors.officer("salma", centre="C1", roles=["csc_officer"])}, ROLE_REFUSED),
        ({"case_id": uuid4()}, errors.CASE_UNKNOWN),
    ],
)
def test_a_wrong_decision_is_refused_and_changes_nothing(case_id, more, error):
    body = {"case_id": case_id, "actor": AMINA, "verdict": DIFFERENT, **more}
    assert refusal(**body) is error
    assert queries.get_case(case_id).state == "opened"


def test_the_only_candidate_need_not_be_named(known):
    case_id = open_one(known[:1])
    decide(case_id, AMINA, SAME)
    assert decide(case_id, BRAHIM, SAME).linked_to == known[0].ref


def test_a_case_needs_a_candidate_and_there_is_one_per_file(known):
    subject = uuid4()
    with pytest.raises(Refused) as refused:
        open_one([], subject=subject)
    assert refused.value.error is errors.CASE_WITHOUT_CANDIDATE
    open_one(known[:1], subject=subject)
    with pytest.raises(Refused) as refused:
        open_one(known[:1], subject=subject)
    assert refused.value.error is errors.CASE_ALREADY_OPEN


def test_reasons_are_kept_sealed_and_read_back(case_id):
    decide(case_id, AMINA, DIFFERENT)
    assert WHY.encode() not in bytes(models.Decision.objects.get().sealed)
    assert [(d.officer, d.reason) for d in queries.get_case(case_id).decisions] == [("amina", WHY)]


def test_every_step_leaves_an_immutable_row(case_id):
    decide(case_id, AMINA, DIFFERENT)
    decide(case_id, BRAHIM, DIFFERENT)
    steps = models.CaseStep.objects.values_list("action", "from_state", "to_state", "actor_id")
    assert list(steps) == [
        ("open", "", "opened", "matcher"),
        ("decide_first", "opened", "first_decided", "amina"),
        ("agree", "first_decided", "closed", "brahim"),
    ]
    for table in (models.CaseStep, models.Decision):
        with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
            table.objects.all().delete()


def test_the_queue_gives_the_oldest_this_officer_may_decide(known):
    old, new = (open_one(known[:1], now=NOW - dt.timedelta(days=d)) for d in (3, 1))
    assert [c.id for c in queries.list_open_cases()] == [old, new]
    decide(old, AMINA, DIFFERENT)
    assert [c.id for c in queries.list_open_cases(officer="amina")] == [new]
    assert queries.find_next_case(officer="brahim") == old
    assert queries.find_next_case(officer="brahim", after=old) == new
    assert queries.find_next_case(officer="brahim", after=new) is None
    assert queries.count_open_cases() == {"opened": 1, "first_decided": 1, "disputed": 0, "asked": 0}


def test_a_case_is_found_by_its_file(case_id):
    case = queries.get_case(case_id)
    assert queries.find_open_case(case.subject).id == case_id
    assert queries.find_latest_case(case.subject).id == case_id
    assert queries.find_open_case(uuid4()) is queries.find_latest_case(uuid4()) is None


def test_the_legal_delay_counts_from_the_opening_and_ends_with_the_decision(case_id):
    assert queries.get_case(case_id).due_on == dt.date(2027, 1, 21)
    decide(case_id, AMINA, DIFFERENT)
    assert queries.get_case(case_id).due_on == dt.date(2027, 1, 21)
    decide(case_id, BRAHIM, DIFFERENT)
    assert queries.get_case(case_id).due_on is None
    assert list_late(on=dt.date(2030, 1, 1)) == []


def test_a_late_case_waits_on_an_officer(case_id):
    later = NOW + dt.timedelta(days=61)
    assert pass_marks(now=later) == {"adjudication 100": 1}
    [late] = list_late(on=legal_day(later))
    assert (late.kind, late.file, late.waits_on, late.days) == ("adjudication", case_id, "officer", 1)


def test_who_may_decide(case_id):
    decide(case_id, AMINA, DIFFERENT)
    case = queries.get_case(case_id)
    assert [case.is_decidable_by(login) for login in ("amina", "brahim")] == [False, True]


def in_state(case_id, state):
    """Put a case into a state, with the clock and the verdict that the state has."""
    row = models.Case.objects.get(id=case_id)
    row.state = state
    delay = services.CASES.delay("adjudication", legal_day(NOW))
    row.set_clock(clock.start("adjudication", delay, legal_day(NOW)))
    if CASE.phases[state] is Phase.NONE:
        row.set_clock()
        row.closed_at, row.verdict = NOW, DIFFERENT
    row.asked_until = legal_day(NOW) if state == CaseState.ASKED else None
    row.save()
    return row


def decided_by(row, officer):
    models.Decision.objects.create(case=row, officer=officer, verdict=DIFFERENT, sealed=b"x", decided_at=NOW)


@pytest.mark.parametrize(("state", "action", "role", "allowed"), list(CASE.cells()))
def test_every_cell_of_the_table(case_id, state, action, role, allowed):
    """The first officer is somebody before whom nobody decided; another is one after whom somebody has."""
    row, step = in_state(case_id, state), CASE.find(state, action)
    if role is Role.SECOND_OFFICER:
        decided_by(row, "zineb")
    officers = {} if state == CaseState.ASKED else {Role.OFFICER: AMINA, Role.SECOND_OFFICER: AMINA}
    known = {**officers, Role.SYSTEM: MATCHER, Role.HOLDER: actors.PUBLIC}
    actor = known.get(role, actors.partner("bank"))
    ends = {"asked_until": legal_day(NOW) if action == "ask" else None}
    ends |= {"closed_at": NOW, "verdict": DIFFERENT} if step and step.target == CaseState.CLOSED else {}
    if allowed:
        assert services.CASES.move(case_id, action, actor=actor, now=NOW, **ends).state == step.target
        return
    with pytest.raises(Refused) as refused:
        services.CASES.move(case_id, action, actor=actor, now=NOW, **ends)
    assert refused.value.error is (ROLE_REFUSED if step else TRANSITION_REFUSED)


@pytest.mark.parametrize("login", ["amina", "counter"])
def test_neither_an_earlier_decider_nor_the_depositor_is_a_second_officer(known, login):
    row = in_state(open_one(known, deposited_by="counter"), "first_decided")
    decided_by(row, "amina")
    assert services.CASES.may(row, officer(login)) == ()
    assert services.CASES.may(row, officer("brahim")) == ("agree", "disagree", "ask")


def test_every_act_of_a_case_is_declared():
    assert {step.act.code for step in (CASE.opening, *CASE.transitions)} <= declared().keys()


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"state": "closed", "due_on": None}, "matching_case_closed_with_verdict"),
        ({"verdict": "same_person"}, "matching_case_closed_with_verdict"),
        ({"state": "elsewhere"}, "matching_case_(state_known|due_while_clock_runs)"),
        ({"due_on": None}, "matching_case_due_while_clock_runs"),
        ({"origin": "rumour"}, "matching_case_origin"),
        ({"linked_to": uuid4()}, "matching_case_linked_if_same"),
        ({"asked_until": NOW}, "matching_case_asked_until_a_day"),
    ],
)
def test_the_database_holds_the_case_rules(case_id, changes, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        models.Case.objects.filter(id=case_id).update(**changes)


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        ({"officer": "amina", "verdict": "different_person"}, "matching_decision_one_per_officer"),
        ({"officer": "zineb", "verdict": "same_person"}, "matching_decision_names_its_file"),
        ({"officer": "zineb", "verdict": "perhaps"}, "matching_decision_(verdict|names_its_file)"),
    ],
)
def test_the_database_holds_the_decision_rules(case_id, row, constraint):
    decide(case_id, AMINA, DIFFERENT)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        models.Decision.objects.create(case_id=case_id, sealed=b"x", decided_at=NOW, **row)


def at_once(*calls):
    """Run the calls at the same time; return what each gave, a value or a refusal code."""
    start, results = threading.Barrier(len(calls)), []

    def run(call):
        start.wait()
        try:
            results.append(call().state)
        except Refused as refused:
            results.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(c,)) for c in calls]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return sorted(results)


@pytest.mark.django_db(transaction=True)
def test_the_same_officer_in_two_windows_decides_once(known):
    case_id = open_one(known)
    results = at_once(*[lambda: decide(case_id, AMINA, DIFFERENT)] * 2)
    assert results == ["first_decided", "matching.already_decided"]


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_make_a_first_and_a_second(known):
    case_id = open_one(known)
    results = at_once(lambda: decide(case_id, AMINA, DIFFERENT), lambda: decide(case_id, BRAHIM, DIFFERENT))
    assert results == ["closed", "first_decided"]


@pytest.mark.django_db(transaction=True)
def test_three_officers_at_once_cannot_all_decide(known):
    case_id = open_one(known)
    calls = [lambda a=a: decide(case_id, a, DIFFERENT) for a in (AMINA, BRAHIM, DRISS)]
    assert at_once(*calls) == ["closed", "first_decided", "kernel.transition_refused"]
