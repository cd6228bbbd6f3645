"""A place is held for who proved a telephone or an e-mail (security 14)."""

import dataclasses
import datetime as dt
import re

import pytest
from tests.journeys.test_person_enrolment import _country

from sijil.domains.accounts.tests.contact import proof_of
from sijil.domains.appointments import queries as appointments
from sijil.domains.audit.models import AuditEntry
from sijil.domains.notifications import queries as notifications
from sijil.domains.notifications.models import Message
from sijil.domains.notifications.services import send_due
from sijil.domains.population_register.models import EnrolmentRequest
from sijil.domains.population_register.tests.samples import CENTRE, FATIMA, NOW, OFFICER, known
from sijil.domains.population_register.types import Channel
from sijil.journeys import person_enrolment, tracking
from sijil.kernel.actors import PUBLIC, citizen
from sijil.kernel.errors import Refused

assert _country  # a fixture
pytestmark = pytest.mark.django_db
ALONE = dataclasses.replace(FATIMA, phone="", email="")
FIXED = dataclasses.replace(FATIMA, phone="+212537123456", email="")


def ask(phone=FATIMA.phone, email="", now=NOW):
    return person_enrolment.ask_code(phone=phone, email=email, language="fr", actor=PUBLIC, now=now)


def confirm(asked, code, now=NOW):
    return person_enrolment.confirm_code(
        challenge_id=asked.challenge_id, code=code, address="10.0.0.1", actor=PUBLIC, now=now
    )


def read_code(to=FATIMA.phone):
    send_due(NOW)
    return re.search(r"\b\d{6}\b", notifications.list_inbox(to=to)[0].body)[0]


def book(identity=FATIMA, proof="", actor=PUBLIC, **place):
    place = place or {"slot_id": appointments.find_next_slot(CENTRE, now=NOW).id}
    return person_enrolment.pre_register(
        identity=identity, proof=proof, channel=Channel.PORTAL, actor=actor, now=NOW, **place
    )


def refused(use, *args, **kwargs):
    with pytest.raises(Refused) as found:
        use(*args, **kwargs)
    return found.value.code.partition(".")[2], found.value.field


def test_from_the_code_to_the_place():
    proof = confirm(ask("06 12 34 56 78"), read_code())
    assert proof.expires_at == NOW + dt.timedelta(hours=2)
    assert tracking.find_request(book(proof=proof.token), now=NOW).appointment.state == "booked"


def test_without_a_proof_no_place_is_held_and_nothing_is_sent():
    free = appointments.find_next_slot(CENTRE, now=NOW).free
    assert refused(book) == ("contact_unproved", "phone")
    assert refused(book, dataclasses.replace(FATIMA, phone="")) == ("contact_unproved", "email")
    assert refused(book, proof=proof_of("+212698765432", NOW)) == ("contact_unproved", "phone")
    assert appointments.find_next_slot(CENTRE, now=NOW).free == free
    assert not Message.objects.exists()
    assert not EnrolmentRequest.objects.exists()


def test_who_proved_nothing_does_not_learn_what_is_open():
    book(proof=proof_of(FATIMA.phone, NOW))
    stranger = dataclasses.replace(FATIMA, phone="+212698765432")
    assert refused(book, stranger) == ("contact_unproved", "phone")
    assert book(stranger, proof_of(stranger.phone, NOW))  # R54: nor who proved another telephone


def test_one_proof_serves_twelve_of_a_family():
    proof = proof_of(FATIMA.phone, NOW)
    family = [dataclasses.replace(FATIMA, paper_number=f"K99{n:04d}") for n in range(13)]
    for one in family[:12]:
        slot = next(s for s in appointments.list_free_slots(CENTRE, now=NOW) if s.free)
        assert book(one, proof, slot_id=slot.id)
    assert refused(book, family[12], proof) == ("phone_full", "phone")


@pytest.mark.parametrize("identity", [ALONE, FIXED])
def test_who_can_be_sent_no_code_is_kept_at_the_centre_without_an_appointment(identity):
    assert refused(book, identity) == ("place_needs_contact", "phone")
    assert refused(ask, identity.phone) == ("place_needs_contact", "phone")
    number = book(identity.with_changes({"trusted_phone": "0661223344"}), centre_code=CENTRE)
    found = tracking.find_request(number, now=NOW)
    assert (found.centre.code, found.appointment, found.may) == (CENTRE, None, ("withdraw",))
    later = appointments.find_next_slot(CENTRE, now=NOW).id
    move = {"number": number, "slot_id": later, "actor": PUBLIC, "now": NOW}
    assert refused(person_enrolment.move_appointment, **move)[0] == "appointment_unknown"
    assert not Message.objects.exists()


def test_a_centre_without_an_hour_serves_the_commune_and_exists():
    assert refused(book, ALONE, centre_code="01.051.01.01") == ("centre_elsewhere", "centre_code")
    assert refused(book, ALONE, centre_code="nowhere")[0] == "centre_unknown"
    assert refused(book, ALONE, centre_code="") == ("field_missing", "slot_id")


def test_who_can_prove_a_contact_takes_an_hour():
    proof = proof_of(FATIMA.phone, NOW)
    assert refused(book, FATIMA, proof, centre_code=CENTRE) == ("field_missing", "slot_id")


def test_a_draft_without_an_hour_that_is_sent_twice_is_one_request():
    number = person_enrolment.start_draft(now=NOW)
    sent = {"identity": ALONE, "centre_code": CENTRE, "number": number}
    assert book(**sent) == book(**sent) == number


def test_an_officer_is_not_asked():
    assert book(actor=OFFICER, centre_code=CENTRE)


def test_who_is_signed_in_is_not_asked_for_the_contact_of_the_register():
    actor = citizen(known(FATIMA).key)
    child = dataclasses.replace(FATIMA, paper_number="K990001")
    assert book(child, actor=actor)
    other = dataclasses.replace(child, phone="+212698765432", paper_number="K990002")
    assert refused(book, other, actor=actor) == ("contact_unproved", "phone")


def test_the_code_goes_by_the_one_way_that_it_proves():
    ask(FATIMA.phone, FATIMA.email)
    ask("0537123456", "b@example.ma")
    send_due(NOW)
    assert [(m.to, m.channel.value) for m in notifications.list_inbox()] == [
        ("b@example.ma", "email"), (FATIMA.phone, "sms"),
    ]  # fmt: skip
    assert not any(m.other for m in Message.objects.all() if hasattr(m, "other"))


def test_known_or_not_a_contact_is_answered_alike():
    known(FATIMA)
    mine, unknown = ask(), ask("+212698765432")
    assert (mine.expires_at, mine.resend_at) == (unknown.expires_at, unknown.resend_at)
    assert Message.objects.filter(template="otp_book_place").count() == 2


def test_a_wrong_code_is_counted_about_the_contact_that_nobody_reads():
    asked, wrong = ask(), "000000"
    if read_code() == wrong:
        wrong = "111111"
    assert refused(confirm, asked, wrong) == ("code_wrong", "code")
    confirm(asked, read_code())
    entries = list(AuditEntry.objects.order_by("id").values_list("action", "subject"))
    assert [a for a, _ in entries] == [
        "account.contact_code_asked", "account.contact_code_failed", "account.contact_confirmed",
    ]  # fmt: skip
    [subject] = {s for _, s in entries}
    assert subject.startswith("contact:")
    assert FATIMA.phone[-9:] not in subject
