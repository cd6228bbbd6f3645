"""A person without papers is attested by two witnesses (R35): who may, how, how often, and what is told."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction
from tests.journeys.test_two_enrolments import ready

from sijil.counter.tests.test_counter import sign_in
from sijil.domains.accounts.services import confirm_code
from sijil.domains.appointments import services as appointment_services
from sijil.domains.audit.models import AuditEntry
from sijil.domains.geography import services as geography
from sijil.domains.notifications.models import Message
from sijil.domains.notifications.queries import words_of
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.models import Attestation, EnrolmentRequest
from sijil.domains.population_register.tests.samples import CENTRE, ELSEWHERE, FATIMA, NOW, OFFICER, known
from sijil.journeys import person_enrolment
from sijil.kernel.actors import system
from sijil.kernel.dates import PartialDate, legal_day
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
BARE = dataclasses.replace(
    FATIMA, first_name_fr="Rkia", first_name_ar="رقية", birth=PartialDate(1950), phone="", email="",
    paper_kind="witnesses", paper_number="",
)  # fmt: skip


def neighbour(n, **changes):
    values = {
        "first_name_fr": f"Zahra{'abcdefghij'[n]}",
        "phone": f"+21261230000{n}",
        "paper_number": f"AB90000{n}",
    }
    return known(dataclasses.replace(FATIMA, email="", **{**values, **changes}), NOW)


@pytest.fixture(autouse=True)
def country(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    geography.load_reference(now=NOW)
    appointment_services.load_centres(now=NOW)


def name(number, idcs, actor=OFFICER, now=NOW):
    return person_enrolment.name_witness(number=number, idcs=idcs, actor=actor, now=now)


def sign(number, witness, card, actor=OFFICER, now=NOW):
    person_enrolment.sign_at_counter(number=number, attestation=witness, card=card, actor=actor, now=now)


def attested(number, idcs, card, now=NOW):
    sign(number, name(number, idcs, now=now), card, now=now)


def deposit(number):
    person_enrolment.deposit(number=number, actor=OFFICER, now=NOW)


def code_of(act, *args, **values):
    with pytest.raises(Refused) as refused:
        act(*args, **values)
    return refused.value.code.removeprefix("population_register.")


def told(person):
    return list(
        Message.objects.filter(subject=person).order_by("queued_at", "id").values_list("template", flat=True)
    )


def test_two_witnesses_stand_for_a_paper():
    number = ready(BARE, 1)
    assert code_of(deposit, number) == "witnesses_missing"
    first, second = neighbour(1), neighbour(2)
    attested(number, first, "AB900001")
    assert code_of(deposit, number) == "witnesses_missing"
    attested(number, second, "ab 900002")
    assert queries.has_witnesses(number, on=legal_day(NOW))
    deposit(number)
    assert queries.get_request_record(number).state == "deposited"
    for witness in (first, second):
        assert told(witness.key) == ["witness_named", "witness_signed"]
        acts = AuditEntry.objects.filter(subject=witness.key, action="person.attested")
        assert [entry.facts["way"] for entry in acts] == ["counter"]
    steps = AuditEntry.objects.filter(subject=number, action__startswith="enrolment.witness")
    assert steps.filter(action="enrolment.witness_signed").count() == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"birth": PartialDate(2009, 1, 1)}, "witness_minor"),
        ({"paper_kind": "birth_extract", "paper_number": ""}, "witness_without_paper"),
        ({"paper_kind": "witnesses", "paper_number": ""}, "witness_without_paper"),
    ],
)
def test_who_is_a_child_or_holds_no_card_attests_nobody(changes, code):
    assert code_of(name, ready(BARE, 1), neighbour(1, **changes)) == code


@pytest.mark.parametrize("action", ["declare_death", "suspend"])
def test_who_is_dead_or_suspended_attests_nobody(action):
    number, witness = ready(BARE, 1), neighbour(1)
    made = name(number, witness)
    clerk = (
        system("civil register")
        if action == "declare_death"
        else dataclasses.replace(OFFICER, area="country")
    )
    register.change_person_state(person=witness.key, action=action, reason="As it is.", actor=clerk, now=NOW)
    assert code_of(sign, number, made, "AB900001") == "witness_not_standing"
    assert (
        code_of(name, ready(dataclasses.replace(BARE, first_name_fr="Itto"), 2), witness)
        == "witness_not_standing"
    )


def test_nobody_attests_more_than_five_within_twelve_months():
    witness, other = neighbour(1), neighbour(2)
    numbers = [ready(dataclasses.replace(BARE, first_name_fr=f"Rkia{'abcdefg'[n]}"), n) for n in range(7)]
    for number in numbers[:5]:
        attested(number, witness, "AB900001")
    assert code_of(name, numbers[5], witness) == "witness_too_often"
    attested(numbers[5], other, "AB900002")
    attested(numbers[6], witness, "AB900001", now=NOW + dt.timedelta(days=366))


def test_five_that_were_only_named_are_counted_when_they_sign():
    witness = neighbour(1)
    numbers = [ready(dataclasses.replace(BARE, first_name_fr=f"Rkia{'abcdefg'[n]}"), n) for n in range(6)]
    named = [name(number, witness) for number in numbers]
    for number, made in list(zip(numbers, named, strict=True))[:5]:
        sign(number, made, "AB900001")
    assert code_of(sign, numbers[5], named[5], "AB900001") == "witness_too_often"


def test_two_never_attest_one_another():
    """The second owes the number to the attestation of the first: together they are one voice."""
    first, helper, third = neighbour(1), neighbour(2), neighbour(3)
    number = ready(BARE, 1)
    attested(number, first, "AB900001")
    attested(number, helper, "AB900002")
    second = known(dataclasses.replace(BARE, paper_kind="cnie", paper_number="AB777777"), NOW)
    person = queries.get_record(second.key)
    EnrolmentRequest.objects.filter(number=number).update(
        state="registered", person_id=person.id, sealed=b"", due_on=None
    )
    other = ready(dataclasses.replace(BARE, first_name_fr="Itto"), 2)
    name(other, first)
    assert code_of(name, other, second) == "witness_mutual"
    name(other, third)


def test_a_witness_stands_once_and_not_more_than_two():
    number, first = ready(BARE, 1), neighbour(1)
    name(number, first)
    assert code_of(name, number, first) == "witness_twice"
    second = name(number, neighbour(2))
    assert code_of(name, number, neighbour(3)) == "witnesses_enough"
    person_enrolment.remove_witness(number=number, attestation=second, actor=OFFICER, now=NOW)
    name(number, neighbour(4))


def test_the_officer_of_the_file_is_no_witness(monkeypatch):
    """Known by the name, in either script and order: at naming, at signing and at the deposit."""
    number, witness = ready(BARE, 1), neighbour(1)
    monkeypatch.setattr(
        "sijil.journeys.person_enrolment.witnesses._name_of", lambda actor: "El Alaoui Zahrab"
    )
    assert code_of(name, number, witness) == "witness_is_officer"
    monkeypatch.undo()
    attested(number, witness, "AB900001")
    attested(number, neighbour(2), "AB900002")
    monkeypatch.setattr("sijil.journeys.person_enrolment.witnesses._name_of", lambda actor: "Zahrab ALAOUI")
    assert code_of(deposit, number) == "witness_is_officer"


def test_another_card_is_not_that_of_the_witness():
    number = ready(BARE, 1)
    made = name(number, neighbour(1))
    for card in ("AB900002", "", "x"):
        assert code_of(sign, number, made, card) == "witness_card_differs"
    assert not Attestation.objects.get().way


def test_a_witness_of_another_file_or_officer_of_another_centre_signs_nothing():
    number, other = ready(BARE, 1), ready(dataclasses.replace(BARE, first_name_fr="Itto"), 2)
    made = name(number, neighbour(1))
    assert code_of(sign, other, made, "AB900001") == "witness_unknown"
    assert code_of(sign, number, made, "AB900001", actor=ELSEWHERE) == "kernel.role_refused"
    assert code_of(name, number, neighbour(2), actor=ELSEWHERE) == "kernel.role_refused"
    sign(number, made, "AB900001")
    assert code_of(sign, number, made, "AB900001") == "witness_unknown"


def test_a_number_that_is_nobodys_stands_in_the_log():
    assert code_of(name, ready(BARE, 1), "2718281828") in ("unknown_person", "kernel.idcs_invalid")


def test_after_the_deposit_no_witness_is_changed():
    number = ready(BARE, 1)
    attested(number, neighbour(1), "AB900001")
    attested(number, neighbour(2), "AB900002")
    deposit(number)
    one = Attestation.objects.first()
    remove = {"number": number, "attestation": one.id, "actor": OFFICER, "now": NOW}
    assert code_of(person_enrolment.remove_witness, **remove) == "kernel.transition_refused"


@pytest.mark.parametrize(
    "change",
    [
        "SET way = 'code'",
        "SET signed_at = NULL, way = ''",
        "SET named_at = now()",
        "SET removed_at = now(), way = 'code'",
    ],
)
def test_what_was_signed_is_changed_by_nobody(change):
    attested(ready(BARE, 1), neighbour(1), "AB900001")
    statements = [
        f"UPDATE population_register_attestation {change}",
        "DELETE FROM population_register_attestation",
    ]
    for statement in statements:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


# --- by a code ----------------------------------------------------------------------------------------------


def asked(number, witness):
    who = {"number": number, "attestation": witness, "actor": OFFICER, "now": NOW}
    challenge = person_enrolment.ask_witness_code(**who)
    message = Message.objects.get(template="otp_attest")
    return who, challenge, re.search(r"\d{6}", words_of(message)["body"]).group()


def test_a_witness_far_away_attests_by_a_code_of_this_file():
    number, far = ready(BARE, 1), neighbour(1)
    who, challenge, code = asked(number, name(number, far))
    sign_it = person_enrolment.sign_by_code
    assert code_of(sign_it, challenge=challenge, code="000000", **who).endswith("code_wrong")
    sign_it(challenge=challenge, code=code, **who)
    assert Attestation.objects.get().way == "code"
    assert "witness_signed" in told(far.key)
    assert code_of(sign_it, challenge=challenge, code=code, **who) == "witness_unknown"


def test_a_code_of_one_file_serves_no_other():
    number, far = ready(BARE, 1), neighbour(1)
    other = ready(dataclasses.replace(BARE, first_name_fr="Itto"), 2)
    _, challenge, code = asked(number, name(number, far))
    who = {"number": other, "attestation": name(other, far), "actor": OFFICER, "now": NOW}
    assert code_of(person_enrolment.sign_by_code, challenge=challenge, code=code, **who).endswith(
        "code_spent"
    )


def test_a_code_to_attest_gives_no_password():
    """Whoever hears it at the counter cannot take the witness's account with it."""
    number = ready(BARE, 1)
    _, challenge, code = asked(number, name(number, neighbour(1)))
    assert code_of(confirm_code, challenge_id=challenge, code=code, now=NOW).endswith("code_spent")


def test_a_witness_whom_nobody_reaches_attests_at_the_counter():
    number = ready(BARE, 1)
    made = name(number, neighbour(1, phone=""))
    who = {"number": number, "attestation": made, "actor": OFFICER, "now": NOW}
    assert code_of(person_enrolment.ask_witness_code, **who) == "witness_unreachable"
    sign(number, made, "AB900001")


# --- two at once, page and API ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_take_the_fifth_one_is_refused():
    witness, found = neighbour(1), []
    numbers = [ready(dataclasses.replace(BARE, first_name_fr=f"Rkia{'abcdefg'[n]}"), n) for n in range(6)]
    named = [name(number, witness) for number in numbers]
    for number, made in list(zip(numbers, named, strict=True))[:4]:
        sign(number, made, "AB900001")

    def run(n):
        try:
            sign(numbers[n], named[n], "AB900001")
            found.append("signed")
        except Refused as refused:
            found.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(n,)) for n in (4, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["population_register.witness_too_often", "signed"]


def test_the_counter_names_and_signs_on_one_page():
    number, first = ready(BARE, 1), neighbour(1)
    desk = sign_in("officer-9", CENTRE, "csc_officer")
    page = desk.post(f"/counter/{number}/witnesses/", {"witness-idcs": first}, follow=True).content.decode()
    assert "Two witnesses instead of a paper" in page
    assert queries.find_record(first.key)
    assert FATIMA.last_name_ar in page
    made = Attestation.objects.get().id
    wrong = desk.post(
        f"/counter/{number}/witnesses/{made}/sign/", {f"witness-card-{made}": "ZZ1"}, follow=True
    ).content.decode()
    assert "another number of the card" in wrong
    assert 'value="ZZ1"' in wrong  # what was typed comes back
    desk.post(f"/counter/{number}/witnesses/{made}/code/")
    code = re.search(r"\d{6}", words_of(Message.objects.get(template="otp_attest"))["body"]).group()
    right = desk.post(
        f"/counter/{number}/witnesses/{made}/confirm/", {f"witness-code-{made}": code}, follow=True
    ).content.decode()
    assert "attested" in right
    assert Attestation.objects.get().way == "code"
    assert AuditEntry.objects.filter(subject=first.key, action="enrolment.witness_read").count() == 1
    desk.post(f"/counter/{number}/witnesses/{made}/remove/")
    assert Attestation.objects.get().removed_at == NOW


def test_a_file_with_a_paper_has_no_witnesses_on_its_page():
    desk = sign_in("officer-9", CENTRE, "csc_officer")
    assert b"Two witnesses" not in desk.get(f"/counter/{ready(FATIMA, 1)}/").content
