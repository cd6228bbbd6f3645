"""Who cannot tell asks for more: the case waits, comes back at its age, and is decided anew."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from sijil.domains.matching import errors, models, queries, services
from sijil.domains.matching.tests.subjects import MATCHER, NOW, officer
from sijil.domains.matching.tests.test_cases import (
    AMINA,
    BRAHIM,
    CHADI,
    DIFFERENT,
    DRISS,
    SAME,
    WHY,
    at_once,
    case_id,
    decide,
    known,
    open_one,
    refusal,
)
from sijil.domains.matching.types import CaseVerdict
from sijil.kernel import actors
from sijil.kernel.casework import ROLE_REFUSED
from sijil.kernel.casework.watch import list_late
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.machine import TRANSITION_REFUSED

pytestmark = pytest.mark.django_db

__all__ = ["case_id", "known"]
CANNOT = CaseVerdict.CANNOT_TELL
HOLDER = actors.PUBLIC
COUNTER = actors.officer("salma", centre="C1", roles=["csc_officer"])
UNTIL = legal_day(NOW) + dt.timedelta(days=30)


def wonder(case_id, actor, what="paper", of=None, now=NOW):
    return services.decide(
        case_id=case_id, verdict=CANNOT, reason=WHY, actor=actor, now=now, candidate=of, ask=what
    )


def asked(case_id, *whats, now=NOW):
    """Two officers who cannot tell."""
    first, second = whats if len(whats) == 2 else (*whats, *whats) if whats else ("paper", "paper")
    wonder(case_id, AMINA, first, now=now)
    return wonder(case_id, BRAHIM, second, now=now)


def answer_all(case_id, actor=HOLDER, now=NOW):
    found = [services.answer(a.id, of=a.of, actor=actor, now=now) for a in queries.list_asked(case_id)]
    return found


def refused(call):
    with pytest.raises(Refused) as found:
        call()
    return found.value.error


def test_one_who_cannot_tell_asks_nobody_yet(case_id):
    assert wonder(case_id, AMINA).state == "first_decided"
    assert queries.list_asked(case_id) == []


def test_two_who_cannot_tell_ask_once_for_the_same(case_id, notices):
    outcome = asked(case_id)
    assert (outcome.state, outcome.is_settled, outcome.asked_until) == ("asked", False, UNTIL)
    [wanted] = queries.list_asked(case_id)
    assert (wanted.what, wanted.until, wanted.of) == ("paper", UNTIL, outcome.subject)
    assert [m.notice for m in notices] == ["evidence_asked"]


def test_what_each_asks_for_is_asked_together(case_id, known):
    wonder(case_id, AMINA, "visit", known[1].ref)
    wonder(case_id, BRAHIM, "capture")
    subject = queries.get_case(case_id).subject
    assert {(a.of, a.what) for a in queries.list_asked(case_id)} == {
        (known[1].ref, "visit"),
        (subject, "capture"),
    }
    assert [a.what for a in queries.list_asks(known[1].ref)] == ["visit"]
    assert queries.list_asks(known[0].ref) == []


@pytest.mark.parametrize("first_sure", [True, False])
@pytest.mark.parametrize("sure", [SAME, DIFFERENT])
@pytest.mark.parametrize("third", [SAME, DIFFERENT, CANNOT])
def test_one_sure_and_one_not_is_a_disagreement_that_a_third_settles(case_id, known, sure, third, first_sure):
    def say(actor, verdict):
        if verdict is CANNOT:
            return wonder(case_id, actor)
        return decide(case_id, actor, verdict, known[0].ref if verdict is SAME else None)

    answers = [sure, CANNOT] if first_sure else [CANNOT, sure]
    say(AMINA, answers[0])
    assert say(BRAHIM, answers[1]).state == "disputed"
    outcome = say(CHADI, third)
    assert outcome.state == ("asked" if third is CANNOT else "closed")
    assert outcome.verdict is (None if third is CANNOT else third)


def test_a_third_who_cannot_tell_between_two_who_are_sure_asks(case_id, known):
    decide(case_id, AMINA, SAME, known[0].ref)
    decide(case_id, BRAHIM, DIFFERENT)
    assert wonder(case_id, CHADI, "capture").state == "asked"
    assert [a.what for a in queries.list_asked(case_id)] == ["capture"]


@pytest.mark.parametrize("actor", [HOLDER, COUNTER, AMINA])
def test_the_answer_brings_the_case_back_at_its_age_to_be_decided_anew(known, actor):
    old, new = (open_one(known[:1], now=NOW - dt.timedelta(days=d)) for d in (3, 1))
    due = queries.get_case(old).due_on
    asked(old)
    assert [c.id for c in queries.list_open_cases(officer="chadi")] == [new]
    assert [c.id for c in queries.list_open_cases()] == [old, new]
    assert answer_all(old, actor) == [True]
    case = queries.get_case(old)
    assert (case.state, case.round, case.due_on, case.is_unanswered) == ("opened", 2, due, False)
    assert [c.id for c in queries.list_open_cases(officer="amina")] == [old, new]
    assert case.decisions_for("amina") == ()
    decide(old, BRAHIM, DIFFERENT)
    assert decide(old, AMINA, DIFFERENT).is_settled


def test_the_case_waits_for_everything_that_was_asked(case_id):
    asked(case_id, "paper", "visit")
    first, second = queries.list_asked(case_id)
    assert services.answer(first.id, of=first.of, actor=HOLDER, now=NOW) is False
    assert queries.get_case(case_id).state == "asked"
    assert services.answer(second.id, of=second.of, actor=COUNTER, now=NOW) is True


def test_the_day_that_passes_brings_it_back_unanswered(case_id):
    asked(case_id)
    assert services.return_unanswered(now=NOW + dt.timedelta(days=30)) == 0
    later = NOW + dt.timedelta(days=31)
    assert services.return_unanswered(now=later) == 1
    assert services.return_unanswered(now=later) == 0
    case = queries.get_case(case_id)
    assert (case.state, case.is_unanswered, case.round, case.asked_until) == ("opened", True, 2, None)
    assert [c.id for c in queries.list_open_cases(officer="amina")] == [case_id]


def test_a_half_answered_case_comes_back_unanswered_too(case_id):
    asked(case_id, "paper", "visit")
    one = queries.list_asked(case_id)[0]
    services.answer(one.id, of=one.of, actor=HOLDER, now=NOW)
    assert services.return_unanswered(now=NOW + dt.timedelta(days=31)) == 1
    assert queries.get_case(case_id).is_unanswered


def test_asking_does_not_stop_the_delay_so_nothing_waits_unseen(case_id):
    asked(case_id)
    [late] = list_late(on=legal_day(NOW) + dt.timedelta(days=61))
    assert (late.file, late.state, late.waits_on) == (case_id, "asked", "holder")


def test_nobody_is_asked_for_ever(case_id):
    for days in (0, 31):
        asked(case_id, now=NOW + dt.timedelta(days=days))
        services.return_unanswered(now=NOW + dt.timedelta(days=days + 31))
    assert refused(lambda: wonder(case_id, AMINA)) is errors.ASKED_ENOUGH
    decide(case_id, AMINA, DIFFERENT)
    assert decide(case_id, BRAHIM, DIFFERENT).is_settled


def test_refusals_of_asking(case_id):
    assert refused(lambda: wonder(case_id, AMINA, "")) is errors.ASK_UNKNOWN
    assert refused(lambda: wonder(case_id, AMINA, "money")) is errors.ASK_UNKNOWN
    assert refused(lambda: wonder(case_id, AMINA, "paper", uuid4())) is errors.CANDIDATE_REQUIRED
    assert refused(lambda: wonder(case_id, MATCHER)) is ROLE_REFUSED
    wonder(case_id, AMINA)
    assert refused(lambda: wonder(case_id, AMINA)) is errors.ALREADY_DECIDED
    wonder(case_id, BRAHIM)
    assert refusal(case_id, CHADI, DIFFERENT) is TRANSITION_REFUSED


def test_refusals_of_answering(case_id, known):
    asked(case_id)
    [wanted] = queries.list_asked(case_id)

    def answer(ask=wanted.id, of=wanted.of, actor=HOLDER):
        return services.answer(ask, of=of, actor=actor, now=NOW)

    assert refused(lambda: answer(uuid4())) is errors.ASK_NOT_OPEN
    assert refused(lambda: answer(of=known[0].ref)) is errors.ASK_NOT_OPEN
    assert refused(lambda: answer(actor=actors.partner("bank"))) is ROLE_REFUSED
    answer()
    assert refused(answer) is errors.ASK_NOT_OPEN


def test_what_was_asked_in_an_earlier_round_is_closed(case_id):
    asked(case_id)
    [old] = queries.list_asked(case_id)
    services.return_unanswered(now=NOW + dt.timedelta(days=31))
    asked(case_id, "visit")
    assert refused(lambda: services.answer(old.id, of=old.of, actor=HOLDER, now=NOW)) is errors.ASK_NOT_OPEN


def test_corrected_persons_wait_behind_those_without_a_number_unless_late(known):
    person = open_one(known[:1], person="key", now=NOW - dt.timedelta(days=5))
    request = open_one(known[:1], now=NOW)
    today = legal_day(NOW)
    assert [c.id for c in queries.list_open_cases(on=today)] == [request, person]
    late = today + dt.timedelta(days=57)
    assert [c.id for c in queries.list_open_cases(on=late)] == [person, request]
    assert queries.find_next_case(officer="amina", on=today) == request


def test_the_work_of_each_officer_is_counted(known):
    yesterday = NOW - dt.timedelta(days=1)
    one, two = open_one(known, now=yesterday), open_one(known, now=yesterday)
    decide(one, AMINA, DIFFERENT, now=yesterday)
    decide(two, AMINA, DIFFERENT)
    decide(two, BRAHIM, DIFFERENT)
    counted = queries.count_decided(since=NOW - dt.timedelta(days=6), today=NOW - dt.timedelta(hours=1))
    assert [(w.officer, w.today, w.all) for w in counted] == [("amina", 1, 2), ("brahim", 1, 1)]


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"what": "money"}, "matching_ask_what"),
        ({"answered_at": NOW}, "matching_ask_answered_by_somebody"),
    ],
)
def test_the_database_holds_what_is_asked(case_id, changes, constraint):
    asked(case_id)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        models.Ask.objects.update(**changes)


@pytest.mark.django_db(transaction=True)
def test_the_paper_and_the_end_of_the_day_at_once_bring_it_back_once(known):
    case_id = open_one(known)
    asked(case_id)
    later = NOW + dt.timedelta(days=31)
    [wanted] = queries.list_asked(case_id)

    class Told:
        def __init__(self, state):
            self.state = state

    results = at_once(
        lambda: Told(f"answer {services.answer(wanted.id, of=wanted.of, actor=HOLDER, now=later)}"),
        lambda: Told(f"lapse {services.return_unanswered(now=later)}"),
    )
    assert results in (["answer True", "lapse 0"], ["lapse 1", "matching.ask_not_open"])
    assert queries.get_case(case_id).round == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_cannot_tell_at_once_ask_once(known):
    case_id = open_one(known)
    results = at_once(lambda: wonder(case_id, AMINA), lambda: wonder(case_id, BRAHIM))
    assert results == ["asked", "first_decided"]
    assert len(queries.list_asked(case_id)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_answer_sent_twice_counts_once(known):
    case_id = open_one(known)
    asked(case_id, "paper", "visit")
    wanted = queries.list_asked(case_id)[0]

    class Told:
        state = "kept"

    def send():
        services.answer(wanted.id, of=wanted.of, actor=officer("driss"), now=NOW)
        return Told

    assert at_once(send, send) == ["kept", "matching.ask_not_open"]
    assert DRISS.id == "driss"
