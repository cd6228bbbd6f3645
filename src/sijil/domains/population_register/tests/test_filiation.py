"""Who is whose child: what is kept at the deposit, from what paper and since when; who does not do."""

import dataclasses
import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from sijil.domains.population_register import models, queries, services
from sijil.domains.population_register.services.identity import change_identity
from sijil.domains.population_register.states import PersonState
from sijil.domains.population_register.tests.samples import (
    FATIMA,
    NOW,
    OFFICER,
    WORKER,
    known,
    paper_of,
    received,
    submitted,
)
from sijil.domains.population_register.types import FiliationSource, Relation, Sex
from sijil.kernel.actors import system
from sijil.kernel.dates import PartialDate, legal_day
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
TODAY = legal_day(NOW)
BORN = PartialDate(2024, 5, 2)
HASSAN = dataclasses.replace(FATIMA, first_name_fr="Hassan", sex=Sex.MALE, paper_number="BE777")


def child(born=BORN, second="family_booklet", **named):
    """Return a child with an extract of birth and a family booklet."""
    return dataclasses.replace(
        FATIMA,
        first_name_fr="Aya",
        birth=born,
        paper_kind="birth_extract",
        paper_number="2024118",
        more={**FATIMA.more, "second_paper_kind": second, "second_paper_number": "LF55", **named},
    )


def parents_of(number):
    return queries.list_parents(queries.get_request_record(number).id)


def told(**named):
    return [
        (one.code.removeprefix("population_register."), one.field)
        for one in services.list_missing_papers(child(**named), TODAY)
    ]


def test_the_deposit_keeps_mother_and_father_with_what_showed_it_and_since_when():
    mother, father = known(), known(HASSAN)
    number = received(child(mother_idcs=mother, father_idcs=father))

    found = parents_of(number)

    assert [(one.relation, one.person) for one in found] == [
        (Relation.MOTHER, mother.key),
        (Relation.FATHER, father.key),
    ]
    assert {(one.source, one.paper) for one in found} == {(FiliationSource.BIRTH_EXTRACT, "2024118")}
    assert {(one.valid_from, one.recorded_at) for one in found} == {(dt.date(2024, 5, 2), NOW)}
    assert {(one.actor_kind, one.actor_id) for one in found} == {("officer", OFFICER.id)}


def test_the_child_keeps_them_once_registered_and_the_parent_sees_the_child():
    mother = known()
    number = received(child(mother_idcs=mother))
    made = services.register_person(number=number, actor=WORKER, now=NOW)

    [one] = queries.list_children(mother.key)
    assert queries.get_record(made.person).id == one.child == queries.get_request_record(number).id


def test_no_number_and_no_paper_stands_in_clear():
    mother = known()
    received(child(mother_idcs=mother))
    [row] = models.Filiation.objects.values()
    assert mother not in str(row)
    assert "2024118" not in str(row)
    assert b"2024118" not in bytes(row["sealed_paper"])


def test_a_guardian_is_kept_by_the_deed_from_the_day_of_the_deposit():
    guardian = known(HASSAN)
    number = received(child(second="guardianship", guardian_idcs=guardian))
    [one] = parents_of(number)
    assert (one.relation, one.source, one.paper) == (Relation.GUARDIAN, FiliationSource.JUDGEMENT, "LF55")
    assert (one.person, one.valid_from) == (guardian.key, TODAY)


def test_a_number_that_nobody_has_is_no_parent():
    assert told(mother_idcs="4351920833") == [("parent_unknown", "mother_idcs")]


@pytest.mark.parametrize("action", ["declare_death", "suspend"])
def test_who_is_dead_or_suspended_is_named_at_no_counter(action):
    mother = known()
    services.change_person_state(person=mother.key, action=action, reason="told", actor=OFFICER, now=NOW)
    assert told(mother_idcs=mother) == [("parent_unfit", "mother_idcs")]


@pytest.mark.parametrize(
    ("born", "found"),
    [
        (PartialDate(2008, 11, 22), []),
        (PartialDate(2008, 11, 23), [("parent_too_young", "mother_idcs")]),
    ],
)
def test_a_parent_is_of_age(born, found):
    assert told(mother_idcs=known(dataclasses.replace(FATIMA, birth=born))) == found


@pytest.mark.parametrize(("year", "found"), [(1990, []), (1991, [("parent_too_young", "mother_idcs")])])
def test_a_parent_is_older_than_the_child_by_years(year, found):
    mother = known(dataclasses.replace(FATIMA, birth=PartialDate(year)))
    grown = child(PartialDate(2002, 5, 2), mother_idcs=mother)
    codes = [one.code for one in services.list_missing_papers(grown, TODAY)]
    assert [code.split(".")[1] for code in codes] == [code for code, _ in found]


def test_a_mother_is_a_woman_and_a_father_a_man():
    assert told(mother_idcs=known(HASSAN), father_idcs=known()) == [
        ("parent_is_another", "mother_idcs"),
        ("parent_is_another", "father_idcs"),
    ]


def test_nobody_is_a_parent_whom_no_paper_shows():
    mother = known()
    with_card = dataclasses.replace(
        child(mother_idcs=mother, second_paper_kind="guardianship", guardian_idcs=mother),
        paper_kind="cnie",
        paper_number="AB55",
    )
    found = services.list_missing_papers(with_card, TODAY)
    assert [(one.code, one.field) for one in found] == [
        ("population_register.parent_unproved", "mother_idcs")
    ]


def test_a_refused_parent_refuses_the_deposit_and_keeps_nothing():
    identity = child(mother_idcs="4351920833")
    number = submitted(identity)
    services.compare_papers(number=number, paper=paper_of(identity), actor=OFFICER, now=NOW)
    with pytest.raises(Refused, match="parent_unknown"):
        services.deposit_request(number=number, actor=OFFICER, now=NOW)
    assert parents_of(number) == []
    assert queries.get_status(number).state == "pre_registered"


def tell(number, parent, relation=Relation.MOTHER):
    with transaction.atomic():
        return services.keep_told(
            child=queries.get_request_record(number).id,
            parent=parent.key,
            relation=relation,
            since=dt.date(2024, 5, 2),
            act_number="2024118",
            actor=system("civil-events"),
            now=NOW,
        )


def test_what_the_civil_register_told_is_said_once_and_stands_against_a_paper():
    mother, other = known(), known(dataclasses.replace(FATIMA, paper_number="AB999"))
    number = submitted(child())
    assert tell(number, mother)
    assert not tell(number, mother)

    again = child(mother_idcs=other)
    services.correct_identity(number=number, changes={"mother_idcs": other}, actor=OFFICER, now=NOW)
    services.compare_papers(number=number, paper=paper_of(again), actor=OFFICER, now=NOW)
    with pytest.raises(Refused, match="parent_differs"):
        services.deposit_request(number=number, actor=OFFICER, now=NOW)
    [one] = parents_of(number)
    assert (one.person, one.source, one.version) == (mother.key, FiliationSource.CIVIL_EVENT, 1)


def test_the_civil_register_tells_of_a_mother_who_died():
    mother = known()
    services.change_person_state(
        person=mother.key, action="declare_death", reason="told", actor=OFFICER, now=NOW
    )
    assert tell(submitted(child()), mother)
    assert queries.get_record(mother.key).state == PersonState.DECEASED


def registered_with_guardian():
    guardian = known(HASSAN)
    number = received(child(second="guardianship", guardian_idcs=guardian))
    return services.register_person(number=number, actor=WORKER, now=NOW), guardian


def change(person, changes):
    later = NOW + dt.timedelta(days=30)
    with transaction.atomic():
        return change_identity(
            person=person, changes=changes, reason="civil_status_act", paper="guardianship J/44",
            actor=OFFICER, now=later,
        )  # fmt: skip


def test_another_guardian_is_another_version_and_the_first_stays_written():
    made, guardian = registered_with_guardian()
    other = known(dataclasses.replace(HASSAN, paper_number="BE778"))

    change(made.person, {"guardian_idcs": other})

    [one] = queries.list_parents(queries.get_record(made.person).id)
    assert (one.person, one.version, one.source) == (other.key, 2, FiliationSource.JUDGEMENT)
    assert one.paper == "guardianship J/44"
    assert queries.list_children(guardian.key) == []
    assert models.Filiation.objects.count() == 2


def test_another_guardian_is_judged_as_the_first_one():
    made, _ = registered_with_guardian()
    with pytest.raises(Refused, match="guardian_unknown"):
        change(made.person, {"guardian_idcs": "4351920833"})


def test_no_correction_makes_another_mother():
    made, _ = registered_with_guardian()
    with pytest.raises(Refused, match="field_stays"):
        change(made.person, {"mother_idcs": known()})


@pytest.mark.parametrize("statement", ["UPDATE {} SET version = 7", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_was_kept_never_changes(statement):
    received(child(mother_idcs=known()))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("population_register_filiation"))


def test_the_number_of_an_act_that_was_put_there_by_hand_is_seen():
    received(child(mother_idcs=known(), father_idcs=known(HASSAN)))
    one, other = models.Filiation.objects.all()
    models.Filiation.objects.filter(id=one.id).update(sealed_paper=other.sealed_paper)
    assert list(queries.iter_unsealed()) == [("filiation", str(one.id), "is not what the register sealed")]
