"""The register: one number per person, sealed identity, refusals that name the field."""

import dataclasses
import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from sijil.domains.population_register import models, queries, services
from sijil.domains.population_register.acts import FILE_READ
from sijil.domains.population_register.states import PersonState
from sijil.domains.population_register.tests.samples import (
    FATIMA,
    NOW,
    OFFICER,
    WORKER,
    paper_of,
    received,
    submitted,
)
from sijil.domains.population_register.types import Standing
from sijil.kernel.actors import PUBLIC
from sijil.kernel.casework.watch import list_late, pass_marks
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_person_key, is_idcs, new_key

pytestmark = pytest.mark.django_db
MANY = 100_000
# Written here by hand, not taken from the rule under test.
FORBIDDEN = (
    "000|111|222|333|444|555|666|777|888|999|012|123|234|345|456|567|678|789"
    "|210|321|432|543|654|765|876|987|^[01]"
)


READING = {"act": FILE_READ, "actor": OFFICER, "now": NOW}


def registered():
    number = received()
    return number, services.register_person(number=number, actor=WORKER, now=NOW)


def identity_of(number):
    return queries.get_request(number, **READING).identity


def actions(number):
    return list(models.RequestStep.objects.filter(request__number=number).values_list("action", flat=True))


def test_the_whole_way_to_a_number():
    number, made = registered()

    request = queries.get_request(number, **READING)

    assert is_idcs(made.idcs)
    assert (request.person, queries.get_idcs(made.person)) == (made.person, made.idcs)
    assert actions(number) == ["submit", "compare_papers", "deposit", "register"]
    assert [s.to_state for s in queries.get_status(number).steps] == [
        "pre_registered", "deposited", "registered",
    ]  # fmt: skip
    assert queries.get_person(made.person, **READING).identity == FATIMA
    assert [s.action for s in models.Person.objects.get().steps.all()] == ["register"]


def test_a_replayed_registration_gives_the_same_number():
    number, made = registered()

    assert services.register_person(number=number, actor=WORKER, now=NOW) == made
    assert queries.count_persons() == 1


def test_a_taken_number_is_drawn_again(monkeypatch):
    _, taken = registered()
    draws = iter([taken.idcs, taken.idcs, "5586874851"])
    monkeypatch.setattr(services.persons, "draw_idcs", lambda: next(draws))

    assert services.register_person(number=received(), actor=WORKER, now=NOW).idcs == "5586874851"


def test_no_free_number_is_said_and_nothing_is_half_done(monkeypatch):
    _, taken = registered()
    number = received()
    monkeypatch.setattr(services.persons, "draw_idcs", lambda: taken.idcs)

    with pytest.raises(Refused, match="no_free_number"):
        services.register_person(number=number, actor=WORKER, now=NOW)

    assert queries.get_status(number).state == "deposited"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"last_name_ar": " "}, "last_name_ar", "kernel.field_missing"),
        ({"first_name_ar": "Fatima"}, "first_name_ar", "kernel.name_not_arabic"),
        ({"first_name_fr": "فاطمة"}, "first_name_fr", "kernel.name_not_latin"),
        ({"commune_code": ""}, "commune_code", "kernel.field_missing"),
        ({"birth": PartialDate(2026, 11, 23)}, "birth", "population_register.born_in_future"),
        ({"birth": PartialDate(1890)}, "birth", "population_register.born_too_long_ago"),
        ({"phone": "+21281234567"}, "phone", "kernel.phone_invalid"),
        ({"email": "no at"}, "email", "kernel.email_invalid"),
        ({"paper_kind": "driving_licence"}, "paper_kind", "kernel.choice_unknown"),
        ({"paper_number": "?"}, "paper_number", "kernel.paper_number_invalid"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_kept(changes, field, code):
    with pytest.raises(Refused) as refused:
        submitted(dataclasses.replace(FATIMA, **changes))

    assert (refused.value.field, refused.value.code) == (field, code)
    assert not models.EnrolmentRequest.objects.exists()


def test_a_person_of_today_and_a_year_only_are_accepted():
    assert submitted(dataclasses.replace(FATIMA, birth=PartialDate(2026, 11, 22)))
    assert submitted(dataclasses.replace(FATIMA, birth=PartialDate(1950)))


def test_the_officer_corrects_a_file_before_its_deposit_only():
    number = submitted()
    services.correct_identity(number=number, changes={"last_name_fr": "Alaoui"}, actor=OFFICER, now=NOW)
    assert identity_of(number).last_name_fr == "Alaoui"

    number = received()
    with pytest.raises(Refused, match="transition_refused"):
        services.correct_identity(number=number, changes={"last_name_fr": "X"}, actor=OFFICER, now=NOW)


def test_nothing_is_received_whose_papers_nobody_compared():
    number = submitted()
    with pytest.raises(Refused, match="papers_not_compared"):
        services.deposit_request(number=number, actor=OFFICER, now=NOW)
    services.compare_papers(number=number, paper=paper_of(), actor=OFFICER, now=NOW)
    services.correct_identity(number=number, changes={"sex": "M"}, actor=OFFICER, now=NOW)
    with pytest.raises(Refused, match="papers_not_compared"):
        services.deposit_request(number=number, actor=OFFICER, now=NOW)
    assert queries.get_status(number).state == "pre_registered"


def test_the_comparison_is_a_step_that_corrects_the_form_and_tells_who_looked():
    number = submitted()
    paper = paper_of(last_name_fr="Alaoui", paper_number="cd 654321")
    changed = services.compare_papers(number=number, paper=paper, actor=OFFICER, now=NOW)

    assert changed == ("last_name_fr", "paper_number")
    assert actions(number) == ["submit", "correct", "compare_papers"]
    step = models.RequestStep.objects.get(action="compare_papers")
    assert (step.actor_id, step.from_state, step.to_state) == (
        "officer-1", "pre_registered", "pre_registered",
    )  # fmt: skip
    assert (identity_of(number).last_name_fr, identity_of(number).paper_number) == ("Alaoui", "CD654321")


def test_the_public_may_withdraw_but_not_deposit():
    number = submitted()
    with pytest.raises(Refused, match="role_refused"):
        services.deposit_request(number=number, actor=PUBLIC, now=NOW)

    services.withdraw_request(number=number, actor=PUBLIC, now=NOW)

    assert queries.get_status(number).state == "withdrawn"


@pytest.mark.parametrize("service", [services.request_papers, services.reject_request])
def test_a_reason_outside_the_list_is_refused(service):
    number = submitted()

    with pytest.raises(Refused, match="reason_needed"):
        service(number=number, reason="because", actor=OFFICER, now=NOW)


def test_the_clock_stands_while_a_paper_is_asked_for_and_goes_on_when_it_comes():
    number = submitted()
    assert queries.get_status(number).due_on == dt.date(2027, 1, 21)  # 60 days from 22 November

    services.request_papers(
        number=number, reason="paper_expired", actor=OFFICER, now=NOW + dt.timedelta(days=10)
    )
    status = queries.get_status(number)
    assert (status.state, status.reason, status.due_on) == ("papers_requested", "paper_expired", None)
    assert list_late(on=dt.date(2030, 1, 1)) == []

    services.bring_papers(number=number, actor=PUBLIC, now=NOW + dt.timedelta(days=100))
    status = queries.get_status(number)
    assert (status.state, status.due_on) == ("pre_registered", dt.date(2027, 3, 2) + dt.timedelta(days=50))


def test_the_clock_of_the_number_starts_with_the_deposit_and_ends_with_it():
    number = received()
    assert queries.get_status(number).due_on == dt.date(2026, 11, 23)
    services.register_person(number=number, actor=WORKER, now=NOW)
    assert queries.get_status(number).due_on is None
    assert list_late(on=dt.date(2030, 1, 1)) == []


def test_a_mark_of_the_delay_is_no_step_that_the_person_reads():
    number = received()
    pass_marks(now=NOW + dt.timedelta(days=3))
    status = queries.get_status(number)
    assert actions(number)[-1] == "escalate"
    assert [step.action for step in status.steps] == ["submit", "deposit"]
    assert status.reason == ""


def test_files_are_found_by_number_phone_and_paper_but_not_by_another():
    number = submitted()

    for text in (number.lower(), "+212612345678", "ab 123456"):
        [found] = queries.find_requests(text)
        assert (found.number, hasattr(found, "identity")) == (number, False)
    assert queries.find_requests("+212600000000") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("J37BZY7Z7N", "population_register.unknown_number"),
        ("0000000000", "kernel.request_number_invalid"),
        ("' OR 1=1", "kernel.request_number_invalid"),
        ("", "kernel.field_missing"),
    ],
)
def test_an_unknown_number_is_refused(text, code):
    with pytest.raises(Refused, match=code):
        queries.get_status(text)


@pytest.mark.parametrize("mark", ["{}\u200f", "\u202a{}\u202c", " {} "])
def test_a_number_is_read_as_it_is_copied(mark):
    number = submitted()
    assert queries.get_status(mark.format(number.lower())).number == number


def test_rows_hold_no_identity_in_clear():
    registered()

    with connection.cursor() as cursor:
        for table in ("person", "request", "request_step"):
            cursor.execute(f"SELECT t::text FROM population_register_{table} t")
            text = str(cursor.fetchall())
            for secret in ("العلوي", "Alaoui", "612345678", "fatima", "Orangers", "1988-03-14", "AB123456"):
                assert secret not in text


def test_history_cannot_be_rewritten():
    submitted()

    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        models.RequestStep.objects.update(reason="other")


def test_a_registered_request_without_a_person_is_refused_by_the_database():
    number = submitted()

    with pytest.raises(IntegrityError, match="request_registered_has_person"), transaction.atomic():
        models.EnrolmentRequest.objects.filter(number=number).update(state="registered", due_on=None)


def test_a_person_is_suspended_and_reactivated():
    _, made = registered()
    change = {"person": made.person, "actor": OFFICER, "now": NOW, "reason": "court order 12"}

    assert services.change_person_state(action="suspend", **change) == "suspended"
    assert services.change_person_state(action="reactivate", **change) == "active"
    with pytest.raises(Refused, match="transition_refused"):
        services.change_person_state(action="reactivate", **change)
    with pytest.raises(Refused, match="reason_needed"):
        services.change_person_state(action="suspend", **{**change, "reason": " "})
    with pytest.raises(Refused, match="unknown_person"):
        services.change_person_state(action="suspend", **{**change, "person": draw_person_key()})


def test_copied_persons_read_like_registered_ones():
    from sijil.kernel.ids import new_key

    with connection.cursor() as cursor:
        key = draw_person_key()
        assert (
            services.copy_persons(cursor, [(new_key(), key, "5586874851", FATIMA)], actor=WORKER, now=NOW)
            == 1
        )

    found = queries.get_person(key, **READING)
    assert (found.identity, found.idcs) == (FATIMA, "5586874851")
    assert (queries.get_record(key).state, queries.find_key("5586874851")) == ("active", key)


@pytest.mark.slow
def test_a_hundred_thousand_numbers_are_issued_without_a_repeat():
    """Drawn as ``issue`` draws, kept by the register's own index: what is taken is drawn again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE many (idcs varchar(10), CONSTRAINT once UNIQUE (idcs)) ON COMMIT DROP"
        )
        kept = 0
        while kept < MANY:
            drawn = [services.persons.draw_idcs() for _ in range(MANY - kept)]
            cursor.execute(
                "INSERT INTO many SELECT unnest(%s::text[]) ON CONFLICT (idcs) DO NOTHING", [drawn]
            )
            kept += cursor.rowcount
        cursor.execute(
            "SELECT count(*), count(DISTINCT idcs), count(*) FILTER (WHERE idcs ~ %s) FROM many",
            [FORBIDDEN],
        )
        assert cursor.fetchone() == (MANY, MANY, 0)


@pytest.mark.django_db(transaction=True)
def test_concurrent_registrations_never_share_a_number(monkeypatch):
    numbers = [received() for _ in range(8)]
    pool = ["5586874851", "2696719219", "9350566554", "5586874851"]
    draws = iter(pool * 2)
    real = services.persons.draw_idcs
    monkeypatch.setattr(services.persons, "draw_idcs", lambda: next(draws, None) or real())

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(_register_in_thread, numbers))

    assert len(set(found)) == 8
    assert models.Person.objects.count() == 8


@pytest.mark.django_db(transaction=True)
def test_one_file_registered_eight_times_at_once_gives_one_person():
    number = received()

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(_register_in_thread, [number] * 8))

    assert len(found) == 1
    assert models.Person.objects.count() == 1


def _register_in_thread(number):
    try:
        return services.register_person(number=number, actor=WORKER, now=NOW).idcs
    finally:
        connection.close()


def test_how_a_person_stands_tells_no_identity():
    person = services.issue(new_key(), FATIMA, actor=WORKER, now=NOW).person
    assert services.lock_person(person=person) == Standing(PersonState.ACTIVE, 1988)
    services.change_person_state(person=person, action="suspend", reason="fraud", actor=OFFICER, now=NOW)
    services.change_person_state(person=person, action="declare_death", reason="paper", actor=WORKER, now=NOW)
    assert services.lock_person(person=person) == Standing(PersonState.DECEASED, 1988, "suspended", "paper")
    assert services.lock_person(person=draw_person_key()) is None


def test_a_child_registered_at_half_past_midnight_is_born_today_not_in_the_future():
    night = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)  # 00:30 on 1 January in the country
    child = dataclasses.replace(FATIMA, birth=PartialDate(2027, 1, 1))
    assert submitted(child, now=night)
    with pytest.raises(Refused, match="born_in_future"):
        submitted(child, now=night - dt.timedelta(minutes=31))
