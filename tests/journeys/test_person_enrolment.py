"""The person journey as a story: from the form to the number, or to two officers."""

import dataclasses
import datetime as dt

import pytest
from django.db import connection

from sijil.domains.accounts.tests.contact import proof_of
from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments import services as appointment_services
from sijil.domains.audit.models import AuditEntry
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.samples import draw
from sijil.domains.documents.adapters.demo import EICAR
from sijil.domains.geography import services as geography
from sijil.domains.matching import queries as matching
from sijil.domains.matching.types import Verdict
from sijil.domains.notifications import models as messages
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.tests.samples import (
    CENTRE,
    ELSEWHERE,
    FATIMA,
    NOW,
    OFFICER,
    paper_of,
)
from sijil.domains.population_register.types import Channel
from sijil.domains.verification import queries as verification
from sijil.journeys import person_enrolment, person_papers, tracking
from sijil.journeys.person_enrolment import comparison
from sijil.kernel.actors import PUBLIC, officer
from sijil.kernel.casework.watch import pass_marks
from sijil.kernel.dates import PartialDate, legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import is_idcs

pytestmark = pytest.mark.django_db
FIRST = officer("adjudicator-1", roles=["adjudicator"])
SECOND = officer("adjudicator-2", roles=["adjudicator"])

A_PAPER = person_enrolment.Paper("cnie", "carte.png", draw(3, "face"))

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
    return person_enrolment.pre_register(
        identity=identity, **a_place(identity), language="fr", channel=Channel.PORTAL, actor=PUBLIC, now=NOW
    )


def a_place(identity=FATIMA):
    """Return an hour and the proof of the contact; without a contact, the centre alone."""
    contact = person_enrolment.contact_of(phone=identity.phone, email=identity.email)
    if not contact:
        return {"centre_code": CENTRE}
    slot = appointments.find_next_slot(CENTRE, now=NOW)
    return {"slot_id": slot.id, "proof": proof_of(contact, NOW)}


def given_a_deposited_file(identity=FATIMA, seed=1):
    number = given_a_pre_registration(identity)
    when_captured(number, seed)
    when_compared(number, identity)
    person_enrolment.deposit(number=number, actor=OFFICER, now=NOW)
    return number


def when_compared(number, identity=FATIMA, **changes):
    return person_enrolment.compare_papers(
        number=number, paper=paper_of(identity, **changes), actor=OFFICER, now=NOW
    )


def when_captured(number, seed):
    for modality in ("face", "iris_left", "iris_right"):
        person_enrolment.capture(
            number=number, modality=modality, content=draw(seed, modality), actor=OFFICER, now=NOW
        )


def when_the_worker_runs(number):
    person_enrolment.compare(number, now=NOW)
    biometrics.ask_due(NOW)
    return person_enrolment.resolve(number, now=NOW)


def then_messages(number):
    return list(
        messages.Message.objects.filter(subject=number)
        .order_by("queued_at", "id")
        .values_list("template", flat=True)
    )


def test_a_new_person_gets_a_number_and_hears_of_it():
    number = given_a_deposited_file()

    idcs = queries.get_idcs(when_the_worker_runs(number))

    assert is_idcs(idcs)
    assert verification.is_match(idcs, FATIMA.birth, "F")
    assert set(then_messages(number)) == {"pre_registration_received", "deposit_received", "idcs_issued"}
    assert tracking.find_request(number, now=NOW).next_action == "read_message"


def test_each_step_is_written_down():
    number = given_a_deposited_file()
    person = when_the_worker_runs(number)

    actions = set(AuditEntry.objects.filter(subject__in=[number, person]).values_list("action", flat=True))

    assert actions == {
        "appointment.booked",
        "enrolment.pre_registered",
        "enrolment.captured",
        "enrolment.papers_compared",
        "enrolment.deposited",
        "enrolment.file_read",
        "enrolment.registered",
        "person.registered",
    }


def test_the_comparison_writes_one_entry_with_law_and_counts():
    """What a machine opens and shows to nobody: the file and the one near it, by which model."""
    when_the_worker_runs(given_a_deposited_file())
    number = given_a_deposited_file(dataclasses.replace(FATIMA, phone="+212700000001"), seed=80)
    person_enrolment.compare(number, now=NOW)

    runs = AuditEntry.objects.filter(action="matching.compared").order_by("at", "id")
    assert [run.actor_id for run in runs] == ["matcher", "matcher"]
    assert runs[1].facts == {
        "selection": f"files near request {number}",
        "law": ["FS-2026-11"],
        "counts": {"identities": 2},
    }


def test_a_replayed_worker_step_changes_nothing():
    number = given_a_deposited_file()
    person = when_the_worker_runs(number)

    assert when_the_worker_runs(number) == person
    assert queries.count_persons() == 1
    assert then_messages(number).count("idcs_issued") == 2  # one SMS, one e-mail


def test_the_same_person_written_otherwise_waits_for_officers():
    when_the_worker_runs(given_a_deposited_file())
    again = dataclasses.replace(
        FATIMA,
        first_name_fr="Fatema",
        last_name_fr="Alaoui",
        paper_number="14/1988",
        paper_kind="birth_extract",
    )

    number = given_a_deposited_file(again, seed=50)

    assert when_the_worker_runs(number) is None
    assert tracking.find_request(number, now=NOW).state == "in_adjudication"


MOULAY = dataclasses.replace(
    FATIMA, sex="M", first_name_ar="مولاي أحمد", first_name_fr="Moulay Ahmed", last_name_ar="التجريبي",
    last_name_fr="Tajribi", birth=PartialDate(1970, 5, 12), phone="+212612340001", paper_number="ZX100001",
)  # fmt: skip
MOHAMED = dataclasses.replace(
    MOULAY, first_name_ar="محمد", first_name_fr="Mohamed", birth=PartialDate(1991, 9, 9)
)


@pytest.mark.parametrize(
    ("known", "again"),
    [
        (MOULAY, {"first_name_ar": "أحمد", "first_name_fr": "Ahmed"}),
        (MOHAMED, {"first_name_ar": "محمد أمين", "first_name_fr": "Mohamed Amine", "phone": "+212699999999"}),
    ],
    ids=["a word of respect", "the second word"],
)
def test_a_shorter_first_name_gets_no_second_number(known, again):
    """P01, R24: with a birth extract for the card."""
    when_the_worker_runs(given_a_deposited_file(known))
    other = dataclasses.replace(known, **again, paper_kind="birth_extract", paper_number="1970/12")
    second = given_a_deposited_file(other, seed=2)
    assert when_the_worker_runs(second) is None
    assert case_of(second).candidates


@pytest.mark.parametrize(
    "changes",
    [
        {"sex": "F", "first_name_ar": "سلمى", "first_name_fr": "Salma", "birth": PartialDate(1990, 5, 5)},
        {"last_name_ar": "بناني", "last_name_fr": "Bennani", "birth": PartialDate(1975, 2, 3)},
    ],
    ids=["a woman of the same name", "a man of another name"],
)
def test_one_card_names_one_person(changes):
    """P25, R54: whatever the rest of the two files says."""
    when_the_worker_runs(given_a_deposited_file(MOULAY))
    second = given_a_deposited_file(dataclasses.replace(MOULAY, **changes, phone="+212699999999"), seed=2)
    assert when_the_worker_runs(second) is None
    assert [c.levels["document"] for c in case_of(second).candidates] == ["strong"]


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
    return known, number, case_of(number)


def case_of(number):
    return matching.find_open_case(queries.get_request_record(number).id)


def when_both_decide(case, verdict):
    for adjudicator in (FIRST, SECOND):
        person_enrolment.adjudicate(
            case.id,
            verdict=verdict,
            reason="Papers and faces were compared.",
            candidate=None,
            actor=adjudicator,
            now=NOW,
        )


def test_two_officers_register_a_different_person():
    known, number, case = given_a_case()

    when_both_decide(case, "different_person")

    person = queries.get_request_record(number).person
    assert person not in (None, known)
    assert AuditEntry.objects.filter(subject=number, action="enrolment.adjudicated").count() == 2


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
    when_compared(number)

    with pytest.raises(Refused, match="captures_missing"):
        person_enrolment.deposit(number=number, actor=OFFICER, now=NOW)

    assert tracking.find_request(number, now=NOW).state == "pre_registered"
    assert "deposit_received" not in then_messages(number)


def test_no_deposit_before_the_papers_are_compared():
    number = given_a_pre_registration()
    when_captured(number, seed=1)

    with pytest.raises(Refused, match="papers_not_compared"):
        person_enrolment.deposit(number=number, actor=OFFICER, now=NOW)

    assert when_compared(number, last_name_fr="Alaoui") == ("last_name_fr",)
    person_enrolment.deposit(number=number, actor=OFFICER, now=NOW)
    assert tracking.find_request(number, now=NOW).state == "deposited"


def test_nothing_that_was_received_is_replaced():
    number = given_a_deposited_file()
    for call in (
        lambda: when_captured(number, seed=2),
        lambda: when_compared(number),
        lambda: person_enrolment.correct(number=number, changes={"sex": "M"}, actor=OFFICER, now=NOW),
        lambda: person_enrolment.add_paper(number=number, paper=A_PAPER, actor=OFFICER, now=NOW),
    ):
        with pytest.raises(Refused, match="transition_refused"):
            call()


def test_a_file_of_another_centre_is_neither_read_nor_touched():
    number = given_a_pre_registration()
    who = {"number": number, "actor": ELSEWHERE, "now": NOW}
    for call in (
        lambda: person_enrolment.read_file(number, actor=ELSEWHERE, now=NOW),
        lambda: person_enrolment.compare_papers(paper=paper_of(), **who),
        lambda: person_enrolment.capture(modality="face", content=draw(1, "face"), **who),
        lambda: person_enrolment.deposit(**who),
        lambda: person_enrolment.refuse(reason="not_resident", **who),
        lambda: person_papers.render_deposit(number, actor=ELSEWHERE, now=NOW),
    ):
        with pytest.raises(Refused, match="role_refused"):
            call()
    assert not AuditEntry.objects.filter(actor_id=ELSEWHERE.id).exists()


def test_the_queue_shows_twelve_names_and_writes_twelve_entries():
    people = (
        dataclasses.replace(FATIMA, phone=f"06123400{n}", paper_number=f"AB1234{n}") for n in range(10, 22)
    )
    numbers = [given_a_pre_registration(person) for person in people]

    desk = person_enrolment.read_desk(actor=OFFICER, now=NOW)

    assert len(desk.waiting) == 12
    shown = AuditEntry.objects.filter(action="enrolment.queue_read", actor_id=OFFICER.id)
    assert sorted(shown.values_list("subject", flat=True)) == sorted(numbers)
    person_enrolment.read_desk(actor=OFFICER, now=NOW + dt.timedelta(minutes=5))
    assert shown.count() == 12  # the same officer, person, act and hour


def test_a_search_opens_the_names_of_the_own_centre_only():
    number = given_a_pre_registration()

    [there] = person_enrolment.search("0612345678", actor=ELSEWHERE, now=NOW)
    assert (there.record.number, there.request) == (number, None)
    assert not AuditEntry.objects.filter(action="enrolment.searched").exists()

    [here] = person_enrolment.search("06 12 34 56 78", actor=OFFICER, now=NOW)
    assert here.request.identity == FATIMA.with_changes({"language": "fr"})
    assert AuditEntry.objects.get(action="enrolment.searched").subject == number


def test_a_refused_form_takes_no_slot_and_sends_nothing():
    slot = appointments.find_next_slot(CENTRE, now=NOW)
    bad = dataclasses.replace(FATIMA, phone="12")

    with pytest.raises(Refused):
        person_enrolment.pre_register(
            identity=bad, slot_id=slot.id, language="fr", channel=Channel.PORTAL, actor=PUBLIC, now=NOW
        )

    assert appointments.find_next_slot(CENTRE, now=NOW).free == slot.free
    assert not messages.Message.objects.exists()


def test_a_missing_paper_is_asked_for_and_the_person_is_told_why():
    number = given_a_pre_registration()

    person_enrolment.ask_for_paper(number=number, reason="paper_expired", actor=OFFICER, now=NOW)

    found = tracking.find_request(number, now=NOW + dt.timedelta(days=400))
    assert (found.next_action, found.reason) == ("bring_paper", "paper_expired")
    assert (found.due_on, found.is_late) == (None, False)  # the clock stands
    assert "papers_requested" in then_messages(number)


def test_the_person_sends_the_paper_and_the_clock_goes_on():
    number = given_a_pre_registration()
    asked_at, sent_at = NOW + dt.timedelta(days=20), NOW + dt.timedelta(days=90)
    person_enrolment.ask_for_paper(number=number, reason="paper_unreadable", actor=OFFICER, now=asked_at)

    person_enrolment.add_paper(number=number, paper=A_PAPER, actor=PUBLIC, now=sent_at)

    found = tracking.find_request(number, now=sent_at)
    assert (found.state, found.due_on) == ("pre_registered", legal_day(sent_at) + dt.timedelta(days=40))
    assert [paper.kind for paper in person_enrolment.list_papers(number)] == ["cnie"]


def test_nobody_adds_a_paper_that_was_not_asked_for():
    number = given_a_pre_registration()
    with pytest.raises(Refused, match="transition_refused"):
        person_enrolment.add_paper(number=number, paper=A_PAPER, actor=PUBLIC, now=NOW)
    assert person_enrolment.list_papers(number) == []


def test_a_withdrawn_request_frees_its_place():
    number = given_a_pre_registration()
    person_enrolment.withdraw(number=number, actor=PUBLIC, now=NOW)
    assert tracking.find_request(number, now=NOW + dt.timedelta(days=400)).due_on is None
    assert appointments.get_booking(number).state == "cancelled"


def test_an_appointment_is_moved_or_given_back_by_who_holds_the_number():
    number = given_a_pre_registration()
    who = {"number": number, "actor": PUBLIC, "now": NOW}
    later, last = (appointments.list_free_slots(CENTRE, now=NOW)[n].id for n in (5, 9))
    assert tracking.find_request(number, now=NOW).may == ("withdraw", "rebook", "cancel")
    assert person_enrolment.move_appointment(slot_id=later, **who).slot_id == later
    assert person_enrolment.cancel_appointment(**who).state == "cancelled"
    found = tracking.find_request(number, now=NOW)
    assert (found.state, found.may) == ("pre_registered", ("withdraw", "book"))
    assert person_enrolment.move_appointment(slot_id=last, **who).slot_id == last


def test_an_appointment_goes_to_another_centre_of_the_commune_and_the_file_with_it():
    number = given_a_pre_registration()
    near = appointments.find_next_slot("04.421.01.06", now=NOW)
    assert near.centre_code in [c.code for c in person_enrolment.list_centres(number)]
    person_enrolment.move_appointment(number=number, slot_id=near.id, actor=PUBLIC, now=NOW)
    found = tracking.find_request(number, now=NOW)
    assert (found.centre.code, found.appointment.slot_id) == (near.centre_code, near.id)


def test_an_appointment_goes_to_no_centre_of_another_commune():
    number = given_a_pre_registration()
    far = appointments.find_next_slot("01.051.01.01", now=NOW)
    with pytest.raises(Refused, match="centre_elsewhere"):
        person_enrolment.move_appointment(number=number, slot_id=far.id, actor=PUBLIC, now=NOW)


def test_of_a_request_that_was_received_nothing_is_given_back():
    number = given_a_deposited_file()
    assert tracking.find_request(number, now=NOW).may == ()
    later = appointments.list_free_slots(CENTRE, now=NOW)[5].id
    who = {"number": number, "actor": PUBLIC, "now": NOW}
    for call in (
        lambda: person_enrolment.withdraw(**who),
        lambda: person_enrolment.cancel_appointment(**who),
        lambda: person_enrolment.move_appointment(slot_id=later, **who),
    ):
        with pytest.raises(Refused, match="transition_refused"):
            call()


def test_a_centre_that_does_not_serve_the_commune_is_refused_at_every_door():
    far = next(s for s in appointments.list_free_slots("01.051.01.01", now=NOW))
    with pytest.raises(Refused, match="centre_elsewhere"):
        person_enrolment.pre_register(
            identity=FATIMA, slot_id=far.id, language="fr", channel=Channel.API, actor=PUBLIC, now=NOW
        )
    assert appointments.find_next_slot("01.051.01.01", now=NOW).free == far.free


def test_a_refusal_at_the_counter_says_why():
    number = given_a_pre_registration()

    person_enrolment.refuse(number=number, reason="papers_do_not_match", actor=OFFICER, now=NOW)

    assert tracking.find_request(number, now=NOW).next_action == "read_reason"
    assert "request_rejected" in then_messages(number)


def test_a_forgotten_file_is_compared_again():
    number = given_a_deposited_file()

    assert person_enrolment.sweep(now=NOW + dt.timedelta(minutes=5)) == 0
    later = NOW + dt.timedelta(minutes=20)
    assert person_enrolment.sweep(now=later) == 0  # its job waits for a worker
    with connection.cursor() as cursor:  # the job is lost
        cursor.execute("DELETE FROM procrastinate_events")
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert (person_enrolment.sweep(now=later), person_enrolment.sweep(now=later)) == (1, 0)
    assert when_the_worker_runs(number)


def test_a_late_file_says_it_is_late():
    number = given_a_deposited_file()

    assert tracking.find_request(number, now=NOW + dt.timedelta(days=3)).is_late


def test_a_mark_of_the_delay_is_not_shown_to_the_person():
    number = given_a_deposited_file()
    assert pass_marks(now=NOW + dt.timedelta(days=3))
    found = tracking.find_request(number, now=NOW + dt.timedelta(days=3))
    assert ([step.state for step in found.history], found.reason) == (["pre_registered", "deposited"], "")


def test_a_person_who_does_not_come_makes_nobody_late():
    number = given_a_pre_registration()
    assert not tracking.find_request(number, now=NOW + dt.timedelta(days=100)).is_late


def test_a_decided_file_is_never_late():
    number = given_a_deposited_file()
    when_the_worker_runs(number)
    found = tracking.find_request(number, now=NOW + dt.timedelta(days=400))
    assert (found.due_on, found.is_late) == (None, False)


def test_a_person_without_contact_is_registered_and_told_where_the_number_is():
    number = given_a_deposited_file(dataclasses.replace(FATIMA, phone="", email=""))
    assert tracking.find_request(number, now=NOW).next_action == "come_back"
    assert when_the_worker_runs(number)
    assert tracking.find_request(number, now=NOW).next_action == "fetch_number"
    assert then_messages(number) == []


def test_news_goes_to_a_trusted_telephone_and_the_number_never():
    """P05: who has no telephone names a relative's; the identifier is fetched at the centre."""
    alone = FATIMA.with_changes({"phone": "", "email": "", "trusted_phone": "06 61 22 33 44"})
    number = given_a_deposited_file(alone)
    person = when_the_worker_runs(number)
    assert then_messages(number) == ["deposit_received"]  # a form that anybody sent reaches no third person
    assert tracking.find_request(number, now=NOW).next_action == "fetch_number"
    assert queries.find_addressee(person).phone == ""  # codes and other messages go by the own telephone


def test_the_language_of_the_form_is_that_of_the_messages():
    number = person_enrolment.pre_register(
        identity=FATIMA.with_changes({"language": "en"}), **a_place(), channel=Channel.PORTAL,
        actor=PUBLIC, now=NOW,
    )  # fmt: skip
    assert queries.get_request_record(number).language == "en"
    assert set(messages.Message.objects.filter(subject=number).values_list("language", flat=True)) == {"en"}


def test_a_person_without_a_surname_goes_the_whole_way():
    """P04: registered, found again, never merged with another by what is missing."""
    suharto = FATIMA.with_changes({"last_name_ar": None, "last_name_fr": None})
    number = given_a_deposited_file(suharto)
    assert when_the_worker_runs(number)
    assert person_papers.render_deposit(number, actor=OFFICER, now=NOW).startswith(b"%PDF-")
    again = given_a_deposited_file(
        suharto.with_changes({"phone": "+212698765432", "paper_number": "ZX1"}), seed=2
    )
    assert when_the_worker_runs(again) is None
    assert queries.get_status(again).state == "in_adjudication"


def test_each_notice_is_in_the_language_of_the_file():
    number = given_a_deposited_file()
    when_the_worker_runs(number)
    assert set(messages.Message.objects.filter(subject=number).values_list("language", flat=True)) == {"fr"}


def test_slip_and_receipt_are_printed_in_time_only():
    number = given_a_pre_registration()
    assert person_papers.render_appointment(number, actor=PUBLIC, now=NOW).startswith(b"%PDF")
    with pytest.raises(Refused, match="transition_refused"):
        person_papers.render_deposit(number, actor=OFFICER, now=NOW)

    when_captured(number, seed=9)
    when_compared(number)
    person_enrolment.deposit(number=number, actor=OFFICER, now=NOW)

    assert person_papers.render_deposit(number, actor=OFFICER, now=NOW).startswith(b"%PDF")


def test_a_receipt_printed_after_the_decision_says_what_it_said_before():
    number = given_a_deposited_file()
    first = person_papers.render_deposit(number, actor=OFFICER, now=NOW)
    when_the_worker_runs(number)
    later = NOW + dt.timedelta(days=100)
    assert person_papers.render_deposit(number, actor=OFFICER, now=later) == first
    assert AuditEntry.objects.filter(action="enrolment.receipt_printed").count() == 2


def test_a_moved_appointment_has_a_new_slip():
    number = given_a_pre_registration()
    first = person_papers.render_appointment(number, actor=PUBLIC, now=NOW)
    assert person_papers.render_appointment(number, actor=PUBLIC, now=NOW) == first
    later = appointments.list_free_slots(CENTRE, now=NOW)[5]
    moved_at = NOW + dt.timedelta(hours=1)
    person_enrolment.move_appointment(number=number, slot_id=later.id, actor=PUBLIC, now=moved_at)
    assert person_papers.render_appointment(number, actor=PUBLIC, now=moved_at) != first


def test_a_form_sent_twice_is_one_request():
    number = register.start_draft(now=NOW)
    sent = {"identity": FATIMA, "number": number, "language": "fr", "channel": Channel.PORTAL}
    sent |= {**a_place(), "actor": PUBLIC, "now": NOW}
    first, again = (person_enrolment.pre_register(**sent) for _ in range(2))
    assert first == again == number
    assert messages.Message.objects.filter(subject=first).count() == 2  # one SMS, one e-mail


def test_a_commune_that_does_not_exist_takes_no_slot():
    with pytest.raises(Refused) as caught:
        given_a_pre_registration(dataclasses.replace(FATIMA, commune_code="99.999"))
    assert caught.value.field == "commune_code"
    assert appointments.list_day(CENTRE, legal_day(NOW)) == []


def test_a_search_that_cannot_narrow_down_goes_to_officers_who_can_still_register(monkeypatch):
    """Every name too frequent to search: nobody to compare with, and yet not taken for unique."""
    number = given_a_deposited_file()
    found = comparison.matching_queries.find_comparison

    def drowned(subject):
        return dataclasses.replace(found(subject), verdict=Verdict.POSSIBLE, candidates=())

    monkeypatch.setattr(comparison.matching_queries, "find_comparison", drowned)
    assert when_the_worker_runs(number) is None

    when_both_decide(case_of(number), "different_person")

    assert queries.get_request_record(number).person


def test_a_paper_with_a_virus_is_refused_before_anything_is_kept():
    slot = appointments.find_next_slot(CENTRE, now=NOW)
    bad = person_enrolment.Paper("cnie", "carte.png", draw(3, "face") + EICAR)
    with pytest.raises(Refused, match="file_infected"):
        person_enrolment.pre_register(
            identity=FATIMA, slot_id=slot.id, papers=[A_PAPER, bad], language="fr", channel=Channel.PORTAL,
            actor=PUBLIC, now=NOW,
        )  # fmt: skip
    number = given_a_pre_registration()
    with pytest.raises(Refused, match="file_infected"):
        person_enrolment.add_paper(number=number, paper=bad, actor=PUBLIC, now=NOW)
    assert appointments.find_next_slot(CENTRE, now=NOW).free == slot.free - 1


def test_who_was_registered_with_a_card_hears_that_it_was_typed_again():
    """R54: the answer is that of a new card; one message, however often it is typed."""
    known = given_a_deposited_file()
    person = when_the_worker_runs(known)
    strange = {"first_name_ar": "سلمى", "first_name_fr": "Salma", "last_name_fr": "Bennani"}
    for phone in ("+212611111111", "+212611111112"):
        assert given_a_pre_registration(dataclasses.replace(FATIMA, phone=phone, **strange))
    told = [*then_messages(known), *then_messages(person)]
    assert told.count("card_used_again") == 2  # a telephone and an e-mail
