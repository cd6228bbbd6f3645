"""The adjudication router: what a case says, to whom, and what a decision does."""

import datetime as dt
from uuid import uuid4

import pytest

from sijil.api import adjudication
from sijil.domains.matching import queries, services
from sijil.domains.matching.types import Candidate, CaseVerdict, Outcome, Verdict
from sijil.kernel.actors import Actor, ActorKind, system
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
WHY = "Same face on both images."


class Call:
    """What the endpoints see of a request once the token was read."""

    def __init__(self, login):
        self.actor = Actor(ActorKind.OFFICER, login)


@pytest.fixture
def case_id():
    near = Candidate(uuid4(), 2500, Verdict.LIKELY, {"last_name": "exact"}, 4)
    return services.open_case(subject=uuid4(), candidates=[near], actor=system("matcher"), now=NOW)


@pytest.fixture(autouse=True)
def journey(monkeypatch):
    """The journey around the decision has its own tests."""

    def adjudicate(case_id, **values):
        return services.decide(case_id=case_id, **values)

    monkeypatch.setattr(adjudication.person_enrolment, "adjudicate", adjudicate)


def decide(login, case_id, **values):
    body = adjudication.DecisionIn(**{"verdict": "different_person", "reason": WHY, **values})
    return adjudication.decide(Call(login), case_id, body)


def test_the_queue_is_that_of_the_caller(case_id):
    assert [c["id"] for c in adjudication.list_cases(Call("amina"), 50)] == [case_id]
    decide("amina", case_id)
    assert adjudication.list_cases(Call("amina"), 50) == []


def test_a_case_shows_no_earlier_decision_before_ones_own(case_id):
    decide("amina", case_id)
    assert adjudication.read_case(Call("brahim"), case_id)["decisions"] == []
    assert [d.reason for d in adjudication.read_case(Call("amina"), case_id)["decisions"]] == [WHY]


def test_a_case_has_the_shape_it_declares(case_id):
    body = adjudication.CaseOut(**adjudication.read_case(Call("amina"), case_id))
    assert (body.state, body.is_decidable, len(body.candidates)) == ("opened", True, 1)


def test_two_decisions_settle(case_id):
    assert decide("amina", case_id).is_settled is False
    outcome = decide("brahim", case_id)
    assert isinstance(outcome, Outcome)
    assert outcome.verdict is CaseVerdict.DIFFERENT_PERSON
    assert queries.get_case(case_id).state == "closed"


@pytest.mark.parametrize(
    "values", [{"verdict": "perhaps"}, {"reason": ""}, {"verdict": "same_person", "candidate": uuid4()}]
)
def test_a_wrong_decision_is_refused(case_id, values):
    with pytest.raises(Refused):
        decide("amina", case_id, **values)
    assert queries.get_case(case_id).state == "opened"
