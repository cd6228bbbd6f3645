"""Filling in: nothing typed is lost, on any device."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from sijil.domains.social_register import errors, queries, rules, services
from sijil.domains.social_register.tests.households import (
    DAUGHTER,
    HEAD,
    NOW,
    SON,
    TODAY,
    add,
    answer,
    citizen,
    complete,
    later,
    place_of,
    send,
    start,
)
from sijil.kernel import actors
from sijil.kernel.casework import ROLE_REFUSED
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db


def problems(draft, ages):
    return rules.problems(rules.form_of(draft.form_version), draft, ages, rules.composition_on(TODAY))


def test_start_lists_the_declarant_first():
    draft = start()
    assert [m.person for m in draft.members] == [HEAD]
    assert (draft.state, draft.milieu, draft.answers) == ("drafted", "urban", {})


def test_start_again_resumes():
    draft = start()
    answer(draft, "rooms", "3")
    again = start()
    assert again.id == draft.id
    assert again.answers["rooms"].raw == "3"


def test_a_wrong_answer_is_kept_and_told():
    saved = answer(start(), "rooms", "99")
    assert saved.error.error is errors.ANSWER_OUT_OF_BOUNDS
    assert queries.find_draft_of(HEAD).answers["rooms"].raw == "99"


def test_each_answer_has_its_own_time():
    draft = start()
    first = answer(draft, "rooms", "3")
    second = answer(draft, "bath", "1")
    kept = queries.get_draft(draft.id).answers
    assert (kept["rooms"].saved_at, kept["bath"].saved_at) == (first.saved_at, second.saved_at)


def test_two_devices_on_different_questions_do_not_disturb_each_other():
    draft = start()
    answer(draft, "rooms", "3", seen_at=NOW)
    answer(draft, "bath", "1", seen_at=NOW)
    assert {n: a.raw for n, a in queries.get_draft(draft.id).answers.items()} == {"rooms": "3", "bath": "1"}


def test_a_page_shown_before_a_newer_answer_does_not_overwrite_it():
    draft = start()
    newer = answer(draft, "rooms", "3")
    saved = answer(draft, "rooms", "5", seen_at=newer.saved_at - dt.timedelta(minutes=1))
    assert (saved.kept_other, saved.raw) == (True, "3")
    assert queries.get_draft(draft.id).answers["rooms"].raw == "3"


def test_a_page_shown_after_it_replaces_it():
    draft = start()
    older = answer(draft, "rooms", "3")
    assert not answer(draft, "rooms", "5", seen_at=older.saved_at).kept_other
    assert queries.get_draft(draft.id).answers["rooms"].raw == "5"


def test_the_page_that_saved_it_may_change_it_again():
    draft = start()
    newer = answer(draft, "rooms", "3", page="a1")
    before = newer.saved_at - dt.timedelta(minutes=1)
    assert not answer(draft, "rooms", "4", page="a1", seen_at=before).kept_other
    assert answer(draft, "rooms", "5", page="b2", seen_at=before).kept_other


def test_every_change_raises_the_version():
    draft = start()
    answer(draft, "rooms", "3")
    add(draft, SON, "child", {})
    assert queries.get_draft(draft.id).version == draft.version + 3


@pytest.mark.parametrize(
    ("field", "who"), [("colour", ""), ("relation", ""), ("rooms", HEAD)], ids=("colour", "relation", "rooms")
)
def test_unknown_questions_are_refused(field, who):
    with pytest.raises(Refused) as refused:
        answer(start(), field, "1", who)
    assert refused.value.error is errors.FIELD_UNKNOWN


def test_a_long_text_is_not_kept():
    with pytest.raises(Refused) as refused:
        answer(start(), "rooms", "x" * 25)
    assert refused.value.error is errors.ANSWER_INVALID


def test_somebody_else_cannot_touch_it():
    draft = start()
    with pytest.raises(Refused) as refused:
        services.save_answer(registration_id=draft.id, field="rooms", raw="3", actor=citizen(SON), now=NOW)
    assert refused.value.error is ROLE_REFUSED


def test_an_officer_can_help():
    officer = actors.officer("officer.casablanca", area="06.141")
    draft = start()
    services.save_answer(registration_id=draft.id, field="rooms", raw="3", actor=officer, now=NOW)
    assert queries.get_draft(draft.id).answers["rooms"].raw == "3"


def test_a_member_is_listed_once():
    draft = start()
    add(draft, SON, "child", {})
    with pytest.raises(Refused) as refused:
        add(draft, SON, "child", {})
    assert refused.value.error is errors.MEMBER_ALREADY_LISTED


def test_a_member_of_another_household_is_refused():
    send(complete(HEAD, son=SON))
    with pytest.raises(Refused) as refused:
        add(start(DAUGHTER), SON, "child", {})
    assert refused.value.error is errors.MEMBER_ELSEWHERE


def test_a_member_can_be_taken_out_but_not_the_declarant():
    draft = start()
    add(draft, SON, "child", {})
    services.remove_member(registration_id=draft.id, place=place_of(draft, SON), actor=citizen(), now=NOW)
    assert [m.person for m in queries.get_draft(draft.id).members] == [HEAD]
    with pytest.raises(Refused) as refused:
        services.remove_member(registration_id=draft.id, place=1, actor=citizen(), now=NOW)
    assert refused.value.error is errors.DECLARANT_STAYS


def test_taking_out_a_stranger_is_refused():
    for place in (0, 99):
        with pytest.raises(Refused) as refused:
            services.remove_member(registration_id=start().id, place=place, actor=citizen(), now=NOW)
        assert refused.value.error is errors.MEMBER_UNKNOWN


def test_moving_to_a_village_changes_the_questions():
    draft = start()
    move(draft, "rural", "kind")
    asked = {p.field for p in problems(queries.get_draft(draft.id), {HEAD: 40})}
    assert "cows" in asked
    assert "bath" not in asked


def move(draft, milieu: str, milieu_by: str, area: str = ""):
    place = {"commune_code": "07.041.03.05", "region_code": "07", "milieu": milieu}
    services.move_dwelling(
        registration_id=draft.id, **place, milieu_by=milieu_by, area=area, actor=citizen(), now=NOW
    )
    return queries.get_draft(draft.id)


def test_a_draft_says_that_the_area_is_missing_first_of_all():
    draft = start(milieu="rural", milieu_by="")
    first = problems(draft, {HEAD: 40})[0]
    assert (first.field, first.member, first.refusal.error) == ("area", None, errors.AREA_MISSING)
    told = move(draft, "urban", "asked", "urban")
    assert "area" not in {p.field for p in problems(told, {HEAD: 40})}
    assert (told.milieu, told.milieu_by, told.area) == ("urban", "asked", "urban")


def test_moving_forgets_the_area_and_changes_the_version():
    told = move(start(), "urban", "asked", "urban")
    moved = move(told, "rural", "")
    assert (moved.milieu, moved.milieu_by, moved.area) == ("rural", "", "")
    assert moved.version == told.version + 1


@pytest.mark.parametrize(
    ("milieu", "milieu_by", "area"),
    [("urban", "asked", "rural"), ("urban", "asked", ""), ("urban", "kind", "urban"), ("urban", "", "urban")],
)
def test_an_area_that_is_not_the_milieu_cannot_be_written(milieu, milieu_by, area):
    draft = start()
    with pytest.raises(IntegrityError, match="registration_area_is_its_milieu"), transaction.atomic():
        move(draft, milieu, milieu_by, area)


def test_withdrawing_deletes_what_was_typed():
    draft = start()
    answer(draft, "rooms", "3")
    services.withdraw_draft(registration_id=draft.id, actor=citizen(), now=NOW)
    assert queries.find_draft_of(HEAD) is None
    assert queries.get_draft(draft.id).answers == {}
    assert start().id != draft.id


def test_after_sending_nothing_can_be_typed():
    draft = complete()
    send(draft)
    with pytest.raises(Refused) as refused:
        answer(draft, "rooms", "4")
    assert refused.value.code == "kernel.transition_refused"


def test_sent_and_undecided_blocks_a_second_one():
    frozen = send(complete())
    with pytest.raises(Refused) as refused:
        start()
    assert refused.value.error is errors.MEMBER_ELSEWHERE
    assert queries.find_household_of(HEAD).code == frozen.household_code


def test_problems_say_what_is_missing_for_whom():
    draft = start()
    answer(draft, "relation", "head", HEAD)
    found = problems(queries.get_draft(draft.id), {HEAD: 40})
    assert ("education_level", HEAD) in {(p.field, p.member) for p in found}
    assert ("rooms", None) in {(p.field, p.member) for p in found}
    assert not problems(complete(), {HEAD: 40, SON: 10})


def test_a_diploma_above_the_level_is_a_problem():
    draft = complete()
    answer(draft, "diploma", "higher", HEAD)
    found = problems(queries.get_draft(draft.id), {HEAD: 40, SON: 10})
    assert [(p.field, p.refusal.error) for p in found] == [("diploma", errors.ANSWER_INVALID)]


def test_the_clock_is_an_argument():
    draft = start()
    moment = later()
    services.save_answer(registration_id=draft.id, field="rooms", raw="2", actor=citizen(), now=moment)
    assert queries.get_draft(draft.id).updated_at == moment
