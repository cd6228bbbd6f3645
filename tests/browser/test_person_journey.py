"""The person journey in a real browser, in Arabic and in French: form, slot, counter, number."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.samples import draw
from sijil.domains.population_register import queries
from sijil.domains.population_register.acts import FILE_READ
from sijil.journeys import person_enrolment
from sijil.kernel import clean
from sijil.kernel.clean import request_number
from sijil.pages import clock
from tests.browser.citizen import read_code
from tests.browser.conftest import CENTRE
from tests.browser.soundness import assert_sound

pytestmark = pytest.mark.browser
PEOPLE = {
    "ar": ("إبراهيم", "أوحمان", "Brahim", "Ouahmane", "1961", "M", "0612345678", "AB123456"),
    "fr": ("خديجة", "بنجلون", "Khadija", "Benjelloun", "1994", "F", "0698765432", "BK778899"),
}


def go_on(page: Page) -> None:
    page.locator("main .actions button").first.click()


def given_a_pre_registration(page: Page, language: str) -> str:
    first_ar, last_ar, first_fr, last_fr, year, sex, phone, paper = PEOPLE[language]
    go_on(page)
    page.fill("#id_first_name_ar", first_ar)
    page.fill("#id_last_name_ar", last_ar)
    page.fill("#id_first_name_fr", first_fr)
    page.fill("#id_last_name_fr", last_fr)
    go_on(page)
    page.fill("[name=birth_year]", year)
    page.check(f"[name=sex][value={sex}]")
    go_on(page)
    page.select_option("#id_birth_country", "MA")
    assert_sound(page)
    go_on(page)
    page.locator("#id_commune_code").press_sequentially("rabat", delay=20)
    page.get_by_role("option").first.click()
    assert_sound(page)
    page.fill("#id_quarter", "Hay Riad")
    page.fill("#id_street", "12, rue des Orangers")
    go_on(page)
    page.fill("#id_phone", phone)
    go_on(page)
    page.check("[name=paper_kind][value=cnie]")
    page.fill("#id_paper_number", paper)
    go_on(page)
    page.check(f"[name=centre][value='{CENTRE}']")
    go_on(page)
    page.locator("[name=slot]").first.check()
    go_on(page)
    assert_sound(page)
    page.check("#id_accept")
    go_on(page)
    page.wait_for_url("**/code/")
    assert_sound(page)
    site = page.url.split("/pre-registration")[0]
    page.fill("[name=code]", read_code(page, site, clean.phone(phone, field="phone")))
    go_on(page)
    page.wait_for_url("**/done/")
    assert_sound(page)
    return request_number(page.locator(".panel .number").inner_text())


def when_the_officer_receives_it(page: Page, number: str, seed: int) -> None:
    page.goto(page.url.split("/pre-registration")[0] + f"/counter/{number}/")
    for tick in page.locator("#compare [name^=same_]").all():
        tick.check()
    page.locator("#compare button").click()
    for modality in ("face", "iris_left", "iris_right"):
        picture = {"name": "x.png", "mimeType": "image/png", "buffer": draw(seed, modality)}
        page.set_input_files(f"#file-{modality}", picture)  # type: ignore[arg-type]
        page.locator(f"#file-{modality} ~ button").click()
    page.locator(".sticky-actions button").first.click()
    expect(page.locator(".panel .number")).to_be_visible()


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_from_the_form_to_the_number(
    open_page: Callable[..., Page], officer_session: str, site: str, language: str
) -> None:
    page = open_page("/pre-registration/", language=language, width=390)
    number = given_a_pre_registration(page, language)
    page.context.add_cookies([{"name": "sessionid", "value": officer_session, "url": site}])
    page.set_viewport_size({"width": 1280, "height": 900})
    when_the_officer_receives_it(page, number, seed=3 if language == "ar" else 4)

    person_enrolment.compare(number, now=clock.now())
    biometrics.ask_due(clock.now())
    person = person_enrolment.resolve(number, now=clock.now())

    assert person, queries.get_status(number)
    reading = {"act": FILE_READ, "actor": person_enrolment.MATCHER, "now": clock.now()}
    assert queries.get_person(person, **reading).identity.first_name_fr == PEOPLE[language][2]
    page.goto(f"{site}/track/{number}/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    expect(page.locator(".state")).to_have_class(re.compile("good"))
    assert page.troubles == []  # type: ignore[attr-defined]


def test_what_was_typed_survives_a_refused_page_and_a_return(
    open_page: Callable[..., Page], officer_session: str
) -> None:
    page = open_page("/pre-registration/", language="fr", width=390)
    go_on(page)
    page.fill("#id_first_name_ar", "خديجة")
    go_on(page)
    expect(page.locator(".error-summary")).to_be_focused()

    page.goto(page.url.rpartition("names/")[0])
    go_on(page)

    expect(page.locator("#id_first_name_ar")).to_have_value("خديجة")
