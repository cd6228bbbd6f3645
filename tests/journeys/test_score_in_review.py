"""A score set aside after its household was registered: who is asked, until when, what is told and counts."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from tests.journeys.household import NOW, Family, sign_in, text
from tests.journeys.registered import Registered, registered
from tests.journeys.test_household_over_http import Machine
from tests.journeys.test_household_review import LIST, SALMA, entries, staff

from sijil.backoffice import households as pages
from sijil.country import country, loading
from sijil.domains.notifications.models import Message
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes.models import DecisionNotice
from sijil.domains.scoring import queries as scoring
from sijil.domains.social_register import errors
from sijil.domains.social_register import queries as social
from sijil.domains.social_register.models import ScoreReview
from sijil.domains.social_register.rules import REJECTIONS
from sijil.journeys import household_registration as journey
from sijil.kernel.actors import officer, system
from sijil.kernel.casework import ROLE_REFUSED
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import show_household_code
from sijil.kernel.tests.shelves import amend, copy_of_the_law, reading
from sijil.pages import clock
from sijil.pages.tests.html import flat

pytestmark = pytest.mark.django_db
FORMULA = "domains/scoring/parameters/formula"
LATER = NOW + dt.timedelta(days=60)  # another formula is in force: its range is narrower
AFTER = NOW + dt.timedelta(days=420)  # and then the old range again
DUE = dt.date(2027, 3, 22)
TESTER = system("test")
BOTH = pytest.mark.parametrize("aside", ["one", "everybody"], indirect=True)
COUNTRY_WIDE = officer("salma", area="country", roles=["adjudicator"])


def bring_in(root, version: str, start: str, lowest: str) -> None:
    path = root / FORMULA / f"{version}.yaml"
    path.write_text((root / FORMULA / "HCP-2021-BO7011.yaml").read_text())
    changes = ("version: HCP-2021-BO7011", f"version: {version}"), ("from: 2021-08-09", f"from: {start}")
    amend(path, *changes, ('value: ["5", "15"]', f'value: ["{lowest}", "15"]'))


@pytest.fixture(autouse=True)
def law(tmp_path):
    """From 2027 a score under 9.9 is set aside; from 2028 one under 5 again."""
    root = copy_of_the_law(tmp_path)
    bring_in(root, "NARROW", "2027-01-01", "9.9")
    bring_in(root, "WIDE", "2028-01-01", "5")
    with reading(root):
        yield


@pytest.fixture
def day(monkeypatch):
    def move(moment: dt.datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    move(NOW)
    return move


def made() -> Registered:
    return registered(language="fr")


MADE_ONCE = made


@pytest.fixture
def family(made_once: Registered, day) -> Family:
    return made_once.family


@pytest.fixture
def head(made_once: Registered, day) -> Client:
    return made_once.browser


@pytest.fixture
def code(head, family) -> str:
    return social.find_household_of(family.head.key).code


@pytest.fixture
def aside(request, code, day) -> str:
    """Return the code of the household, its score set aside by the law of 2027."""
    rescore(code, LATER, getattr(request, "param", "one"))
    day(LATER)
    return code


def rescore(code: str, now: dt.datetime, way: str = "one") -> None:
    if way == "one":
        journey.rescore(household_code=code, actor=TESTER, now=now)
    else:
        journey.rescore_all(day=legal_day(now), actor=TESTER, clock=lambda: now)


def review_of(code: str) -> ScoreReview:
    return ScoreReview.objects.filter(household_id=code).latest("opened_at")


def outcomes(code: str) -> set[str]:
    return {d.decision.outcome.value for d in programmes.list_current_decisions(code)}


def told(template: str) -> list[Message]:
    return list(Message.objects.filter(template=template))


# --- opened, told, shown ------------------------------------------------------------------------------------


def test_the_score_of_a_registration_opens_no_check_of_its_own(code):
    assert not ScoreReview.objects.exists()


@BOTH
def test_set_aside_by_another_law_it_waits_for_an_officer_in_the_same_transaction(aside):
    row = review_of(aside)
    assert scoring.get_current_score(aside).state == "quarantined"
    assert (row.state, row.due_on, row.score_number) == ("waiting", DUE, 2)
    assert outcomes(aside) == {"pending"}


def test_the_declarant_is_told_in_the_language_of_the_registration_until_when(aside):
    [message] = told("score_in_review")
    assert message.language == "fr"


def test_the_household_reads_until_when_and_that_no_score_counts(aside, family):
    for path in ("/my-file/", "/my-file/score/"):
        page = re.sub("<[^>]+>", "", text(sign_in(family.wife).get(path)))
        assert "Your score is being checked by an officer, until 22 March 2027 at the latest." in page
        assert "none of your scores counts" in page


def test_a_late_check_says_that_it_is_late(aside, family, day):
    day(LATER + dt.timedelta(days=61))
    page = re.sub("<[^>]+>", "", text(sign_in(family.head).get("/my-file/")))
    assert "An officer was to check it by 22 March 2027: the check is late, and goes on." in page


def test_the_api_tells_it_too(aside, family):
    answer = Machine(family.head).call("GET", "/v1/my-household/score")
    assert answer.json()["checked_until"] == f"{DUE}"


def tracked(family: Family, language: str = "fr") -> str:
    number = social.find_registration_of(family.head.key).number
    client = Client()
    client.cookies["language"] = language
    page = client.get(f"/track/{number}/")
    return " ".join(re.sub("<[^>]+>", " ", text(page)).replace("\xa0", " ").split())


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("ar", "يراجع موظف مؤشركم الآن، إلى غاية 22 مارس 2027 كأجل أقصى."),
        ("fr", "Un agent vérifie votre indice, jusqu’au 22 mars 2027 au plus tard."),
        ("en", "Your score is being checked by an officer, until 22 March 2027 at the latest."),
        ("zgh", "يراجع موظف مؤشركم الآن"),
    ],
)
def test_whoever_holds_the_number_reads_that_it_is_checked_and_until_when(aside, family, language, says):
    page = tracked(family, language)
    assert says in page
    assert "Benali" not in page


def test_the_number_tells_what_is_true_before_and_after_the_check(aside, family, day):
    page = tracked(family)
    assert "Traité : l’indice est connu" in page
    assert "Rien à faire : l’indice est mis de côté" in page
    day(LATER + dt.timedelta(days=61))
    assert "la vérification est en retard" in tracked(family)
    decide(aside, "confirm")
    page = tracked(family)
    assert "Connectez-vous" in page
    assert "vérifie" not in page


def test_a_refused_household_is_not_tracked_as_processed(aside, family):
    decide(aside, "answers_not_true")
    number = social.find_registration_of(family.head.key).number
    found = Client().get(f"/v1/requests/{number}").json()
    assert (found["state"], found["reason"], found["next_action"]) == (
        "closed", "answers_not_true", "start_again",
    )  # fmt: skip
    assert [step["state"] for step in found["history"]][-2:] == ["processed", "closed"]
    page = tracked(family)
    assert REJECTIONS["answers_not_true"].fr in page
    assert "Clos" in page
    assert "Connectez-vous" not in page


def test_it_stands_in_the_list_beside_registrations_and_among_what_is_late(aside, day):
    page = text(staff().get(LIST))
    assert show_household_code(aside) in page
    assert f'href="{LIST}{aside}/"' in page
    assert "household registered before" in page
    assert "Benali" not in page
    day(LATER + dt.timedelta(days=61))
    late = text(staff("administrator").get("/backoffice/late/?kind=review"))
    assert show_household_code(aside) in late


def test_set_aside_twice_it_is_told_once(aside):
    rescore(aside, LATER + dt.timedelta(days=300))  # other ages, the same range
    assert ScoreReview.objects.count() == 1
    assert len(told("score_in_review")) == 1


# --- the decision -------------------------------------------------------------------------------------------


def decide(code: str, decision: str, client: Client | None = None):
    client = client or staff()
    seen = re.search(r'name="seen" value="(\d+)"', text(client.get(f"{LIST}{code}/")))
    return client.post(f"{LIST}{code}/", {"decision": decision, "seen": seen[1]})


def test_confirmed_it_counts_and_what_is_decided_by_it_is_told(aside):
    assert decide(aside, "confirm").url == LIST
    score = scoring.get_current_score(aside)
    assert (score.number, score.state, score.trigger) == (3, "scored", "reviewed")
    assert (review_of(aside).state, review_of(aside).due_on) == ("confirmed", None)
    assert "pending" not in outcomes(aside)
    [message] = told("score_reviewed")
    noted = DecisionNotice.objects.filter(notice_id=str(message.pk)).values_list("programme", "number")
    assert set(noted) == {(d.programme.code, d.number) for d in programmes.list_current_decisions(aside)}
    assert entries("household.review_confirmed") == [("staff.adjudicator", aside)]


@pytest.mark.parametrize("reason", REJECTIONS)
def test_refused_the_household_is_closed_and_reads_why(aside, family, reason):
    decide(aside, reason)
    assert (review_of(aside).state, social.get_household(aside).state) == ("refused", "closed")
    assert social.find_household_of(family.wife.key) is None
    [message] = told("score_refused")
    assert message.language == "fr"
    for person in (family.head, family.wife):
        client = sign_in(person, "fr")
        page = text(client.get("/my-file/"))
        assert "Le dossier de votre ménage est clos" in page
        assert REJECTIONS[reason].fr in page
    assert sign_in(family.head).post("/my-file/household/start/").url != "/my-file/"


@BOTH
def test_a_newer_score_that_counts_ends_it(aside, day):
    rescore(aside, AFTER)
    assert review_of(aside).state == "lapsed"
    assert len(told("score_reviewed")) == 1
    day(AFTER)
    assert staff().get(f"{LIST}{aside}/").url == LIST


def test_what_was_confirmed_is_not_asked_again_while_it_holds(aside):
    decide(aside, "confirm")
    rescore(aside, LATER + dt.timedelta(days=300))
    assert scoring.get_current_score(aside).state == "scored"
    assert ScoreReview.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "error"),
    [
        (officer("driss", area="04", roles=["adjudicator"]), ROLE_REFUSED),
        (officer("agdal", area="06", roles=["csc_officer"]), ROLE_REFUSED),
        (TESTER, ROLE_REFUSED),
    ],
    ids=["another area", "another role", "the system"],
)
@pytest.mark.parametrize("decision", ["", "answers_not_true"])
def test_nobody_else_settles_it(aside, who, error, decision):
    with pytest.raises(Refused) as refused:
        journey.settle(number=aside, seen=2, rejected_for=decision, actor=who, now=LATER)
    assert refused.value.error is error
    assert review_of(aside).state == "waiting"


@pytest.mark.parametrize("decision", ["", "answers_not_true"])
def test_a_score_that_was_not_looked_at_is_not_decided_on(aside, decision):
    rescore(aside, LATER + dt.timedelta(days=300))
    with pytest.raises(Refused) as refused:
        journey.settle(number=aside, seen=2, rejected_for=decision, actor=SALMA, now=LATER)
    assert refused.value.error is errors.SCORE_CHANGED
    back = staff().post(f"{LIST}{aside}/", {"decision": decision or "confirm", "seen": 2}, follow=True)
    assert "scored anew meanwhile" in text(back)
    assert review_of(aside).state == "waiting"


def test_what_is_decided_already_leads_back_to_the_list(aside):
    decide(aside, "confirm")
    assert staff().post(f"{LIST}{aside}/", {"decision": "confirm", "seen": 3}).url == LIST


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_pages_speak_arabic_and_french(aside, language):
    for address in (LIST, f"{LIST}{aside}/"):
        page = staff(language=language).get(address)
        assert page.status_code == 200
        assert "registered before" not in text(page)


# --- the list, in pages -------------------------------------------------------------------------------------


def test_the_list_shows_a_page_counts_all_and_reads_only_what_it_shows(aside, monkeypatch):
    monkeypatch.setattr(pages, "SIZE", 1)
    second = load_another()
    first_page = text(staff().get(LIST))
    assert "Households to check 2" in " ".join(re.sub("<[^>]+>", "", first_page).split())
    assert show_household_code(aside) in first_page
    assert show_household_code(second) not in first_page
    assert entries("score.read") == [("staff.adjudicator", aside)]
    following = re.search(r'rel="next" href="([^"]+)"', flat(first_page))[1]
    last_page = text(staff().get(LIST + following))
    assert show_household_code(second) in last_page
    assert 'rel="next"' not in last_page


def load_another() -> str:
    """Load households a day later; leave one whose score is set aside, and return it."""
    homes = [home.loaded for home in country.make_country(NOW).chunk(0)[:8]]
    loading.load_homes(homes, loading.Loaded(), now=LATER + dt.timedelta(days=1))
    kept, *others = ScoreReview.objects.filter(household_id__in=[home.code for home in homes])
    for row in others:
        journey.settle(number=row.household_id, seen=1, actor=COUNTRY_WIDE, now=LATER)
    return kept.household_id


# --- two at once --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", ["refuse", "rescore"])
def test_of_two_at_the_same_moment_one_stands(code, day, other):
    rescore(code, LATER)
    both = Barrier(2)

    def run(what: str) -> str:
        both.wait(20)
        try:
            if what == "rescore":
                rescore(code, AFTER)
            else:
                who = officer(what, area="06", roles=["adjudicator"])
                reason = "answers_not_true" if what == "refuse" else ""
                journey.settle(number=code, seen=2, rejected_for=reason, actor=who, now=LATER)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        said = [one.result() for one in [pool.submit(run, "confirm"), pool.submit(run, other)]]
    row = review_of(code)
    if other == "rescore":
        assert said[1] == "done"
        assert (said[0], row.state) in (
            ("done", "confirmed"), ("social_register.nothing_to_review", "lapsed"),
        )  # fmt: skip
        assert scoring.get_current_score(code).state == "scored"
    else:
        assert sorted(said) == ["done", "social_register.nothing_to_review"]
        home = social.get_household(code).state
        assert (row.state, home) == (("confirmed", "active") if said[0] == "done" else ("refused", "closed"))
    assert len(told("score_reviewed")) + len(told("score_refused")) == 1
