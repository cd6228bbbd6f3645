"""One more field of a person is one more entry of the form: every door has it, and no code was touched."""

import json
from dataclasses import dataclass
from uuid import uuid4

import pytest
import yaml
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from sijil.api.main import api
from sijil.backoffice.adjudication import compare_identities
from sijil.domains.accounts.queries import show_account
from sijil.domains.accounts.services.token import create_token
from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments import services as appointment_services
from sijil.domains.geography import services as geography
from sijil.domains.population_register import queries, services
from sijil.domains.population_register.acts import FILE_READ
from sijil.domains.population_register.rules import FORM, matched
from sijil.domains.population_register.tests.samples import CENTRE, NOW, OFFICER, paper_of
from sijil.journeys import person_papers
from sijil.kernel import law

pytestmark = pytest.mark.django_db
LABEL = {"ar": "اسم الأم", "fr": "Nom de la mère", "zgh": "ⵉⵙⵎ ⵏ ⵢⵎⵎⴰ", "en": "Name of the mother"}
FIELD = {
    "id": "mother", "page": "birth", "kind": "name_latin", "compared": True, "label": LABEL,
    "shown_to": ["officer", "adjudicator", "receipt"],
}  # fmt: skip
CARD = {
    "id": "family_booklet", "page": "papers", "kind": "paper_number", "of": "paper_kind", "mandatory": False,
    "matched": "document", "label": {"ar": "رقم كناش الحالة المدنية", "fr": "Numéro du livret de famille"},
}  # fmt: skip
PERSON = {
    "last_name_ar": "العلوي", "first_name_ar": "فاطمة", "last_name_fr": "El Alaoui",
    "first_name_fr": "Fatima", "birth": "1988-03-14", "sex": "F", "birth_country": "MA",
    "commune_code": "04.421.01.0", "quarter": "Hay Riad", "paper_kind": "birth_extract",
    "mother": "Aïcha Bennani", "paper_number": "12-1988", "family_booklet": "77-2010",
}  # fmt: skip


@dataclass
class Enacted:
    """A version of the form enacted on this installation."""

    texts_: tuple[law.EnactedText, ...]

    def generation(self):
        return len(self.texts_)

    def texts(self):
        return self.texts_


@pytest.fixture(autouse=True)
def form_of_tomorrow(monkeypatch):
    """Put a version with two more fields into force, as an administrator would."""
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    geography.load_reference(now=NOW)
    appointment_services.load_centres(now=NOW)
    page = law.versions(FORM)[-1].page
    fields = [*page.value["fields"], FIELD, CARD]
    content = yaml.safe_dump(
        {**page.value, "version": "RNP-TEST", "from": NOW.date(), "fields": fields}, allow_unicode=True
    )
    digest = law.read_law(law.read_text(content, "RNP-TEST.yaml")).digest
    enacted = Enacted((law.EnactedText(FORM.name, "RNP-TEST", digest, content),))
    with law.use_shelf(law.Shelf(reader=enacted)):
        yield


@pytest.fixture
def account():
    facts = {"kind": "staff", "roles": ["csc_officer"], "created_at": NOW, "password": "!"}
    return get_user_model().objects.create(login=OFFICER.id, centre_code=CENTRE, **facts)


@pytest.fixture
def program(account):
    token = create_token(account=show_account(account), now=NOW).token
    return Client(headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def desk(account):
    client = Client()
    client.force_login(account)
    client.cookies["language"] = "fr"
    return client


@pytest.fixture
def number(program):
    answer = program.post(
        "/v1/files",
        json.dumps(PERSON),
        content_type="application/json",
        headers=new_key(),
    )
    assert answer.status_code == 201, answer.content
    return answer.json()["number"]


def new_key():
    return {"Idempotency-Key": str(uuid4())}


def file(number):
    return queries.get_request(number, act=FILE_READ, actor=OFFICER, now=NOW)


def test_the_portal_asks_it_and_says_it_back(client):
    client.cookies["language"] = "fr"
    client.post("/pre-registration/")
    page = client.get("/pre-registration/birth/").content.decode()
    assert LABEL["fr"] in page
    missing = client.post(
        "/pre-registration/birth/", {"birth_year": "1988", "sex": "F", "nationality": "moroccan"}
    )
    assert 'href="#id_mother"' in missing.content.decode()
    slot = appointments.find_next_slot(CENTRE, now=NOW)
    answers = {**PERSON, "birth_year": "1988", "nationality": "moroccan", "language": "fr", "region": "04",
               "province": "04.421", "centre": CENTRE, "slot": slot.id}  # fmt: skip
    for step in ("names", "birth", "birth_place", "place", "contact", "papers", "centre", "slot"):
        assert client.post(f"/pre-registration/{step}/", answers).status_code == 302, step
    assert "Aïcha Bennani" in client.get("/pre-registration/check/").content.decode()


def test_the_api_describes_it_and_asks_for_it(program):
    described = api.get_openapi_schema()["components"]["schemas"]
    for body in ("PreRegistrationIn", "WalkInIn"):
        assert described[body]["properties"]["mother"]["title"] == LABEL["en"]
        assert "mother" in described[body]["required"]
    assert "mother" in described["ComparisonIn"]["properties"]
    body = {name: value for name, value in PERSON.items() if name != "mother"}
    answer = program.post(
        "/v1/files",
        json.dumps(body),
        content_type="application/json",
        headers=new_key(),
    )
    assert [error["field"] for error in answer.json()["errors"]] == ["mother"]


def test_the_counter_compares_it_with_the_papers(desk, program, number):
    assert program.get(f"/v1/files/{number}").json()["identity"]["mother"] == "Aïcha Bennani"
    page = desk.get(reverse("counter-file", args=[number])).content.decode()
    assert 'id="row-mother"' in page
    paper = paper_of(file(number).identity, mother="Aïcha Benani", birth_year="1988")
    desk.post(reverse("counter-compare", args=[number]), paper)
    assert file(number).identity.value("mother") == "Aïcha Benani"


def test_the_counters_form_asks_it(desk):
    assert LABEL["fr"] in desk.get(reverse("counter-new")).content.decode()


def test_an_adjudicator_sees_it_beside_the_other(number):
    identity = file(number).identity
    other = identity.with_changes({"mother": "Aicha Bennany"})
    sides = {
        tuple("".join(text for text, _differs in side) for side in (row.new, row.known)): row.mark
        for row in compare_identities(identity, other)
    }
    assert sides["Aïcha Bennani", "Aicha Bennany"] == "sound"


def test_matching_reads_it(number):
    assert matched(file(number).identity)["other_documents"] == ("772010",)


def test_the_receipt_prints_it(number, monkeypatch):
    services.compare_papers(number=number, paper=paper_of(file(number).identity), actor=OFFICER, now=NOW)
    services.deposit_request(number=number, actor=OFFICER, now=NOW)
    monkeypatch.setattr(person_papers.receipts, "print_receipt", lambda kind, write, **facts: write())
    content = person_papers.render_deposit(number, actor=OFFICER, now=NOW)
    [line] = [line for line in content.tables["declared"] if line.fr == LABEL["fr"]]
    assert (line.ar, line.value.fr) == (LABEL["ar"], "Aïcha Bennani")
