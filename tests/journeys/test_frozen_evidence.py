"""What a decision was based on is frozen with it: each state of a file against each write."""

import dataclasses
import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from tests.journeys.test_person_enrolment import (
    A_PAPER,
    BRAHIM,
    NOW,
    OFFICER,
    _country,  # noqa: F401
    given_a_pre_registration,
    when_captured,
    when_compared,
)

from sijil.domains.biometrics.samples import draw
from sijil.domains.population_register.errors import PAPER_COMPARED
from sijil.domains.population_register.models import EnrolmentRequest, Person
from sijil.domains.population_register.states import RequestState
from sijil.domains.population_register.tests.samples import known
from sijil.journeys import person_enrolment
from sijil.kernel.actors import PUBLIC
from sijil.kernel.errors import Refused
from sijil.kernel.machine import TRANSITION_REFUSED

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=5)
OPEN = (RequestState.PRE_REGISTERED, RequestState.PAPERS_REQUESTED)
WRITES = {
    "capture": lambda number: person_enrolment.capture(
        number=number, modality="face", content=draw(7, "face"), actor=OFFICER, now=NOW
    ),
    "excuse": lambda number: person_enrolment.excuse_capture(
        number=number, modality="iris_left", reason="missing_eye", actor=OFFICER, now=NOW
    ),
    "paper of the officer": lambda number: person_enrolment.add_paper(
        number=number, paper=A_PAPER, actor=OFFICER, now=NOW
    ),
    "paper of the person": lambda number: person_enrolment.add_paper(
        number=number, paper=A_PAPER, actor=PUBLIC, now=NOW
    ),
}
BY_SQL = [
    "DELETE FROM biometrics_capture",
    "UPDATE biometrics_capture SET fingerprint = 'x'",
    "UPDATE biometrics_capture SET request_number = 'ELSEWHERE0'",
    "INSERT INTO biometrics_exception VALUES"
    " (gen_random_uuid(), '{number}', 'iris_left', 'missing_eye', now(), 'x')",
    "TRUNCATE biometrics_capture",
    "DELETE FROM documents_content",
    "DELETE FROM documents_document",
    "INSERT INTO documents_document (id, owner, kind, media_type, size, pages, digest, received_at,"
    " actor_kind, actor_id) VALUES"
    " (gen_random_uuid(), 'request:{number}', 'cnie', 'image/png', 1, 1, 'x', now(), 'x', 'x')",
    "DELETE FROM biometrics_frozen",
    "TRUNCATE documents_frozen",
]


def more_of(state):
    """What the database wants of a file in a state."""
    day = NOW.date() if state in (RequestState.DEPOSITED, RequestState.IN_ADJUDICATION) else None
    person = Person.objects.get(key=known(BRAHIM).key) if state is RequestState.REGISTERED else None
    return {"due_on": day, "mark_on": day, "person": person} | ({"sealed": b""} if person else {})


@pytest.mark.parametrize("state", [state for state in RequestState if state not in OPEN])
def test_each_write_is_refused_in_each_state_after_the_counter(state):
    number = given_a_pre_registration()
    EnrolmentRequest.objects.filter(number=number).update(state=state, **more_of(state))
    for name, write in WRITES.items():
        with pytest.raises(Refused) as refused, transaction.atomic():
            write(number)
        assert refused.value.error is TRANSITION_REFUSED, name


def test_a_paper_is_removed_while_papers_are_asked_for_and_not_once_it_was_compared():
    number = given_a_pre_registration()
    first = WRITES["paper of the officer"](number)

    def remove(document_id):
        person_enrolment.remove_paper(number=number, document_id=document_id, actor=PUBLIC, now=LATER)

    for state in RequestState:
        if state not in OPEN:
            with transaction.atomic():
                EnrolmentRequest.objects.filter(number=number).update(state=state, **more_of(state))
                with pytest.raises(Refused) as refused:
                    remove(first)
                transaction.set_rollback(True)
            assert refused.value.error is TRANSITION_REFUSED, state
    with pytest.raises(Refused) as refused:
        remove(first)
    assert refused.value.error is TRANSITION_REFUSED
    when_compared(number)
    person_enrolment.ask_for_paper(number=number, reason="paper_unreadable", actor=OFFICER, now=NOW)
    with pytest.raises(Refused) as refused:
        remove(first)
    assert refused.value.error is PAPER_COMPARED
    later = dataclasses.replace(A_PAPER, kind="passport")
    second = person_enrolment.add_paper(number=number, paper=later, actor=PUBLIC, now=LATER)
    person_enrolment.ask_for_paper(number=number, reason="paper_unreadable", actor=OFFICER, now=LATER)
    remove(second)
    assert [paper.id for paper in person_enrolment.list_papers(number)] == [first]


def test_before_that_each_is_open_where_it_belongs():
    number = given_a_pre_registration()
    when_captured(number, 1)
    WRITES["capture"](number)
    WRITES["paper of the officer"](number)


def frozen(number):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM biometrics_frozen WHERE request_number = %s", [number])
        captures = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM documents_frozen WHERE owner = %s", [f"request:{number}"])
        return captures, cursor.fetchone()[0]


def when_received(number):
    when_captured(number, 1)
    WRITES["paper of the officer"](number)
    when_compared(number)
    person_enrolment.deposit(number=number, actor=OFFICER, now=NOW)


ENDS = {
    "received": when_received,
    "refused": lambda number: person_enrolment.refuse(
        number=number, reason="not_resident", actor=OFFICER, now=NOW
    ),
    "withdrawn": lambda number: person_enrolment.withdraw(number=number, actor=PUBLIC, now=NOW),
}


@pytest.mark.parametrize("end", ENDS)
def test_evidence_is_frozen_by_the_act_that_uses_it(end):
    number = given_a_pre_registration()
    assert frozen(number) == (0, 0)
    ENDS[end](number)
    assert frozen(number) == (1, 1)


def test_the_database_refuses_each_way_to_replace_it():
    number = given_a_pre_registration()
    when_received(number)
    for statement in BY_SQL:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(number=number))


def test_a_file_that_is_still_open_is_not_touched_by_another_that_is_closed():
    other = given_a_pre_registration()
    ENDS["withdrawn"](other)
    number = given_a_pre_registration()
    when_captured(number, 1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM biometrics_capture WHERE request_number = %s", [number])
        assert cursor.rowcount > 0
