"""Sending: all or nothing, frozen, and one household per person."""

import threading

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from sijil.domains.social_register import errors, queries, services
from sijil.domains.social_register.models import Declaration, Household, Member, RegistrationStateRow
from sijil.domains.social_register.rules import form_of
from sijil.domains.social_register.services.submission import build_declaration
from sijil.domains.social_register.tests.households import (
    CLERK,
    DAUGHTER,
    HEAD,
    NOW,
    OFFICER,
    SON,
    WIFE,
    answer,
    births_of,
    citizen,
    complete,
    send,
    start,
)
from sijil.kernel import actors
from sijil.kernel.casework import ROLE_REFUSED
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import is_number
from sijil.kernel.sealing import SealBroken
from sijil.kernel.tests.guards import falsify


@pytest.mark.django_db
def test_sending_makes_a_household():
    frozen = send(complete())
    household = queries.get_household(frozen.household_code)
    assert [(m.person, m.relation) for m in household.members] == [(HEAD, "head"), (SON, "child")]
    assert (household.state, household.head, household.milieu) == ("declared", HEAD, "urban")


@pytest.mark.django_db
def test_who_said_the_milieu_is_frozen_and_signed():
    frozen = send(complete())
    assert (frozen.milieu, frozen.milieu_by) == ("urban", "kind")
    assert queries.get_household(frozen.household_code).milieu_by == "kind"
    row = Declaration.objects.get(household_id=frozen.household_code)
    asked = Household(milieu=row.milieu, milieu_by="asked")
    again = build_declaration(asked, form_of(row.form_version), frozen.answers, frozen.members, NOW)
    assert again.sha256 != frozen.sha256


@pytest.mark.django_db
def test_without_the_area_nothing_is_sent():
    draft = complete()
    place = {"commune_code": draft.commune_code, "region_code": "06", "milieu": "urban", "milieu_by": ""}
    services.move_dwelling(registration_id=draft.id, **place, actor=citizen(), now=NOW)
    with pytest.raises(Refused) as refused:
        send(queries.get_draft(draft.id))
    assert (refused.value.error, refused.value.field) == (errors.AREA_MISSING, "area")
    assert not Household.objects.exists()


@pytest.mark.django_db
def test_sending_gives_a_number_a_state_and_a_legal_date():
    draft = complete()
    send(draft)
    file = queries.get_registration_by_number(draft.number)
    assert is_number(file.number)
    assert (file.state, (file.answer_due_on - NOW.date()).days) == ("submitted", 60)
    assert [step.action for step in file.steps] == ["start", "submit"]


@pytest.mark.django_db
def test_what_was_declared_is_frozen_with_ages():
    frozen = send(complete())
    read = queries.get_declaration(frozen.household_code)
    assert read == frozen
    assert read.answers["electricity_bills"] == (10000, 11000, 9000)
    assert {m.person: m.age for m in read.members} == {HEAD: 45, SON: 10}
    assert len(read.sha256) == 64


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Declaration, RegistrationStateRow])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_frozen_rows_cannot_change(model, change):
    send(complete())
    row = model.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete() if change == "delete" else row.save()


@pytest.mark.django_db
def test_different_answers_have_different_checksums():
    draft = complete()
    answer(draft, "rooms", "4")
    other = send(queries.get_draft(draft.id))
    assert other.sha256 != send(complete(DAUGHTER, son=WIFE)).sha256


@pytest.mark.django_db
@pytest.mark.parametrize("tick", ["accept_law", "accept_info"])
def test_both_ticks_are_needed(tick):
    with pytest.raises(Refused) as refused:
        send(complete(), **{tick: False})
    assert refused.value.error is errors.TICKS_NEEDED


@pytest.mark.django_db
def test_what_changed_since_it_was_read_is_not_sent():
    draft = complete()
    answer(draft, "rooms", "4")
    with pytest.raises(Refused) as refused:
        send(draft)
    assert refused.value.error is errors.DRAFT_CHANGED


@pytest.mark.django_db
def test_an_incomplete_draft_is_refused_by_field_and_nothing_is_written():
    with pytest.raises(Refused) as refused:
        send(start())
    assert refused.value.field == "relation"
    assert not Household.objects.exists()


@pytest.mark.django_db
def test_sending_twice_is_refused():
    draft = complete()
    send(draft)
    with pytest.raises(Refused) as refused:
        send(draft)
    assert refused.value.code == "kernel.transition_refused"
    assert Household.objects.count() == 1


@pytest.mark.django_db
def test_processing_activates_the_household():
    draft = complete()
    frozen = send(draft)
    services.process_registration(registration_id=draft.id, actor=CLERK, now=NOW)
    assert queries.get_household(frozen.household_code).state == "active"
    assert queries.get_registration(draft.id).state == "processed"


@pytest.mark.django_db
def test_quarantine_is_told_and_can_end():
    draft = complete()
    send(draft)
    services.quarantine_registration(
        registration_id=draft.id, reason="score_out_of_range", actor=CLERK, now=NOW
    )
    assert queries.get_registration(draft.id).steps[-1].reason == "score_out_of_range"
    services.process_registration(registration_id=draft.id, actor=CLERK, now=NOW)
    assert queries.get_registration(draft.id).state == "processed"


@pytest.mark.django_db
def test_rejecting_frees_the_members():
    draft = complete()
    frozen = send(draft)
    services.reject_registration(registration_id=draft.id, reason="answers_not_true", actor=OFFICER, now=NOW)
    assert queries.find_household_of(SON) is None
    assert queries.get_household(frozen.household_code).state == "closed"
    assert send(complete(DAUGHTER, son=SON)).members[1].person == SON


@pytest.mark.django_db
def test_the_log_knows_a_person_by_the_own_registrations_and_by_the_present_household():
    draft = complete()
    frozen = send(draft)
    both = sorted([draft.number, frozen.household_code])
    assert queries.list_numbers_of(HEAD) == queries.list_numbers_of(SON) == both
    services.reject_registration(registration_id=draft.id, reason="answers_not_true", actor=OFFICER, now=NOW)
    assert (queries.list_numbers_of(HEAD), queries.list_numbers_of(SON)) == ([draft.number], [])


@pytest.mark.django_db
def test_the_birth_dates_lie_with_the_household_in_one_sealed_block():
    draft = complete()
    code = send(draft).household_code
    assert queries.open_births([code]) == {code: births_of(draft)}
    assert b"1981" not in bytes(Household.objects.get().sealed_births)
    services.follow_birth(person=SON, birth=PartialDate(2015, 12, 31))
    assert queries.open_births([code])[code] == births_of(draft) | {SON: PartialDate(2015, 12, 31)}


@pytest.mark.django_db
def test_a_block_of_births_opens_in_its_own_row_only():
    send(complete())
    other = send(complete(DAUGHTER, son=WIFE)).household_code
    block = Household.objects.exclude(pk=other).get().sealed_births
    Household.objects.filter(pk=other).update(sealed_births=block)
    with pytest.raises(SealBroken):
        queries.open_births([other])


@pytest.mark.django_db
def test_a_person_cannot_be_in_two_households():
    first, second = complete(HEAD, son=SON), complete(DAUGHTER, son=SON)
    send(first)
    with pytest.raises(Refused) as refused:
        send(second)
    assert (refused.value.error, refused.value.facts["members"]) == (errors.MEMBER_ELSEWHERE, (SON,))
    assert queries.find_household_of(DAUGHTER) is None


@pytest.mark.django_db
def test_the_database_holds_one_head():
    frozen = send(complete())
    with pytest.raises(IntegrityError, match="household_has_one_head"), transaction.atomic():
        Member.objects.create(
            household_id=frozen.household_code, person=WIFE, relation="head", sex="F", joined_on=NOW.date()
        )


@pytest.mark.django_db(transaction=True)
def test_two_households_at_the_same_moment_exactly_one_wins():
    drafts = [complete(HEAD, son=SON), complete(DAUGHTER, son=SON)]
    outcomes = race(lambda n: send(drafts[n]))
    assert sorted(outcomes) == ["done", "social_register.member_elsewhere"]
    assert Member.objects.filter(person=SON).count() == 1
    assert Household.objects.count() == Declaration.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_devices_start_at_the_same_moment_one_draft():
    assert race(lambda n: start()) == ["done", "done"]
    assert len(queries.find_draft_of(HEAD).members) == 1


@pytest.mark.django_db(transaction=True)
def test_two_devices_answer_at_the_same_moment_both_are_kept():
    draft = start()
    fields = ["rooms", "mobiles"]
    assert race(lambda n: answer(draft, fields[n], "3")) == ["done", "done"]
    assert set(queries.get_draft(draft.id).answers) == set(fields)


def race(act):
    """Run ``act(0)`` and ``act(1)`` in two threads from one starting line; return the outcomes."""
    line, outcomes = threading.Barrier(2), []

    def run(number):
        line.wait()
        try:
            act(number)
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(2)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return outcomes


@pytest.mark.django_db
@pytest.mark.parametrize(
    "who",
    [citizen(SON), actors.officer("driss", area="04"), CLERK],
    ids=["member", "officer elsewhere", "system"],
)
def test_nobody_else_sends_it(who):
    with pytest.raises(Refused) as refused:
        send(complete(), actor=who)
    assert refused.value.error is ROLE_REFUSED


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed", ["packed_members = packed_household", "answers = answers || '{\"cars\": 9}'"]
)
def test_a_declaration_is_sound_until_somebody_changes_what_it_says_or_what_scores_read(changed):
    frozen = send(complete())
    assert queries.is_sound(frozen.id)
    falsify(f"UPDATE social_register_declaration SET {changed}")
    assert not queries.is_sound(frozen.id)
