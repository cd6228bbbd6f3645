"""A household's papers keep what they said; a new score is a new paper."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.journeys.household import NOW, Family, citizen, fill, send, settle, sign_in, text

from sijil.domains.documents import receipts
from sijil.domains.documents.models import Receipt
from sijil.domains.population_register import queries as population
from sijil.domains.social_register import queries as social
from sijil.domains.social_register.services import follow_birth
from sijil.journeys import household_registration as journey
from sijil.journeys.household_registration import papers
from sijil.kernel.actors import system
from sijil.kernel.dates import PartialDate
from sijil.pages import clock

pytestmark = pytest.mark.django_db
RECEIPT, SCORE = "/my-file/household/receipt.pdf", "/my-file/score.pdf"
LATER = NOW + dt.timedelta(days=800)


@pytest.fixture
def family() -> Family:
    return settle()


@pytest.fixture
def head(family: Family, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client = sign_in(family.head)
    client.post("/my-file/household/start/")
    fill(client, family)
    send(client)
    return client


def never(*_, **__):
    raise AssertionError("what it says is asked for a second time")


def rescored(family: Family):
    code = social.find_household_of(family.head.key).code
    return journey.rescore(household_code=code, actor=system("test"), now=LATER)


@pytest.mark.parametrize("path", [RECEIPT, SCORE])
def test_printed_again_it_says_the_same_whatever_names_places_words_and_law_say_now(
    head, family, monkeypatch, path
):
    first = head.get(path).content
    monkeypatch.setattr(receipts.draw, "write_receipt", never)
    monkeypatch.setattr(population, "list_persons", never)
    monkeypatch.setattr(papers.geography, "get_commune", never)
    monkeypatch.setattr(papers, "eligibilities", never)
    monkeypatch.setattr(papers.scoring, "explain", never)
    monkeypatch.setattr(clock, "now", lambda: LATER)
    assert sign_in(family.wife).get(path).content == first
    assert Receipt.objects.count() == 1


def test_a_new_score_is_a_new_paper_and_the_old_one_stays_as_it_was(head, family):
    first = head.get(SCORE).content
    assert rescored(family).number == 2
    second = head.get(SCORE).content
    assert second != first
    assert (head.get("/my-file/score/1.pdf").content, head.get("/my-file/score/2.pdf").content) == (
        first, second,
    )  # fmt: skip
    assert 'href="/my-file/score/1.pdf"' in text(head.get("/my-file/score/"))


def test_an_earlier_score_that_was_never_printed_has_no_paper(head, family):
    rescored(family)
    assert head.get("/my-file/score/1.pdf").status_code == 404
    assert head.get("/my-file/score/7.pdf").status_code == 404
    assert "1.pdf" not in text(head.get("/my-file/score/"))
    assert not Receipt.objects.exists()


def test_two_scores_of_one_moment_are_two_papers(head, family):
    head.get(SCORE)
    code = social.find_household_of(family.head.key).code
    follow_birth(person=family.children[0].key, birth=PartialDate(2006, 1, 1))
    assert journey.rescore(household_code=code, actor=system("test"), now=NOW).number == 2
    head.get(SCORE)
    assert Receipt.objects.filter(kind="score").count() == 2


def test_the_receipt_tells_the_declaration_of_the_registration(head, family):
    content, number = papers.render_receipt(actor=citizen(family.head), now=NOW)
    file = social.find_registration_of(family.head.key)
    assert number.replace("-", "") == file.number
    assert len(social.get_declaration_of(file.id).members) == 5
    assert content.startswith(b"%PDF")
