"""What was set aside is checked by an officer, in the back office, without scripts: given, when, then."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.journeys.household import HASSAN as SOMEBODY
from tests.journeys.household import NOW, URBAN, Family, register, sign_in, text
from tests.journeys.registered import Registered, registered

from sijil.domains.audit.models import AuditEntry
from sijil.domains.notifications.models import Message
from sijil.domains.scoring import queries as scoring
from sijil.domains.social_register import queries as social
from sijil.domains.social_register.rules import REJECTIONS
from sijil.journeys import household_registration as journey
from sijil.kernel.actors import citizen, officer
from sijil.kernel.casework import REASON_NEEDED, ROLE_REFUSED
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_number, show_number

pytestmark = pytest.mark.django_db
LIST = "/backoffice/households/"
SALMA = officer("salma", area="06", roles=["adjudicator"])


@pytest.fixture(autouse=True)
def on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)


def made() -> Registered:
    """A household with an impossible score, sent in French."""
    goods = {**URBAN, "cars": "10", "mobiles": "40"}
    return registered(language="fr", goods=goods, telecom={"telecom_bills_0": "4000"})


MADE_ONCE = made


@pytest.fixture
def family(made_once: Registered) -> Family:
    return made_once.family


@pytest.fixture
def head(made_once: Registered) -> Client:
    return made_once.browser


@pytest.fixture
def number(head: Client, family: Family) -> str:
    return social.find_registration_of(family.head.key).number


def staff(role: str = "adjudicator", language: str = "en") -> Client:
    facts = {"kind": "staff", "roles": [role], "area": "country", "created_at": NOW, "password": "!"}
    account, _ = get_user_model().objects.get_or_create(login=f"staff.{role}", defaults=facts)
    client = Client(headers={"accept-language": language})
    client.force_login(account)
    client.cookies["language"] = language
    return client


def household_of(family: Family):
    return social.find_household_of(family.head.key)


def entries(action: str) -> list[tuple[str, str]]:
    return list(AuditEntry.objects.filter(action=action).values_list("actor_id", "subject"))


# --- the list -----------------------------------------------------------------------------------------------


def test_the_list_tells_number_dates_score_and_range_and_no_name(number):
    page = text(staff().get(LIST))
    assert show_number(number) in page
    assert "from" in page
    assert "21/01/2027" in page  # sixty days after the sending, whoever looks at it meanwhile
    assert "Benali" not in page


@pytest.mark.parametrize(
    ("language", "words"), [("ar", "أسر في انتظار المراجعة"), ("fr", "Ménages à vérifier")]
)
def test_the_pages_speak_arabic_and_french(number, language, words):
    client = staff(language=language)
    for address in (LIST, f"{LIST}{number}/"):
        page = client.get(address)
        assert page.status_code == 200
        assert words in text(page)


def test_an_empty_list_says_so():
    assert "No household waits for a check." in text(staff().get(LIST))


def test_a_late_one_is_marked(number, monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW + dt.timedelta(days=61))
    assert 'tag bad">late' in text(staff().get(LIST))


@pytest.mark.parametrize("role", ["csc_officer", "programme_manager", "administrator"])
def test_other_staff_stays_outside(number, role):
    assert staff(role).get(LIST).status_code == 403
    assert staff(role).get(f"{LIST}{number}/").status_code == 403


def test_a_citizen_and_a_stranger_stay_outside(head, number, client):
    assert head.get(f"{LIST}{number}/").status_code == 403
    assert "/sign-in/" in client.get(LIST).url


def test_the_queue_of_cases_leads_here():
    assert f'href="{LIST}"' in text(staff().get("/backoffice/adjudication/"))


# --- whoever calls: the rule stands below the pages ---------------------------------------------------------


def test_only_the_officers_of_the_area_see_it(number):
    assert [line.file.number for line in journey.list_to_review(actor=SALMA, now=NOW).lines] == [number]
    elsewhere = officer("driss", area="04", roles=["adjudicator"])
    assert journey.list_to_review(actor=elsewhere, now=NOW).lines == ()
    with pytest.raises(Refused) as refused:
        journey.get_review(number=number, language="fr", actor=elsewhere, now=NOW)
    assert refused.value.error is ROLE_REFUSED


@pytest.mark.parametrize("who", [officer("agdal", roles=["csc_officer"]), citizen("2020202051")], ids=str)
@pytest.mark.parametrize("decision", ["", "answers_not_true"])
def test_nobody_else_settles_it(number, family, who, decision):
    with pytest.raises(Refused) as refused:
        journey.settle(number=number, seen=1, rejected_for=decision, actor=who, now=NOW)
    assert refused.value.error is ROLE_REFUSED
    assert household_of(family).state == "declared"


def test_a_reason_that_is_not_in_the_list_is_refused(number):
    with pytest.raises(Refused) as refused:
        journey.settle(number=number, seen=1, rejected_for="because", actor=SALMA, now=NOW)
    assert refused.value.error is REASON_NEEDED


# --- the decision -------------------------------------------------------------------------------------------


def test_confirmed_the_score_counts_and_the_household_is_active(head, family, number):
    before = scoring.get_current_score(household_of(family).code)
    sent = staff().post(f"{LIST}{number}/", {"decision": "confirm", "seen": 1})
    assert sent.url == LIST
    household = household_of(family)
    now = scoring.get_current_score(household.code)
    file = social.get_registration_by_number(number)
    assert (household.state, file.state, file.answer_due_on) == ("active", "processed", None)
    assert (before.state, now.state, now.trigger, now.points) == (
        "quarantined", "scored", "reviewed", before.points,
    )  # fmt: skip
    outcomes = {e.decision.outcome for e in journey.eligibilities(now)}
    assert outcomes == {"not_eligible"}
    assert "Your score is set aside" not in text(sign_in(family.head).get("/my-file/score/"))
    assert entries("score.confirmed") == [("staff.adjudicator", household.code)]


@pytest.mark.parametrize("reason", REJECTIONS)
def test_refused_the_members_are_free_and_the_reason_is_told(head, family, number, reason):
    code = household_of(family).code
    staff().post(f"{LIST}{number}/", {"decision": reason, "seen": 1})
    assert household_of(family) is None
    file = social.get_registration_by_number(number)
    assert (file.state, file.steps[-1].reason, social.get_household(code).state) == (
        "rejected", reason, "closed",
    )  # fmt: skip
    assert REJECTIONS[reason].fr in text(head.get(f"/track/{number}/"))


@pytest.mark.parametrize(
    ("decision", "template"), [("confirm", "household_scored"), ("answers_not_true", "household_rejected")]
)
def test_the_declarant_is_told_in_the_language_of_the_file(number, decision, template):
    staff(language="ar").post(f"{LIST}{number}/", {"decision": decision, "seen": 1})
    assert Message.objects.get(template=template).language == "fr"


def test_without_a_decision_nothing_changes(family, number):
    page = staff().post(f"{LIST}{number}/", {})
    assert page.status_code == 422
    assert "Choose one of the decisions." in text(page)
    assert household_of(family).state == "declared"


def test_what_is_decided_already_leads_back_to_the_list(number):
    staff().post(f"{LIST}{number}/", {"decision": "confirm", "seen": 1})
    assert staff().get(f"{LIST}{number}/").url == LIST
    assert staff().post(f"{LIST}{number}/", {"decision": "confirm", "seen": 1}).url == LIST
    assert "waits for a check any more" in text(staff().get(f"{LIST}{draw_number()}/", follow=True))


def test_an_undecided_one_is_no_other_registration(family):
    other = register(SOMEBODY)
    sign_in(other).post("/my-file/household/start/")
    draft = social.find_draft_of(other.key)
    assert staff().get(f"{LIST}{draft.number}/").url == LIST


# --- what is written down -----------------------------------------------------------------------------------


def test_each_household_of_the_list_reads_by_whom_once_an_hour(family, number):
    code = household_of(family).code
    for _ in range(3):
        staff().get(LIST)
    assert entries("score.read") == [("staff.adjudicator", code)]
    staff().get(f"{LIST}{number}/")
    assert entries("household.review_read") == [("staff.adjudicator", code)]


# --- the next scores ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["one", "everybody"])
def test_what_was_confirmed_goes_on_counting_when_ages_change(number, family, way):
    journey.settle(number=number, seen=1, actor=SALMA, now=NOW)
    code, later = household_of(family).code, NOW + dt.timedelta(days=1100)
    if way == "one":
        journey.rescore(household_code=code, actor=SALMA, now=later)
    else:
        journey.rescore_all(day=later.date(), actor=SALMA, clock=lambda: later)
    score = scoring.get_current_score(code)
    assert (score.number, score.state, score.confirmed) == (3, "scored", 2)
    decided = journey.eligibilities(score)
    assert {e.decision.reason for e in decided} == {"over_threshold"}
    assert {e.day for e in decided} <= {NOW.date(), later.date()}
