"""A question falls due by age, is asked, is answered in the browser, and the score forgets it."""

from __future__ import annotations

import datetime as dt
import re
import threading

import pytest
from django.db import connection
from django.test import Client
from tests.journeys.household import NOW, Family, citizen, sign_in, text
from tests.journeys.registered import Registered, registered
from tests.journeys.test_household_review import staff

from sijil.domains.audit.models import AuditEntry
from sijil.domains.scoring import queries as scoring
from sijil.domains.social_register import errors
from sijil.domains.social_register import queries as social
from sijil.domains.social_register.models import CompletionRequest, Declaration
from sijil.journeys import household_registration as journey
from sijil.kernel import actors
from sijil.kernel.errors import Refused
from sijil.kernel.ids import show_household_code
from sijil.pages import clock

pytestmark = pytest.mark.django_db
HOME, COMPLETE, SCORE = "/my-file/", "/my-file/household/complete/", "/my-file/score/"
SIX = dt.datetime(2029, 8, 18, 9, tzinfo=dt.UTC)  # Adam, of 2023, is six: is he at school?
FIFTEEN = dt.datetime(2031, 4, 1, 9, tzinfo=dt.UTC)  # and Youssef, of March 2016, is fifteen


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch):
    def move(moment: dt.datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    move(NOW)
    return move


MADE_ONCE = registered


@pytest.fixture
def family(made_once: Registered, day) -> Family:
    return made_once.family


@pytest.fixture
def head(made_once: Registered, day) -> Client:
    return made_once.browser


@pytest.fixture
def code(head: Client, family: Family) -> str:
    return social.find_household_of(family.head.key).code


def rescore(now: dt.datetime) -> None:
    journey.rescore_all(day=now.date(), actor=journey.NIGHTLY, clock=lambda: now)


@pytest.fixture
def six(code: str, day) -> str:
    """Return the household on the day on which it is asked about Adam's school."""
    rescore(SIX)
    day(SIX)
    return code


@pytest.fixture
def fifteen(code: str, day) -> str:
    rescore(FIFTEEN)
    day(FIFTEEN)
    return code


def page_of(place: int, block: str) -> str:
    return f"{COMPLETE}{place}/{block}/"


def confirm(client: Client, **changes):
    version = re.search(r'name="version" value="(\d+)"', text(client.get(COMPLETE)))
    ticks = {"accept_law": "on", "accept_info": "on", "version": version[1] if version else "0"}
    return client.post(COMPLETE, ticks | changes)


def due(code: str) -> list[tuple[int, tuple[str, ...]]]:
    return [(one.member, one.fields) for one in scoring.get_current_score(code).due]


# ── the main way ────────────────────────────────────────────────────────────────────────────────────


def test_due_asked_answered_and_the_score_names_nobody_any_more(head, family, six):
    assert due(six) == [(4, ("schooling",))]
    home = text(head.get(HOME))
    assert "Answers are asked of your household" in home
    assert "Adam Benali" in home
    assert "Is this child at school?" in home
    assert "17 October 2029" in home
    assert "at the age of your last declaration" in home

    assert head.post(page_of(4, "schooling"), {"schooling": "public"}).url == COMPLETE
    assert confirm(head).url == HOME

    assert due(six) == []
    score = scoring.get_current_score(six)
    declared = social.get_declaration(six)
    assert (score.number, score.trigger, score.declaration) == (3, "updated", declared.id)
    assert score.inputs["children_6_14_public"] == 3
    assert declared.members[4].get("schooling") == "public"
    assert Declaration.objects.filter(household_id=six).count() == 2
    assert "Answers are asked" not in text(head.get(HOME))
    assert "Yes, in a public school" in text(head.get("/my-file/household/declared/"))


def test_many_questions_a_block_per_page_in_order(head, family, fifteen):
    assert [place for place, _ in due(fifteen)] == [2, 4]
    first = head.post(page_of(2, "person"), {"marital_status": "single"})
    assert first.url == page_of(2, "schooling")
    head.post(first.url, {"education_level": "lower_secondary", "diploma": "none"})
    work = head.post(page_of(2, "work"), {"activity": "employed"})
    assert work.status_code == 422
    assert "occupation" in text(work)
    answers = {"activity": "employed", "occupation": "labourer", "professional_status": "private_employee"}
    assert head.post(page_of(2, "work"), answers).url == page_of(4, "schooling")
    assert "One answer is still needed" in text(head.get(COMPLETE))
    head.post(page_of(4, "schooling"), {"schooling": "private"})
    assert confirm(head).url == HOME
    assert due(fifteen) == []


def test_the_programmes_decide_on_the_new_score_in_the_same_act(head, six):
    head.post(page_of(4, "schooling"), {"schooling": "private"})
    confirm(head)
    decided = journey.eligibilities(scoring.get_current_score(six))
    assert {e.day for e in decided} == {SIX.date()}


def test_a_later_rescoring_leaves_it_alone(head, six):
    head.post(page_of(4, "schooling"), {"schooling": "public"})
    confirm(head)
    number = scoring.get_current_score(six).number
    rescore(SIX)
    assert scoring.get_current_score(six).number == number
    assert social.find_completion(six) is None


def test_everybody_named_reads_that_the_household_declared_anew(head, family, six):
    head.post(page_of(4, "schooling"), {"schooling": "public"})
    confirm(head)
    entries = AuditEntry.objects.filter(action="household.declared", at=SIX)
    assert {e.subject for e in entries} == {idcs.key for idcs in family.all}
    assert AuditEntry.objects.filter(action="household.completed", subject=six).count() == 1


def test_after_the_delay_it_is_late_for_staff_and_still_to_answer(head, six, day):
    day(SIX + dt.timedelta(days=61))
    page = text(head.get(HOME))
    assert "you can still answer" in page
    late = text(staff("administrator").get("/backoffice/late/?kind=completion"))
    assert show_household_code(six) in late
    head.post(page_of(4, "schooling"), {"schooling": "public"})
    assert confirm(head).url == HOME


@pytest.mark.parametrize(
    ("language", "words"),
    [("ar", "أجوبة مطلوبة من أسرتكم"), ("fr", "Des réponses sont demandées"), ("zgh", "ⵜⵜⵓⵜⵔⴰⵏⵜ")],
)
def test_the_pages_speak_the_languages(six, family, language, words):
    client = sign_in(family.head, language)
    assert words in text(client.get(HOME))
    assert {client.get(page).status_code for page in (COMPLETE, page_of(4, "schooling"))} == {200}


# ── refusals ────────────────────────────────────────────────────────────────────────────────────────


def test_a_wrong_answer_is_shown_beside_its_field_and_nothing_is_sent(head, six):
    page = head.post(page_of(4, "schooling"), {"schooling": "on_the_moon"})
    assert page.status_code == 422
    assert 'id="id_schooling_error"' in text(page) or "id_schooling" in text(page)
    assert confirm(head).status_code == 422
    assert due(six) == [(4, ("schooling",))]
    assert Declaration.objects.filter(household_id=six).count() == 1


@pytest.mark.parametrize("missing", ["accept_law", "accept_info"])
def test_both_boxes_are_needed(head, six, missing):
    head.post(page_of(4, "schooling"), {"schooling": "public"})
    assert confirm(head, **{missing: ""}).status_code == 422
    assert due(six) == [(4, ("schooling",))]


def test_what_changed_on_another_device_is_read_again_first(head, six):
    head.post(page_of(4, "schooling"), {"schooling": "public"})
    page = confirm(head, version="0")
    assert page.status_code == 422
    assert "on another device" in text(page)


def test_other_members_are_told_who_answers_and_do_not(family, six):
    wife = sign_in(family.wife)
    page = text(wife.get(HOME))
    assert "The head of the household answers" in page
    assert COMPLETE not in page
    for path in (COMPLETE, page_of(4, "schooling")):
        assert wife.post(path, {"schooling": "public"}).url == HOME
    with pytest.raises(Refused) as refused:
        journey.complete(
            seen_version=0, accept_law=True, accept_info=True, actor=citizen(family.wife), now=SIX
        )
    assert refused.value.code == "kernel.role_refused"


def test_nobody_answers_for_somebody_elses_household(family, six):
    from tests.journeys.household import HASSAN, register

    stranger = register(HASSAN)
    client = sign_in(stranger)
    assert [client.get(path).status_code for path in (COMPLETE, page_of(4, "schooling"))] == [404, 404]
    with pytest.raises(Refused) as refused:
        journey.save_completion(
            answers={"schooling": "public"}, person=family.children[2].key, actor=citizen(stranger), now=SIX
        )
    assert refused.value.error is errors.HOUSEHOLD_UNKNOWN
    assert social.get_typed(social.find_completion(six).id) == {}


@pytest.mark.parametrize("path", [page_of(0, "person"), page_of(4, "cover"), page_of(9, "schooling")])
def test_only_what_fell_due_has_a_page(head, six, path):
    assert head.get(path).status_code == 404


def test_where_nothing_is_asked_there_is_nothing_to_answer(head, code):
    assert head.get(COMPLETE).url == HOME
    assert "Answers are asked" not in text(head.get(HOME))
    nobody = actors.citizen("1000000000000000000")
    with pytest.raises(Refused) as refused:
        journey.complete(seen_version=0, accept_law=True, accept_info=True, actor=nobody, now=NOW)
    assert refused.value.error is errors.HOUSEHOLD_UNKNOWN


# ── two at once ─────────────────────────────────────────────────────────────────────────────────────


def at_once(*acts) -> list[str]:
    line, outcomes = threading.Barrier(len(acts)), []

    def run(act) -> None:
        line.wait()
        try:
            act()
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return sorted(outcomes)


def complete_as(family: Family):
    journey.complete(seen_version=1, accept_law=True, accept_info=True, actor=citizen(family.head), now=SIX)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_declaration(head, family, six):
    head.post(page_of(4, "schooling"), {"schooling": "public"})
    outcomes = at_once(lambda: complete_as(family), lambda: complete_as(family))
    assert outcomes == ["done", "social_register.nothing_asked"]
    assert Declaration.objects.filter(household_id=six).count() == 2
    assert (scoring.get_current_score(six).number, due(six)) == (3, [])


@pytest.mark.django_db(transaction=True)
def test_answered_while_everybody_is_rescored_neither_waits_for_ever(head, family, six):
    head.post(page_of(4, "schooling"), {"schooling": "public"})
    tomorrow = SIX + dt.timedelta(days=1)
    assert at_once(lambda: complete_as(family), lambda: rescore(tomorrow)) == ["done", "done"]
    assert due(six) == []
    [request] = CompletionRequest.objects.all()
    assert request.state == "completed"
