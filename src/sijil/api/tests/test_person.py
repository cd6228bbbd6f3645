"""The person journey over HTTP, with tokens: the officer's steps, and what each door asks alike."""

import json
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sijil.domains.accounts.queries import show_account
from sijil.domains.accounts.services.token import create_token
from sijil.domains.accounts.tests.contact import proof_of
from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments import services as appointment_services
from sijil.domains.audit.queries import list_entries
from sijil.domains.biometrics.samples import draw
from sijil.domains.geography import services as geography
from sijil.domains.population_register import queries
from sijil.domains.population_register.tests.samples import CENTRE, ELSEWHERE, NOW, OFFICER

pytestmark = pytest.mark.django_db
PAPER = {
    "last_name_ar": "العلوي", "first_name_ar": "فاطمة", "last_name_fr": "El Alaoui",
    "first_name_fr": "Fatima", "birth": "1988-03-14", "sex": "F", "paper_number": "AB123456",
}  # fmt: skip
PHONE = "+212612345678"
PERSON = PAPER | {
    "commune_code": "04.421.01.0", "birth_country": "MA", "quarter": "12, rue des Orangers",
    "phone": "0612345678",
    "paper_kind": "cnie", "paper_number": "ab 123456",
}  # fmt: skip


@pytest.fixture(autouse=True)
def country(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    geography.load_reference(now=NOW)
    appointment_services.load_centres(now=NOW)


class Caller:
    """A program that holds an officer's token, or none."""

    def __init__(self, login="", centre="", *roles):
        headers = {}
        if login:
            facts = {"kind": "staff", "roles": list(roles), "created_at": NOW, "password": "!"}
            account = get_user_model().objects.create(login=login, centre_code=centre, **facts)
            token = create_token(account=show_account(account), now=NOW).token
            headers = {"authorization": f"Bearer {token}"}
        self.client = Client(headers=headers)

    def post(self, path, body=None):
        key = {"Idempotency-Key": str(uuid4())}
        sent = json.dumps(body)
        return self.client.post(f"/v1{path}", sent, content_type="application/json", headers=key)

    def get(self, path):
        return self.client.get(f"/v1{path}")


@pytest.fixture
def officer():
    return Caller(OFFICER.id, CENTRE, "csc_officer")


@pytest.fixture
def elsewhere():
    return Caller(ELSEWHERE.id, ELSEWHERE.centre, "csc_officer")


@pytest.fixture
def number():
    slot = appointments.find_next_slot(CENTRE, now=NOW)
    return Caller().post("/pre-registrations", PERSON | {"slot_id": slot.id} | proved()).json()["number"]


def proved(contact=PHONE):
    return {"proof": proof_of(contact, NOW)}


def capture_all(officer, number):
    for modality in ("face", "iris_left", "iris_right"):
        picture = SimpleUploadedFile("x.png", draw(1, modality), "image/png")
        body = {"modality": modality, "picture": picture}
        assert officer.client.post(f"/v1/files/{number}/captures", body).status_code == 204


def test_a_deposit_without_a_comparison_is_refused_here_too(officer, number):
    capture_all(officer, number)
    answer = officer.post(f"/files/{number}/deposit")
    assert (answer.status_code, answer.json()["code"]) == (409, "population_register.papers_not_compared")
    assert queries.get_status(number).state == "pre_registered"


def test_the_officers_way(officer, number):
    capture_all(officer, number)
    compared = officer.post(f"/files/{number}/comparison", PAPER | {"last_name_fr": "Alaoui"})
    assert compared.json() == {"corrected": ["last_name_fr"]}
    assert officer.post(f"/files/{number}/deposit").status_code == 204
    file = officer.get(f"/files/{number}").json()
    assert (file["state"], file["identity"]["last_name_fr"], file["due_on"]) == (
        "deposited", "Alaoui", "2026-11-23",
    )  # fmt: skip
    assert officer.get(f"/files/{number}/receipt.pdf").content[:5] == b"%PDF-"
    assert officer.get(f"/files/{number}/temporary-slip.pdf").content[:5] == b"%PDF-"
    [entry] = [e for e in list_entries(number) if e.action == "enrolment.papers_compared"]
    assert (entry.actor_id, entry.facts["centre"]) == (OFFICER.id, CENTRE)


def test_a_correction_after_the_comparison_asks_for_a_new_one(officer, number):
    capture_all(officer, number)
    officer.post(f"/files/{number}/comparison", PAPER)
    assert officer.post(f"/files/{number}/corrections", {"sex": "M"}).status_code == 204
    assert officer.post(f"/files/{number}/deposit").json()["code"].endswith("papers_not_compared")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"phone": "06 98 76 54 32"}, {"phone": "+212698765432"}),
        ({"street": "5,  rue Neuve\u200f"}, {"street": "5, rue Neuve"}),
        ({"commune_code": "01.051.01.0"}, None),
        ({"commune_code": "01.051.01.01"}, {"commune_code": "01.051.01.01"}),
        ({"nationality": "resident_foreigner", "email": "a@B.ma"},
         {"nationality": "resident_foreigner", "email": "a@b.ma"}),
        ({"paper_number": "zx 100-056"}, {"paper_number": "ZX100056"}),
        ({"paper_number": "ZX١٠٠٠٥٧", "birth": "١٩٨٨"}, {"paper_number": "ZX100057", "birth": "1988"}),
        ({"paper_kind": "birth_extract", "paper_number": ""},
         {"paper_kind": "birth_extract", "paper_number": ""}),
    ],
)  # fmt: skip
def test_a_correction_says_what_it_did(officer, number, typed, kept):
    """P09: every declared field is corrected, cleaned as when the file was opened, or refused."""
    answer = officer.post(f"/files/{number}/corrections", typed)
    identity = officer.get(f"/files/{number}").json()["identity"]
    if kept is None:
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, *typed)
    else:
        assert answer.status_code == 204, answer.content
        assert identity == identity | kept


@pytest.mark.parametrize("body", [{}, {"phone": None}, {"telephone": "0612345678"}, {"sex": "F", "x": 1}])
def test_a_correction_of_nothing_is_refused(officer, number, body):
    answer = officer.post(f"/files/{number}/corrections", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "api.fields_invalid")


def test_a_form_with_a_field_that_is_not_known_is_refused(officer, number):
    picture = SimpleUploadedFile("x.png", draw(1, "face"), "image/png")
    body = {"modality": "face", "picture": picture, "eye": "left"}
    answer = officer.client.post(f"/v1/files/{number}/captures", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "api.field_unknown")
    assert answer.json()["errors"][0]["field"] == "eye"


def test_two_fields_at_fault_are_both_named(officer):
    """P21."""
    answer = officer.post("/files", PERSON | {"birth": "1376", "phone": "06", "last_name_fr": "العلوي"})
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"birth", "phone", "last_name_fr"}


def test_a_number_typed_in_arabic_digits_is_found(officer, number):
    """P08."""
    typed = number.translate({ord(str(digit)): "٠١٢٣٤٥٦٧٨٩"[digit] for digit in range(10)})
    assert Caller().get(f"/requests/{typed}").json()["number"] == number
    assert officer.get(f"/files/{typed}").json()["number"] == number


@pytest.mark.parametrize("missing", ["sex", "birth", "last_name_ar"])
def test_a_field_that_was_not_looked_at_is_named(officer, number, missing):
    body = {name: value for name, value in PAPER.items() if name != missing}
    assert officer.post(f"/files/{number}/comparison", body).status_code == 422


def test_a_file_of_another_centre_is_refused_by_one_code(elsewhere, number):
    for answer in (
        elsewhere.get(f"/files/{number}"),
        elsewhere.get(f"/files/{number}/receipt.pdf"),
        elsewhere.get(f"/files/{number}/temporary-slip.pdf"),
        elsewhere.post(f"/files/{number}/comparison", PAPER),
        elsewhere.post(f"/files/{number}/deposit"),
        elsewhere.post(f"/files/{number}/refusal", {"reason": "not_resident"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "kernel.role_refused")
    assert [e for e in list_entries(number) if e.actor_id == ELSEWHERE.id] == []


def test_a_step_does_not_read_the_file_to_somebody(officer, number):
    officer.post(f"/files/{number}/paper-requests", {"reason": "paper_expired"})
    assert "enrolment.file_read" not in {e.action for e in list_entries(number)}
    tracked = Caller().get(f"/requests/{number}").json()
    assert (tracked["state"], tracked["due_on"], tracked["is_late"]) == ("papers_requested", None, False)


@pytest.mark.parametrize("code", ["because", "duplicate", "similar_person_known"])
def test_a_reason_that_is_not_the_counters_is_refused(officer, number, code):
    answer = officer.post(f"/files/{number}/refusal", {"reason": code})
    assert (answer.status_code, answer.json()["code"]) == (422, "kernel.reason_needed")


def test_a_person_without_telephone_and_address_is_registered_at_both_doors(officer):
    body = PERSON | {"phone": "", "email": ""}
    assert Caller().post("/pre-registrations", body | {"centre_code": CENTRE}).status_code == 201
    assert officer.post("/files", body).status_code == 201


def test_a_centre_elsewhere_is_refused():
    slot = appointments.find_next_slot("01.051.01.01", now=NOW)
    answer = Caller().post("/pre-registrations", PERSON | {"slot_id": slot.id})
    assert (answer.status_code, answer.json()["code"]) == (422, "appointments.centre_elsewhere")


def test_an_unknown_number_is_unknown_to_an_officer_too(officer):
    assert officer.get("/files/K7QD4M2X9T").status_code == 404
    assert officer.post("/files/K7QD4M2X9T/deposit").status_code == 404


def test_two_doors_share_one_limit(number):
    statuses = [Caller().get(f"/requests/{number}").status_code for _ in range(121)]
    assert statuses == [200] * 120 + [429]
    assert Client().get(f"/track/{number}/").status_code == 429


def test_anybody_reads_which_papers_prove_whom():
    table = Caller().get("/papers").json()
    rows = {row["id"]: row for row in table["people"]}
    assert (table["version"], table["of_age"], table["deeds"]) == ("PAPERS-2021", 18, ["guardianship"])
    assert rows["foreign_adult"]["papers"] == [["residence_title"]]
    assert rows["moroccan_minor"]["protected"] is None


def test_the_api_refuses_a_deposit_without_papers_and_names_each(officer):
    body = PERSON | {"nationality": "resident_foreigner"}
    number = officer.post("/files", body).json()["number"]
    officer.post(f"/files/{number}/comparison", PAPER | {"paper_number": "AB123456"})
    answer = officer.post(f"/files/{number}/deposit")
    assert (answer.status_code, answer.json()["code"]) == (409, "population_register.paper_missing")
    assert answer.json()["title"] == "A paper is missing: residence_title."
