"""A grievance from its receipt to its answer, each cell of its table, and what is refused on the way."""

import datetime as dt
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from sijil.domains.grievances import errors, models, queries, services
from sijil.domains.grievances.rules import LEAST, MOST
from sijil.domains.grievances.states import GRIEVANCE
from sijil.domains.grievances.types import GrievanceKind
from sijil.kernel.actors import PUBLIC, officer, partner, system
from sijil.kernel.casework import ROLE_REFUSED, Role, clock, watch
from sijil.kernel.casework.clock import Phase
from sijil.kernel.casework.files import kept_notices
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.machine import TRANSITION_REFUSED

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
CASE = UUID("00000000-0000-4000-8000-000000000001")
FILE, CENTRE = "K7QD4M2X9T", "01.511.01.01"
WHY = "It is my sister who is registered, not me."
CLERK = officer("clerk", centre=CENTRE, roles=["csc_officer"])
THIRD = officer("third", roles=["adjudicator"])
ACTORS = {
    Role.HOLDER: PUBLIC,
    Role.OFFICER: CLERK,
    Role.SECOND_OFFICER: THIRD,
    Role.SYSTEM: system("clock"),
    Role.PARTNER: partner("bank"),
}


@pytest.fixture(autouse=True)
def notices():
    with kept_notices() as kept:
        yield kept


def received(actor=PUBLIC, about=FILE, text=WHY):
    return services.receive(
        kind=GrievanceKind.ADJUDICATION,
        about=about,
        decision=CASE,
        centre_code=CENTRE,
        took_part=["first", "second", "depositor"],
        text=text,
        actor=actor,
        now=NOW,
    )


def answered(found, outcome="upheld", actor=THIRD, text="The two files have one birth extract."):
    return services.answer(number=found.number, outcome=outcome, text=text, actor=actor, now=NOW)


def refusal(act, *args, **given):
    with pytest.raises(Refused) as refused:
        act(*args, **given)
    return refused.value


@pytest.mark.parametrize(("state", "action", "role", "allowed"), list(GRIEVANCE.cells()))
def test_every_cell_of_the_table(state, action, role, allowed):
    row = models.Grievance.objects.get(number=received().number)
    row.state, row.answered_at = state, None if state == "received" else NOW
    if GRIEVANCE.phases[state] is Phase.NONE:
        row.set_clock(clock.OFF)
    row.save()
    actor = ACTORS.get(role, partner("bank"))
    step = GRIEVANCE.find(state, action)
    if allowed:
        moved = services.GRIEVANCES.move(row.number, action, actor=actor, now=NOW, answered_at=NOW)
        assert step is not None
        assert moved.state == step.target
        return
    found = refusal(services.GRIEVANCES.move, row.number, action, actor=actor, now=NOW, answered_at=NOW)
    assert found.error is (ROLE_REFUSED if step else TRANSITION_REFUSED)


def test_it_has_a_number_of_its_own_an_expected_day_and_a_notice(notices):
    found = received()
    assert found.number != FILE
    assert found.due_on == legal_day(NOW) + dt.timedelta(days=30)
    assert [moved.notice for moved in notices] == ["grievance_received"]
    assert queries.find_latest(FILE) == found
    assert queries.list_open() == [found]


@pytest.mark.parametrize("outcome", ["upheld", "reversed"])
def test_it_is_answered_in_words_and_its_clock_ends(outcome, notices):
    found = answered(received(), outcome)
    assert (found.state, found.due_on, found.is_open) == (outcome, None, False)
    assert queries.find_answer(found.id) == "The two files have one birth extract."
    assert notices[-1].notice == f"grievance_{outcome}"
    assert queries.list_open() == []


@pytest.mark.parametrize("login", ["first", "second", "depositor"])
def test_who_took_part_does_not_decide(login):
    found = received()
    actor = officer(login, roles=["adjudicator"])
    assert not found.is_decidable_by(login)
    assert refusal(answered, found, actor=actor).error is errors.TOOK_PART
    row = models.Grievance.objects.get(number=found.number)
    assert services.GRIEVANCES.may(row, actor) == ()


def test_who_received_it_does_not_decide_it_either():
    found = received(actor=CLERK)
    both = officer("clerk", centre=CENTRE, roles=["csc_officer", "adjudicator"])
    assert refusal(answered, found, actor=both).error is errors.TOOK_PART


@pytest.mark.parametrize("actor", [CLERK, PUBLIC, system("clock"), partner("bank")])
def test_nobody_but_an_adjudicator_decides(actor):
    assert refusal(answered, received(), actor=actor).error is ROLE_REFUSED


def test_an_officer_of_another_centre_receives_nothing():
    elsewhere = officer("other", centre="09.141.01.01", roles=["csc_officer"])
    assert refusal(received, actor=elsewhere).error is ROLE_REFUSED
    assert models.Grievance.objects.count() == 0


def test_one_is_open_for_a_file_and_the_next_waits_for_its_answer():
    first = received()
    assert refusal(received).error is errors.ALREADY_RECEIVED
    received(about="9ZZZ4M2X9T")
    answered(first)
    assert received().number != first.number


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("no", errors.WORDS_TOO_SHORT),
        ("\u200b" * 50, errors.WORDS_TOO_SHORT),
        (" " * 500, errors.WORDS_TOO_SHORT),
        ("a" * (MOST + 1), errors.WORDS_TOO_LONG),
        ("a" * 100_000, errors.WORDS_TOO_LONG),
    ],
)
def test_words_have_bounds_on_both_sides(text, error):
    assert refusal(received, text=text).error is error
    found = received(text="a" * LEAST)
    assert refusal(answered, found, text=text).error is error
    assert queries.get_grievance(found.number).is_open


@pytest.mark.parametrize("outcome", ["", "received", "REVERSED", "perhaps"])
def test_an_outcome_is_one_of_two(outcome):
    assert refusal(answered, received(), outcome).error is errors.OUTCOME_UNKNOWN


def test_what_is_answered_is_not_answered_again():
    found = answered(received())
    assert refusal(answered, found, "reversed").error is TRANSITION_REFUSED
    assert queries.get_grievance(found.number).state == "upheld"


def test_an_unknown_number_is_refused():
    assert refusal(queries.get_grievance, "9ZZZ4M2X9T").error is errors.GRIEVANCE_UNKNOWN


def test_what_was_said_never_changes():
    found = received()
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        models.GrievanceText.objects.filter(grievance=found.id).update(by="somebody")


def test_what_was_said_is_sealed():
    text = models.GrievanceText.objects.get(grievance=received().id)
    assert WHY.encode() not in bytes(text.sealed)


@pytest.mark.parametrize(("days", "mark"), [(17, 0), (18, 60), (27, 90), (31, 100)])
def test_it_is_escalated_while_it_waits(days, mark):
    found = received()
    watch.pass_marks(now=NOW + dt.timedelta(days=days))
    assert models.Grievance.objects.get(number=found.number).escalated == mark


def test_late_it_stands_in_the_list_of_what_is_late():
    found = received()
    late = watch.list_late(on=legal_day(NOW) + dt.timedelta(days=31))
    assert [(one.kind, one.number, one.waits_on) for one in late] == [("grievance", FILE, "second_officer")]
    answered(found)
    assert watch.list_late(on=legal_day(NOW) + dt.timedelta(days=31)) == []
