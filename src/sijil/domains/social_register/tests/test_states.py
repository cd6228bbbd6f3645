"""Every cell of the two tables of states, with every role; the legal clock; what a step writes."""

import datetime as dt
import itertools

import pytest
from django.db import transaction

from sijil.domains.social_register import queries, services
from sijil.domains.social_register.models import Household, Registration
from sijil.domains.social_register.states import HOUSEHOLD, REGISTRATION, HouseholdState, RegistrationState
from sijil.domains.social_register.tests.households import (
    CLERK,
    DAUGHTER,
    HEAD,
    NOW,
    OFFICER,
    SON,
    WIFE,
    answer,
    citizen,
    complete,
    loaded,
    send,
)
from sijil.kernel import actors, acts
from sijil.kernel.casework import REASON_NEEDED, ROLE_REFUSED, Role
from sijil.kernel.casework.watch import list_late, pass_marks
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.machine import TRANSITION_REFUSED

pytestmark = pytest.mark.django_db

# who stands for each role in a file that HEAD declared; of the other roles this register knows nothing
ACTORS = {
    Role.DECLARANT: citizen(HEAD),
    Role.DELEGATE: actors.delegate(WIFE, acts_for=HEAD),
    Role.MEMBER: citizen(SON),
    Role.OFFICER: OFFICER,
    Role.PARTNER: actors.partner("bank"),
    Role.SYSTEM: CLERK,
}
STRANGERS = [
    citizen(DAUGHTER),
    actors.delegate(HEAD, acts_for=DAUGHTER),
    actors.officer("driss", area="04"),
    actors.officer(HEAD, area="04"),
    actors.PUBLIC,
]
REASONS = {"quarantine": "score_out_of_range", "reject": "answers_not_true"}


def registration_in(state: str) -> Registration:
    """Return a registration led to a state by its own steps."""
    draft = complete()
    if state == "withdrawn":
        services.withdraw_draft(registration_id=draft.id, actor=citizen(), now=NOW)
    elif state != "drafted":
        send(draft)
        lead_on(draft.id, state)
    return Registration.objects.get(pk=draft.id)


def lead_on(registration_id, state: str) -> None:
    about = {"registration_id": registration_id, "now": NOW}
    if state in ("quarantined", "rejected"):
        services.quarantine_registration(reason=REASONS["quarantine"], actor=CLERK, **about)
    if state == "rejected":
        services.reject_registration(reason=REASONS["reject"], actor=OFFICER, **about)
    if state == "processed":
        services.process_registration(actor=CLERK, **about)


def household_in(state: str) -> Household:
    way = {"declared": "submitted", "active": "processed", "closed": "rejected"}
    return registration_in(way[state]).household


def some_household() -> Household:
    new = loaded()
    services.load_households(households=[new], actor=CLERK, now=NOW)
    return Household.objects.get(pk=new.code)


def check_cell(files, row, action: str, roles: set[Role], **columns) -> None:
    """Try an action with every actor, each time on the file as it was."""
    known = files.kind.find(row.state, action) is not None
    for role, actor in [*ACTORS.items(), *((None, stranger) for stranger in STRANGERS)]:
        with transaction.atomic():
            kept = transaction.savepoint()
            refused = attempt(files, row, action, actor, columns)
            transaction.savepoint_rollback(kept)
        if not known:
            assert refused is TRANSITION_REFUSED, actor
        else:
            assert refused is (None if role in roles else ROLE_REFUSED), actor


def attempt(files, row, action: str, actor, columns):
    try:
        files.move(row.pk, action, actor=actor, now=NOW, reason=REASONS.get(action, ""), **columns)
    except Refused as refused:
        return refused.error
    return None


def allowed(kind, state: str, action: str) -> set[Role]:
    return {role for s, a, role, is_allowed in kind.cells() if (s, a) == (state, action) and is_allowed}


@pytest.mark.parametrize(
    ("state", "action"), list(itertools.product([s.value for s in RegistrationState], REGISTRATION.actions))
)
def test_every_cell_of_a_registration(state, action):
    row = registration_in(state)
    made = {"household": some_household()} if action == "submit" else {}
    check_cell(services.REGISTRATIONS, row, action, allowed(REGISTRATION, state, action), **made)


@pytest.mark.parametrize(
    ("state", "action"), list(itertools.product([s.value for s in HouseholdState], HOUSEHOLD.actions))
)
def test_every_cell_of_a_household(state, action):
    row = household_in(state)
    check_cell(services.HOUSEHOLDS, row, action, allowed(HOUSEHOLD, state, action))


def test_the_tables_as_they_are():
    steps = {(s, t.action): t.target.value for t in REGISTRATION.transitions for s in t.sources}
    assert steps == {
        ("drafted", "submit"): "submitted",
        ("drafted", "withdraw"): "withdrawn",
        ("submitted", "process"): "processed",
        ("submitted", "quarantine"): "quarantined",
        ("submitted", "reject"): "rejected",
        ("quarantined", "process"): "processed",
        ("quarantined", "reject"): "rejected",
    }
    assert {(s, t.action): t.target.value for t in HOUSEHOLD.transitions for s in t.sources} == {
        ("declared", "activate"): "active",
        ("declared", "close"): "closed",
        ("active", "close"): "closed",
    }
    assert set(REGISTRATION.final_states()) == {"processed", "rejected", "withdrawn"}
    assert HOUSEHOLD.final_states() == ("closed",)


# --- who ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [citizen(), citizen(SON), CLERK], ids=["declarant", "member", "system"])
def test_nobody_but_an_officer_rejects(who):
    row = registration_in("quarantined")
    with pytest.raises(Refused) as refused:
        services.reject_registration(registration_id=row.pk, reason="answers_not_true", actor=who, now=NOW)
    assert refused.value.error is ROLE_REFUSED
    assert queries.get_household(row.household_id).state == "declared"


@pytest.mark.parametrize("reason", ["", "because", "score_out_of_range"])
def test_a_rejection_names_a_reason_of_the_list(reason):
    row = registration_in("quarantined")
    with pytest.raises(Refused) as refused:
        services.reject_registration(registration_id=row.pk, reason=reason, actor=OFFICER, now=NOW)
    assert (refused.value.error, refused.value.field) == (REASON_NEEDED, "reason")


# --- the clock ----------------------------------------------------------------------------------------------


def days(number: int) -> dt.datetime:
    return NOW + dt.timedelta(days=number)


@pytest.mark.parametrize("state", ["processed", "rejected", "withdrawn"])
@pytest.mark.parametrize("day", [61, 400])
def test_a_decided_registration_is_never_late(state, day):
    row = registration_in(state)
    assert (row.due_on, row.mark_on, row.clock) == (None, None, "")
    assert list_late(on=legal_day(days(day))) == []
    assert not pass_marks(now=days(day))


def test_an_undecided_one_is_late_from_day_61():
    row = registration_in("submitted")
    assert row.due_on == dt.date(2027, 1, 21)
    assert list_late(on=legal_day(days(60))) == []
    [late] = list_late(on=legal_day(days(61)))
    assert (late.kind, late.number, late.waits_on, late.days) == ("registration", row.number, "system", 1)


def test_setting_aside_neither_stops_nor_renews_the_delay():
    draft = complete()
    send(draft)
    services.quarantine_registration(
        registration_id=draft.id, reason="score_out_of_range", actor=CLERK, now=days(20)
    )
    assert queries.get_registration(draft.id).answer_due_on == dt.date(2027, 1, 21)
    [late] = list_late(on=legal_day(days(61)))
    assert late.waits_on == "officer"


def test_marks_of_the_clock_are_no_steps_that_the_person_reads():
    row = registration_in("quarantined")
    pass_marks(now=days(54))
    assert [s.action for s in queries.get_registration(row.pk).steps] == ["start", "submit", "quarantine"]
    assert row.steps.last().action == "escalate"


# --- what a step writes -------------------------------------------------------------------------------------


def test_each_step_names_its_notice(notices):
    registration_in("rejected")
    assert [(n.action, n.notice) for n in notices] == [
        ("quarantine", "household_in_review"), ("reject", "household_rejected"),
    ]  # fmt: skip


class Entries(list):
    """The log, kept in a list."""

    def record(self, act, *, subject, **_):
        self.append((act.code, subject))


def test_each_step_is_one_entry_of_the_log():
    entries = Entries()
    before = acts.use(entries)
    row = registration_in("rejected")
    acts.use(before)
    assert entries == [
        ("household.started", row.number),
        ("household.opened", row.household_id),
        ("household.declarations_kept", queries.DECLARATIONS),
        ("household.submitted", row.number),
        ("household.quarantined", row.number),
        ("household.rejected", row.number),
        ("household.closed", row.household_id),
    ]


def test_the_language_is_kept_with_the_file_from_its_start_to_its_sending():
    draft = complete()
    assert queries.get_registration(draft.id).language == "fr"
    answer(draft, "rooms", "3")
    send(queries.get_draft(draft.id), language="zgh")
    assert queries.get_registration(draft.id).language == "zgh"
