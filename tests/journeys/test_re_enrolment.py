"""A small child has no pictures; at five the irises are due: told, booked, taken, compared; never lost."""

import dataclasses
import datetime as dt

import pytest

from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments import services as appointment_services
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.samples import draw
from sijil.domains.events.models import EventStep
from sijil.domains.geography import services as geography
from sijil.domains.matching import queries as matching
from sijil.domains.notifications import models as messages
from sijil.domains.population_register import models, queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.tests.samples import (
    CENTRE,
    ELSEWHERE,
    FATIMA,
    NOW,
    OFFICER,
    known,
    paper_of,
)
from sijil.domains.population_register.types import Channel
from sijil.journeys import events, identity_change, person_enrolment, tracking
from sijil.journeys.person_enrolment import re_enrolment
from sijil.kernel.actors import PUBLIC
from sijil.kernel.casework.watch import count_stock, list_late, pass_marks
from sijil.kernel.dates import PartialDate, legal_day
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
BORN = PartialDate(2021, 12, 1)
FIVE = dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)
AYA = dataclasses.replace(
    FATIMA,
    first_name_ar="آية",
    first_name_fr="Aya",
    birth=BORN,
    phone="",
    email="",
    paper_kind="birth_extract",
    paper_number="2021118",
    more={**FATIMA.more, "second_paper_kind": "family_booklet", "second_paper_number": "LF55"},
)


@pytest.fixture(autouse=True)
def _country():
    geography.load_reference(now=NOW)
    appointment_services.load_centres(now=NOW)


def deposited(identity=AYA, now=NOW):
    number = person_enrolment.pre_register(
        identity=identity, centre_code=CENTRE, channel=Channel.COUNTER, actor=OFFICER, now=now
    )
    person_enrolment.compare_papers(number=number, paper=paper_of(identity), actor=OFFICER, now=now)
    person_enrolment.deposit(number=number, actor=OFFICER, now=now)
    return number


def registered(identity=AYA, now=NOW):
    number = deposited(identity, now)
    person_enrolment.compare(number, now=now)
    person = person_enrolment.resolve(number, now=now)
    assert person is not None
    return person


def planned(person):
    return models.ReEnrolment.objects.get(person__key=person)


def opened(person, now=FIVE):
    person_enrolment.open_due(now=now)
    row = planned(person)
    assert row.state == "due"
    return row.number


def take(number, seed=7, now=FIVE, actor=OFFICER):
    for modality in ("face", "iris_left", "iris_right"):
        person_enrolment.take_picture(
            number=number, modality=modality, content=draw(seed, modality), actor=actor, now=now
        )


def received(number, seed=7):
    take(number, seed)
    person_enrolment.receive_re_enrolment(number=number, actor=OFFICER, now=FIVE)


def worked(number):
    person_enrolment.compare_again(number, now=FIVE)
    biometrics.ask_due(FIVE)
    return person_enrolment.resolve_again(number, now=FIVE)


def told(subject):
    return list(messages.Message.objects.filter(subject=subject).values_list("template", flat=True))


# --- before five --------------------------------------------------------------------------------------------


def test_a_newborn_is_registered_without_pictures():
    person = registered()
    row = planned(person)
    assert (row.state, row.opens_on, row.centre_code) == ("awaited", dt.date(2026, 12, 1), CENTRE)


def test_a_face_is_kept_if_it_is_given():
    number = person_enrolment.pre_register(
        identity=AYA, centre_code=CENTRE, channel=Channel.COUNTER, actor=OFFICER, now=NOW
    )
    person_enrolment.capture(number=number, modality="face", content=draw(3, "face"), actor=OFFICER, now=NOW)
    person_enrolment.compare_papers(number=number, paper=paper_of(AYA), actor=OFFICER, now=NOW)
    person_enrolment.deposit(number=number, actor=OFFICER, now=NOW)
    person_enrolment.compare(number, now=NOW)
    assert person_enrolment.resolve(number, now=NOW) is None  # the engine is asked first
    biometrics.ask_due(NOW)
    assert person_enrolment.resolve(number, now=NOW) is not None


def test_from_five_on_a_deposit_asks_for_them_and_nothing_is_planned():
    with pytest.raises(Refused, match="captures_missing"):
        deposited(dataclasses.replace(AYA, birth=PartialDate(2021, 11, 22)))


# --- at five ------------------------------------------------------------------------------------------------


def test_the_day_before_nothing_opens_and_the_number_opens_nothing():
    person = registered()
    assert person_enrolment.open_due(now=FIVE - dt.timedelta(days=1)) == 0
    with pytest.raises(Refused):
        tracking.find_request(planned(person).number, now=FIVE)


def test_on_the_day_it_opens_once_with_a_delay():
    person = registered()
    assert person_enrolment.open_due(now=FIVE) == 1
    assert person_enrolment.open_due(now=FIVE) == 0
    row = planned(person)
    assert (row.state, row.due_on) == ("due", dt.date(2027, 5, 30))


def test_the_family_is_told_on_the_contact_of_the_child():
    person = registered(dataclasses.replace(AYA, phone="+212612000001"))
    opened(person)
    [message] = messages.Message.objects.filter(template="irises_due")
    assert (message.subject, message.channel) == (str(person), "sms")


def test_without_one_the_mother_is_told_and_not_the_father_who_died():
    mother = known()
    father = known(dataclasses.replace(FATIMA, sex="M", paper_number="BE5", phone="+212612000009"))
    person = registered(
        dataclasses.replace(AYA, more={**AYA.more, "mother_idcs": mother, "father_idcs": father})
    )
    register.change_person_state(
        person=mother.key, action="declare_death", reason="told", actor=OFFICER, now=NOW
    )
    opened(person)
    [message] = messages.Message.objects.filter(template="irises_due", channel="sms")
    assert message.subject == str(person)
    assert queries.get_addressee(planned(person).number).phone == "+212612000009"


def test_nobody_to_tell_fails_nothing():
    assert opened(registered())
    assert not messages.Message.objects.filter(template="irises_due").exists()


def test_a_corrected_birth_moves_the_day():
    person = registered()
    identity_change.change(
        person=person, changes={"birth": PartialDate(2022, 12, 1)}, reason="civil_status_act",
        paper="birth_extract 2021118", actor=OFFICER, now=NOW,
    )  # fmt: skip
    for step in EventStep.objects.filter(step="person_enrolment.recheck.follow_identity"):
        events.take_step(event_id=step.event_id, step=step.step, now=NOW)
    assert planned(person).opens_on == dt.date(2027, 12, 1)


def test_a_child_who_died_is_not_asked_for():
    person = registered()
    register.change_person_state(person=person, action="declare_death", reason="told", actor=OFFICER, now=NOW)
    assert person_enrolment.open_due(now=FIVE) == 0
    assert planned(person).state == "ended"


def test_a_child_who_died_while_expected_gives_the_place_back():
    person = registered()
    number = opened(person)
    slot = appointments.find_next_slot(CENTRE, now=FIVE)
    person_enrolment.move_appointment(number=number, slot_id=slot.id, actor=PUBLIC, now=FIVE)
    register.change_person_state(
        person=person, action="declare_death", reason="told", actor=OFFICER, now=FIVE
    )
    person_enrolment.open_due(now=FIVE)
    assert planned(person).state == "ended"
    assert appointments.get_booking(number).state == "cancelled"


# --- the appointment ----------------------------------------------------------------------------------------


def test_the_number_is_followed_and_books_a_time():
    number = opened(registered())
    found = tracking.find_request(number, now=FIVE)
    assert (found.kind, found.state, found.next_action) == ("re_enrolment", "due", "bring_child")
    assert "book" in found.may

    slot = appointments.find_next_slot(CENTRE, now=FIVE)
    person_enrolment.move_appointment(number=number, slot_id=slot.id, actor=PUBLIC, now=FIVE)

    found = tracking.find_request(number, now=FIVE)
    assert found.appointment.starts_at == appointments.get_booking(number).starts_at
    assert {"rebook", "cancel"} <= set(found.may)
    assert person_enrolment.cancel_appointment(number=number, actor=PUBLIC, now=FIVE).state == "cancelled"


def test_another_centre_of_the_commune_takes_it():
    number = opened(registered())
    other = next(c.code for c in person_enrolment.list_centres(number) if c.code != CENTRE)
    slot = appointments.find_next_slot(other, now=FIVE)
    person_enrolment.move_appointment(number=number, slot_id=slot.id, actor=PUBLIC, now=FIVE)
    assert queries.find_re_enrolment(number).centre_code == other


def test_no_centre_of_elsewhere_takes_it():
    number = opened(registered())
    with pytest.raises(Refused, match="centre_elsewhere"):
        person_enrolment.move_appointment(
            number=number,
            slot_id=appointments.find_next_slot("06.141.01.01", now=FIVE).id,
            actor=PUBLIC,
            now=FIVE,
        )


# --- at the counter -----------------------------------------------------------------------------------------


def test_it_is_not_received_before_all_pictures_are_there():
    number = opened(registered())
    with pytest.raises(Refused, match="captures_missing"):
        person_enrolment.receive_re_enrolment(number=number, actor=OFFICER, now=FIVE)
    assert queries.find_re_enrolment(number).state == "due"


def test_an_iris_that_cannot_be_taken_is_excused():
    number = opened(registered())
    for modality in ("face", "iris_left"):
        person_enrolment.take_picture(
            number=number, modality=modality, content=draw(5, modality), actor=OFFICER, now=FIVE
        )
    person_enrolment.excuse_picture(
        number=number, modality="iris_right", reason="injury", actor=OFFICER, now=FIVE
    )
    person_enrolment.receive_re_enrolment(number=number, actor=OFFICER, now=FIVE)
    assert queries.find_re_enrolment(number).state == "received"


def test_an_officer_of_elsewhere_reads_and_takes_nothing():
    number = opened(registered())
    with pytest.raises(Refused, match="role_refused"):
        person_enrolment.read_re_enrolment(number, actor=ELSEWHERE, now=FIVE)
    with pytest.raises(Refused, match="role_refused"):
        take(number, actor=ELSEWHERE)


def test_nothing_is_taken_before_the_day():
    number = planned(registered()).number
    with pytest.raises(Refused, match="transition_refused"):
        take(number, now=NOW)


def test_pictures_are_not_replaced_after_they_were_received():
    number = opened(registered())
    received(number)
    with pytest.raises(Refused, match="transition_refused"):
        take(number, seed=9)


# --- compared -----------------------------------------------------------------------------------------------


def test_nobody_alike_ends_it_and_the_family_is_told():
    person = registered(dataclasses.replace(AYA, phone="+212612000001"))
    number = opened(person)
    received(number)
    assert worked(number)
    assert queries.find_re_enrolment(number).state == "compared"
    assert told(str(person)).count("irises_kept") == 1
    assert not worked(number)  # replayed
    assert tracking.find_request(number, now=FIVE).next_action == "nothing_more"


def test_the_irises_of_somebody_known_open_a_case_and_no_number_changes():
    first = registered()
    number = opened(first)
    received(number, seed=7)
    worked(number)
    other = registered(
        dataclasses.replace(
            AYA, first_name_fr="Salma", first_name_ar="سلمى", last_name_fr="Berrada", last_name_ar="برادة",
            paper_number="2021999",
            more={**AYA.more, "second_paper_number": "LF99"},
        )
    )  # fmt: skip
    again = opened(other)
    received(again, seed=7)
    assert worked(again)
    case = matching.find_open_case(queries.get_record(other).id)
    assert case is not None
    assert queries.get_record(other).state == "active"


def test_a_worker_killed_between_is_taken_up_by_the_clock(monkeypatch):
    number = opened(registered())
    received(number)
    later = FIVE + dt.timedelta(minutes=11)
    asked = []
    monkeypatch.setattr(re_enrolment, "enqueue_once", lambda name, **_: asked.append(name) or True)
    assert person_enrolment.sweep_re_enrolments(now=later) == 2
    assert "person_enrolment.compare_again" in asked


# --- late ---------------------------------------------------------------------------------------------------


def test_who_does_not_come_is_late_and_stays_due():
    number = opened(registered())
    late = dt.datetime(2027, 6, 1, 9, 0, tzinfo=dt.UTC)
    pass_marks(now=late)
    [one] = [found for found in list_late(on=legal_day(late)) if found.kind == "re_enrolment"]
    assert (one.number, one.state, one.waits_on) == (number, "due", "holder")
    assert [s.late for s in count_stock(on=legal_day(late)) if s.kind == "re_enrolment"] == [1]
    take(number, now=late)
    person_enrolment.receive_re_enrolment(number=number, actor=OFFICER, now=late)
    assert queries.find_re_enrolment(number).state == "received"
