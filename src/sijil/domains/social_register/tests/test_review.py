"""The check of a score set aside later: every cell of its table, opened and ended with scores, the list."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.db import IntegrityError, transaction

from sijil.domains.social_register import errors, services
from sijil.domains.social_register.models import Household, ScoreReview
from sijil.domains.social_register.queries import alone, reviews
from sijil.domains.social_register.states import REVIEW, ReviewState
from sijil.domains.social_register.tests.households import (
    CLERK,
    HEAD,
    NOW,
    OFFICER,
    SON,
    citizen,
    complete,
    loaded,
    member,
    send,
)
from sijil.domains.social_register.tests.test_states import REASONS, allowed, check_cell
from sijil.kernel import actors
from sijil.kernel.casework import REASON_NEEDED, ROLE_REFUSED
from sijil.kernel.casework.watch import Selection, count_stock, list_late, pass_marks
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey

pytestmark = pytest.mark.django_db
REASON = "answers_not_true"
DUE = dt.date(2027, 1, 21)  # sixty days


def household(person: str = HEAD, son: str = SON) -> str:
    """Return the code of a household whose registration is processed."""
    draft = complete(person, son=son)
    made = send(draft)
    services.process_registration(registration_id=draft.id, actor=CLERK, now=NOW)
    return made.household_code


def settle(doubtful=None, counted=(), now: dt.datetime = NOW, actor=CLERK) -> None:
    with transaction.atomic():
        services.settle_reviews(doubtful=doubtful or {}, counted=counted, actor=actor, now=now)


def doubted(number: int = 2) -> ScoreReview:
    code = household()
    settle({code: number})
    return ScoreReview.objects.get(household_id=code)


def review_in(state: str) -> ScoreReview:
    row = doubted()
    if state == "confirmed":
        services.confirm_review(review_id=row.pk, actor=OFFICER, now=NOW)
    if state == "refused":
        services.refuse_review(review_id=row.pk, reason=REASON, actor=OFFICER, now=NOW)
    if state == "lapsed":
        settle(counted=[row.household_id])
    row.refresh_from_db()
    return row


# --- the table ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "action"), list(itertools.product([s.value for s in ReviewState], REVIEW.actions))
)
def test_every_cell(state, action, monkeypatch):
    monkeypatch.setitem(REASONS, "refuse", REASON)
    row = review_in(state)
    assert row.state == state
    check_cell(services.REVIEWS, row, action, allowed(REVIEW, state, action))


def test_the_table_as_it_is():
    assert {(s, t.action): t.target.value for t in REVIEW.transitions for s in t.sources} == {
        ("waiting", "confirm"): "confirmed",
        ("waiting", "refuse"): "refused",
        ("waiting", "lapse"): "lapsed",
    }


@pytest.mark.parametrize(
    "who", [citizen(HEAD), citizen(SON), OFFICER, actors.PUBLIC], ids=["head", "son", "officer", "public"]
)
def test_only_the_system_opens_one(who):
    code = household()
    with pytest.raises(Refused) as refused:
        settle({code: 2}, actor=who)
    assert refused.value.error is ROLE_REFUSED
    assert not ScoreReview.objects.exists()


# --- opened and ended with scores ---------------------------------------------------------------------------


def test_it_starts_its_clock_and_is_a_step_an_entry_and_a_notice(log, notices):
    row = doubted()
    assert (row.state, row.clock, row.due_on, row.score_number) == ("waiting", "review", DUE, 2)
    assert [(s.action, s.to_state, s.actor_id) for s in row.steps.all()] == [("doubt", "waiting", "scorer")]
    assert ("household.doubted", row.household_id) in [(one[0], one[2]) for one in log.entries]
    assert [(n.kind, n.notice, n.due_on) for n in notices][-1] == ("review", "score_in_review", DUE)


def test_many_are_opened_at_once(notices, django_assert_max_num_queries):
    homes = [loaded() for _ in range(40)]
    services.load_households(households=homes, actor=CLERK, now=NOW)
    with django_assert_max_num_queries(12):
        settle({home.code: 1 for home in homes})
    assert ScoreReview.objects.filter(state="waiting", due_on=DUE).count() == 40
    assert len([n for n in notices if n.notice == "score_in_review"]) == 40


def test_set_aside_again_it_is_one_check_and_its_clock_runs_on(notices):
    row = doubted()
    settle({row.household_id: 3}, now=NOW + dt.timedelta(days=30))
    found = ScoreReview.objects.get(household_id=row.household_id)
    assert (found.pk, found.due_on, found.score_number) == (row.pk, DUE, 3)
    assert [n.notice for n in notices].count("score_in_review") == 1


def test_a_newer_score_that_counts_makes_it_needless(notices):
    row = review_in("lapsed")
    assert (row.state, row.due_on, row.mark_on) == ("lapsed", None, None)
    assert notices[-1].notice == "score_reviewed"
    settle({row.household_id: 4}, now=NOW + dt.timedelta(days=1))
    again = ScoreReview.objects.get(household_id=row.household_id, state="waiting")
    assert again.due_on == DUE + dt.timedelta(days=1)


def test_a_score_that_nobody_doubted_opens_and_ends_nothing(notices):
    code = household()
    notices.clear()
    settle(counted=[code])
    settle()
    assert (ScoreReview.objects.count(), notices) == (0, [])


@pytest.mark.parametrize("state", ["submitted", "quarantined", "rejected"])
def test_a_household_that_is_not_active_is_left_to_its_registration(state):
    draft = complete()
    code = send(draft).household_code
    about = {"registration_id": draft.id, "now": NOW}
    if state != "submitted":
        services.quarantine_registration(reason="score_out_of_range", actor=CLERK, **about)
    if state == "rejected":
        services.reject_registration(reason=REASON, actor=OFFICER, **about)
    settle({code: 2})
    assert not ScoreReview.objects.exists()


def test_the_database_holds_that_one_is_open_at_a_time():
    row = doubted()
    with pytest.raises(IntegrityError, match="review_one_open"), transaction.atomic():
        ScoreReview.objects.create(
            household_id=row.household_id, score_number=1, state="waiting", opened_at=NOW, due_on=DUE
        )


# --- the decision -------------------------------------------------------------------------------------------


def test_refused_the_household_is_closed_and_its_members_are_free():
    row = review_in("refused")
    home = Household.objects.get(pk=row.household_id)
    assert (row.state, row.due_on, home.state) == ("refused", None, "closed")
    assert not home.members.filter(left_on__isnull=True).exists()
    assert household() != home.pk  # the same persons, registered again


@pytest.mark.parametrize("reason", ["", "because", "score_out_of_range"])
def test_a_refusal_names_a_reason_of_the_list(reason):
    row = doubted()
    with pytest.raises(Refused) as refused:
        services.refuse_review(review_id=row.pk, reason=reason, actor=OFFICER, now=NOW)
    assert (refused.value.error, refused.value.field) == (REASON_NEEDED, "reason")
    assert Household.objects.get(pk=row.household_id).state == "active"


def test_what_is_unknown_is_refused():
    with pytest.raises(Refused) as refused:
        services.confirm_review(review_id=doubted().household.declaration_id, actor=OFFICER, now=NOW)
    assert refused.value.error is errors.NOTHING_TO_REVIEW


@pytest.mark.parametrize("person", [HEAD, SON], ids=["head", "son"])
def test_whoever_was_of_the_household_reads_why_it_was_closed(person):
    review_in("refused")
    found = alone.find_refusal(PersonKey(person))
    assert found
    assert (found.to_state, found.reason) == ("refused", REASON)
    household()  # registered again: what was before says nothing any more
    assert alone.find_refusal(PersonKey(person)) is None


def test_others_read_of_no_refusal():
    review_in("refused")
    assert alone.find_refusal(PersonKey("7")) is None


# --- late, and the list -------------------------------------------------------------------------------------


def test_it_is_late_from_day_61_on_and_waits_for_an_officer():
    row = doubted()
    assert list_late(on=DUE) == []
    [late] = list_late(on=DUE + dt.timedelta(days=1), of=Selection(kind="review"))
    assert (late.number, late.waits_on, late.days) == (row.household_id, "officer", 1)
    marks = pass_marks(now=NOW + dt.timedelta(days=61))
    assert marks == {"review 100": 1}
    [stock] = [s for s in count_stock(on=DUE + dt.timedelta(days=1)) if s.kind == "review"]
    assert (stock.state, stock.files, stock.late) == ("waiting", 1, 1)


@pytest.mark.parametrize("state", ["confirmed", "refused", "lapsed"])
def test_what_is_decided_is_never_late(state):
    review_in(state)
    assert list_late(on=legal_day(NOW) + dt.timedelta(days=400)) == []


def fill(n: int) -> list[str]:
    """Set aside n scores, one each day; return the codes in the order of the list."""
    homes = [loaded(member("head", 40)) for _ in range(n)]
    services.load_households(households=homes, actor=CLERK, now=NOW)
    for days, home in enumerate(homes):
        settle({home.code: 1}, now=NOW + dt.timedelta(days=days // 2))
    return [row.household_id for row in ScoreReview.objects.order_by("due_on", "household_id")]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_the_list_is_read_page_by_page_registrations_among_it(size):
    codes = fill(6)
    draft = complete()
    send(draft)
    services.quarantine_registration(
        registration_id=draft.id, reason="score_out_of_range", actor=CLERK, now=NOW
    )
    seen: list = []
    while page := reviews.list_to_review(area="06", after=seen[-1].place if seen else "", limit=size):
        seen += page
    assert [one.due_on for one in seen] == sorted(one.due_on for one in seen)
    assert [one.number for one in seen if one.is_registered] == codes
    assert [one.number for one in seen if not one.is_registered] == [draft.number]
    assert reviews.count_to_review(area="06") == 7


@pytest.mark.parametrize(
    ("area", "count"), [("country", 1), ("06", 1), ("06.141.01.1", 1), ("04", 0), ("0", 0), ("", 0)]
)
def test_the_list_is_that_of_an_area(area, count):
    fill(1)
    assert len(reviews.list_to_review(area=area)) == reviews.count_to_review(area=area) == count


@pytest.mark.parametrize("after", ["hello", "2027-99-01.x", "."])
def test_a_place_that_is_none_is_the_beginning(after):
    fill(1)
    assert len(reviews.list_to_review(after=after)) == 1


def test_a_household_finds_the_check_that_it_waits_for():
    row = doubted()
    found = reviews.find_check(row.household_id)
    assert found
    assert (found.due_on, found.is_registered) == (DUE, True)
    settle(counted=[row.household_id])
    assert reviews.find_check(row.household_id) is None
