"""Each form is left by each way, and what was typed is there again; communes and keys by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Page, expect

from sijil.domains.population_register.tests.samples import FATIMA, known
from sijil.domains.population_register.types import Channel
from sijil.journeys import household_registration, person_enrolment
from sijil.pages import clock
from tests.browser.conftest import CENTRE
from tests.browser.country import OFFICER
from tests.browser.soundness import assert_sound
from tests.browser.test_household_journey import HASSAN, PHONES
from tests.browser.test_person_journey import go_on
from tests.browser.test_truth_of_the_screen import citizen, sign_in

pytestmark = pytest.mark.browser
PRE = "/pre-registration/"


@dataclass(frozen=True)
class Asked:
    """A form: its page, its box, what is typed."""

    path: str
    box: str
    text: str

    def __str__(self) -> str:
        return self.path


PRE_REGISTRATION = [
    Asked(f"{PRE}names/", "first_name_fr", "Zineb"),
    Asked(f"{PRE}birth/", "birth_year", "1977"),
    Asked(f"{PRE}place/", "street", "12, rue des Orangers"),
    Asked(f"{PRE}place/", "commune_code_q", "Sidi Bou"),
    Asked(f"{PRE}contact/", "phone", "0612"),
    Asked(f"{PRE}papers/", "paper_number", "AB12"),
]
HOUSEHOLD = [
    Asked("/my-file/household/questions/goods/", "mobiles", "3"),
    Asked("/my-file/household/questions/telecom/", "telecom_bills_0", "120"),
    Asked("/my-file/household/place/", "commune_q", "Sidi Bou"),
]


def language(page: Page) -> None:
    page.locator(".languages [lang=ar]").click()
    expect(page.locator("html")).to_have_attribute("lang", "ar")


def the_back_button_of_the_page(page: Page) -> None:
    before = page.url
    button = page.locator("main [name=_back], main .crumbs a").last
    button.click()
    expect(page).not_to_have_url(before)


def a_link(page: Page) -> None:
    before = page.url
    page.locator(".brand").click()
    expect(page).not_to_have_url(before)


def reload(page: Page) -> None:
    page.reload()


def a_lost_connection(page: Page) -> None:
    page.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    with page.expect_event("requestfailed"):
        page.locator("main form .actions button").first.click()
    page.unroute("**/*")


WAYS = [language, the_back_button_of_the_page, a_link, reload, a_lost_connection]


def left_and_found_again(page: Page, address: str, asked: Asked) -> None:
    """Leave the form by each way, each time with something else typed."""
    page.on("dialog", lambda dialog: dialog.accept())
    for number, way in enumerate(WAYS):
        text = asked.text[:-1] + str(number)
        page.goto(address)
        page.locator(f"main [name={asked.box}]").fill(text)
        way(page)
        page.goto(address)
        expect(page.locator(f"main [name={asked.box}]"), way.__name__).to_have_value(text)


@pytest.mark.parametrize("asked", PRE_REGISTRATION, ids=str)
def test_pre_registration(open_page: Callable[..., Page], site: str, asked: Asked) -> None:
    page = open_page(PRE, language="fr", width=390)
    go_on(page)
    left_and_found_again(page, site + asked.path, asked)


def test_pre_registration_without_scripts(open_page: Callable[..., Page], site: str) -> None:
    page = open_page(PRE, language="fr", width=390, scripts=False)
    go_on(page)
    for asked in PRE_REGISTRATION[1:]:
        for number, leave in enumerate((".languages [lang=ar]", "main [name=_back]")):
            text = asked.text[:-1] + str(number)
            page.goto(site + asked.path)
            page.locator(f"main [name={asked.box}]").fill(text)
            page.locator(leave).click()
            expect(page.locator("html")).to_have_attribute("lang", "ar")
            page.goto(site + asked.path)
            expect(page.locator(f"main [name={asked.box}]"), asked.path).to_have_value(text)


@pytest.mark.parametrize("asked", HOUSEHOLD, ids=str)
def test_household(open_page: Callable[..., Page], site: str, asked: Asked) -> None:
    key = known(replace(HASSAN, phone=next(PHONES)), clock.now()).key
    household_registration.start(actor=citizen(key), now=clock.now())
    page = open_page("/", language="fr", width=390)
    sign_in(page, site, key)
    left_and_found_again(page, site + asked.path, asked)


@pytest.fixture
def file(site: str) -> str:
    return person_enrolment.pre_register(
        identity=replace(FATIMA, phone=next(PHONES)), centre_code=CENTRE, channel=Channel.COUNTER,
        actor=OFFICER, now=clock.now(),
    )  # fmt: skip


def open_file(
    open_page: Callable[..., Page], session: str, site: str, number: str, **options: object
) -> Page:
    page = open_page("/", language="fr", width=1280, **options)
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    page.goto(f"{site}/counter/{number}/")
    return page


def another_form(page: Page) -> None:
    with page.expect_navigation():
        page.locator("#file-face ~ button").click()


def test_the_file_at_the_counter(
    open_page: Callable[..., Page], officer_session: str, site: str, file: str
) -> None:
    page = open_file(open_page, officer_session, site, file)
    for number, way in enumerate((language, a_link, reload, another_form)):
        page.fill("[name=last_name_fr]", f"Alaoui {number}")
        page.check("[name=same_first_name_fr]")
        way(page)
        page.goto(f"{site}/counter/{file}/")
        expect(page.locator("[name=last_name_fr]"), way.__name__).to_have_value(f"Alaoui {number}")
        expect(page.locator("[name=same_first_name_fr]")).to_be_checked()
        expect(page.locator("[data-unsaved-note]")).to_be_visible()


def test_the_file_at_the_counter_without_scripts(
    open_page: Callable[..., Page], officer_session: str, site: str, file: str
) -> None:
    page = open_file(open_page, officer_session, site, file, scripts=False)
    for number, leave in enumerate(("#file-face ~ button", ".languages [lang=ar]", "[name=_leave]")):
        page.fill("[name=last_name_fr]", f"Alaoui {number}")
        page.check("[name=same_first_name_fr]")
        page.locator(leave).first.click()
        page.goto(f"{site}/counter/{file}/")
        expect(page.locator("[name=last_name_fr]"), leave).to_have_value(f"Alaoui {number}")
        expect(page.locator("[name=same_first_name_fr]")).to_be_checked()


@pytest.mark.parametrize(
    ("path", "box", "text"),
    [
        ("/score/calculator/", "size", "7"),
        ("/account/open/", "birth_date_year", "1988"),
        ("/track/", "number", "K7QD"),
        ("/check/", "code", "ABCD"),
        ("/", "number", "K7QD"),
    ],
)
def test_of_a_passer_by_it_stays_for_a_change_of_language_alone(
    open_page: Callable[..., Page], site: str, path: str, box: str, text: str
) -> None:
    page = open_page(path, language="fr", width=390)
    page.fill(f"form [name={box}]", text)
    language(page)
    expect(page.locator(f"form [name={box}]")).to_have_value(text)
    assert page.evaluate("Object.keys(sessionStorage).length") == 0
    page.goto(site + path)
    expect(page.locator(f"form [name={box}]")).not_to_have_value(text)


def test_a_passer_by_is_not_shown_what_somebody_signed_in_typed(open_page: Callable[..., Page]) -> None:
    page = open_page("/track/", language="fr", width=390, role="administrator")
    page.fill("form [name=number]", "K7QD")
    page.context.clear_cookies()
    page.goto(page.url)
    expect(page.locator("form [name=number]")).to_have_value("")


def test_what_was_computed_goes_along_to_the_other_milieu(open_page: Callable[..., Page]) -> None:
    page = open_page("/score/calculator/", language="fr", width=390)
    page.fill("[name=size]", "7")
    page.check("[name=garage]")
    go_on(page)
    page.locator("[data-carry]").click()
    page.wait_for_url("**milieu=rural")
    expect(page.locator("[name=size]")).to_have_value("7")


def test_the_forms_of_accounts_keep_what_is_typed(open_page: Callable[..., Page], site: str) -> None:
    page = open_page("/backoffice/staff/new/", language="fr", width=390, role="administrator")
    for way in (language, a_link, reload):
        page.check("[name=roles][value=supervisor]")
        way(page)
        page.goto(f"{site}/backoffice/staff/new/")
        expect(page.locator("[name=roles][value=supervisor]"), way.__name__).to_be_checked()
        page.uncheck("[name=roles][value=supervisor]")


NEW = "/counter/new/"
FIRST = "[name=first_name_fr]"


@pytest.fixture
def desk(open_page: Callable[..., Page], officer_session: str, site: str) -> Page:
    page = open_page("/", language="fr", width=640)
    page.context.add_cookies([{"name": "sessionid", "value": officer_session, "url": site}])
    page.goto(site + NEW)
    return page


def abandon(page: Page, site: str) -> None:
    page.fill(FIRST, "Zineb")
    page.goto(f"{site}/counter/")
    page.goto(site + NEW)


def test_what_was_typed_for_one_person_is_offered_and_not_put_back(desk: Page, site: str) -> None:
    abandon(desk, site)
    expect(desk.locator(FIRST)).to_have_value("")
    expect(desk.locator("[data-offered]")).to_contain_text(re.compile(r"à .?\d\d:\d\d.? n’a pas"))
    assert_sound(desk)
    desk.fill("[name=last_name_fr]", "Alaoui")  # of the next one: never two persons in one form
    desk.locator("[data-take]").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(FIRST)).to_have_value("Zineb")
    expect(desk.locator("[name=last_name_fr]")).to_have_value("")
    expect(desk.locator("[data-offered]")).to_have_count(0)


def test_the_form_is_emptied_by_keyboard_and_stays_empty(desk: Page, site: str) -> None:
    abandon(desk, site)
    desk.locator("[data-offered] [form=empty]").focus()
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    desk.goto(site + NEW)
    expect(desk.locator("[data-offered]")).to_be_hidden()
    assert desk.evaluate("Object.keys(sessionStorage).length") == 0


@pytest.mark.parametrize("scripts", [True, False])
def test_a_refused_form_is_emptied_with_and_without_script(
    open_page: Callable[..., Page], officer_session: str, site: str, scripts: bool
) -> None:
    page = open_page("/", language="ar", width=390, scripts=scripts)
    page.context.add_cookies([{"name": "sessionid", "value": officer_session, "url": site}])
    page.goto(site + NEW)
    page.fill(FIRST, "Zineb")
    page.locator("main form .actions button:not([type=button], [form])").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator("main .actions [form=empty]").last.click()
    expect(page.locator(".error-summary")).to_have_count(0)
    expect(page.locator(FIRST)).to_have_value("")
    expect(page.locator("[data-offered]")).to_be_hidden()


# --- keyboard -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "chosen"), [("rabat", "الرباط"), ("الرباط", "الرباط"), ("kasablanka", "الدار البيضاء")]
)
def test_a_commune_is_chosen_by_the_keyboard_and_nothing_reloads(
    open_page: Callable[..., Page], site: str, words: str, chosen: str
) -> None:
    page = open_page(PRE, language="ar", width=390)
    go_on(page)
    page.goto(f"{site}{PRE}place/")
    box = page.locator("#id_commune_code")
    page.evaluate("window.isSame = true")
    box.focus()
    page.keyboard.type(words, delay=20)
    expect(page.get_by_role("option").first).to_be_visible()
    assert_sound(page)
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "id_commune_code_list_0")
    page.keyboard.press("Enter")
    expect(box).to_have_value(chosen)
    expect(box).to_be_focused()
    expect(page.get_by_role("option")).to_have_count(0)
    assert page.evaluate("window.isSame") is True
    page.keyboard.press("Tab")
    expect(page.locator("#id_quarter")).to_be_focused()
    page.keyboard.type("حي الرياض")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contact/")


def test_escape_closes_the_suggestions_and_keeps_the_words(open_page: Callable[..., Page], site: str) -> None:
    page = open_page(PRE, language="fr", width=390)
    go_on(page)
    page.goto(f"{site}{PRE}place/")
    box = page.locator("#id_commune_code")
    box.press_sequentially("sidi", delay=20)
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("sidi")


def test_without_scripts_a_list_of_those_that_fit(open_page: Callable[..., Page], site: str) -> None:
    page = open_page(PRE, language="fr", width=390, scripts=False)
    go_on(page)
    page.goto(f"{site}{PRE}place/")
    page.fill("#id_commune_code", "sidi bou")
    page.fill("#id_quarter", "Centre")
    go_on(page)
    page.locator("main .commune-list input").first.check()
    go_on(page)
    page.wait_for_url("**/contact/")


def test_no_choice_of_a_list_reloads_a_page(open_page: Callable[..., Page], site: str) -> None:
    page = open_page(PRE, language="fr", width=390)
    go_on(page)
    page.goto(f"{site}{PRE}birth_place/")
    page.evaluate("window.isSame = true")
    page.locator("#id_birth_country").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(300)
    assert page.evaluate("window.isSame") is True
    expect(page.locator("#id_birth_country")).to_be_focused()
    page.select_option("#id_birth_country", "FR")
    expect(page.locator("#id_birth_commune")).to_be_hidden()
    page.select_option("#id_birth_country", "MA")
    expect(page.locator("#id_birth_commune")).to_be_visible()


def press(page: Page, key: str, code: str) -> None:
    page.evaluate(
        "it => document.body.dispatchEvent(new KeyboardEvent('keydown', {...it, bubbles: true}))",
        {"key": key, "code": code},
    )


@pytest.mark.parametrize("key", ["f", "F", "ب"])
def test_a_key_acts_by_its_place_whatever_the_layout(
    open_page: Callable[..., Page],
    officer_session: str,
    site: str,
    file: str,
    key: str,
) -> None:
    page = open_file(open_page, officer_session, site, file)
    press(page, key, "KeyF")
    expect(page.locator("#id_q")).to_be_focused()


def test_keys_of_one_letter_can_be_turned_off_and_stay_off(
    open_page: Callable[..., Page],
    officer_session: str,
    site: str,
    file: str,
) -> None:
    page = open_file(open_page, officer_session, site, file)
    page.locator("[data-keys-switch]").click()
    page.reload()
    expect(page.locator("[data-keys-switch]")).to_have_attribute("aria-checked", "false")
    press(page, "f", "KeyF")
    expect(page.locator("#id_q")).not_to_be_focused()
    expect(page.locator("kbd").first).to_be_hidden()
    page.locator("[data-keys-switch]").click()
    press(page, "f", "KeyF")
    expect(page.locator("#id_q")).to_be_focused()


def test_each_key_is_written_beside_what_it_does(
    open_page: Callable[..., Page],
    officer_session: str,
    site: str,
    file: str,
) -> None:
    page = open_file(open_page, officer_session, site, file)
    for one in page.locator("[data-key]").all():
        letter = (one.get_attribute("data-key") or "").upper()
        assert page.locator("kbd", has_text=re.compile(f"^{letter}$")).count(), letter
    assert_sound(page)


def test_a_staff_account_on_a_public_page_has_the_way_back(
    open_page: Callable[..., Page],
    officer_session: str,
    site: str,
) -> None:
    page = open_page("/", language="fr", width=390)
    page.context.add_cookies([{"name": "sessionid", "value": officer_session, "url": site}])
    page.goto(site)
    page.locator(".who a").click()
    page.wait_for_url("**/counter/")
    assert_sound(page)
