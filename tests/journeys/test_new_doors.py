"""Doors that are new, tried by who should not: each case was once open."""

from __future__ import annotations

import csv
import dataclasses
import io

import pytest
from tests.journeys.test_asked_for_more import asked_of, send, when_asked
from tests.journeys.test_person_enrolment import (
    FIRST,
    given_a_case,
    given_a_deposited_file,
    given_a_pre_registration,
    when_both_decide,
    when_the_worker_runs,
)
from tests.journeys.test_two_enrolments import ready
from tests.journeys.test_witnesses import BARE, attested, code_of, country, deposit, name, neighbour, sign

from sijil.counter.tests.test_counter import sign_in
from sijil.domains.audit.models import AuditEntry
from sijil.domains.documents.models import FrozenPapers
from sijil.domains.notifications.models import Message
from sijil.domains.population_register import queries
from sijil.domains.population_register.models import Attestation, EnrolmentRequest, Person
from sijil.domains.population_register.rules import form_of
from sijil.domains.population_register.tests.samples import FATIMA, NOW, OFFICER
from sijil.journeys import centres, person_enrolment
from sijil.kernel.actors import PUBLIC
from sijil.reporting.state import list_differences

assert country  # a fixture
pytestmark = pytest.mark.django_db
ITTO = dataclasses.replace(BARE, first_name_fr="Itto")


def compare(number):
    found = person_enrolment.read_file(number, actor=OFFICER, now=NOW).identity
    paper = {field.id: found.value(field.id) for field in form_of(found).fields if field.compared}
    person_enrolment.compare_papers(number=number, paper=paper, actor=OFFICER, now=NOW)


def entries(subject):
    found = AuditEntry.objects.filter(subject=subject, action="enrolment.asked_for", actor_id=OFFICER.id)
    return [entry.facts.get("code", "").partition(".")[2] for entry in found]


def correct(number, **changes):
    person_enrolment.correct(number=number, changes=changes, actor=OFFICER, now=NOW)


# --- witnesses ----------------------------------------------------------------------------------------------


def test_who_names_witnesses_as_a_second_paper_brings_them_too():
    beside = {**BARE.more, "second_paper_kind": "witnesses", "second_paper_number": ""}
    number = ready(dataclasses.replace(BARE, paper_kind="passport", paper_number="XY12345", more=beside), 1)
    assert code_of(deposit, number) == "witnesses_missing"
    attested(number, neighbour(1), "AB900001")
    attested(number, neighbour(2), "AB900002")
    deposit(number)


def test_who_signed_for_one_name_has_not_signed_for_another():
    number, first, second = ready(BARE, 1), neighbour(1), neighbour(2)
    attested(number, first, "AB900001")
    attested(number, second, "AB900002")
    correct(number, first_name_fr="Itto")
    compare(number)
    assert code_of(deposit, number) == "witnesses_missing"
    attested(number, first, "AB900001")
    attested(number, second, "AB900002")
    deposit(number)


def test_a_telephone_that_is_corrected_takes_no_signature_away():
    number = ready(BARE, 1)
    attested(number, neighbour(1), "AB900001")
    attested(number, neighbour(2), "AB900002")
    correct(number, phone="+212612345678")
    compare(number)
    deposit(number)


def test_whoever_is_tried_as_a_witness_in_vain_has_an_entry():
    witness = neighbour(1, paper_kind="birth_extract", paper_number="")
    assert code_of(name, ready(BARE, 1), witness) == "witness_without_paper"
    assert entries(witness.key) == ["witness_without_paper"]


def test_a_wrong_card_and_a_wrong_code_stand_in_the_log():
    number, witness, other = ready(BARE, 1), neighbour(1), neighbour(2)
    assert code_of(sign, number, name(number, witness), "AB900009") == "witness_card_differs"
    assert entries(witness.key) == ["witness_card_differs"]
    made = {"number": number, "attestation": name(number, other), "actor": OFFICER, "now": NOW}
    challenge = person_enrolment.ask_witness_code(**made)
    assert (
        code_of(person_enrolment.sign_by_code, challenge=challenge, code="0", **made) == "accounts.code_wrong"
    )
    assert entries(other.key) == ["code_wrong"]


def test_a_code_that_is_not_sent_is_not_said_to_be_on_its_way():
    one, two, witness = ready(BARE, 1), ready(ITTO, 2), neighbour(1)
    first, second = name(one, witness), name(two, witness)
    person_enrolment.ask_witness_code(number=one, attestation=first, actor=OFFICER, now=NOW)
    again = {"number": two, "attestation": second, "actor": OFFICER, "now": NOW}
    assert code_of(person_enrolment.ask_witness_code, **again) == "accounts.code_too_many"


def test_a_witness_who_was_put_in_beside_the_counter_is_named():
    number, first, second = ready(BARE, 1), neighbour(1), neighbour(2)
    attested(number, first, "AB900001")
    correct(number, first_name_fr="Itto")
    attested(number, first, "AB900001")
    assert "witnesses" not in {one.of for one in list_differences()}
    file, person = EnrolmentRequest.objects.get(number=number), Person.objects.get(key=second.key)
    Attestation.objects.create(request=file, witness=person, named_at=NOW, way="counter", signed_at=NOW)
    assert [one.key for one in list_differences() if one.of == "witnesses"] == [number]


# --- papers and what is asked -------------------------------------------------------------------------------


def test_an_officer_who_names_a_guardian_has_asked_about_them():
    number, guardian = ready(FATIMA, 1), neighbour(1)
    correct(number, guardian_idcs=str(guardian))
    assert entries(guardian.key) == [""]
    correct(number, guardian_idcs="")


def test_a_card_typed_again_and_again_sends_one_message():
    person = when_the_worker_runs(given_a_deposited_file())
    for n in range(3):
        strange = {"first_name_fr": "Salma", "last_name_fr": "Bennani", "phone": f"+21261111111{n}"}
        number = given_a_pre_registration(dataclasses.replace(FATIMA, **strange))
        person_enrolment.withdraw(number=number, actor=PUBLIC, now=NOW)
    sent = Message.objects.filter(template="card_used_again", subject=person)
    assert sorted(sent.values_list("channel", flat=True)) == ["email", "sms"]


def test_a_paper_that_is_asked_for_is_not_received_by_word():
    _, number, case = given_a_case()
    when_asked(case, "paper", "paper")
    given = {"number": number, "ask": asked_of(number)[0].id, "actor": OFFICER, "now": NOW}
    assert code_of(person_enrolment.receive_asked, **given) == "documents.file_empty"


def test_a_reason_that_nobody_sees_is_none():
    _, _, case = given_a_case()
    given = {"verdict": "different_person", "actor": FIRST, "now": NOW}
    assert (
        code_of(person_enrolment.adjudicate, case.id, reason="\u200b\u202e" * 20, **given)
        == "matching.reason_required"
    )


def test_what_the_known_person_sent_is_frozen_too_and_they_may_be_asked_again():
    _, _, case = given_a_case()
    when_asked(case, "paper", "paper", of=case.candidates[0].ref)
    other = queries.find_request_record(case.candidates[0].ref)
    [wanted] = asked_of(other.number)
    send(other.number, wanted)
    when_both_decide(case, "different_person")
    assert FrozenPapers.objects.filter(owner=f"asked:{wanted.id}").exists()


# --- hostile text and days ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["\x00", "a\ud800", "A" * 10_000, "\u202eabc"], ids=range(4))
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("contact-codes", ("phone", "email")),
        ("contact-codes/6b1f4a5e-0000-4000-8000-000000000000/confirm", ("code",)),
        ("pre-registrations", ("slot_id", "proof", "centre_code")),
    ],
)
def test_hostile_text_is_refused_by_name(client, text, path, fields):
    answer = client.post(f"/v1/{path}", dict.fromkeys(fields, text), content_type="application/json")
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/backoffice/centres/?q=%00",
        "/backoffice/centres/%00/",
        "/backoffice/centres/a%ED%A0%80/",
        f"/backoffice/centres/{'A' * 5000}/",
        "/backoffice/late/?after=%00",
        "/backoffice/adjudication/?file=%00",
        "/track/?number=%00",
        "/track/%00/",
        "/centres/%00/",
        "/v1/centres/04.421.01.01/slots?from_on=9999-12-30&days=14",
    ],
)
def test_a_hostile_address_is_no_failure_of_ours(path):
    client = sign_in("adm", "", "administrator", "adjudicator")
    client.raise_request_exception = False
    assert client.get(path).status_code < 500


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_out_of_reach_is_closed_or_refused(day):
    client = sign_in("adm", "", "administrator")
    client.raise_request_exception = False
    said = {"on": day, "reason_ar": "عطب", "reason_fr": "A" * 200}
    page = "/backoffice/centres/04.421.01.01/"
    assert client.post(f"{page}close/", said).status_code < 500
    assert client.get(page).status_code == client.get("/centres/04.421.01.01/").status_code == 200


BAD = {
    "desks": "9" * 5000,
    "latitude": "1e999999",
    "opens_on": "0001-01-01",
    "ends_on": "9999-12-31",
    "name_fr": "A" * 10_000,
    "name_ar": "\u202e",
    "code": "import",
    "monday": "08:00-07:00",
    "commune_codes": "0" * 9000,
    "phone": "\x00",
    "address_fr": "=1+1",
    "kind": "fixed\x00",
}


@pytest.mark.parametrize("column", BAD)
def test_a_hostile_cell_ends_the_same_dry_and_not_and_leaves_a_register_that_is_read(column):
    rows = list(csv.DictReader(io.StringIO(centres.export_centres().decode("utf-8-sig"))))[:2]
    rows[0][column] = BAD[column]
    file = io.StringIO()
    writer = csv.DictWriter(file, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    given = {"content": file.getvalue().encode(), "tell": True, "actor": OFFICER, "now": NOW}
    dry, done = (centres.import_centres(dry_run=is_dry, **given) for is_dry in (True, False))
    assert [(x.outcome, x.fields) for x in dry.lines] == [(x.outcome, x.fields) for x in done.lines]
    client = sign_in("adm", "", "administrator")
    assert client.get(f"/centres/{rows[1]['code']}/").status_code == 200
    again = {**given, "content": centres.export_centres()}
    lines = centres.import_centres(dry_run=True, **again).lines
    assert {line.outcome.value for line in lines} == {"unchanged"}
