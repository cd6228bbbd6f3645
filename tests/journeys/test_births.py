"""A birth told by the civil register: one file, the parents kept and told; nothing lost, nothing twice."""

import dataclasses
import datetime as dt

import pytest

from sijil.domains.appointments import services as appointment_services
from sijil.domains.events.models import EventStep
from sijil.domains.geography import services as geography
from sijil.domains.notifications import models as messages
from sijil.domains.partners.types import Partner
from sijil.domains.population_register import models, queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.tests.samples import FATIMA, OFFICER, known, paper_of
from sijil.domains.population_register.types import FiliationSource, Relation, Sex
from sijil.journeys import civil_events, events, family, person_enrolment
from sijil.journeys.civil_events import CivilReport
from sijil.kernel.actors import citizen, officer
from sijil.kernel.ids import draw_idcs

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
BORN = dt.date(2026, 11, 26)
SOURCE = Partner("civil-status", "الحالة المدنية", "État civil", "", ("source",), (), "active", 100)
HASSAN = dataclasses.replace(
    FATIMA, first_name_fr="Hassan", sex=Sex.MALE, paper_number="BE777", phone="+212612000009", email=""
)
NAMED = {"first_name_ar": "آية", "last_name_ar": "العلوي"}


@pytest.fixture(autouse=True)
def _country():
    geography.load_reference(now=NOW)
    appointment_services.load_centres(now=NOW)


def tell(*parents, number="RB-1", kind="civil.birth", annuls="", **facts):
    report = CivilReport(
        kind=kind,
        source_id=number,
        concerns=[str(one) for one in parents],
        on=BORN,
        registered_at=NOW,
        facts={"act_number": "RB2026118", "sex": "F", **facts}
        if kind == "civil.birth"
        else {"act_number": "9"},
        annuls=annuls,
    )
    return civil_events.receive(report, source=SOURCE, now=NOW)


def work():
    while waiting := EventStep.objects.filter(state="waiting").order_by("id").first():
        events.take_step(event_id=waiting.event_id, step=waiting.step, now=NOW)


def steps():
    return {s.step.split(".")[-1]: (s.state, s.reason) for s in EventStep.objects.all()}


def test_the_file_is_open_with_the_parents_and_they_are_told():
    mother, father = known(FATIMA, NOW), known(HASSAN, NOW)
    tell(mother, father, **NAMED)
    work()

    [row] = models.EnrolmentRequest.objects.all()
    assert (row.state, row.channel, row.sex, row.birth_year) == ("pre_registered", "civil", "F", 2026)
    assert row.commune_code == FATIMA.commune_code
    found = queries.list_parents(row.id)
    assert [(one.relation, one.person, one.source, one.valid_from) for one in found] == [
        (Relation.MOTHER, mother.key, FiliationSource.CIVIL_EVENT, BORN),
        (Relation.FATHER, father.key, FiliationSource.CIVIL_EVENT, BORN),
    ]
    sent = messages.Message.objects.filter(template="birth_file_opened")
    assert set(sent.values_list("subject", "channel")) == {
        (str(mother.key), "sms"), (str(mother.key), "email"), (str(father.key), "sms"),
    }  # fmt: skip
    assert steps() == {"open_file": ("done", ""), "link_parents": ("done", "")}


def test_the_same_birth_told_and_worked_again_is_one_file():
    mother = known(FATIMA, NOW)
    told = tell(mother, **NAMED)
    work()
    again = tell(mother, **NAMED)
    assert (again.id, again.is_new) == (told.id, False)
    events.replay(event_id=told.id, actor=OFFICER, now=NOW)
    work()
    assert models.EnrolmentRequest.objects.count() == 1
    assert models.Filiation.objects.count() == 1


def test_parents_whom_nobody_knows_are_kept_and_opened_when_they_have_a_number(monkeypatch):
    number = draw_idcs()
    tell(number, **NAMED)
    work()
    assert steps()["open_file"] == ("unmatched", "no_parent_known")
    assert models.EnrolmentRequest.objects.count() == 0

    monkeypatch.setattr("sijil.domains.population_register.services.persons.draw_idcs", lambda: number)
    mother = known(FATIMA, NOW)
    events.retry_unmatched(now=NOW)
    work()
    work_again()
    [row] = models.EnrolmentRequest.objects.all()
    assert [one.person for one in queries.list_parents(row.id)] == [mother.key]


def work_again():
    events.retry_unmatched(now=NOW)
    work()


def test_a_father_who_gets_a_number_later_is_linked_then(monkeypatch):
    number, mother = draw_idcs(), known(FATIMA, NOW)
    tell(mother, number, **NAMED)
    work()
    assert steps()["link_parents"] == ("unmatched", "parent_not_known_yet")
    monkeypatch.setattr("sijil.domains.population_register.services.persons.draw_idcs", lambda: number)
    father = known(HASSAN, NOW)
    work_again()
    [row] = models.EnrolmentRequest.objects.all()
    assert [one.person for one in queries.list_parents(row.id)] == [mother.key, father.key]


def test_a_child_without_a_name_waits_for_one():
    tell(known(FATIMA, NOW))
    work()
    assert steps()["open_file"] == ("unmatched", "child_has_no_name_yet")


def test_a_mother_who_died_stays_the_mother_and_the_file_is_where_the_father_lives():
    mother, father = known(FATIMA, NOW), known(HASSAN, NOW)
    register.change_person_state(
        person=mother.key, action="declare_death", reason="told", actor=OFFICER, now=NOW
    )
    tell(mother, father, **NAMED)
    work()
    [row] = models.EnrolmentRequest.objects.all()
    assert {one.person for one in queries.list_parents(row.id)} == {mother.key, father.key}
    sent = messages.Message.objects.filter(template="birth_file_opened")
    assert set(sent.values_list("subject", flat=True)) == {str(father.key)}
    assert queries.get_addressee(row.number).phone == HASSAN.phone


def test_what_the_form_refuses_is_a_step_that_failed_with_its_code():
    tell(known(FATIMA, NOW), first_name_fr="123")
    with pytest.raises(Exception, match="name"):
        work()
    state, reason = steps()["open_file"]
    assert state == "failed"
    assert "." in reason


def deposited():
    mother = known(FATIMA, NOW)
    tell(mother, **NAMED)
    work()
    [row] = models.EnrolmentRequest.objects.all()
    clerk = officer("officer-1", centre=row.centre_code, roles=["csc_officer"])
    more = {"second_paper_kind": "family_booklet", "second_paper_number": "LF55"}
    register.correct_identity(number=row.number, changes=more, actor=clerk, now=NOW)
    identity = queries.get_request(row.number, act=family.FAMILY_READ, actor=clerk, now=NOW).identity
    person_enrolment.compare_papers(number=row.number, paper=paper_of(identity), actor=clerk, now=NOW)
    person_enrolment.deposit(number=row.number, actor=clerk, now=NOW)
    return row.number, mother


def test_the_file_is_deposited_without_pictures_and_the_child_gets_a_number():
    number, mother = deposited()
    person_enrolment.compare(number, now=NOW)
    child = person_enrolment.resolve(number, now=NOW)
    assert child is not None
    mine = family.read_mine(actor=citizen(mother.key), now=NOW)
    [one] = mine.children
    assert (one.person.key, one.filiation.source) == (child, FiliationSource.CIVIL_EVENT)


def test_a_birth_taken_back_closes_the_file():
    tell(known(FATIMA, NOW), **NAMED)
    work()
    tell(kind="civil.correction", number="RB-2", annuls="RB-1")
    work()
    assert models.EnrolmentRequest.objects.get().state == "withdrawn"


def test_a_birth_taken_back_before_it_was_worked_opens_nothing():
    tell(known(FATIMA, NOW), **NAMED)
    tell(kind="civil.correction", number="RB-2", annuls="RB-1")
    work()
    assert models.EnrolmentRequest.objects.count() == 0


def test_a_child_who_was_received_is_not_taken_back_by_itself():
    number, _ = deposited()
    tell(kind="civil.correction", number="RB-2", annuls="RB-1")
    with pytest.raises(Exception, match="birth_received"):
        work()
    assert queries.get_status(number).state == "deposited"


def test_the_mother_follows_the_file_that_waits():
    mother = known(FATIMA, NOW)
    tell(mother, **NAMED)
    work()
    [one] = family.read_mine(actor=citizen(mother.key), now=NOW).children
    assert (one.person, one.follow) == (None, models.EnrolmentRequest.objects.get().number)
