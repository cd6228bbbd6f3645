"""The person's page of who consulted their file."""

import datetime as dt

import pytest
from django.test import Client

from sijil.domains.accounts.models import Account
from sijil.domains.appointments.models import CentreRow
from sijil.domains.audit.models import AuditEntry
from sijil.domains.audit.queries import list_entries
from sijil.domains.partners.services import register_partner
from sijil.domains.partners.types import Purpose
from sijil.domains.verification.acts import ASKED
from sijil.kernel import acts
from sijil.kernel.actors import citizen, officer, partner, system
from sijil.kernel.dates import legal_day
from sijil.kernel.ids import draw_person_key
from sijil.kernel.texts import Text4
from sijil.pages.tests.html import flat
from sijil.portal.consultations import SIZE

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 3, 9, 14, tzinfo=dt.UTC)
CREDIT = Purpose("credit", "دراسة طلب قرض", "étude d’une demande de crédit", "study of a loan request")
BANK = partner("bank-atlas", "Banque Atlas")
PAGE = "/my-file/consultations/"


def sign_in(kind, login, language="fr"):
    account = Account.objects.create(login=login, kind=kind, created_at=NOW)
    client = Client()
    client.force_login(account)
    client.cookies["language"] = language
    return client


@pytest.fixture
def person():
    return draw_person_key()


@pytest.fixture
def bank(person):
    """A bank that asked once about the person."""
    register_partner(
        code="bank-atlas", name_ar="بنك الأطلس", name_fr="Banque Atlas", scopes=["verification"],
        purposes=[CREDIT], actor=system("tests"), now=NOW,
    )  # fmt: skip
    ask(person)


def ask(person, at=NOW):
    """Write what the verification process writes: the purpose of an entry is the partner's own."""
    AuditEntry.objects.create(
        at=at, actor_kind="partner", actor_id=BANK.id, actor_label=BANK.label, action=ASKED.code,
        subject=person, purpose="credit", facts={"result": "match"},
    )  # fmt: skip


@pytest.fixture
def opened(monkeypatch):
    """An act of reading, declared for one test."""
    monkeypatch.setattr(acts, "_declared", dict(acts.declared()))
    says = Text4("فتح الملف.", "A ouvert le dossier.", "Opened the file.", "ⵉⵕⵥⵎ ⴰⴼⴰⵢⵍⵓ.")
    return acts.declare("trial.opened", says, purpose="enrolment", basis="", reads=True)


@pytest.fixture
def read(person):
    """Return a function: the page of the person in a language."""

    def read(language="fr", query=""):
        account = Account.objects.filter(login=person).first()
        if account:
            account.delete()
        return sign_in("citizen", person, language).get(PAGE + query).content.decode()

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


def show(act, person, by, at=NOW):
    acts.shown(act, actor=by, subjects=[person], now=at)


@pytest.mark.parametrize(
    ("language", "what", "purpose"),
    [
        ("ar", "فتح الملف.", "التسجيل في السجل الوطني للسكان"),
        ("fr", "A ouvert le dossier.", "Inscription au registre de la population"),
        ("zgh", "ⵉⵕⵥⵎ ⴰⴼⴰⵢⵍⵓ.", "ⴰⵣⵎⵎⴻⵎ ⴳ ⵓⵣⵎⵎⴻⵎ ⴰⵏⴰⵎⵓⵔ ⵏ ⵉⵎⵣⴷⴰⵖⵏ"),
        ("en", "Opened the file.", "Registration in the population register"),
    ],
)
def test_what_and_what_for_are_the_words_of_the_act(opened, person, read, language, what, purpose):
    show(opened, person, officer("agdal-1"))
    html = read(language)
    assert what in html
    assert purpose in html
    assert "trial.opened" not in html


def centre(code, closed_on=None):
    CentreRow.objects.create(
        code=code, kind="csc", name_ar="مركز أكدال", name_fr="CSC Agdal", region_code="04",
        province_code="04.421", commune_codes=[], desks=1, closed_on=closed_on, loaded_at=NOW,
    )  # fmt: skip


def test_an_officer_is_shown_by_the_centre_never_by_login(opened, person, read):
    centre("C1")
    show(opened, person, officer("agdal-1", centre="C1"))
    html = read()
    assert "Un agent — CSC Agdal" in html
    assert "agdal-1" not in html


def test_an_officer_without_a_centre_is_of_the_registers(opened, person, read):
    show(opened, person, officer("agdal-1"))
    assert "Un agent des registres" in read()


def test_a_centre_that_closed_keeps_its_name(opened, person, read):
    centre("C1", closed_on=legal_day(NOW))
    show(opened, person, officer("agdal-1", centre="C1"))
    assert "Un agent — CSC Agdal" in read()


def test_a_centre_that_is_not_known_is_not_no_centre(opened, person, read):
    show(opened, person, officer("agdal-1", centre="C-404"))
    html = read()
    assert "Un agent — C-404" in html
    assert "Un agent des registres" not in html


def test_a_login_that_looks_like_a_place_is_none(opened, person, read):
    show(opened, person, officer("agdal · C1"))
    assert "C1" not in read()


def test_another_person_is_not_named(opened, person, read):
    show(opened, person, citizen("9000000000000000005"))
    html = read()
    assert "Une autre personne" in html
    assert "9000000005" not in html


def test_an_act_that_no_release_declares_any_more_reads_as_a_consultation(person, read):
    who = {"actor_kind": "officer", "actor_id": "x"}
    AuditEntry.objects.create(at=NOW, action="something.old", subject=person, **who)
    assert "A consulté votre dossier." in read()


@pytest.mark.parametrize(
    ("times", "language", "words"),
    [
        (2, "ar", "مرتان بين 10:00 و11:00"),
        (3, "ar", "3 مرات بين 10:00 و11:00"),
        (11, "ar", "11 مرة بين 10:00 و11:00"),
        (3, "fr", "3 fois entre 10:00 et 11:00"),
        (3, "zgh", "3 ⵏ ⵜⵉⴽⴽⴰⵍ ⴳⵔ 10:00 ⴷ 11:00"),
        (3, "en", "3 times between 10:00 and 11:00"),
    ],
)
def test_repeated_readings_are_one_line_with_their_number(opened, person, read, times, language, words):
    for minute in range(times):
        show(opened, person, officer("agdal-1"), NOW + dt.timedelta(minutes=minute))
    html = read(language)
    assert words in html
    assert html.count("<tr>") == 2


def test_a_reading_alone_and_that_of_another_hour_have_no_number(opened, person, read):
    show(opened, person, officer("agdal-1"))
    show(opened, person, officer("agdal-1"), NOW + dt.timedelta(hours=1))
    show(opened, person, officer("agdal-2"))
    assert "fois entre" not in read()


def test_nobody_yet(read):
    assert "Personne n’a consulté votre dossier" in read()


def test_a_partner_that_is_gone_is_still_shown(person, read):
    ask(person)
    assert "Un partenaire" in read()


def test_pages_follow_one_another(bank, person, read):
    for n in range(SIZE + 3):
        ask(person, NOW + dt.timedelta(minutes=n + 1))
    first = read()
    assert first.count("<tr>") == SIZE + 1
    address = flat(first).split('rel="next" href="')[1].split('"')[0]
    assert read(query=address).count("<tr>") == 4 + 1


def test_of_another_person_nothing(bank):
    html = sign_in("citizen", draw_person_key()).get(PAGE).content.decode()
    assert "Banque Atlas" not in html


def test_reading_the_page_is_written_down_but_not_shown(bank, person, read):
    read()
    assert "consultations.read" in {entry.action for entry in list_entries(person)}
    assert read().count("<tr>") == 2


def test_who_is_not_signed_in_is_sent_to_sign_in():
    answer = Client().get(PAGE)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/my-file/consultations/")


def test_staff_have_no_such_page():
    assert sign_in("staff", "agdal-1").get(PAGE).status_code == 403


@pytest.mark.parametrize("act", acts.declared().values(), ids=lambda act: act.code)
def test_every_act_is_a_sentence(act):
    words = [act.says.ar, act.says.fr, act.says.en, act.says.zgh or "."]
    assert all(sentence.endswith(".") for sentence in words)
