"""What a household lacks by a new law is asked by whatever scores it anew, once, when it is decided on."""

from __future__ import annotations

import pytest
from django.test import Client

from sijil.domains.events import queries as event_queries
from sijil.domains.events.models import Event
from sijil.domains.events.states import StepState
from sijil.domains.notifications.models import Message
from sijil.domains.scoring import queries as scoring
from sijil.domains.social_register import queries as social
from sijil.domains.social_register.models import CompletionRequest
from sijil.journeys import events
from sijil.journeys import household_registration as journey
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.tests.shelves import copy_of_the_law, reading
from tests.journeys.household import URBAN, Family, fill, send, settle, sign_in
from tests.journeys.test_household_review import SALMA
from tests.law.test_a_new_question import (
    MADE_ONCE,
    NEW,
    NEW_LAW,
    OLD,
    OLD_LAW,
    TESTER,
    at,
    code,
    family,
    head,
)
from tests.law.test_two_laws import write_law_of_2027

__all__ = ["MADE_ONCE", "at", "code", "family", "head"]
pytestmark = pytest.mark.django_db
CORRECTED = {"kind": "person.identity_changed", "facts": {"fields": ["birth"], "is_found_otherwise": False}}


@pytest.fixture
def new_law(tmp_path, at):
    """The law of 2027 is in force, and nobody is scored anew yet."""
    root = copy_of_the_law(tmp_path / "here")
    with reading(root):
        write_law_of_2027(root, seal=True)
        at(NEW)
        yield


@pytest.fixture
def other(at) -> Family:
    """A family that has declared nothing yet."""
    at(OLD)
    return settle()


@pytest.fixture
def aside(other, at) -> str:
    """Return a household whose registration was set aside by the law of 2026."""
    client = sign_in(other.head)
    client.post("/my-file/household/start/")
    fill(client, other)
    client.post("/my-file/household/questions/goods/", {**URBAN, "cars": "10", "mobiles": "40"})
    client.post("/my-file/household/questions/telecom/", {"telecom_bills_0": "4000"})
    send(client)
    return social.find_household_of(other.head.key).code


def rescore(household: str) -> None:
    with pytest.raises(Refused, match="input_missing"):
        journey.rescore(household_code=household, actor=TESTER, now=NEW)


def asked(household: str) -> tuple[object, ...]:
    found = social.find_completion(household)
    told = Message.objects.filter(template="household_asked", subject=household)
    return ([(due.person, due.fields) for due in found.due], found.needed_by, len(told))


def follow(kind: str) -> str:
    """Take the steps that wait; return what came of the rescoring after the last event of a kind."""
    for step in events.list_steps(StepState.WAITING):
        events.take_step(event_id=step.event, step=step.step, now=NEW)
    steps = event_queries.list_steps(Event.objects.filter(kind=kind).latest("recorded_at").id)
    [last] = [step for step in steps if step.step.startswith("household_registration.rescoring.")]
    return last.reason or last.state.value


def test_one_household_scored_anew_is_asked_as_everybody_is(code, new_law):
    rescore(code)
    first = asked(code)
    assert first == ([(None, ("tablets",))], NEW_LAW, 1)
    rescore(code)
    journey.rescore_due(now=NEW)
    assert asked(code) == first
    assert CompletionRequest.objects.count() == 1
    assert scoring.get_current_score(code).formula_version == OLD_LAW


def test_to_try_asks_nothing(code, new_law):
    seen = journey.preview_one(household_code=code, day=legal_day(NEW), actor=TESTER, now=NEW)
    assert (len(seen.refused), social.find_completion(code)) == (1, None)


def test_a_corrected_birth_date_asks_as_well_and_its_step_is_done(code, family, new_law):
    events.publish(**CORRECTED, subject=str(family.head.key), effective_on=NEW.date(), actor=TESTER, now=NEW)
    assert follow("person.identity_changed") == "answers_asked"
    assert asked(code)[2] == 1


def test_who_waits_for_a_decision_is_asked_on_the_day_it_is_taken(aside, other, new_law):
    journey.rescore_due(now=NEW)
    events.publish(**CORRECTED, subject=str(other.head.key), effective_on=NEW.date(), actor=TESTER, now=NEW)
    assert follow("person.identity_changed") == "registration_open"
    assert social.find_completion(aside) is None
    number = social.find_registration_of(other.head.key).number
    journey.settle(number=number, seen=1, actor=SALMA, now=NEW)
    assert follow("score.confirmed") == "answers_asked"
    assert asked(aside) == ([(None, ("tablets",))], NEW_LAW, 1)
    assert scoring.get_current_score(aside).formula_version == OLD_LAW


def test_who_is_refused_is_asked_nothing(aside, other, new_law):
    number = social.find_registration_of(other.head.key).number
    journey.settle(number=number, seen=1, rejected_for="answers_not_true", actor=SALMA, now=NEW)
    journey.rescore_due(now=NEW)
    assert not Event.objects.filter(kind="score.confirmed").exists()
    assert not CompletionRequest.objects.exists()


def test_a_client_is_never_asked_twice_for_what_it_answered(code, head: Client, new_law):
    rescore(code)
    head.post("/my-file/household/complete/home/goods/", {"tablets": "1"})
    version = social.find_completion(code).version
    ticks = {"accept_law": "on", "accept_info": "on", "version": version}
    assert head.post("/my-file/household/complete/", ticks).url == "/my-file/"
    journey.rescore(household_code=code, actor=TESTER, now=NEW)
    assert social.find_completion(code) is None
