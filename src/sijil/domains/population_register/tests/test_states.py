"""Every cell of the two tables, with somebody of each role."""

import pytest

from sijil.domains.population_register import models, services
from sijil.domains.population_register.rules import reasons
from sijil.domains.population_register.services.persons import delay_of
from sijil.domains.population_register.states import (
    COUNTER_REASONS,
    DUPLICATE,
    IDENTITY_REASONS,
    PAPER_REASONS,
    PERSON,
    REQUEST,
    SIMILAR,
    RequestState,
)
from sijil.domains.population_register.tests.samples import (
    ADJUDICATOR,
    ELSEWHERE,
    FATIMA,
    NOW,
    OFFICER,
    WORKER,
    submitted,
)
from sijil.kernel.actors import PUBLIC, partner
from sijil.kernel.casework import ROLE_REFUSED, Role, clock
from sijil.kernel.casework.clock import Phase
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key
from sijil.kernel.machine import TRANSITION_REFUSED

pytestmark = pytest.mark.django_db
ACTORS = {
    Role.HOLDER: PUBLIC,
    Role.OFFICER: OFFICER,
    Role.SECOND_OFFICER: ADJUDICATOR,
    Role.SYSTEM: WORKER,
}
PERSON_ACTORS = {Role.OFFICER: OFFICER, Role.SYSTEM: WORKER}
STRANGER = partner("bank")  # for the roles that nobody has in these files


def in_state(row, kind, state):
    """Put a row into a state, with the clock that the state has."""
    row.state = state
    row.set_clock(clock.start("kept", delay_of("kept", legal_day(NOW)), legal_day(NOW)))
    if kind.phases[state] is Phase.STOPPED:
        row.set_clock(clock.stop(row.reading, legal_day(NOW)))
    if kind.phases[state] is Phase.NONE:
        row.set_clock()
    row.save()


def a_request(state):
    row = models.EnrolmentRequest.objects.get(number=submitted())
    if state == RequestState.REJECTED:
        models.RequestStep.objects.create(
            request=row, action="reject", to_state=state, actor_kind="officer", actor_id="x", at=NOW,
            reason=DUPLICATE,
        )  # fmt: skip
    if state == RequestState.REGISTERED:
        services.issue(row.id, FATIMA, actor=WORKER, now=NOW)
        row.person_id, row.sealed = row.id, b""
    in_state(row, REQUEST, state)
    services.REQUESTS.step.objects.create(
        request=row, action="compare_papers", to_state=state, actor_kind="officer", actor_id="x", at=NOW
    )
    return row


def columns_of(row, action):
    if action != "register":
        return {}
    services.issue(row.id, FATIMA, actor=WORKER, now=NOW)
    return {"person_id": row.id, "sealed": b""}


def refusal(files, row, step, action, actor, **columns):
    reason = step.reasons[0] if step and step.reasons else ""
    with pytest.raises(Refused) as refused:
        files.move(getattr(row, files.key), action, actor=actor, now=NOW, reason=reason, **columns)
    return refused.value.error


@pytest.mark.parametrize(("state", "action", "role", "allowed"), list(REQUEST.cells()))
def test_each_cell_of_the_request(state, action, role, allowed):
    row, step, actor = a_request(state), REQUEST.find(state, action), ACTORS.get(role, STRANGER)
    if allowed:
        reason = step.reasons[0] if step.reasons else ""
        columns = columns_of(row, action)
        moved = services.REQUESTS.move(row.number, action, actor=actor, now=NOW, reason=reason, **columns)
        assert moved.state == step.target
        return
    error = refusal(services.REQUESTS, row, step, action, actor)
    assert error is (ROLE_REFUSED if step else TRANSITION_REFUSED)


@pytest.mark.parametrize(("state", "action", "role", "allowed"), list(PERSON.cells()))
def test_each_cell_of_the_person(state, action, role, allowed):
    person = services.issue(new_key(), FATIMA, actor=WORKER, now=NOW).person
    row, step = models.Person.objects.get(key=person), PERSON.find(state, action)
    in_state(row, PERSON, state)
    actor = PERSON_ACTORS.get(role, STRANGER)
    if allowed:
        reason = step.reasons[0] if step.reasons else ""
        moved = services.PERSONS.move(person, action, actor=actor, now=NOW, reason=reason)
        assert moved.state == step.target
        return
    assert refusal(services.PERSONS, row, step, action, actor) is (
        ROLE_REFUSED if step else TRANSITION_REFUSED
    )


@pytest.mark.parametrize("action", ["correct", "compare_papers", "request_papers", "deposit", "reject"])
def test_an_officer_of_another_centre_is_nobody_here(action):
    row = a_request("pre_registered")
    step = REQUEST.find("pre_registered", action)
    assert refusal(services.REQUESTS, row, step, action, ELSEWHERE) is ROLE_REFUSED
    assert services.REQUESTS.may(row, ELSEWHERE) == ()


def test_an_officer_does_not_open_a_file_at_another_centre():
    with pytest.raises(Refused) as refused:
        submitted(actor=ELSEWHERE)
    assert refused.value.error is ROLE_REFUSED
    assert not models.EnrolmentRequest.objects.exists()


def test_who_received_a_file_does_not_register_it_out_of_adjudication():
    from dataclasses import replace

    both = replace(OFFICER, roles=frozenset({"csc_officer", "adjudicator"}))
    row = a_request("in_adjudication")
    row.deposited_by = both.id
    row.save()
    step = REQUEST.find("in_adjudication", "register")
    assert refusal(services.REQUESTS, row, step, "register", both) is ROLE_REFUSED


def test_the_reasons_of_the_table_have_words_and_those_with_words_are_in_the_table():
    assert set(reasons()) == {*COUNTER_REASONS, *PAPER_REASONS, *IDENTITY_REASONS, DUPLICATE, SIMILAR}
    by_counter = tuple(c for c, r in reasons().items() if (r.kind, r.by) == ("rejection", "officer"))
    assert by_counter == COUNTER_REASONS


def test_every_delay_of_the_tables_is_in_the_law():
    today = legal_day(NOW)
    assert [delay_of(name, today).days for name in (*REQUEST.delays, *PERSON.delays)] == [60, 1, 60]
