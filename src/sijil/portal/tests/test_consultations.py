"""The person's page of who consulted their file."""

import datetime as dt

import pytest
from django.test import Client

from sijil.domains.accounts.models import Account
from sijil.domains.audit.queries import list_entries
from sijil.domains.audit.services import record
from sijil.domains.partners.services import register_partner
from sijil.domains.partners.types import Purpose
from sijil.kernel.actors import Actor, ActorKind, system
from sijil.kernel.ids import draw_idcs
from sijil.portal.consultations import ACTS, SIZE

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 3, 9, 14, tzinfo=dt.UTC)
CREDIT = Purpose("credit", "دراسة طلب قرض", "étude d’une demande de crédit", "study of a loan request")
BANK = Actor(ActorKind.PARTNER, "bank-atlas", "Banque Atlas")
PAGE = "/my-file/consultations/"


def sign_in(kind, login, language="fr"):
    account = Account.objects.create(login=login, kind=kind, created_at=NOW)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = language
    return client


@pytest.fixture
def idcs():
    return draw_idcs()


@pytest.fixture
def bank(idcs):
    """A bank that asked once about the person."""
    register_partner(
        code="bank-atlas", name_ar="بنك الأطلس", name_fr="Banque Atlas", scopes=["verification"],
        purposes=[CREDIT], actor=system("tests"), now=NOW,
    )  # fmt: skip
    record(
        actor=BANK,
        action="verification.asked",
        subject=idcs,
        purpose="credit",
        facts={"result": "match"},
        now=NOW,
    )


@pytest.fixture
def read(idcs):
    """Return a function: the page of the person in a language."""

    def read(language="fr", query=""):
        account = Account.objects.filter(login=idcs).first()
        if account:
            account.delete()
        return sign_in("citizen", idcs, language).get(PAGE + query).content.decode()

    return read


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ar", ["بنك الأطلس", "دراسة طلب قرض", "المعطيات متطابقة"]),
        ("fr", ["Banque Atlas", "étude d’une demande de crédit", "Les données concordaient."]),
        ("en", ["Banque Atlas", "study of a loan request", "The data agreed."]),
    ],
)
def test_who_when_and_what_for_in_words(bank, read, language, words):
    html = read(language)
    assert all(word in html for word in words)
    assert "verification.asked" not in html


def test_it_opens_in_tamazight(bank, read):
    assert 'lang="zgh"' in read("zgh")


def test_an_officer_is_shown_by_the_place_never_by_login(idcs, read):
    officer = Actor(ActorKind.OFFICER, "agdal-1", "agdal-1 · nowhere")
    record(actor=officer, action="enrolment.file_read", subject=idcs, purpose="enrolment", now=NOW)
    html = read()
    assert "Un agent des registres" in html
    assert "A ouvert votre dossier d’inscription." in html
    assert "agdal-1" not in html


def test_another_person_is_not_named(idcs, read):
    record(
        actor=Actor(ActorKind.CITIZEN, "9000000005"), action="household.member_added", subject=idcs, now=NOW
    )
    html = read()
    assert "Vous a cité comme membre d’un ménage." in html
    assert "9000000005" not in html


def test_an_act_without_words_reads_as_a_consultation(idcs, read):
    record(actor=Actor(ActorKind.OFFICER, "x"), action="something.new", subject=idcs, now=NOW)
    assert "A consulté votre dossier." in read()


def test_nobody_yet(read):
    assert "Personne n’a consulté votre dossier" in read()


def test_a_partner_that_is_gone_is_still_shown(idcs, read):
    record(actor=BANK, action="verification.asked", subject=idcs, purpose="credit", now=NOW)
    assert "Un partenaire" in read()


def test_pages_follow_one_another(bank, idcs, read):
    for n in range(SIZE + 3):
        record(
            actor=BANK,
            action="verification.asked",
            subject=idcs,
            purpose="credit",
            now=NOW + dt.timedelta(minutes=n + 1),
        )
    first = read()
    assert first.count("<tr>") == SIZE + 1
    address = first.split('rel="next" href="')[1].split('"')[0]
    assert read(query=address).count("<tr>") == 4 + 1


def test_of_another_person_nothing(bank):
    html = sign_in("citizen", draw_idcs()).get(PAGE).content.decode()
    assert "Banque Atlas" not in html


def test_reading_the_page_is_written_down_but_not_shown(bank, idcs, read):
    read()
    assert "consultations.read" in {entry.action for entry in list_entries(idcs)}
    assert read().count("<tr>") == 2


def test_who_is_not_signed_in_is_sent_to_sign_in():
    answer = Client().get(PAGE)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/my-file/consultations/")


def test_staff_have_no_such_page():
    assert sign_in("staff", "agdal-1").get(PAGE).status_code == 403


def test_every_act_is_a_sentence():
    assert all(sentence.endswith(".") for sentence in ACTS.values())
