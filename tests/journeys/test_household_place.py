"""Where a household lives, in a commune that the census counts as town and country: given, when, then."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from tests.journeys.household import (
    AT_HOME,
    CHECK,
    CHILDREN,
    HASSAN,
    KHADIJA,
    NOW,
    SCHOOL,
    URBAN,
    WORKER,
    Family,
    add,
    answer_household,
    describe,
    register,
    send,
    settle,
    sign_in,
    text,
)
from tests.journeys.test_household_over_http import DRAFT, Machine

from sijil.domains.geography.queries import get_commune
from sijil.domains.geography.rules import milieu_of
from sijil.domains.geography.types import Milieu, MilieuReading
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring.rules import formula_on, score_one
from sijil.domains.scoring.tests.households import complete
from sijil.domains.social_register import queries as social
from sijil.journeys import household_registration as journey
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
PLACE = "/my-file/household/place/"
OULMES, SIDI_YAHYA, SIDI_BIBI = "04.291.05.11", "04.501.03.11", "09.163.01.27"
TASSOULTANTE, RABAT = "07.351.01.13", "04.421.01.0"
ASKED_IN_FRENCH = "Le ménage habite-t-il dans le centre urbain «\u00a0Oulmes\u00a0»\u00a0?"
ASKED_IN_ARABIC = "هل تسكن الأسرة داخل المركز الحضري «اولماس»؟"
GOODS = {**URBAN, "rooms": "1", "butane_big": "1", "butane_small": "1", "computer": "1"}
LAND = {"dwelling_type": "adobe_house", "non_agricultural_land": "0", "irrigated_land": "0", "cows": "0"}
FAMILY = {
    "size": 5, "members_15_plus": 2, "members_30_59": 2, "members_15_literate": 2, "members_15_no_diploma": 2,
    "members_15_active": 1, "children_6_14_public": 2, "head_age": 45, "head_education": 2,
    "rooms": 1, "bath": 1, "electricity_meter": 1, "computer": 1, "dish_antenna": 1, "mobiles": 2,
    "butane_big_bottles_year": 15, "water_electricity_year": 240_000, "phone_internet_year": 120_000,
}  # fmt: skip
SCHOOLED = {"education_level": "primary", "literate": "1"}


@pytest.fixture(autouse=True)
def on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)


@pytest.fixture
def family() -> Family:
    return settle()


@pytest.fixture
def head(family: Family) -> Client:
    client = sign_in(family.head)
    client.post("/my-file/household/start/")
    return client


@pytest.fixture
def machine(family: Family) -> Machine:
    machine = Machine(family.head)
    machine.post(DRAFT)
    return machine


def move(client: Client, commune: str, **more: str):
    return client.post(PLACE, {"commune": commune, **more})


def draft(family: Family):
    return social.find_draft_of(family.head.key)


def fill(client: Client, family: Family) -> None:
    """Describe one family of five in the words of both annexes."""
    describe(client, family.head, {"relation": "head", **WORKER, **SCHOOLED})
    add(client, family.wife, KHADIJA)
    describe(client, family.wife, {"relation": "spouse", **AT_HOME, **SCHOOLED})
    for idcs, child, answers in zip(family.children, CHILDREN, SCHOOL, strict=True):
        add(client, idcs, child)
        describe(client, idcs, {"relation": "child", **answers})
    answer_household(client, {**GOODS, **LAND})
    client.post("/my-file/household/questions/land/", LAND)


# ── the page ────────────────────────────────────────────────────────────────────────────────────────


def test_the_commune_is_kept_and_then_its_part_is_asked(head, family):
    assert move(head, OULMES).url == PLACE + "#area"
    assert (draft(family).commune_code, draft(family).milieu_by) == (OULMES, "")
    assert move(head, OULMES, area_of=OULMES, area="urban").url == "/my-file/household/"
    assert (draft(family).milieu, draft(family).milieu_by, draft(family).area) == ("urban", "asked", "urban")


@pytest.mark.parametrize(("language", "question"), [("fr", ASKED_IN_FRENCH), ("ar", ASKED_IN_ARABIC)])
def test_the_question_names_the_centre_in_the_language_of_the_page(head, family, language, question):
    move(head, OULMES)
    page = text(sign_in(family.head, language).get(PLACE))
    assert question in page
    assert 'name="area" value="urban"' in page


def test_two_centres_are_both_named(head, family):
    move(head, SIDI_YAHYA)
    assert "Sidi Yahya Zaer ou Tamesna" in text(sign_in(family.head, "fr").get(PLACE))
    assert "سيدي يحيى زعير أو تامسنا" in text(sign_in(family.head, "ar").get(PLACE))


def test_a_town_with_a_rural_part_asks_otherwise(head, family):
    move(head, SIDI_BIBI)
    page = text(sign_in(family.head, "fr").get(PLACE))
    assert "dans la ville même ou dans une partie rurale" in page
    assert "Dans la ville\u00a0: Sidi Bibi" in page


@pytest.mark.parametrize(
    ("commune", "milieu", "by"), [(RABAT, "urban", "kind"), (TASSOULTANTE, "rural", "census")]
)
def test_a_commune_of_one_area_asks_nothing(head, family, commune, milieu, by):
    assert move(head, commune).url == "/my-file/household/"
    assert (draft(family).milieu, draft(family).milieu_by) == (milieu, by)
    assert 'name="area"' not in text(head.get(PLACE))


@pytest.mark.parametrize("typed", ["Oulmès", "oulmes", "أولماس"])
def test_a_commune_is_written_by_its_name_in_any_script(head, family, typed):
    assert head.post(PLACE, {"commune_q": typed, "commune": "", "commune_of": "Rabat"}).url == PLACE + "#area"
    assert draft(family).commune_code == OULMES


def test_a_name_that_fits_several_communes_brings_their_list(head, family):
    before = draft(family).commune_code
    page = head.post(PLACE, {"commune_q": "sidi bou", "commune": before, "commune_of": "Rabat"})
    assert page.status_code == 422
    assert "Several communes fit. Choose yours in the list." in text(page)
    assert text(page).count('type="radio"') > 1
    assert draft(family).commune_code == before


@pytest.mark.parametrize("typed", ["zzzz", "", " "])
def test_a_name_of_no_commune_is_refused_and_kept(head, family, typed):
    page = head.post(PLACE, {"commune_q": typed, "commune": RABAT, "commune_of": "Rabat"})
    assert page.status_code == 422
    assert draft(family).commune_code != ""
    assert f'value="{typed}"' in text(page)


def test_without_an_answer_the_page_comes_back_with_the_error(head, family):
    move(head, OULMES)
    page = move(head, OULMES, area_of=OULMES)
    assert page.status_code == 422
    assert 'href="#id_area_0"' in text(page)
    assert "Say in which part of the commune the household lives." in text(page)
    assert move(head, OULMES, area_of=OULMES, area="suburb").status_code == 422
    assert draft(family).milieu_by == ""


def test_another_commune_forgets_the_answer_and_does_not_take_the_one_on_the_page(head, family):
    move(head, OULMES, area_of=OULMES, area="urban")
    assert move(head, SIDI_BIBI, area_of=OULMES, area="urban").url == PLACE + "#area"
    assert (draft(family).commune_code, draft(family).area, draft(family).milieu_by) == (SIDI_BIBI, "", "")
    move(head, RABAT, area_of=SIDI_BIBI, area="rural")
    assert (draft(family).milieu, draft(family).milieu_by, draft(family).area) == ("urban", "kind", "")


def test_the_answer_given_is_shown_again(head):
    move(head, OULMES, area_of=OULMES, area="rural")
    chosen = re.findall(r'name="area" value="(\w+)"[^>]* checked', text(head.get(PLACE)))
    assert chosen == ["rural"]


def test_who_lives_in_such_a_commune_by_the_population_register_is_asked_at_the_start(family):
    idcs = register(replace(HASSAN, commune_code=OULMES))
    client = sign_in(idcs)
    assert client.post("/my-file/household/start/").url == PLACE
    assert social.find_draft_of(idcs.key).milieu_by == ""
    assert client.post("/my-file/household/start/").url == PLACE


def test_the_list_of_tasks_and_the_check_say_that_it_is_missing(head):
    move(head, OULMES)
    tasks, check = text(head.get("/my-file/household/")), text(head.get(CHECK))
    assert tasks.index("Where the household lives") < tasks.index("To complete") < tasks.index("Members of")
    assert 'href="/my-file/household/place/#area"' in check
    assert "It is not said in which part of the commune the household lives." in check


# ── sending, and the score ──────────────────────────────────────────────────────────────────────────


def test_without_the_answer_nothing_is_sent(head, family):
    fill(head, family)
    move(head, SIDI_YAHYA)
    assert send(head).status_code == 422
    with pytest.raises(Refused) as refused:
        journey.submit(
            registration_id=draft(family).id,
            seen_version=draft(family).version,
            accept_law=True,
            accept_info=True,
            actor=Actor(ActorKind.CITIZEN, family.head.key),
            now=NOW,
        )
    assert (refused.value.code, refused.value.field) == ("social_register.area_missing", "area")
    assert social.find_household_of(family.head.key) is None


@pytest.mark.parametrize(("area", "score"), [("urban", "9.4157455"), ("rural", "8.9844700")])
def test_one_family_has_the_score_of_the_part_it_lives_in(head, family, area, score):
    move(head, SIDI_YAHYA, area_of=SIDI_YAHYA, area="urban")
    fill(head, family)
    move(head, SIDI_YAHYA, area_of=SIDI_YAHYA, area="rural")
    fill(head, family)
    move(head, SIDI_YAHYA, area_of=SIDI_YAHYA, area=area)
    assert send(head).status_code == 302
    household = social.find_household_of(family.head.key)
    declared = social.get_declaration(household.code)
    assert (household.milieu, household.milieu_by) == (declared.milieu, declared.milieu_by) == (area, "asked")
    assert f"{scoring.find_current_score(household.code).points:f}" == score


@pytest.mark.parametrize(("answer", "score"), [(Milieu.URBAN, "9.4056175"), (Milieu.RURAL, "8.9663500")])
def test_the_answer_chooses_the_annex_and_with_it_the_aid(family, answer, score):
    """One household of five in region 4, same goods and spending: above or below AMO Tadamon's threshold."""
    found = milieu_of(get_commune(SIDI_YAHYA), MilieuReading.CENSUS, answer)
    known = {"milieu": 1 if found.milieu is Milieu.URBAN else 2, "region": 4, **FAMILY}
    points = score_one(formula_on(NOW.date()), {**complete(known), **known}).points
    assert f"{points:f}" == score
    assert (points <= Decimal("9.3264284")) is (answer is Milieu.RURAL)


# ── the API ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_program_reads_the_question_and_answers_it(machine, family):
    moved = machine.put(f"{DRAFT}/place", {"commune_code": OULMES}).json()
    asked = moved["place_question"]
    assert (moved["milieu_by"], moved["area"], asked["kind"]) == ("", "", "inside_centre")
    assert [c["name_fr"] for c in asked["centres"]] == ["Oulmes"]
    assert (asked["labels"]["fr"], asked["labels"]["ar"]) == (ASKED_IN_FRENCH, ASKED_IN_ARABIC)
    assert set(asked["answers"]) == {"urban", "rural"}
    assert set(asked["labels"]) == set(asked["answers"]["urban"]) == {"ar", "fr", "zgh", "en"}
    assert moved["problems"][0]["field"] == "area"
    told = machine.put(f"{DRAFT}/place", {"commune_code": OULMES, "area": "rural"}).json()
    assert (told["milieu"], told["milieu_by"], told["area"]) == ("rural", "asked", "rural")
    assert "area" not in [p["field"] for p in told["problems"]]


def test_a_program_that_answers_what_is_not_asked_is_refused(machine, family):
    answer = machine.put(f"{DRAFT}/place", {"commune_code": RABAT, "area": "urban"})
    assert (answer.status_code, answer.json()["code"]) == (422, "geography.area_not_asked")
    assert machine.put(f"{DRAFT}/place", {"commune_code": OULMES, "area": "town"}).status_code == 422
    assert machine.put(f"{DRAFT}/place", {"commune_code": RABAT}).json()["place_question"] is None


def test_the_urban_centres_of_a_commune_are_public(client, family):
    centres = client.get(f"/v1/communes/{SIDI_YAHYA}/urban-centres").json()
    assert [(c["name_ar"], c["households"]) for c in centres] == [("سيدي يحيى زعير", 3008), ("تامسنا", 23177)]
    assert client.get("/v1/communes/99/urban-centres").status_code == 422
