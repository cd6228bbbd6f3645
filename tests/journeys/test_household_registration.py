"""A family registers in the browser, without scripts: given, when, then."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.journeys.household import (
    AT_HOME,
    CHECK,
    CHILDREN,
    HASSAN,
    KHADIJA,
    MEMBERS,
    NOW,
    URBAN,
    WORKER,
    Family,
    add,
    answer_household,
    describe,
    fill,
    place_of,
    register,
    send,
    settle,
    sign_in,
    text,
)
from tests.journeys.registered import Registered, begun

from sijil.config.tasks import JOBS, PERIODIC, perform
from sijil.domains.audit.models import AuditEntry
from sijil.domains.notifications.models import Message
from sijil.domains.population_register.services import change_person_state
from sijil.domains.scoring import queries as scoring
from sijil.domains.social_register import queries as social
from sijil.journeys import household_registration as journey
from sijil.journeys import tracking
from sijil.journeys.household_registration import notices
from sijil.kernel.actors import officer, system
from sijil.kernel.ids import draw_idcs
from sijil.pages import clock
from sijil.pages.tests.html import flat

pytestmark = pytest.mark.django_db
MADE_ONCE = begun
FILLED = pytest.mark.usefixtures("made_once")
"""The draft of the head is filled in."""


@pytest.fixture
def filled(request: pytest.FixtureRequest) -> Registered | None:
    return request.getfixturevalue("made_once") if "made_once" in request.fixturenames else None


@pytest.fixture
def family(filled: Registered | None) -> Family:
    return filled.family if filled else settle()


@pytest.fixture
def head(filled: Registered | None, family: Family) -> Client:
    if filled:
        return filled.browser
    client = sign_in(family.head)
    client.post("/my-file/household/start/")
    return client


# ── the main way ────────────────────────────────────────────────────────────────────────────────────


def test_a_married_head_without_wife_in_the_list_is_asked(head, family):
    asked = "no husband or wife is in the list"
    describe(head, family.head, {"relation": "head", **WORKER})
    assert asked in flat(text(head.get(CHECK)))
    add(head, family.wife, KHADIJA)
    describe(head, family.wife, {"relation": "spouse", **AT_HOME})
    assert asked not in flat(text(head.get(CHECK)))


@FILLED
def test_from_nothing_to_an_explained_score(head, family):
    assert send(head).url == "/my-file/household/sent/"

    sent = text(head.get("/my-file/household/sent/"))
    household = social.find_household_of(family.head.key)
    assert household.state == "active"
    assert {m.person for m in household.members} == {idcs.key for idcs in family.all}
    assert social.find_registration_of(family.head.key).number[:4] in sent

    score = text(head.get("/my-file/score/"))
    assert "9.381" in score
    assert "HCP-2021-BO7011" in score


@FILLED
def test_what_was_declared_can_be_read_again(head, family):
    send(head)
    page = text(head.get("/my-file/household/declared/"))
    assert "Salma Benali" in page
    assert "Yes, in a public school" in page
    assert sign_in(register(HASSAN)).get("/my-file/household/declared/").status_code == 404


@FILLED
def test_everybody_of_the_household_sees_it(head, family):
    send(head)
    assert "Khadija" in text(sign_in(family.wife).get("/my-file/"))
    assert sign_in(family.wife).get("/my-file/score/").status_code == 200


@FILLED
def test_the_message_and_the_audit_hold_no_name(head, family):
    send(head)
    assert Message.objects.filter(subject=social.find_household_of(family.head.key).code).count() == 1
    declared = AuditEntry.objects.filter(action="household.declared")
    assert {e.subject for e in declared} == {idcs.key for idcs in family.all}
    assert "Benali" not in str([e.facts for e in AuditEntry.objects.all()])


def test_the_wife_may_register_the_household(family):
    wife = sign_in(family.wife)
    wife.post("/my-file/household/start/")
    describe(wife, family.wife, {"relation": "spouse", **AT_HOME})
    add(wife, family.head, HASSAN)
    describe(wife, family.head, {"relation": "head", **WORKER})
    answer_household(wife)
    assert send(wife).status_code == 302
    assert social.find_household_of(family.wife.key).head == family.head.key


def test_one_person_is_a_household(head, family):
    describe(head, family.head, {"relation": "head", **WORKER, "marital_status": "single"})
    answer_household(head)
    assert send(head).status_code == 302


def test_a_village_has_other_questions(head, family):
    head.post("/my-file/household/place/", {"commune": "07.041.03.05"})
    assert head.get("/my-file/household/questions/land/").status_code == 200
    assert head.get("/my-file/household/questions/finance/").status_code == 404


# ── saving and resuming ─────────────────────────────────────────────────────────────────────────────


def test_another_device_finds_what_was_typed(head, family):
    head.post("/my-file/household/questions/dwelling/", {"rooms": "7"})
    assert 'value="7"' in text(sign_in(family.head).get("/my-file/household/questions/dwelling/"))


def test_a_script_saves_one_answer(head):
    saved = head.post(
        "/my-file/household/questions/dwelling/?page=ab", {"rooms": "99", "_field": "rooms"}
    ).json()
    assert saved["field"] == "rooms"
    assert "20" in saved["error"]
    assert re.fullmatch(r"\d\d:\d\d", saved["saved_at"])


def test_a_script_saves_one_bill_of_three(head, family):
    page = "/my-file/household/questions/energy/"
    head.post(page, {"electricity_bills_0": "80", "_field": "electricity_bills_0"})
    head.post(page, {"electricity_bills_2": "90", "_field": "electricity_bills_2"})
    assert social.find_draft_of(family.head.key).answers["electricity_bills"].raw == ["80", "", "90"]


def test_an_unknown_field_is_refused(head):
    assert (
        head.post("/my-file/household/questions/energy/", {"colour": "1", "_field": "colour"}).status_code
        == 422
    )


def test_a_wrong_answer_is_kept_and_told_in_place(head, family):
    page = head.post("/my-file/household/questions/dwelling/", {**URBAN, "rooms": "99"})
    assert page.status_code == 422
    assert 'href="#id_rooms"' in text(page)
    assert social.find_draft_of(family.head.key).answers["rooms"].raw == "99"


def test_an_old_page_does_not_undo_another_device(head, family):
    seen = re.search(
        r'name="_seen_at" value="([^"]+)"', text(head.get("/my-file/household/questions/dwelling/"))
    )
    sign_in(family.head).post("/my-file/household/questions/dwelling/", {**URBAN, "rooms": "4"})
    page = head.post("/my-file/household/questions/dwelling/", {**URBAN, "rooms": "5", "_seen_at": seen[1]})
    assert page.status_code == 422
    assert social.find_draft_of(family.head.key).answers["rooms"].raw == "4"


def test_later_keeps_an_incomplete_page(head, family):
    page = head.post("/my-file/household/questions/dwelling/", {"rooms": "3", "_later": "1"})
    assert page.url == "/my-file/household/"
    assert social.find_draft_of(family.head.key).answers["rooms"].raw == "3"


def test_a_page_says_saved_of_its_own_answers_only(head, family):
    goods = "/my-file/household/questions/goods/"
    head.post("/my-file/household/questions/dwelling/", {"rooms": "3", "_later": "1"})
    assert "Saved at" in shown_status(head, "/my-file/household/questions/dwelling/")
    assert "Saved at" not in shown_status(head, goods)
    blank = {"water_bills_0": "", "water_bills_1": "", "water_bills_2": ""}
    refused = head.post("/my-file/household/questions/energy/", blank)
    assert refused.status_code == 422
    assert "Saved at" not in status_of(refused)


def status_of(page):
    return page.content.decode().partition("data-autosave-status")[2].partition("</p>")[0]


def shown_status(head, path):
    return status_of(head.get(path))


def test_deleting_the_draft(head, family):
    assert head.get("/my-file/household/delete/").status_code == 200
    head.post("/my-file/household/delete/")
    assert social.find_draft_of(family.head.key) is None
    assert head.get("/my-file/household/").url == "/my-file/"


# ── members ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("wrong", ["date", "number"])
def test_a_wrong_date_and_an_unknown_number_are_answered_alike(head, family, wrong):
    idcs = family.wife if wrong == "date" else draw_idcs()
    page = add(head, idcs, HASSAN if wrong == "date" else KHADIJA)
    assert page.status_code == 422
    assert "do not match a registered person" in text(page)
    assert len(social.find_draft_of(family.head.key).members) == 1


def test_a_person_known_by_year_only_can_be_added(head, family):
    assert add(head, family.children[2], CHILDREN[2]).status_code == 302


def test_guessing_is_slowed_down(head, family):
    pages = [add(head, family.wife, HASSAN) for _ in range(14)]
    assert "do not match a registered person" in text(pages[11])
    assert "do not match a registered person" not in text(pages[13])


def test_a_member_is_taken_out(head, family):
    add(head, family.wife, KHADIJA)
    assert "Khadija" in text(head.get(f"{MEMBERS}{place_of(family.wife)}/remove/"))
    head.post(f"{MEMBERS}{place_of(family.wife)}/remove/")
    assert len(social.find_draft_of(family.head.key).members) == 1


def test_a_member_of_another_household_is_named(family):
    first, second = sign_in(family.head), sign_in(register(HASSAN))
    for client in (first, second):
        client.post("/my-file/household/start/")
        add(client, family.wife, KHADIJA)
    fill(first, family)
    other = social.find_draft_of(second.session["_auth_user_id"] and _login(second))
    describe(second, other.declarant, {"relation": "head", **WORKER})
    describe(second, family.wife, {"relation": "spouse", **AT_HOME})
    answer_household(second)
    send(first)
    page = send(second)
    assert page.status_code == 422
    assert "Khadija Benali" in text(page)
    assert social.find_household_of(other.declarant) is None


def _login(client) -> str:
    from django.contrib.auth import get_user

    request = type("Request", (), {"session": client.session})()
    return str(get_user(request).login)


def test_a_minor_does_not_declare(family):
    child = sign_in(family.children[0])
    child.post("/my-file/household/start/")
    describe(child, family.children[0], {"relation": "child", "schooling": "public", "health_cover": "none"})
    assert "adult child" in text(child.get(CHECK))


# ── sending ─────────────────────────────────────────────────────────────────────────────────────────


def test_incomplete_answers_are_listed_with_links(head, family):
    page = text(head.get(CHECK))
    assert f"{MEMBERS}{place_of(family.head)}/person/#id_relation" in page
    assert "accept_law" not in page
    assert head.post(CHECK, {"accept_law": "on", "accept_info": "on", "version": "1"}).status_code == 422


@FILLED
@pytest.mark.parametrize("tick", ["accept_law", "accept_info"])
def test_both_boxes_are_needed(head, family, tick):
    assert send(head, **{tick: ""}).status_code == 422
    assert social.find_household_of(family.head.key) is None


@FILLED
def test_who_died_meanwhile_is_named(head, family):
    salma = officer("salma", area="country")
    change_person_state(
        person=family.wife.key, action="declare_death", reason="declared", actor=salma, now=NOW
    )
    page = send(head)
    assert page.status_code == 422
    assert "Khadija Benali" in text(page)
    assert social.find_household_of(family.head.key) is None


@FILLED
def test_a_rejected_file_is_told_and_can_be_begun_again(head, family):
    head.post("/my-file/household/questions/goods/", {**URBAN, "cars": "10", "mobiles": "40"})
    head.post("/my-file/household/questions/telecom/", {"telecom_bills_0": "4000"})
    send(head)
    file = social.find_registration_of(family.head.key)
    salma = officer("salma", area="06", roles=["adjudicator"])
    journey.settle(number=file.number, seen=1, rejected_for="answers_not_true", actor=salma, now=NOW)
    page = text(head.get("/my-file/"))
    assert "was not accepted" in page
    assert "Some answers are not true." in page
    assert head.post("/my-file/household/start/").url == "/my-file/household/"


@FILLED
def test_answers_changed_on_another_device_are_read_again(head, family):
    assert send(head, version="1").status_code == 422
    assert send(head).status_code == 302


@FILLED
def test_an_impossible_score_is_set_aside_and_told(head, family):
    head.post("/my-file/household/questions/goods/", {**URBAN, "cars": "10", "mobiles": "40"})
    head.post("/my-file/household/questions/telecom/", {"telecom_bills_0": "4000"})
    send(head)
    assert social.find_registration_of(family.head.key).state == "quarantined"
    assert "Your score is set aside" in text(head.get("/my-file/"))
    assert "Your score is set aside" in text(head.get("/my-file/household/sent/"))
    assert head.get("/my-file/score/").status_code == 200


@FILLED
def test_who_has_a_household_does_not_start_another(head, family):
    send(head)
    assert sign_in(family.wife).post("/my-file/household/start/").url == "/my-file/"
    assert social.find_draft_of(family.wife.key) is None


@FILLED
def test_who_has_a_household_is_shown_it(head, family):
    """Fault 10: the start page told a registered head to leave her own household."""
    send(head)
    page = head.get("/my-file/household/start/", follow=True)
    assert page.redirect_chain == [("/my-file/", 302)]
    assert "Your household is registered already: here is its file." in text(page)


def test_the_home_page_knows_who_is_signed_in(head, client):
    client.cookies["language"] = "en"
    assert "Register my household" in text(client.get("/"))
    assert "Register my household" not in text(head.get("/"))
    assert 'href="/my-file/"' in text(head.get("/"))


def test_a_step_is_done_by_its_answers_not_by_its_place(head, family):
    """Fault 19: the check page of an empty form ticked both steps before it."""
    assert 'class="done"' not in text(head.get(CHECK))
    fill(head, family)
    assert text(head.get(CHECK)).count('class="done"') == 2


# ── doors ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/my-file/", "/my-file/score/", "/my-file/household/", CHECK, MEMBERS])
def test_a_stranger_signs_in_first(client, path):
    assert client.get(path).status_code == 302
    assert "/sign-in/" in client.get(path).url


def test_pages_without_a_draft_lead_home_or_say_so(family):
    client = sign_in(family.head)
    assert client.get("/my-file/household/").url == "/my-file/"
    assert client.get("/my-file/score/").url == "/my-file/"
    assert client.get("/my-file/household/sent/").url == "/my-file/"
    assert client.get(CHECK).status_code == 404


@pytest.mark.parametrize("language", ["ar", "fr", "zgh", "en"])
def test_every_page_opens_in_every_language(family, language):
    client = sign_in(family.head, language)
    client.post("/my-file/household/start/")
    blocks = ["dwelling", "energy", "goods", "telecom", "finance"]
    pages = [f"/my-file/household/questions/{b}/" for b in blocks]
    pages += [f"{MEMBERS}{place_of(family.head)}/{b}/" for b in ("person", "schooling", "work", "cover")]
    pages += [
        "/my-file/",
        "/my-file/household/",
        "/my-file/household/place/",
        MEMBERS,
        MEMBERS + "add/",
        CHECK,
    ]
    assert {client.get(page).status_code for page in pages} == {200}


# ── papers ──────────────────────────────────────────────────────────────────────────────────────────


@FILLED
@pytest.mark.parametrize("path", ["/my-file/household/receipt.pdf", "/my-file/score.pdf"])
def test_the_papers_are_pdf_and_not_kept_by_the_browser(head, family, path):
    send(head)
    paper = head.get(path)
    assert paper.content.startswith(b"%PDF")
    assert paper["Cache-Control"] == "no-store"
    assert sign_in(register(HASSAN)).get(path).status_code == 404


# ── the worker, and the next score ──────────────────────────────────────────────────────────────────


@FILLED
def test_if_the_process_dies_after_sending_a_worker_ends_it(head, family, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(journey.sending, "decide", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            send(head)
    file = social.find_registration_of(family.head.key)
    assert (file.state, social.find_household_of(family.head.key).state) == ("submitted", "declared")
    assert "being processed" in text(head.get("/my-file/"))
    job = ProcrastinateJob.objects.get(args={"registration_id": str(file.id)})
    perform(JOBS[job.task_name], job.args)
    assert social.find_household_of(family.head.key).state == "active"


@FILLED
def test_a_job_that_was_given_up_is_asked_for_again_by_the_clock(head, family, monkeypatch):
    with monkeypatch.context() as later:
        later.setattr(journey.sending, "decide", lambda **_: None)
        send(head)
    ProcrastinateJob.objects.all().delete()
    soon, then = (clock.now() + dt.timedelta(minutes=minutes) for minutes in (5, 11))
    assert (journey.sweep(now=soon), journey.sweep(now=then)) == (0, 1)
    job = ProcrastinateJob.objects.get()
    perform(JOBS[job.task_name], job.args)
    assert social.find_household_of(family.head.key).state == "active"
    assert journey.sweep(now=then) == 0
    assert PERIODIC["household_registration.sweep"][0].endswith("household_registration:sweep")


@pytest.mark.parametrize("language", ["ar", "fr", "zgh", "en"])
def test_whoever_decides_the_message_is_in_the_language_of_the_page(family, monkeypatch, language):
    head = sign_in(family.head, language)
    head.post("/my-file/household/start/")
    fill(head, family)
    with monkeypatch.context() as later:
        later.setattr(journey.sending, "decide", lambda **_: None)
        send(head)
    job = ProcrastinateJob.objects.get(task_name="household_registration.decide")
    perform(JOBS[job.task_name], job.args)
    assert Message.objects.get(template="household_scored").language == language


def test_without_a_telephone_the_message_goes_by_mail(monkeypatch):
    population = notices.population
    monkeypatch.setattr(population, "find_addressee", _with_mail_only(population.find_addressee))
    family = settle()
    head = sign_in(family.head)
    head.post("/my-file/household/start/")
    fill(head, family)
    send(head)
    assert Message.objects.get(template="household_scored").channel == "email"


def _with_mail_only(find):
    return lambda key: replace(find(key), phone="", email="h@example.ma")


@pytest.mark.django_db(transaction=True)
@FILLED
def test_the_worker_and_the_page_decide_at_the_same_moment(head, family, monkeypatch):
    with monkeypatch.context() as later:
        later.setattr(journey.sending, "decide", lambda **_: None)
        send(head)
    file = social.find_registration_of(family.head.key)

    def decide():
        journey.decide(registration_id=file.id, now=NOW)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        [done.result() for done in [pool.submit(decide), pool.submit(decide)]]
    assert scoring.get_current_score(file.household_code).number == 1
    assert Message.objects.filter(template="household_scored").count() == 1


def days(number: int) -> dt.datetime:
    return clock.now() + dt.timedelta(days=number)


@FILLED
@pytest.mark.parametrize("day", [1, 61, 400])
def test_a_decided_household_is_never_late(head, family, day):
    send(head)
    file = social.find_registration_of(family.head.key)
    tracked = tracking.find_request(file.number, now=days(day))
    assert (tracked.state, tracked.due_on, tracked.is_late) == ("processed", None, False)


@FILLED
def test_deciding_twice_changes_nothing(head, family):
    send(head)
    code = social.find_household_of(family.head.key).code
    journey.decide(registration_id=social.find_registration_of(family.head.key).id, now=NOW)
    assert scoring.get_current_score(code).number == 1


@FILLED
def test_a_later_score_says_what_changed(head, family):
    send(head)
    code = social.find_household_of(family.head.key).code
    before = scoring.get_current_score(code)
    with CaptureQueriesContext(connection) as made:
        after = journey.rescore(household_code=code, actor=system("rescoring"), now=days(366))
    assert not [query for query in made if "population_register" in query["sql"]]
    assert after.inputs["head_age"] == before.inputs["head_age"] + 1
    page = text(head.get("/my-file/score/"))
    assert "What changed since" in page
    assert head.get("/my-file/score/terms/").status_code == 200


@FILLED
def test_the_terms_on_the_page_add_up_as_shown(head, family):
    send(head)
    page = flat(text(head.get("/my-file/score/terms/")))
    rows = re.findall(r'<tr(?: class="zero")?><th scope="row">.*?([+−]?\d+\.\d{7})</bdi></td></tr>', page)
    total = re.search(r'class="total".*?(\d+\.\d{7})', page, re.DOTALL)
    assert len(rows) >= 35
    assert sum(Decimal(r.replace("−", "-")) for r in rows) == Decimal(total[1])
