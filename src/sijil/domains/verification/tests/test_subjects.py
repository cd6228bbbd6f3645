"""Enrolling, correcting, closing, loading; and what the table gives away."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection
from psycopg.errors import CheckViolation

from sijil.domains.population_register.tests.samples import Idcs
from sijil.domains.verification.models import SubjectStep, VerificationSubject
from sijil.domains.verification.queries import is_enrolled, is_match
from sijil.domains.verification.services import (
    close_subject,
    copy_subjects,
    enrol_subject,
    keep_subject,
    reopen_subject,
)
from sijil.domains.verification.states import SUBJECT, SubjectState
from sijil.kernel.actors import system
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_idcs, draw_person_key

pytestmark = pytest.mark.django_db
BORN = PartialDate(1987, 3, 14)
WHO = {"actor": system("register"), "now": dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)}


@pytest.fixture
def idcs():
    number = Idcs(draw_idcs())
    number.key = draw_person_key()
    enrol_subject(person=number.key, idcs=number, birth=BORN, sex="F")
    return number


@pytest.mark.parametrize(
    ("birth", "sex", "answer"),
    [("1987-03-14", "F", True), ("1987-03-14", "M", False), ("1987-03-15", "F", False), ("1987", "F", False)],
)
def test_date_and_sex_must_both_agree(idcs, birth, sex, answer):
    assert is_match(idcs, PartialDate.parse(birth), sex) is answer


@pytest.mark.parametrize("idcs", ["", "12", "x" * 10, "٢٥٧٤٠٨١٦٣١", draw_idcs()], ids=range(5))
def test_an_unknown_or_malformed_number_does_not_match(idcs):
    assert not is_match(idcs, BORN, "F")


def test_a_correction_replaces_what_was_enrolled(idcs):
    enrol_subject(person=idcs.key, idcs=idcs, birth=PartialDate(1988), sex="M")
    assert is_match(idcs, PartialDate(1988, 1, 1), "M")
    assert not is_match(idcs, BORN, "F")
    assert VerificationSubject.objects.count() == 1


def test_a_closed_subject_matches_nothing_until_reopened(idcs):
    close_subject(person=idcs.key, **WHO)
    assert not is_match(idcs, BORN, "F")
    enrol_subject(person=idcs.key, idcs=idcs, birth=BORN, sex="F")
    assert not is_match(idcs, BORN, "F")
    reopen_subject(person=idcs.key, **WHO)
    assert is_match(idcs, BORN, "F")


USE_CASES = {"close": close_subject, "reopen": reopen_subject}
TABLE = {("active", "close"): "closed", ("closed", "reopen"): "active"}


@pytest.mark.parametrize("state", SubjectState)
@pytest.mark.parametrize("action", SUBJECT.actions)
def test_every_cell_of_the_table(idcs, state, action):
    VerificationSubject.objects.update(state=state)
    target = TABLE.get((state.value, action))
    if target:
        USE_CASES[action](person=idcs.key, **WHO)
    else:
        with pytest.raises(Refused, match=r"kernel.transition_refused"):
            USE_CASES[action](person=idcs.key, **WHO)
    assert VerificationSubject.objects.get().state == (target or state)
    assert SubjectStep.objects.count() == bool(target)


def test_each_step_is_written_for_ever_and_in_the_log(idcs):
    close_subject(person=idcs.key, reason="deceased", **WHO)
    reopen_subject(person=idcs.key, **WHO)
    steps = SubjectStep.objects.values_list("action", "from_state", "to_state", "reason", "actor_id")
    assert list(steps) == [
        ("close", "active", "closed", "deceased", "register"), ("reopen", "closed", "active", "", "register"),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT action, subject, facts FROM audit_entry ORDER BY id")
        assert cursor.fetchall() == [
            ("verification.closed", idcs.key, '{"reason": "deceased"}'),
            ("verification.reopened", idcs.key, "{}"),
        ]  # fmt: skip
    with pytest.raises(IntegrityError, match="immutable"):
        SubjectStep.objects.all().delete()


def test_closing_nobody_is_refused():
    with pytest.raises(Refused, match=r"verification.subject_missing"):
        close_subject(person=draw_person_key(), **WHO)


@pytest.mark.parametrize(
    ("change", "field"), [({"idcs": "2574081630"}, "idcs"), ({"idcs": "x"}, "idcs"), ({"sex": "X"}, "sex")]
)
def test_enrolling_is_refused_at_the_field(change, field):
    with pytest.raises(Refused) as refused:
        enrol_subject(
            **{"person": draw_person_key(), "idcs": draw_idcs(), "birth": BORN, "sex": "F", **change}
        )
    assert refused.value.field == field


def test_many_are_loaded_by_copy_and_match():
    rows = [(draw_person_key(), draw_idcs(), PartialDate(1940 + n % 60), "FM"[n % 2]) for n in range(500)]
    with connection.cursor() as cursor:
        assert copy_subjects(cursor, iter(rows)) == 500
    assert all(is_match(idcs, birth, sex) for _, idcs, birth, sex in rows[::50])
    assert is_enrolled(rows[0][1])
    assert not is_enrolled(draw_idcs())


def test_the_database_refuses_what_cannot_be():
    with pytest.raises(CheckViolation), connection.cursor() as cursor:
        copy_subjects(cursor, [(draw_person_key(), "2574081631", BORN, "X")])


def test_no_birth_date_is_in_the_table(idcs):
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM verification_subject s")
        (text,) = cursor.fetchone()
    assert "1987" not in text


def test_a_subject_is_kept_open_or_closed_whatever_it_was(idcs):
    kept = [keep_subject(person=idcs.key, is_open=wanted, **WHO) for wanted in (True, False, False, True)]
    assert kept == [False, True, False, True]
    assert is_match(idcs, BORN, "F")


def test_nobody_is_kept_open():
    with pytest.raises(Refused, match="subject_missing"):
        keep_subject(person=draw_person_key(), is_open=True, **WHO)
