"""Who was corrected and is found by other data is compared with everybody; somebody alike opens a case."""

from dataclasses import replace

import pytest
from django.urls import reverse
from tests.journeys.test_identity_change import NOW, OFFICER, change, registered, work

from sijil.counter.tests.test_counter import sign_in
from sijil.domains.audit.queries import list_entries
from sijil.domains.events import queries as event_queries
from sijil.domains.events.models import Event
from sijil.domains.geography.services import load_reference
from sijil.domains.matching import queries as matching
from sijil.domains.matching.models import Case, Comparison
from sijil.domains.matching.services import index_subject
from sijil.domains.matching.types import CaseVerdict, Subject
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.rules import matched
from sijil.domains.population_register.tests.samples import FATIMA, known
from sijil.domains.population_register.types import Sex
from sijil.journeys import events, person_enrolment
from sijil.journeys.person_enrolment import recheck
from sijil.kernel.actors import officer
from sijil.kernel.errors import Refused
from sijil.pages.tests.html import flat

pytestmark = pytest.mark.django_db
STEP = "person_enrolment.recheck.follow_identity"
OTHER = replace(
    FATIMA, last_name_ar="بناني", last_name_fr="Bennani", first_name_ar="سعاد", first_name_fr="Souad",
    phone="+212699887766", email="", paper_number="ZT998877",
)  # fmt: skip
LIKE_HER = {
    "last_name_ar": FATIMA.last_name_ar, "last_name_fr": FATIMA.last_name_fr,
    "first_name_ar": FATIMA.first_name_ar, "first_name_fr": FATIMA.first_name_fr,
}  # fmt: skip
ONE, TWO = (officer(f"adjudicator-{n}", roles=["adjudicator"]) for n in (1, 2))
WHY = "The papers and the two faces were compared side by side."


def enter(identity):
    """Register somebody who is found by what they declare, as after an enrolment."""
    person = known(identity, NOW).key
    record = population.get_record(person)
    index_subject(Subject(record.id, **matched(identity)), now=NOW)
    return record


@pytest.fixture
def two(db):
    load_reference(NOW)
    return enter(FATIMA), enter(OTHER)


def outcome(person):
    event = Event.objects.filter(kind="person.identity_changed", subject=person.key).order_by("id").last()
    [step] = [one for one in event_queries.list_steps(event.id) if one.step == STEP]
    return step.state.value, step.reason


def decide(case, verdict, *adjudicators):
    for one in adjudicators:
        person_enrolment.adjudicate(case.id, verdict=verdict, reason=WHY, actor=one, now=NOW)


def test_somebody_alike_opens_a_case_that_whoever_corrected_does_not_decide(two):
    her, other = two
    change(other.key, LIKE_HER)
    work()
    assert outcome(other) == ("done", "")
    case = matching.find_open_case(other.id)
    assert [c.ref for c in case.candidates] == [her.id]
    assert (case.person, case.number, case.deposited_by) == (other.key, "", OFFICER.id)
    assert "adjudication.opened" in {entry.action for entry in list_entries(other.key)}
    with pytest.raises(Refused) as refused:
        decide(case, "different_person", replace(OFFICER, roles=("adjudicator",)))
    assert refused.value.code in ("matching.own_file", "kernel.role_refused")


def test_the_number_of_the_old_request_names_the_case(db):
    number, person = registered()
    enter(OTHER)
    change(person, {name: getattr(OTHER, name) for name in LIKE_HER} | {"paper_number": OTHER.paper_number})
    work()
    assert matching.find_open_case(population.get_record(person).id).number == number


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"email": "souad@example.ma"}, "nothing_compared"), ({"last_name_fr": "Tazi"}, "nobody_alike")],
)
def test_nobody_is_troubled_without_a_reason(two, changes, reason):
    _, other = two
    change(other.key, changes)
    work()
    assert outcome(other) == ("done", reason)
    assert Comparison.objects.count() == (reason == "nobody_alike")
    assert not Case.objects.exists()


def test_a_change_of_the_past_alone_searches_nothing(two, monkeypatch):
    monkeypatch.setattr(recheck.matching, "compare", None)
    _, other = two
    change(other.key, {"street": "3, rue Neuve"})
    work()
    assert outcome(other) == ("done", "nothing_compared")


def test_a_step_taken_twice_opens_one_case(two):
    _, other = two
    change(other.key, LIKE_HER)
    work()
    [event] = Event.objects.filter(kind="person.identity_changed", subject=other.key)
    events.take_step(event_id=event.id, step=STEP, now=NOW)
    found = event_queries.get_event(event.id)
    assert recheck.follow_identity(found, now=NOW) == recheck.WAITS
    assert (Case.objects.count(), Comparison.objects.count()) == (1, 1)


def test_a_second_correction_waits_for_the_case_and_is_compared_by_the_clock(two):
    _, other = two
    change(other.key, LIKE_HER)
    work()
    change(other.key, {"phone": FATIMA.phone})
    work()
    assert outcome(other) == ("unmatched", "case_is_open")
    decide(matching.find_open_case(other.id), "different_person", ONE, TWO)
    events.retry_unmatched(now=NOW)
    work()
    assert outcome(other) == ("done", "nobody_alike")
    assert (Case.objects.count(), Comparison.objects.count()) == (1, 2)


@pytest.mark.parametrize("verdict", [CaseVerdict.DIFFERENT_PERSON, CaseVerdict.SAME_PERSON])
def test_the_case_keeps_what_was_found_and_every_number_stays(two, verdict):
    her, other = two
    change(other.key, LIKE_HER)
    work()
    case = matching.find_open_case(other.id)
    decide(case, verdict.value, ONE, TWO)
    kept = matching.get_case(case.id)
    assert (kept.verdict, kept.linked_to) == (verdict, her.id if verdict == "same_person" else None)
    assert [population.get_record(one.key).state for one in two] == ["active", "active"]
    assert population.list_subjects([other.id]) == {other.id: other.key}


@pytest.mark.parametrize("verdict", [CaseVerdict.DIFFERENT_PERSON, CaseVerdict.SAME_PERSON])
def test_whom_officers_have_judged_is_not_asked_again_from_either_side(two, verdict):
    her, other = two
    change(other.key, LIKE_HER)
    work()
    decide(matching.find_open_case(other.id), verdict.value, ONE, TWO)
    change(other.key, {"first_name_fr": "Fatma"})
    change(her.key, {"first_name_fr": "Fatna"})
    work()
    assert [outcome(one) for one in two] == [("done", "nobody_alike")] * 2
    assert Case.objects.count() == 1


def test_a_third_person_alike_is_asked_about(two):
    _, other = two
    change(other.key, LIKE_HER)
    work()
    decide(matching.find_open_case(other.id), "different_person", ONE, TWO)
    third = enter(replace(FATIMA, phone="+212611111111", email="", sex=Sex.FEMALE))
    change(other.key, {"first_name_fr": "Fatma"})
    work()
    assert [c.ref for c in matching.find_open_case(other.id).candidates] == [third.id]


def test_a_person_who_is_not_there_keeps_the_step(two):
    _, other = two
    event = replace(_told(other), subject="1")
    assert recheck.follow_identity(event, now=NOW).action == "keep"


def _told(person):
    change(person.key, LIKE_HER)
    [event] = Event.objects.filter(kind="person.identity_changed", subject=person.key)
    return event_queries.get_event(event.id)


def test_the_pages_say_what_the_case_can_conclude(two, monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    _, other = two
    change(other.key, LIKE_HER)
    work()
    case = matching.find_open_case(other.id)
    address, last = reverse("backoffice-case", args=[case.id]), ""
    for login in ("adjudicator-1", "adjudicator-2"):
        browser = sign_in(login, "", "adjudicator")
        assert "Corrected person" in browser.get(reverse("backoffice-adjudication")).content.decode()
        shown = browser.get(address).content.decode()
        assert "The person keeps the number" in flat(shown)
        assert "New file" not in shown
        assert "is refused" not in shown
        sent = {"verdict": "different_person", "reason": WHY}
        last = browser.post(reverse("backoffice-decide", args=[case.id]), sent, follow=True).content.decode()
    assert "The case is closed. No number changes." in last
    closed = sign_in("adjudicator-3", "", "adjudicator").get(address).content.decode()
    assert "register the new file" not in closed
