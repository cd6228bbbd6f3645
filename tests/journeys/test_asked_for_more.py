"""Officers who cannot tell ask the person: told, answered online or at the counter, or the day passes."""

import dataclasses
import datetime as dt

import pytest
from django.urls import reverse
from tests.journeys.test_compared_anew import LIKE_HER, ONE, TWO, WHY, two
from tests.journeys.test_identity_change import NOW as NOON
from tests.journeys.test_identity_change import change, work
from tests.journeys.test_person_enrolment import (
    A_PAPER,
    FIRST,
    NOW,
    OFFICER,
    SECOND,
    _country,
    case_of,
    given_a_case,
    then_messages,
    when_both_decide,
)

from sijil.config.tasks import PERIODIC
from sijil.domains.documents import queries as documents
from sijil.domains.documents import services as document_services
from sijil.domains.matching import queries as matching
from sijil.domains.matching.errors import ASK_NOT_OPEN
from sijil.domains.notifications.models import Message
from sijil.domains.population_register import queries
from sijil.journeys import person_enrolment, tracking
from sijil.kernel.actors import PUBLIC
from sijil.kernel.casework import ROLE_REFUSED
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
__all__ = ["_country", "two"]


def when_asked(case, *whats, of=None, officers=(FIRST, SECOND), now=NOW):
    for officer, what in zip(officers, whats, strict=True):
        outcome = person_enrolment.adjudicate(
            case.id, verdict="cannot_tell", reason=WHY, ask=what, candidate=of, actor=officer, now=now
        )
    return outcome


def asked_of(number):
    return person_enrolment.list_asked(number)


def send(number, ask, actor=PUBLIC, paper=A_PAPER):
    return person_enrolment.send_asked(number=number, ask=ask.id, paper=paper, actor=actor, now=NOW)


@pytest.fixture
def asked():
    """A case whose officers both ask for a paper: the known person's key, the number, the case."""
    known, number, case = given_a_case()
    when_asked(case, "paper", "paper")
    return known, number, case


def test_the_person_is_told_what_to_bring_and_by_when(asked):
    known, number, _ = asked
    assert then_messages(number).count("evidence_asked") == then_messages(number).count("request_in_review")
    assert "evidence_asked" not in then_messages(known)
    found = tracking.find_request(number, now=NOW)
    assert (found.state, found.next_action) == ("in_adjudication", "bring_asked")
    assert [(a.what, a.until) for a in found.asked] == [("paper", NOW.date() + dt.timedelta(days=30))]


def test_the_known_person_may_be_asked_instead():
    known, number, case = given_a_case()
    when_asked(case, "visit", "visit", of=case.candidates[0].ref)
    assert "evidence_asked" in then_messages(known)
    assert "evidence_asked" not in then_messages(number)
    assert tracking.find_request(number, now=NOW).asked == ()


def test_the_paper_sent_online_brings_the_case_back_and_the_request_stays_as_it_was(asked):
    _, number, case = asked
    before = person_enrolment.list_papers(number)
    [wanted] = asked_of(number)
    assert send(number, wanted) is True
    assert person_enrolment.list_papers(number) == before
    assert (case_of(number).state, case_of(number).round) == ("opened", 2)
    assert tracking.find_request(number, now=NOW).next_action == "wait_for_officers"
    [paper] = person_enrolment.list_sent(matching.get_case(case.id))[case.subject]
    opened = person_enrolment.read_sent(case.id, paper.id, actor=FIRST, now=NOW)
    assert opened is not None
    assert opened.content == A_PAPER.content or opened.media_type in ("image/jpeg", "image/png")
    when_both_decide(case, "different_person")
    assert queries.get_request_record(number).person is not None


def test_what_was_sent_is_frozen_with_the_decision(asked):
    _, number, case = asked
    [wanted] = asked_of(number)
    send(number, wanted)
    when_both_decide(case, "different_person")
    [judged] = document_services.judge([A_PAPER.content + b""], now=NOW)
    with pytest.raises(Exception, match=r"frozen|immutable|decided"):
        document_services.receive(
            owner=f"asked:{wanted.id}", kind="passport", filename="x", paper=judged, actor=PUBLIC, now=NOW
        )


@pytest.mark.parametrize("what", ["capture", "visit"])
def test_who_must_come_is_received_at_the_counter_and_not_online(what):
    _, number, case = given_a_case()
    when_asked(case, what, what)
    [wanted] = asked_of(number)
    with pytest.raises(Refused) as refused:
        send(number, wanted)
    assert refused.value.error is ASK_NOT_OPEN
    elsewhere = dataclasses.replace(OFFICER, centre="01.151.01.01")
    with pytest.raises(Refused) as refused:
        person_enrolment.receive_asked(number=number, ask=wanted.id, actor=elsewhere, now=NOW)
    assert refused.value.error is ROLE_REFUSED
    assert person_enrolment.receive_asked(number=number, ask=wanted.id, actor=OFFICER, now=NOW) is True
    assert case_of(number).state == "opened"


def test_one_number_opens_nothing_of_another_file(asked):
    _, number, _ = asked
    other = queries.find_request_record(matching.get_case(asked[2].id).candidates[0].ref)
    with pytest.raises(Refused) as refused:
        send(other.number, asked_of(number)[0])
    assert refused.value.error is ASK_NOT_OPEN
    assert documents.list_documents(f"asked:{asked_of(number)[0].id}") == []


def test_the_worker_brings_back_what_nobody_answered(asked):
    _, number, _ = asked
    assert "person_enrolment.return_unanswered" in PERIODIC
    later = NOW + dt.timedelta(days=31)
    assert person_enrolment.return_unanswered(now=later) == 1
    case = case_of(number)
    assert (case.state, case.is_unanswered) == ("opened", True)
    assert tracking.find_request(number, now=later).asked == ()
    assert [c.id for c in person_enrolment.list_cases(officer=FIRST.id, on=later.date())] == [case.id]


def test_a_corrected_person_is_asked_too_and_keeps_the_number(two):
    _, other = two
    change(other.key, LIKE_HER)
    work()
    case = matching.find_open_case(other.id)
    when_asked(case, "visit", "visit", officers=(ONE, TWO), now=NOON)
    assert Message.objects.filter(template="evidence_asked", subject=other.key).exists()
    [wanted] = matching.get_case(case.id).asks
    assert person_enrolment.receive_at_desk(case.id, wanted.id, actor=ONE, now=NOON) is True
    for one in (ONE, TWO):
        person_enrolment.adjudicate(case.id, verdict="same_person", reason=WHY, actor=one, now=NOON)
    assert matching.get_case(case.id).state == "closed"


def test_the_page_of_the_number_takes_the_paper(client, asked, monkeypatch):
    from django.core.files.uploadedfile import SimpleUploadedFile

    _, number, _ = asked
    page = reverse("portal-tracked", args=[f"{number[:4]}-{number[4:8]}-{number[8:]}"])
    client.cookies["language"] = "en"
    assert "What we ask of you" in client.get(page).content.decode()
    [wanted] = asked_of(number)
    url = reverse("portal-send-asked", args=[number, wanted.id])
    assert client.get(url).status_code == 302
    picture = SimpleUploadedFile("acte.png", A_PAPER.content, "image/png")
    client.post(url, {"paper_kind": "cnie", "picture": picture})
    assert case_of(number).state == "opened"
    assert "What we ask of you" not in client.get(page).content.decode()
