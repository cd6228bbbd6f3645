"""The household's journey in a real browser: account, form, score; then the list and the consultations."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from sijil.country.stories import load_stories
from sijil.domains.accounts.services import create_staff
from sijil.domains.partners.services import register_partner
from sijil.domains.partners.types import Purpose
from sijil.domains.population_register.tests.samples import known
from sijil.domains.population_register.types import Identity, Sex
from sijil.domains.verification.acts import ASKED
from sijil.kernel.actors import Actor, ActorKind, system
from sijil.kernel.acts import record
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import is_number
from sijil.pages import clock
from tests.browser import citizen
from tests.browser.country import login_of
from tests.browser.soundness import assert_sound, violations_in_the_dark
from tests.journeys import publishing

pytestmark = pytest.mark.browser
CASABLANCA = "06.141.01.0"
HASSAN = Identity(
    last_name_ar="بنعلي", first_name_ar="حسن", last_name_fr="Benali", first_name_fr="Hassan",
    birth=PartialDate(1981, 5, 2), sex=Sex.MALE, commune_code=CASABLANCA, phone="",
)  # fmt: skip
FATIMA = replace(
    HASSAN, first_name_ar="فاطمة", first_name_fr="Fatima", sex=Sex.FEMALE, birth=PartialDate(1986)
)
YOUSSEF = replace(HASSAN, first_name_ar="يوسف", first_name_fr="Youssef", birth=PartialDate(2016, 3))
Member = tuple[str, Identity, dict[str, str]]
PHONES = iter(f"+21266100{n:04}" for n in range(1, 100))
PARTNER = Actor(ActorKind.PARTNER, "bank-atlas", "Banque Atlas")
LOAN = Purpose("loan-file", "ملف قرض", "Dossier de crédit", "Loan file")


def unlooked(page: Page) -> None:
    """Where scripts are off, nothing can look at the page."""


def settle() -> tuple[str, Identity, list[Member]]:
    """Register a family; return the IDCS of the head, who the head is, and the others."""
    head = replace(HASSAN, phone=next(PHONES))
    others = [(FATIMA, citizen.SPOUSE), (YOUSSEF, citizen.PUPIL)]
    return register(head), head, [(register(who), who, answers) for who, answers in others]


def register(who: Identity) -> str:
    return known(who, clock.now())


def figure(shown: Locator | str) -> Decimal:
    """Return a number as the page shows it."""
    text = shown if isinstance(shown, str) else shown.inner_text()
    return Decimal(re.sub(r"[^\d,+-]", "", text.replace("\u2212", "-")).replace(",", "."))


def fill_in(open_page: Callable[..., Page], page: Page, language: str, width: int) -> Page:
    """Fill in the form to the page of checks, half of it in one browser and half in another; return this."""
    head, who, others = settle()
    citizen.choose_password(page, head, who, assert_sound)
    citizen.start_form(page)
    citizen.answer_head(page)
    for other in others:
        citizen.add_member(page, *other)
    assert_sound(page)
    citizen.begin_household(page)
    leave_midway(page)

    again = open_page("/sign-in/?next=/my-file/", language=language, width=width)
    citizen.sign_in(again, head)
    again.locator("main a.button").first.click()
    again.locator("a[href$='/questions/dwelling/']").click()
    expect(again.locator("[name=rooms]")).to_have_value("3")
    expect(again.locator("[name=bath][value='1']")).to_be_checked()
    citizen.answer_household(again, assert_sound)
    return again


def leave_midway(page: Page) -> None:
    """Answer two questions, see that they were kept, and close the browser without any button."""
    citizen.answer(page, {"rooms": "3"})
    with page.expect_response(lambda answer: "?page=" in answer.url):
        page.check("[name=bath][value='1']")
    expect(page.locator("[data-autosave-status]")).to_have_text(re.compile(r"\d\d:\d\d"))
    assert page.troubles == []  # type: ignore[attr-defined]
    page.context.close()


def send(page: Page, sound: citizen.Sound) -> str:
    """Read the warning, tick, send; return the number of the registration."""
    expect(page.locator("main .notice.warning")).to_be_visible()
    sound(page)
    citizen.send(page)
    sound(page)
    number = page.locator(".panel .number").inner_text()
    assert is_number(re.sub(r"\W", "", number))
    return number


def check_score(page: Page) -> None:
    """The score, what makes it up as shown, and the verdict of both programmes."""
    page.locator("main .actions a[href$='/score/']").click()
    total = figure(page.locator(".score-head .big"))
    parts = [figure(one) for one in page.locator(".bars td.num").all()]
    start = figure(page.locator(".bars").locator("xpath=preceding-sibling::p[1]/strong"))
    assert len(parts) > 3
    assert start + sum(parts) == total
    expect(page.locator(".verdict")).to_have_count(2)
    expect(page.locator(".verdict.good")).to_have_count(1)  # ASD; the threshold of AMO Tadamon is lower
    assert_sound(page)


def check_terms(page: Page) -> None:
    page.locator("a[href$='/score/terms/']").click()
    shown = page.locator("table.terms tr:not(.total) th[scope=row] ~ td:last-child").all_inner_texts()
    assert sum(figure(one) for one in shown) == figure(page.locator("tr.total td"))
    assert_sound(page)


@pytest.mark.parametrize(("language", "width"), [("ar", 390), ("fr", 1100)])
def test_from_the_account_to_the_score(open_page: Callable[..., Page], language: str, width: int) -> None:
    page = open_page("/account/open/", language=language, width=width)
    page = fill_in(open_page, page, language, width)
    number = send(page, assert_sound)
    check_score(page)
    check_terms(page)
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.goto(page.url.split("/my-file/")[0] + "/my-file/")
    assert number in page.locator("main").inner_text()
    assert violations_in_the_dark(page) == []
    assert page.troubles == []  # type: ignore[attr-defined]


def test_the_same_without_scripts(open_page: Callable[..., Page]) -> None:
    page = open_page("/account/open/", language="ar", width=390, scripts=False)
    head, who, others = settle()
    citizen.choose_password(page, head, who, unlooked)
    citizen.start_form(page)
    citizen.answer_head(page)
    for other in others:
        citizen.add_member(page, *other)
    citizen.begin_household(page)
    citizen.answer_household(page, unlooked)
    send(page, unlooked)


def test_a_forgotten_password_is_replaced(open_page: Callable[..., Page]) -> None:
    head, who, _others = settle()
    account_of(head)
    page = open_page("/account/forgotten/", language="ar", width=390)
    citizen.choose_password(page, head, who, assert_sound)
    page.locator(".who button").click()
    page.goto(page.url + "sign-in/")
    citizen.sign_in(page, head)
    expect(page).to_have_url(re.compile("/my-file/$"))


@pytest.fixture(scope="module")
def manager(site: str) -> tuple[str, str]:
    """The login and the password of a programme manager."""
    login, password = "amal.programmes", "saison des pluies 1961"
    create_staff(login=login, name="Amal", password=password, roles=["programme_manager"], now=clock.now())
    return login, password


@pytest.fixture(scope="module")
def stories(site: str) -> None:
    """Two households that have a score; one of them is that of Rachida."""
    load_stories(now=clock.now())


def test_the_manager_publishes_and_downloads_the_list(
    open_page: Callable[..., Page], manager: tuple[str, str], stories: None
) -> None:
    page = open_page("/sign-in/?next=/backoffice/", language="fr", width=1280)
    citizen.sign_in(page, *manager)
    page.locator("a[href$='/programmes/asd/']").first.click()
    page.locator("a[href$='/asd/publish/']").first.click()
    page.check("[name=confirmed]")
    citizen.go_on(page)
    assert page.locator(".tag.wait").count() == 1
    publishing.work()
    page.locator(".actions a.secondary").click()  # look again

    rows = page.locator("table tbody tr")
    ranks = [int(rank) for rank in rows.locator("td:first-child").all_inner_texts()]
    assert ranks
    assert ranks == list(range(1, len(ranks) + 1))
    scores = [figure(one) for one in rows.locator("td:nth-child(3)").all()]
    assert scores == sorted(scores)
    assert_sound(page)
    with page.expect_download() as waiting:
        page.locator("a[download]").first.click()
    content = Path(waiting.value.path()).read_bytes()
    assert hashlib.sha256(content).hexdigest() == page.locator("code.checksum").inner_text()
    table = [line for line in content.splitlines() if not line.startswith(b"#")]
    assert len(table) == len(ranks) + 1
    assert page.troubles == []  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def verification(stories: None) -> dt.datetime:
    """A bank asked about Rachida, as the verify process writes it down."""
    now = clock.now()
    register_partner(
        code=PARTNER.id, name_ar="بنك الأطلس", name_fr="Banque Atlas", scopes=["verification"],
        purposes=[LOAN], actor=system("tests"), now=now,
    )  # fmt: skip
    act, facts = replace(ASKED, purpose=LOAN.code), {"result": "match"}
    record(act, actor=PARTNER, subject=login_of("citizen"), facts=facts, now=now)
    return now


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ar", ["بنك الأطلس", "ملف قرض", "المعطيات متطابقة"]),
        ("fr", ["Banque Atlas", "Dossier de crédit", "Les données concordaient."]),
    ],
)
def test_the_person_sees_who_consulted_the_file(
    open_page: Callable[..., Page], verification: dt.datetime, language: str, words: list[str]
) -> None:
    page = open_page("/", language=language, width=390)
    sign_in_as(page, login_of("citizen"))
    page.goto(page.url + "my-file/consultations/")
    row = page.locator("#consultations tbody tr").first
    for word in words:
        expect(row).to_contain_text(word)
    assert_sound(page)


def account_of(idcs: str) -> Any:
    facts = {"kind": "citizen", "roles": [], "created_at": clock.now(), "password": "!"}
    return get_user_model().objects.get_or_create(login=getattr(idcs, "key", idcs), defaults=facts)[0]


def sign_in_as(page: Page, login: str) -> None:
    """Put the session of a person in the browser: signing in by the form is another test's."""
    client = Client()
    client.force_login(account_of(login))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.url}]
    )
