"""Who was refused as a duplicate says that it is wrong; another officer answers, and it is undone whole."""

import dataclasses
import datetime as dt
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from tests.journeys.test_person_enrolment import (
    A_PAPER,
    BRAHIM,
    FIRST,
    NOW,
    OFFICER,
    SECOND,
    _country,
    case_of,
    given_a_case,
    given_a_deposited_file,
    given_a_pre_registration,
    then_messages,
    when_both_decide,
    when_the_worker_runs,
)

from sijil.domains.audit.models import AuditEntry
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.models import EmbeddedReference, EngineRequest
from sijil.domains.documents import services as documents
from sijil.domains.grievances import errors
from sijil.domains.grievances import queries as grievances
from sijil.domains.matching import queries as matching
from sijil.domains.matching import services as matching_services
from sijil.domains.matching.errors import ALREADY_DECIDED, NOT_JUDGED_SAME, OWN_FILE
from sijil.domains.matching.models import MatchingKey
from sijil.domains.notifications.models import Message
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.acts import FILE_READ
from sijil.domains.population_register.errors import REFUSED_OTHERWISE, UNKNOWN_NUMBER
from sijil.journeys import person_enrolment, tracking
from sijil.kernel.actors import PUBLIC, officer
from sijil.kernel.casework import ROLE_REFUSED
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_number
from sijil.reporting.state import list_differences

pytestmark = pytest.mark.django_db
__all__ = ["_country"]
THIRD = officer("adjudicator-3", roles=["adjudicator"])
FOURTH = officer("adjudicator-4", roles=["adjudicator"])
WHY = "It is my sister who is registered. I was born a year later."
ANSWER = "The birth extract that you sent is of another person."


@pytest.fixture
def refused():
    """A file that two officers took for a registered person: the known person, the number, the case."""
    known, number, case = given_a_case()
    biometrics.ask_due(NOW)
    when_both_decide(case, "same_person")
    biometrics.ask_due(NOW)
    return known, number, case


def appeal(number, *, actor=PUBLIC, now=NOW, papers=()):
    return person_enrolment.appeal(number=number, text=WHY, papers=list(papers), actor=actor, now=now)


def answer(found, outcome, *, actor=THIRD, now=NOW):
    return person_enrolment.answer_appeal(found.number, outcome=outcome, answer=ANSWER, actor=actor, now=now)


def refusal(act, *args, **given):
    with pytest.raises(Refused) as caught:
        act(*args, **given)
    return caught.value.error


def has_keys(ref):
    return MatchingKey.objects.filter(subject=ref).exists()


def has_templates(ref):
    return EmbeddedReference.objects.filter(reference=ref).exists()


def test_who_holds_the_number_says_it_and_sees_by_when_it_is_answered(refused):
    _, number, _ = refused
    before = tracking.find_request(number, now=NOW)
    assert (before.appeal, before.appeal_until) == (None, NOW.date() + dt.timedelta(days=60))
    found = appeal(number, papers=[A_PAPER])
    after = tracking.find_request(number, now=NOW)
    assert after.appeal_until is None
    assert after.next_action == "wait_for_other_officer"
    assert (after.appeal.number, after.appeal.state, after.appeal.answer) == (found.number, "received", "")
    assert after.appeal.due_on == NOW.date() + dt.timedelta(days=30)
    assert "grievance_received" in then_messages(number)


def test_the_centre_receives_it_for_the_person(refused):
    _, number, _ = refused
    elsewhere = dataclasses.replace(OFFICER, centre="01.151.01.01")
    assert refusal(appeal, number, actor=elsewhere) is ROLE_REFUSED
    assert OFFICER.id in appeal(number, actor=OFFICER).barred


def test_it_is_read_with_its_papers_by_an_adjudicator_and_that_is_written_down(refused):
    _, number, case = refused
    found = appeal(number, papers=[A_PAPER])
    read = person_enrolment.read_appeal(found.number, actor=THIRD, now=NOW)
    assert (read.grounds, read.case) == (WHY, case.id)
    [paper] = read.papers
    opened = person_enrolment.read_appeal_paper(found.number, paper.id, actor=THIRD, now=NOW)
    assert opened.media_type.startswith("image/")
    read_acts = AuditEntry.objects.filter(subject=number, actor_id=THIRD.id)
    assert {"grievance.read", "paper.read"} <= set(read_acts.values_list("action", flat=True))


def test_an_upheld_decision_stands_and_the_person_reads_why(refused):
    known, number, case = refused
    answer(appeal(number), "upheld")
    found = tracking.find_request(number, now=NOW)
    assert (found.state, found.appeal.state, found.appeal.answer) == ("rejected", "upheld", ANSWER)
    assert matching.get_case(case.id).verdict == "same_person"
    assert "grievance_upheld" in then_messages(number)
    assert "request_of_somebody_else" not in then_messages(known)


def test_a_reversed_decision_ends_in_a_number_of_their_own(refused):
    known, number, case = refused
    ref = queries.get_request_record(number).id
    assert not has_keys(ref)
    assert not has_templates(ref)
    answer(appeal(number), "reversed")
    assert tracking.find_request(number, now=NOW).state == "deposited"
    person = when_the_worker_runs(number)
    assert person not in (None, known)
    assert queries.get_idcs(person) != queries.get_idcs(known)
    assert has_keys(ref)
    assert has_templates(ref)
    assert has_templates(case.candidates[0].ref)
    assert {"grievance_reversed", "idcs_issued"} <= {*then_messages(number), *then_messages(person)}
    assert "request_of_somebody_else" in then_messages(known)


def test_the_first_decisions_stay_beside_the_new_one(refused):
    _, number, case = refused
    answer(appeal(number), "reversed")
    kept = matching.get_case(case.id)
    assert [(d.officer, d.verdict) for d in kept.decisions] == [
        (FIRST.id, "same_person"),
        (SECOND.id, "same_person"),
        (THIRD.id, "different_person"),
    ]
    assert (kept.verdict, kept.linked_to) == ("different_person", None)
    moves = [step.state for step in tracking.find_request(number, now=NOW).history]
    assert moves[-2:] == ["rejected", "deposited"]


def test_what_is_reversed_is_as_the_log_tells(refused):
    _, number, _ = refused
    answer(appeal(number), "reversed")
    when_the_worker_runs(number)
    assert [
        d for d in list_differences() if d.of in ("grievance", "adjudication", "enrolment", "person")
    ] == []


@pytest.mark.parametrize("column", ["state = 'upheld', answered_at = now(), due_on = NULL", "barred = '{}'"])
def test_a_grievance_changed_beside_the_product_is_seen(refused, column):
    _, number, _ = refused
    appeal(number)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE grievance SET {column}")
    assert "grievance" in {d.of for d in list_differences()}


def test_whoever_was_registered_meanwhile_is_found(refused):
    """The person came again with another file: a second number is not issued by the reversal alone."""
    _, number, case = refused
    other = given_a_deposited_file(identity_of(number), seed=9)
    when_the_worker_runs(other)
    when_both_decide(case_of(other), "different_person")
    answer(appeal(number), "reversed")
    assert when_the_worker_runs(number) is None
    again = case_of(number)
    assert again.id != case.id
    assert {c.ref for c in again.candidates} == {queries.get_request_record(other).id}


def identity_of(number):
    return queries.get_request(number, act=FILE_READ, actor=OFFICER, now=NOW).identity


@pytest.mark.parametrize("actor", [FIRST, SECOND])
def test_who_decided_first_does_not_answer(refused, actor):
    _, number, case = refused
    found = appeal(number)
    assert refusal(answer, found, "reversed", actor=actor) is errors.TOOK_PART
    over = {"case_id": case.id, "reason": WHY, "actor": actor, "now": NOW}
    assert refusal(matching_services.overturn, **over) is ALREADY_DECIDED


def test_who_deposited_the_file_does_not_answer(refused):
    _, number, case = refused
    both = dataclasses.replace(OFFICER, roles=frozenset({"adjudicator"}))
    assert refusal(answer, appeal(number), "reversed", actor=both) is errors.TOOK_PART
    over = {"case_id": case.id, "reason": WHY, "actor": both, "now": NOW}
    assert refusal(matching_services.overturn, **over) is OWN_FILE


def test_nothing_is_contested_of_a_file_that_nobody_refused_as_a_duplicate():
    _, number, case = given_a_case()
    assert refusal(appeal, number) is errors.NOT_OPEN_TO_GRIEVANCE
    when_both_decide(case, "different_person")
    assert refusal(appeal, number) is errors.NOT_OPEN_TO_GRIEVANCE
    over = {"case_id": case.id, "reason": WHY, "actor": THIRD, "now": NOW}
    assert refusal(matching_services.overturn, **over) is NOT_JUDGED_SAME


def test_a_number_that_nobody_has_contests_nothing(refused):
    assert refusal(appeal, draw_number()) is UNKNOWN_NUMBER


def test_a_file_refused_for_its_papers_is_not_opened_again(refused):
    number = given_a_pre_registration(BRAHIM)
    person_enrolment.refuse(number=number, reason="not_resident", actor=OFFICER, now=NOW)
    assert refusal(appeal, number) is errors.NOT_OPEN_TO_GRIEVANCE
    assert refusal(register.reopen_request, number=number, actor=THIRD, now=NOW) is REFUSED_OTHERWISE


def test_sixty_days_after_the_decision_it_is_too_late(refused):
    _, number, _ = refused
    late = NOW + dt.timedelta(days=61)
    assert refusal(appeal, number, now=late) is errors.TOO_LATE
    assert tracking.find_request(number, now=late).appeal_until is None
    assert appeal(number, now=NOW + dt.timedelta(days=60)).is_open


def test_one_is_open_for_a_file_and_is_answered_once(refused):
    _, number, _ = refused
    found = appeal(number)
    assert refusal(appeal, number) is errors.ALREADY_RECEIVED
    answer(found, "reversed")
    with pytest.raises(Refused):
        answer(found, "upheld", actor=FOURTH)
    assert refusal(appeal, number) is errors.NOT_OPEN_TO_GRIEVANCE
    assert grievances.get_grievance(found.number).state == "reversed"


def test_what_was_sent_is_frozen_with_the_answer(refused):
    _, number, _ = refused
    found = appeal(number, papers=[A_PAPER])
    answer(found, "upheld")
    [judged] = documents.judge([A_PAPER.content], now=NOW)
    with pytest.raises(Exception, match=r"frozen|immutable|decided"):
        documents.receive(
            owner=f"grievance:{found.number}", kind="passport", filename="x", paper=judged,
            actor=PUBLIC, now=NOW,
        )  # fmt: skip


def test_a_refused_paper_leaves_no_appeal(refused):
    _, number, _ = refused
    broken = dataclasses.replace(A_PAPER, content=b"not a paper")
    with pytest.raises(Refused):
        appeal(number, papers=[broken])
    assert tracking.find_request(number, now=NOW).appeal is None


def test_the_engine_forgets_first_and_is_given_the_images_anew(refused):
    """While it has yet to forget, nothing is inserted; the sweep of the files asks again."""
    _, number, _ = refused
    ref = queries.get_request_record(number).id
    EngineRequest.objects.filter(reference=ref, operation="delete").update(state="queued", answered_at=None)
    answer(appeal(number), "reversed")
    person_enrolment.compare(number, now=NOW)
    assert not EngineRequest.objects.filter(reference=ref, turn=1).exists()
    assert person_enrolment.resolve(number, now=NOW) is None
    biometrics.ask_due(NOW)
    assert when_the_worker_runs(number) is not None
    turns = EngineRequest.objects.filter(reference=ref).values_list("operation", "turn")
    assert set(turns) == {
        ("insert", 0), ("identify", 0), ("delete", 0), ("insert", 1), ("identify", 1),
    }  # fmt: skip


def test_forgotten_a_second_time_it_is_asked_a_second_time(refused):
    _, number, _ = refused
    ref = queries.get_request_record(number).id
    biometrics.forget_reference(reference=ref, now=NOW)
    assert EngineRequest.objects.filter(reference=ref, operation="delete").count() == 1
    answer(appeal(number), "reversed")
    when_the_worker_runs(number)
    biometrics.forget_reference(reference=ref, now=NOW)
    biometrics.ask_due(NOW)
    assert EngineRequest.objects.filter(reference=ref, operation="delete").count() == 2
    assert not has_templates(ref)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_appeal(refused):
    _, number, _ = refused
    seen, together = [], Barrier(2)

    def run():
        together.wait()
        try:
            seen.append(appeal(number).state)
        except Refused as caught:
            seen.append(caught.error)
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(map(str, seen)) == sorted(map(str, ["received", errors.ALREADY_RECEIVED]))


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one(refused):
    _, number, _ = refused
    found, seen, together = appeal(number), [], Barrier(2)

    def run(actor, outcome):
        together.wait()
        try:
            seen.append(answer(found, outcome, actor=actor).state)
        except Refused:
            seen.append("refused")
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in ((THIRD, "upheld"), (FOURTH, "reversed"))]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert seen.count("refused") == 1
    assert grievances.get_grievance(found.number).state in seen
    assert Message.objects.filter(template__in=["grievance_upheld", "grievance_reversed"]).exists()
