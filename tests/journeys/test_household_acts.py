"""Who is shown to whom in the household's journey: names on the page = entries in the log."""

from __future__ import annotations

import pytest
from tests.journeys.household import (
    CHECK,
    CHILDREN,
    HASSAN,
    KHADIJA,
    MEMBERS,
    Family,
    add,
    fill,
    send,
    settle,
    sign_in,
)
from tests.journeys.test_household_over_http import DRAFT, Machine

from sijil.domains.audit.models import AuditEntry
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.tests.samples import Idcs
from sijil.domains.social_register import queries as social
from sijil.journeys import household_registration as journey

pytestmark = pytest.mark.django_db
READ = ["household.draft_read", "household.read", "score.read", "household.review_read"]


@pytest.fixture
def family() -> Family:
    return settle()


@pytest.fixture
def head(family: Family):
    client = sign_in(family.head)
    client.post("/my-file/household/start/")
    return client


def shown(reader: Idcs) -> list[tuple[str, str]]:
    found = AuditEntry.objects.filter(action__in=READ, actor_id=reader.key)
    return sorted(found.values_list("action", "subject"))


def entries(action: str) -> list[str]:
    return sorted(AuditEntry.objects.filter(action=action).values_list("subject", flat=True))


def test_who_is_added_reads_by_whom(head, family):
    add(head, family.wife, KHADIJA)
    assert entries("household.member_added") == [family.wife.key]
    assert AuditEntry.objects.get(action="household.member_added").actor_id == family.head.key


@pytest.mark.parametrize("guess", [HASSAN, CHILDREN[0]])
def test_a_guess_opens_nobody(head, family, guess, monkeypatch):
    opened = []
    monkeypatch.setattr(population, "find_person", lambda key: opened.append(key))
    assert add(head, family.wife, guess).status_code == 422
    assert (opened, entries("household.member_added")) == ([], [])


TASKS, ENERGY = "/my-file/household/", "/my-file/household/questions/energy/"


@pytest.mark.parametrize("page", [MEMBERS, CHECK, TASKS, ENERGY])
def test_whom_the_pages_of_a_draft_name_reads_it_once_an_hour(head, family, page):
    add(head, family.wife, KHADIJA)
    for _ in range(3):
        assert head.get(page).status_code == 200
    assert shown(family.head) == [("household.draft_read", family.wife.key)]


def test_a_draft_of_oneself_is_read_without_an_entry(head, family):
    assert head.get(MEMBERS).status_code == 200
    assert shown(family.head) == []


def test_the_api_writes_the_same(family):
    machine = Machine(family.head)
    machine.post(DRAFT)
    machine.post(f"{DRAFT}/members", {"idcs": family.wife, "birth": str(KHADIJA.birth)})
    machine.client.get(DRAFT)
    assert shown(family.head) == [("household.draft_read", family.wife.key)]


def test_sending_is_an_entry_for_each_member(head, family):
    fill(head, family)
    send(head)
    assert entries("household.declared") == sorted(idcs.key for idcs in family.all)


OWN = ["/my-file/", "/my-file/household/declared/", "/my-file/score/", "/my-file/household/receipt.pdf"]


@pytest.mark.parametrize("page", OWN)
def test_the_own_confirmed_household_is_read_without_an_entry(head, family, page):
    fill(head, family)
    send(head)
    assert sign_in(family.wife).get(page).status_code == 200
    assert shown(family.wife) == []


def test_before_it_is_confirmed_each_reads_by_whom(head, family, monkeypatch):
    fill(head, family)
    monkeypatch.setattr(journey.sending, "decide", lambda **_: None)
    send(head)
    sign_in(family.wife).get("/my-file/")
    others = sorted(idcs.key for idcs in {*family.all} - {family.wife})
    assert shown(family.wife) == [("household.read", key) for key in others]


def test_each_paper_is_an_entry_of_the_household(head, family):
    fill(head, family)
    send(head)
    code = social.find_household_of(family.head.key).code
    for page in ("/my-file/household/receipt.pdf", "/my-file/score.pdf"):
        assert head.get(page).status_code == 200
    assert entries("household.receipt_printed") == entries("score.printed") == [code]
