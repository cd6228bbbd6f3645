"""The adjudicator's case page in a real browser: sound in Arabic and French, and decided by keyboard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page

from sijil.domains.biometrics import samples
from sijil.domains.biometrics import services as biometrics
from sijil.domains.matching import queries as matching
from sijil.domains.matching import services as cases
from sijil.domains.matching.types import Candidate, Verdict
from sijil.domains.population_register import queries as register
from sijil.domains.population_register import services as population
from sijil.domains.population_register.tests.samples import paper_of
from sijil.domains.population_register.types import Channel, Identity, RequestRecord, Sex
from sijil.kernel.actors import officer, system
from sijil.kernel.casework.files import kept_notices
from sijil.kernel.dates import PartialDate
from tests.browser.soundness import overflow, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
OFFICER, MATCHER = officer("counter", centre="C1"), system("matcher")
FATIMA = Identity(
    last_name_ar="الشرقاوي", first_name_ar="فاطمة", last_name_fr="Cherkaoui", first_name_fr="Fatima",
    birth=PartialDate(1988, 3, 14), sex=Sex.FEMALE, commune_code="04.421.01.0", phone="+212612345678",
    paper_kind="cnie", paper_number="AB123456", more={"birth_country": "MA", "quarter": "Hay Riad"},
)  # fmt: skip


def deposit(seed: int, **changes: Any) -> RequestRecord:
    """Return a deposited file with its images."""
    who = {"channel": Channel.COUNTER, "actor": OFFICER, "now": NOW}
    identity = FATIMA.with_changes(changes)
    number = population.submit_request(identity=identity, centre_code="C1", language="fr", **who)
    for modality in ("face", "iris_left", "iris_right"):
        content = samples.draw(seed, modality)
        judged = biometrics.judge_capture(modality=modality, content=content, now=NOW)
        biometrics.store_capture(request_number=number, judged=judged, actor=OFFICER, now=NOW)
    population.compare_papers(number=number, paper=paper_of(identity), actor=OFFICER, now=NOW)
    population.deposit_request(number=number, actor=OFFICER, now=NOW)
    return register.get_request_record(number)


@pytest.fixture(scope="module")
def case_id(site: str, session_of: Callable[[str], str], django_db_blocker: Any) -> Iterator[UUID]:
    """One case, and the adjudicator's session, committed before the tests so that the server sees them."""
    with django_db_blocker.unblock(), kept_notices():
        session_of("adjudicator")
        known = deposit(1)
        population.register_person(number=known.number, actor=MATCHER, now=NOW)
        new = deposit(2, last_name_fr="Echcherkaoui", birth=PartialDate(1988), phone="+212700000000")
        population.flag_duplicate(number=new.number, actor=MATCHER, now=NOW)
        near = Candidate(known.id, 2500, Verdict.LIKELY, {"last_name": "exact"}, 4)
        yield cases.open_case(subject=new.id, number=new.number, candidates=[near], actor=MATCHER, now=NOW)


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_case_page_is_sound(case_id: UUID, language: str, open_page: Callable[..., Page]) -> None:
    page = open_page(f"/backoffice/adjudication/{case_id}/", language=language, role="adjudicator")
    assert page.locator(".photo img").count() == 6
    assert violations(page) == []
    assert {width: overflow(page, width) for width in (390, 320)} == {390: 0, 320: 0}
    assert page.troubles == []


def test_a_case_is_decided_by_keyboard(
    case_id: UUID, open_page: Callable[..., Page], django_db_blocker: Any
) -> None:
    page = open_page(f"/backoffice/adjudication/{case_id}/", language="fr", role="adjudicator")
    page.keyboard.press("s")
    assert page.locator("input[value=same_person]").is_checked()
    page.keyboard.press("d")
    assert page.locator("input[value=different_person]").is_checked()
    page.locator("textarea").fill("Le visage et la date diffèrent.")
    page.locator("input[value=different_person]").press("Enter")
    page.wait_for_url("**/backoffice/adjudication/")
    with django_db_blocker.unblock():
        assert [d.officer for d in matching.get_case(case_id).decisions] == ["test.adjudicator"]
