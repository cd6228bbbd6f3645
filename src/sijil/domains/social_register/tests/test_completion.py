"""A request to complete: asked when questions fell due, completed by a new declaration, or lapsed."""

from __future__ import annotations

import datetime as dt
import itertools
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from sijil.domains.social_register import errors, queries, services
from sijil.domains.social_register.models import (
    CompletionRequest,
    CompletionStateRow,
    Declaration,
    Draft,
    Household,
)
from sijil.domains.social_register.rules import form_of, open_fields
from sijil.domains.social_register.states import COMPLETION, CompletionState
from sijil.domains.social_register.tests.households import (
    CLERK,
    DAUGHTER,
    HEAD,
    NOW,
    SON,
    citizen,
    complete,
    member,
    send,
)
from sijil.domains.social_register.tests.test_states import allowed, check_cell
from sijil.domains.social_register.types import HOUSEHOLD, Due
from sijil.kernel.actors import delegate
from sijil.kernel.casework import ROLE_REFUSED
from sijil.kernel.casework.watch import count_stock, list_late, pass_marks
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
LATER = NOW.replace(year=NOW.year + 5)  # the son of ten is fifteen
AGES = {HEAD: (50, 50), SON: (15, 15)}
DUE = Due(1, SON, ("marital_status", "education_level", "diploma", "activity"))
TYPED = {"marital_status": "single", "education_level": "primary", "diploma": "none", "activity": "student"}


def household(*, decided: bool = True) -> tuple[str, UUID]:
    draft = complete()
    made = send(draft)
    if decided:
        services.process_registration(registration_id=draft.id, actor=CLERK, now=NOW)
    return made.household_code, made.id


def settle(asked=(), codes=(), now: dt.datetime = LATER) -> None:
    with transaction.atomic():
        services.settle_completions(codes=codes, asked=dict(asked), actor=CLERK, now=now)


def ask(due: Due = DUE) -> CompletionRequest:
    code, made = household()
    settle({code: (made, (due,))})
    return CompletionRequest.objects.get(household_id=code)


def save(row, field: str, raw: str, who=None, person: str = SON, age: int = 15):
    return services.save_completion(
        completion_id=row.pk, field=field, raw=raw, person=person, age=age, actor=who or citizen(HEAD),
        now=LATER,
    )  # fmt: skip


def answer(row, typed=TYPED) -> None:
    for field, raw in typed.items():
        save(row, field, raw)


def confirm(row, who=None, **changes):
    version = CompletionRequest.objects.get(pk=row.pk).version
    ticks = {"seen_version": version, "accept_law": True, "accept_info": True}
    with transaction.atomic():
        return services.complete(
            completion_id=row.pk, ages=AGES, actor=who or citizen(HEAD), now=LATER, **{**ticks, **changes}
        )


# --- the table ----------------------------------------------------------------------------------------------


def completion_in(state: str) -> CompletionRequest:
    row = ask()
    if state == "completed":
        answer(row)
        confirm(row)
    if state == "lapsed":
        settle(codes=[row.household_id])
    return CompletionRequest.objects.get(pk=row.pk)


@pytest.mark.parametrize(
    ("state", "action"), list(itertools.product([s.value for s in CompletionState], COMPLETION.actions))
)
def test_every_cell(state, action):
    row = completion_in(state)
    assert row.state == state
    check_cell(services.COMPLETIONS, row, action, allowed(COMPLETION, state, action))


def test_only_the_system_asks():
    code, made = household()
    for who in (citizen(HEAD), citizen(SON), delegate(DAUGHTER, acts_for=HEAD)):
        with pytest.raises(Refused) as refused, transaction.atomic():
            services.settle_completions(codes=[], asked={code: (made, (DUE,))}, actor=who, now=LATER)
        assert refused.value.error is ROLE_REFUSED
    assert not CompletionRequest.objects.exists()


# --- asked, up to date, lapsed ------------------------------------------------------------------------------


def test_asking_starts_a_clock_and_is_a_step_and_an_entry(log):
    row = ask()
    assert (row.state, row.due_on, row.clock) == ("asked", dt.date(2032, 1, 21), "completion")
    assert [(s.action, s.to_state, s.actor_id) for s in row.steps.all()] == [("ask", "asked", "scorer")]
    assert ("household.completion_asked", row.household_id) in [(a, s) for a, s in entries(log)]


def entries(log) -> list[tuple[str, str]]:
    return [(one[0], one[2]) for one in log.entries]


def test_asked_again_it_is_one_request_brought_up_to_date_and_its_clock_runs_on():
    row = ask()
    more = Due(1, SON, (*DUE.fields, "literate"))
    settle({row.household_id: (row.declaration_id, (more,))}, now=LATER + dt.timedelta(days=30))
    found = queries.find_completion(row.household_id)
    assert (found.id, found.due, found.due_on) == (row.pk, (more,), row.due_on)
    assert CompletionStateRow.objects.count() == 1


def test_what_is_not_due_any_more_lapses_with_what_was_typed():
    row = ask()
    answer(row)
    settle(codes=[row.household_id])
    assert queries.find_completion(row.household_id) is None
    row.refresh_from_db()
    assert (row.state, row.due_on) == ("lapsed", None)
    assert not Draft.objects.filter(completion=row).exists()


def test_a_household_that_was_not_looked_at_stays_asked():
    row = ask()
    settle(codes=["00000000000"])
    assert queries.find_completion(row.household_id) is not None


def test_another_declaration_makes_another_request():
    row = ask()
    other = UUID(int=7)
    Household.objects.filter(pk=row.household_id).update(declaration_id=other)
    settle({row.household_id: (other, (DUE,))})
    row.refresh_from_db()
    assert row.state == "lapsed"
    assert queries.find_completion(row.household_id).id != row.pk


@pytest.mark.parametrize("is_open", [True, False])
def test_what_was_read_before_the_last_declaration_says_nothing(is_open):
    row = ask()
    if not is_open:
        settle(codes=[row.household_id])
    stale = {row.household_id: (UUID(int=7), (Due(1, SON, ("activity",)),))}
    settle(stale)
    found = queries.find_completion(row.household_id)
    assert (found and found.due) == ((DUE,) if is_open else None)


def test_a_household_in_review_is_not_asked_yet():
    code, made = household(decided=False)
    settle({code: (made, (DUE,))})
    assert queries.find_completion(code) is None


def test_the_database_holds_one_open_request():
    row = ask()
    with pytest.raises(IntegrityError, match="completion_one_open"), transaction.atomic():
        CompletionRequest.objects.create(
            household_id=row.household_id, declaration_id=row.declaration_id, due=[], state="asked",
            opened_at=NOW, due_on=NOW.date(),
        )  # fmt: skip


def test_at_the_end_of_the_delay_it_is_shown_as_late_and_nothing_else_happens():
    row = ask()
    after = LATER + dt.timedelta(days=61)
    pass_marks(now=after)
    row.refresh_from_db()
    assert (row.state, row.escalated) == ("asked", 100)
    [late] = list_late(on=legal_day(after))
    assert (late.kind, late.number, late.waits_on, late.days) == (
        "completion", row.household_id, "declarant", 1,
    )  # fmt: skip
    [stock] = [s for s in count_stock(on=legal_day(after)) if s.kind == "completion"]
    assert (stock.state, stock.files, stock.late) == ("asked", 1, 1)
    answer(row)
    confirm(row)
    assert list_late(on=legal_day(after)) == []


# --- answered -----------------------------------------------------------------------------------------------


def test_the_answers_are_a_new_declaration_and_the_old_one_stays_as_it_was():
    row = ask()
    before = queries.get_declaration(row.household_id)
    answer(row)
    made = confirm(row)
    after = queries.get_declaration(row.household_id)
    assert after == made
    assert (after.answers, after.form_version, after.declared_on) == (
        before.answers, before.form_version, LATER.date(),
    )  # fmt: skip
    son = after.members[1]
    assert (son.age, dict(son.answers)) == (15, {"relation": "child", "health_cover": "none", **TYPED})
    assert dict(after.members[0].answers) == dict(before.members[0].answers)
    assert after.members[0].age == 50
    old = queries.frozen(Declaration.objects.get(pk=row.declaration_id))
    assert (old, queries.is_sound(old.id), queries.is_sound(after.id)) == (before, True, True)
    assert not Draft.objects.filter(completion=row).exists()


def test_what_hangs_on_an_answer_is_asked_with_it():
    row = ask()
    answer(row, {**TYPED, "activity": "employed"})
    with pytest.raises(Refused) as refused:
        confirm(row)
    facts = (refused.value.error, refused.value.field, refused.value.facts["member"])
    assert facts == (errors.ANSWER_MISSING, "occupation", SON)
    answer(row, {"occupation": "labourer", "professional_status": "private_employee"})
    assert confirm(row).members[1].get("occupation") == "labourer"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"diploma": ""}, "diploma"), ({"activity": "retired"}, "activity"), ({"diploma": "higher"}, "diploma")],
)
def test_a_wrong_answer_is_refused_by_its_field(wrong, field):
    row = ask()
    answer(row, {**TYPED, **wrong})
    with pytest.raises(Refused) as refused:
        confirm(row)
    assert (refused.value.field, refused.value.facts["member"]) == (field, SON)
    assert Declaration.objects.count() == 1


@pytest.mark.parametrize("field", ["relation", "health_cover", "schooling", "rooms", "nothing"])
def test_what_was_declared_or_is_not_asked_is_not_to_answer(field):
    row = ask()
    with pytest.raises(Refused) as refused:
        save(row, field, "1")
    assert (refused.value.error, refused.value.field) == (errors.FIELD_UNKNOWN, field)


def test_about_somebody_who_was_not_declared_nothing_is_to_answer():
    row = ask()
    with pytest.raises(Refused) as refused:
        save(row, "activity", "student", person=DAUGHTER)
    assert refused.value.error is errors.MEMBER_UNKNOWN


@pytest.mark.parametrize("who", [citizen(SON), citizen(DAUGHTER), delegate(HEAD, acts_for=DAUGHTER), CLERK])
def test_nobody_else_answers(who):
    row = ask()
    answer(row)
    for act in (lambda: save(row, "activity", "student", who), lambda: confirm(row, who)):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.error is ROLE_REFUSED
    assert not services.may_complete(completion_id=row.pk, actor=who)


def test_both_ticks_are_needed_and_what_changed_since_is_not_sent():
    row = ask()
    answer(row)
    for change, error in [
        ({"accept_law": False}, errors.TICKS_NEEDED),
        ({"accept_info": False}, errors.TICKS_NEEDED),
        ({"seen_version": 1}, errors.DRAFT_CHANGED),
    ]:
        with pytest.raises(Refused) as refused:
            confirm(row, **change)
        assert refused.value.error is error


def test_done_it_is_done():
    row = ask()
    answer(row)
    confirm(row)
    with pytest.raises(Refused) as refused:
        confirm(row)
    assert refused.value.code == "kernel.transition_refused"
    with pytest.raises(Refused):
        save(row, "activity", "student")


# --- the questions that are open ----------------------------------------------------------------------------

FORM = "RSU-2026-1"


def opened(milieu: str, before: int, now: int, **answers: object) -> list[str]:
    return [f.id for f in open_fields(form_of(FORM), milieu, member("child", before, **answers), now)]


def test_what_falls_due_by_age():
    assert opened("urban", 5, 5) == opened("urban", 6, 14, schooling="public") == []
    assert opened("urban", 5, 6) == ["schooling"]
    assert opened("rural", 5, 6) == []
    grown = ["marital_status", "education_level", "diploma", "activity", "occupation", "professional_status"]
    assert opened("urban", 14, 15, schooling="public") == opened("urban", 3, 30) == grown
    assert opened("rural", 14, 15) == [*grown[:3], "literate", *grown[3:]]


def test_what_was_answered_stays_answered():
    found = opened("urban", 14, 15, activity="student", education_level="none")
    assert found == ["marital_status", "diploma"]


# --- what a newer form asks of the household ----------------------------------------------------------------


@pytest.fixture
def tablets(monkeypatch: pytest.MonkeyPatch):
    """Have a form in force that asks one thing more of the home."""
    from sijil.domains.social_register.services import completion
    from sijil.domains.social_register.tests.test_lift import TABLETS, newer

    form = newer(TABLETS)
    by_version = {form.version: form}
    for module in (completion, queries.files):
        monkeypatch.setattr(module, "form_of", lambda version: by_version.get(version) or form_of(version))
    monkeypatch.setattr(completion, "form_on", lambda day: form)
    return form


HOME = Due(HOUSEHOLD, None, ("tablets",))


def test_the_home_is_asked_answers_and_declares_by_the_newer_form(tablets):
    row = ask(HOME)
    assert queries.find_completion(row.household_id).due == (HOME,)
    save(row, "tablets", "٢", person=None)
    [draft] = Draft.objects.filter(completion=row)
    assert (draft.step, draft.place, draft.person) == ("SOC", 0, None)
    answer(row)  # what fell due by age is to answer as well
    made = confirm(row)
    assert (made.form_version, made.answers["tablets"], made.members[1].get("activity")) == (
        "RSU-2", 2, "student",
    )  # fmt: skip
    assert queries.is_sound(made.id)


@pytest.mark.parametrize("raw", ["", "-1", "41", "x", "1.5"])
def test_a_wrong_answer_about_the_home_is_refused_by_its_field(tablets, raw):
    row = ask(HOME)
    save(row, "tablets", raw, person=None)
    answer(row)
    with pytest.raises(Refused) as refused:
        confirm(row)
    assert (refused.value.field, "member" in refused.value.facts) == ("tablets", False)


def test_the_database_holds_one_draft_of_the_home(tablets):
    row = ask(HOME)
    save(row, "tablets", "2", person=None)
    with pytest.raises(IntegrityError, match="draft_one_per_completion"), transaction.atomic():
        Draft.objects.create(completion=row, step="SOC", place=0, updated_at=LATER)


def test_which_formula_needs_the_answers_is_kept_up_to_date():
    row = ask()
    asked = {row.household_id: (row.declaration_id, (DUE,))}
    for needed in ({row.household_id: "F/P"}, {}):
        with transaction.atomic():
            services.settle_completions(codes=[], asked=asked, needed=needed, actor=CLERK, now=LATER)
        assert queries.find_completion(row.household_id).needed_by == needed.get(row.household_id, "")
    assert CompletionStateRow.objects.count() == 1


def test_where_nothing_is_open_nothing_is_completed():
    row = ask()
    young = {HEAD: (45, 45), SON: (10, 10)}
    with pytest.raises(Refused) as refused, transaction.atomic():
        services.complete(
            completion_id=row.pk, ages=young, seen_version=0, accept_law=True, accept_info=True,
            actor=citizen(HEAD), now=LATER,
        )  # fmt: skip
    assert refused.value.error is errors.NOTHING_ASKED
    assert Declaration.objects.count() == 1


def test_whoever_is_asked_is_told_once(notices):
    row = ask()
    settle({row.household_id: (row.declaration_id, (DUE,))}, now=LATER + dt.timedelta(days=1))
    [notice] = [moved for moved in notices if moved.kind == "completion"]
    assert (notice.file, notice.notice, notice.due_on) == (row.pk, "household_asked", row.due_on)
    assert queries.list_addressees([row.pk])[row.pk].language == "fr"
