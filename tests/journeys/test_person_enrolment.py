"""The person journey as a story: from the form to the number, or to two officers."""

import dataclasses
import datetime as dt

import pytest

from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments import services as appointment_services
from sijil.domains.audit.models import AuditEntry
from sijil.domains.biometrics.samples import draw
from sijil.domains.geography import services as geography
from sijil.domains.matching import queries as matching
from sijil.domains.matching.types import Verdict
from sijil.domains.notifications import models as messages
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.tests.samples import FATIMA, NOW, OFFICER
from sijil.domains.population_register.types import Channel
from sijil.domains.verification import queries as verification
from sijil.journeys import person_enrolment, person_papers, tracking
from sijil.kernel.actors import PUBLIC, Actor, ActorKind
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import is_idcs

pytestmark = pytest.mark.django_db
COMMUNE = "04.421.01.0"
FIRST = Actor(ActorKind.OFFICER, "adjudicator-1")
SECOND = Actor(ActorKind.OFFICER, "adjudicator-2")

BRAHIM = dataclasses.replace(
    FATIMA,
    first_name_ar="إبراهيم",
    last_name_ar="أوحمان",
    first_name_fr="Brahim",
    last_name_fr="Ouahmane",
    sex="M",
    birth=PartialDate(1961, 7, 2),
    phone="+212699999999",
    email="",
    paper_number="K998877",
)


@pytest.fixture(autouse=True)
def _country():
    geography.load_reference(now=NOW)
    appointment_services.load_centres(now=NOW)


def given_a_pre_registration(identity=FATIMA):
    slot = appointments.find_next_slot(given_centre(), now=NOW)
    return person_enrolment.pre_register(
        identity=identity, slot_id=slot.id, language="fr", channel=Channel.PORTAL, actor=PUBLIC, now=NOW
    )


def given_centre():
    return appointments.list_centres(COMMUNE)[0].code


def given_a_deposited_file(identity=FATIMA, seed=1):
    number = given_a_pre_registration(identity)
    when_captured(number, seed)
    person_enrolment.deposit(number=number, actor=OFFICER, now=NOW)
    return number


def when_captured(number, seed):
    for modality in ("face", "iris_left", "iris_right"):
        person_enrolment.capture(
            number=number, modality=modality, content=draw(seed, modality), actor=OFFICER, now=NOW
        )


def when_the_worker_runs(number):
    person_enrolment.compare(number, now=NOW)
    return person_enrolment.resolve(number, now=NOW)


def then_messages(number):
    return list(
        messages.Message.objects.filter(subject=number)
        .order_by("queued_at", "id")
        .values_list("template", flat=True)
    )


def test_a_new_person_gets_a_number_and_hears_of_it():
    number = given_a_deposited_file()

    idcs = when_the_worker_runs(number)

    assert is_idcs(idcs)
    assert verification.is_match(idcs, FATIMA.birth, "F")
    assert set(then_messages(number)) == {"pre_registration_received", "deposit_received", "idcs_issued"}
    assert tracking.find_request(number, now=NOW).next_action == "read_message"


def test_each_step_is_written_down():
    number = given_a_deposited_file()
    idcs = when_the_worker_runs(number)

    actions = set(AuditEntry.objects.filter(subject__in=[number, idcs]).values_list("action", flat=True))

    assert actions >= {
        "enrolment.pre_registered",
        "enrolment.captured",
        "enrolment.deposited",
        "person.registered",
    }


def test_a_replayed_worker_step_changes_nothing():
    number = given_a_deposited_file()
    idcs = when_the_worker_runs(number)

    assert when_the_worker_runs(number) == idcs
    assert queries.count_persons() == 1
    assert then_messages(number).count("idcs_issued") == 2  # one SMS, one e-mail


def test_the_same_person_written_otherwise_waits_for_officers():
    when_the_worker_runs(given_a_deposited_file())
    again = dataclasses.replace(
        FATIMA, first_name_fr="Fatema", last_name_fr="Alaoui", paper_number="", paper_kind=""
    )

    number = given_a_deposited_file(again, seed=50)

    assert when_the_worker_runs(number) is None
    assert tracking.find_request(number, now=NOW).state == "in_adjudication"


def test_a_different_person_is_not_stopped():
    when_the_worker_runs(given_a_deposited_file())
    assert when_the_worker_runs(given_a_deposited_file(BRAHIM, seed=60))


def test_a_reused_picture_waits_for_officers_even_under_another_name():
    when_the_worker_runs(given_a_deposited_file(seed=7))
    assert when_the_worker_runs(given_a_deposited_file(BRAHIM, seed=7)) is None


def given_a_case():
    known = when_the_worker_runs(given_a_deposited_file())
    number = given_a_deposited_file(dataclasses.replace(FATIMA, phone="+212700000001"), seed=80)
    when_the_worker_runs(number)
    case = matching.find_open_case(queries.get_request(number).id)
    return known, number, case


def when_both_decide(case, verdict):
    for officer in (FIRST, SECOND):
        person_enrolment.adjudicate(
            case.id,
            verdict=verdict,
            reason="Papers and faces were compared.",
            candidate=None,
            actor=officer,
            now=NOW,
        )


def test_two_officers_register_a_different_person():
    known, number, case = given_a_case()

    when_both_decide(case, "different_person")

    idcs = queries.get_request(number).idcs
    assert is_idcs(idcs)
    assert idcs != known


def test_two_officers_close_a_duplicate_and_only_the_known_person_is_told_the_number():
    known, number, case = given_a_case()

    when_both_decide(case, "same_person")

    assert tracking.find_request(number, now=NOW).reason == "duplicate"
    assert "request_rejected" in then_messages(number)
    assert "request_already_registered" in then_messages(known)
    assert "idcs_issued" not in then_messages(number)


def test_one_officer_alone_decides_nothing():
    _, number, case = given_a_case()

    person_enrolment.adjudicate(
        case.id, verdict="same_person", reason="Same face, I am sure.", actor=FIRST, now=NOW
    )

    assert tracking.find_request(number, now=NOW).state == "in_adjudication"


def test_no_deposit_without_captures():
    number = given_a_pre_registration()

    with pytest.raises(Refused, match="captures_missing"):
        person_enrolment.deposit(number=number, actor=OFFICER, now=NOW)

    assert tracking.find_request(number, now=NOW).state == "pre_registered"


def test_a_refused_form_takes_no_slot_and_sends_nothing():
    slot = appointments.find_next_slot(given_centre(), now=NOW)
    bad = dataclasses.replace(FATIMA, phone="12")

    with pytest.raises(Refused):
        person_enrolment.pre_register(
            identity=bad, slot_id=slot.id, language="fr", channel=Channel.PORTAL, actor=PUBLIC, now=NOW
        )

    assert appointments.find_next_slot(given_centre(), now=NOW).free == slot.free
    assert not messages.Message.objects.exists()


def test_a_missing_paper_is_asked_for_and_the_person_is_told_why():
    number = given_a_pre_registration()

    person_enrolment.ask_for_paper(number=number, reason="paper_expired", actor=OFFICER, now=NOW)

    found = tracking.find_request(number, now=NOW)
    assert (found.next_action, found.reason) == ("bring_paper", "paper_expired")
    assert "papers_requested" in then_messages(number)


def test_a_refusal_at_the_counter_says_why():
    number = given_a_pre_registration()

    person_enrolment.refuse(number=number, reason="papers_do_not_match", actor=OFFICER, now=NOW)

    assert tracking.find_request(number, now=NOW).next_action == "read_reason"
    assert "request_rejected" in then_messages(number)


def test_a_forgotten_file_is_compared_again():
    number = given_a_deposited_file()

    assert person_enrolment.sweep(now=NOW + dt.timedelta(minutes=5)) == 0
    assert person_enrolment.sweep(now=NOW + dt.timedelta(minutes=20)) == 1
    assert when_the_worker_runs(number)


def test_a_late_file_says_it_is_late():
    number = given_a_deposited_file()

    assert tracking.find_request(number, now=NOW + dt.timedelta(days=3)).is_late


def test_slip_and_receipt_are_printed_in_time_only():
    number = given_a_pre_registration()
    assert person_papers.render_appointment(number, actor=PUBLIC, now=NOW).startswith(b"%PDF")
    with pytest.raises(Refused, match="transition_refused"):
        person_papers.render_deposit(number, actor=OFFICER, now=NOW)

    when_captured(number, seed=9)
    person_enrolment.deposit(number=number, actor=OFFICER, now=NOW)

    assert person_papers.render_deposit(number, actor=OFFICER, now=NOW).startswith(b"%PDF")


def test_a_form_sent_twice_is_one_request():
    number = register.start_draft(now=NOW)
    sent = {"identity": FATIMA, "number": number, "language": "fr", "channel": Channel.PORTAL}
    sent |= {"slot_id": appointments.find_next_slot(given_centre(), now=NOW).id, "actor": PUBLIC, "now": NOW}
    first, again = (person_enrolment.pre_register(**sent) for _ in range(2))
    assert first == again == number
    assert messages.Message.objects.filter(subject=first).count() == 2  # one SMS, one e-mail


def test_a_commune_that_does_not_exist_takes_no_slot():
    with pytest.raises(Refused) as caught:
        given_a_pre_registration(dataclasses.replace(FATIMA, commune_code="99.999"))
    assert caught.value.field == "commune_code"
    assert appointments.list_day(given_centre(), NOW.date()) == []


def test_a_search_that_cannot_narrow_down_goes_to_officers_who_can_still_register(monkeypatch):
    """Every name too frequent to search: nobody to compare with, and yet not taken for unique."""
    number = given_a_deposited_file()
    found = person_enrolment.matching_queries.find_comparison

    def drowned(subject):
        return dataclasses.replace(found(subject), verdict=Verdict.POSSIBLE, candidates=())

    monkeypatch.setattr(person_enrolment.matching_queries, "find_comparison", drowned)
    assert when_the_worker_runs(number) is None

    when_both_decide(matching.find_open_case(queries.get_request(number).id), "different_person")

    assert is_idcs(queries.get_request(number).idcs)
