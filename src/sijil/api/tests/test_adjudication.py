"""The adjudication router: what a case says, to whom, and what a decision does."""

import datetime as dt
from uuid import uuid4

import pytest

from sijil.api import adjudication
from sijil.domains.audit.models import AuditEntry
from sijil.domains.matching import queries, services
from sijil.domains.matching.types import Candidate, CaseVerdict, Outcome, Verdict
from sijil.domains.population_register.models import EnrolmentRequest
from sijil.domains.population_register.sealed import seal_identity
from sijil.domains.population_register.tests.samples import FATIMA
from sijil.kernel.actors import officer, system
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_number, new_key

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
WHY = "Same face on both images."


class Call:
    """What the endpoints see of a request once the token was read."""

    def __init__(self, login):
        self.actor = officer(login, roles=["adjudicator"])


@pytest.fixture
def new():
    """A file in adjudication, as the register holds it."""
    key = new_key()
    return EnrolmentRequest.objects.create(
        id=key, number=draw_number(), state="in_adjudication", opened_at=NOW, sex="F", birth_year=1988,
        commune_code="04.421.01.0", centre_code="C1", language="fr", channel="counter", has_contact=False,
        clock="adjudication", due_on=dt.date(2027, 1, 21), sealed=seal_identity("request", key, FATIMA),
    )  # fmt: skip


@pytest.fixture
def case_id(new):
    near = Candidate(uuid4(), 2500, Verdict.LIKELY, {"last_name": "exact"}, 4)
    return services.open_case(
        subject=new.id, number=new.number, candidates=[near], actor=system("matcher"), now=NOW
    )


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


def test_reading_a_case_is_the_same_act_as_on_the_page(case_id, new):
    adjudication.read_case(Call("amina"), case_id)
    entry = AuditEntry.objects.get(action="adjudication.case_read")
    assert (entry.subject, entry.actor_id, entry.facts["case"]) == (new.number, "amina", str(case_id))


def test_who_cannot_tell_asks_as_on_the_page(case_id, new):
    decide("amina", case_id, verdict="cannot_tell", ask="visit")
    outcome = adjudication.OutcomeOut.from_orm(decide("brahim", case_id, verdict="cannot_tell", ask="visit"))
    assert (outcome.state, outcome.is_settled) == ("asked", False)
    body = adjudication.CaseOut(**adjudication.read_case(Call("amina"), case_id))
    assert (body.asked_until, body.is_decidable) == (outcome.asked_until, False)
    [wanted] = body.asks
    assert (wanted.what, wanted.of) == ("visit", new.id)
    back = adjudication.CaseOut(**adjudication.receive(Call("amina"), case_id, wanted.id))
    assert (back.state, back.round, back.is_decidable) == ("opened", 2, True)
    with pytest.raises(Refused, match="ask_not_open"):
        adjudication.receive(Call("amina"), case_id, wanted.id)


def test_what_speaks_for_and_against_is_read(case_id):
    [candidate] = adjudication.read_case(Call("amina"), case_id)["candidates"]
    [said] = adjudication.read_evidence(Call("amina"), case_id, candidate.ref)
    assert (said.field, said.side, said.strength) == ("last_name", "for", 3)
    assert adjudication.read_evidence(Call("amina"), case_id, uuid4()) == []


def test_a_closed_case_has_no_date_any_more(case_id):
    assert adjudication.read_case(Call("amina"), case_id)["due_on"] == dt.date(2027, 1, 21)
    decide("amina", case_id), decide("brahim", case_id)
    assert adjudication.read_case(Call("amina"), case_id)["due_on"] is None


def test_two_decisions_settle(case_id, new):
    assert decide("amina", case_id).is_settled is False
    outcome = decide("brahim", case_id)
    assert isinstance(outcome, Outcome)
    assert outcome.verdict is CaseVerdict.DIFFERENT_PERSON
    assert queries.get_case(case_id).state == "closed"
    new.refresh_from_db()
    assert (new.state, new.due_on) == ("registered", None)


@pytest.mark.parametrize(
    "values", [{"verdict": "perhaps"}, {"reason": ""}, {"verdict": "same_person", "candidate": uuid4()}]
)
def test_a_wrong_decision_is_refused(case_id, values):
    with pytest.raises(Refused):
        decide("amina", case_id, **values)
    assert queries.get_case(case_id).state == "opened"
