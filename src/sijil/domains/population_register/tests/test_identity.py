"""Versions of an identity: what is true from which day, known since when; rows stay as they were written."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sijil.domains.population_register import models, queries, services
from sijil.domains.population_register.acts import IDENTITY_READ
from sijil.domains.population_register.rules import values_of
from sijil.domains.population_register.tests.samples import (
    ELSEWHERE,
    FATIMA,
    NOW,
    OFFICER,
    WORKER,
    received,
)
from sijil.kernel.actors import PUBLIC, partner
from sijil.kernel.dates import PartialDate, day_begins
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_person_key, new_key

pytestmark = pytest.mark.django_db
READING = {"act": IDENTITY_READ, "actor": OFFICER, "now": NOW}
DAY = dt.timedelta(days=1)
FIRST = dt.date(2026, 11, 22)
LATER = NOW + 40 * DAY


@pytest.fixture
def person():
    return services.issue(new_key(), FATIMA, actor=WORKER, now=NOW).person


def change(person, now=LATER, actor=OFFICER, **more):
    said = {"reason": "written_wrongly", "paper": "CNIE AB123456"} | more
    with transaction.atomic():
        return services.change_identity(person=person, actor=actor, now=now, **said)


def as_of(person, on, known_at=None, **reading):
    found = queries.find_identity(person, on=on, known_at=known_at, **{**READING, "now": LATER, **reading})
    return found and found.identity


def current(person):
    return queries.get_person(person, **READING).identity


# --- what was true when, and known when ---------------------------------------------------------------------


def test_the_first_version_is_what_was_registered(person):
    [version] = queries.list_versions(person, **READING)
    assert (version.version, version.valid_from, version.recorded_at) == (1, FIRST, NOW)
    assert (version.reason, version.actor_kind, version.actor_id) == ("registered", "system", "matcher")
    assert version.identity == current(person) == FATIMA


def test_nobody_was_known_before_the_registration(person):
    assert as_of(person, FIRST - DAY) is None
    assert as_of(person, FIRST, NOW - DAY) is None
    assert as_of(draw_person_key(), FIRST) is None


def test_a_move_is_true_from_its_day_and_known_since_it_was_said(person):
    moved = FIRST + 10 * DAY
    made = change(person, changes={"street": "3, rue Neuve"}, reason="moved", paper="", since=moved)
    assert (made.fields, made.since, made.version) == (("street",), moved, 2)
    assert as_of(person, moved).value("street") == current(person).value("street") == "3, rue Neuve"
    assert as_of(person, moved - DAY).value("street") == FATIMA.value("street")
    assert as_of(person, moved, LATER - DAY).value("street") == FATIMA.value("street")


def test_what_was_wrong_from_the_beginning_is_another_on_every_day_and_nothing_else_is(person):
    moved = FIRST + 10 * DAY
    change(person, changes={"street": "3, rue Neuve"}, reason="moved", since=moved)
    made = change(person, changes={"last_name_fr": "Alaoui"}, now=LATER + DAY)
    assert (made.version, made.fields) == (4, ("last_name_fr",))
    told = [as_of(person, day, now=LATER + DAY) for day in (FIRST, moved)]
    assert [(one.last_name_fr, one.value("street")) for one in told] == [
        ("Alaoui", FATIMA.value("street")), ("Alaoui", "3, rue Neuve"),
    ]  # fmt: skip
    assert as_of(person, moved, LATER).last_name_fr == FATIMA.last_name_fr


def test_a_change_of_past_days_alone_leaves_what_holds_now(person):
    change(person, changes={"street": "3, rue Neuve"}, reason="moved", since=FIRST + 20 * DAY)
    kept = models.Person.objects.get().current_id
    made = change(person, changes={"street": "3, rue Neuve"}, reason="moved", since=FIRST + 10 * DAY)
    assert (made.is_another, made.fields) == (False, ("street",))
    assert models.Person.objects.get().current_id == kept
    assert as_of(person, FIRST + 15 * DAY).value("street") == "3, rue Neuve"


def test_a_clock_that_runs_behind_puts_no_version_before_another(person):
    change(person, changes={"street": "1, rue A"}, reason="moved")
    change(person, changes={"street": "2, rue B"}, reason="moved", now=LATER - DAY)
    assert [v.recorded_at for v in queries.list_versions(person, **READING)] == [NOW, LATER, LATER]


CHANGES = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(["street", "phone"]), st.integers(1, 3), min_size=1),
        st.integers(0, 6),  # from which day
        st.integers(0, 2),  # days after the change before
    ),
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_every_day_as_known_at_every_moment_is_as_a_table_of_days_says(changes):
    """The model: one identity a day, over which a change writes from its day on; a copy after each change."""
    person = services.issue(new_key(), FATIMA, actor=WORKER, now=NOW).person
    days = [FIRST + n * DAY for n in range(7)]
    table, moment = {day: FATIMA for day in days}, NOW + 10 * DAY
    known = {NOW: dict(table)}
    for typed, start, wait in changes:
        moment += wait * DAY
        said = {n: f"{v}, rue Neuve" if n == "street" else f"+21261234567{v}" for n, v in typed.items()}
        after = {day: one.with_changes(said) if day >= days[start] else one for day, one in table.items()}
        if after == table:
            with pytest.raises(Refused, match="nothing_changes"):
                change(person, moment, changes=said, since=days[start])
            continue
        change(person, moment, changes=said, since=days[start])
        table = known[moment] = after
    found = {at: {day: as_of(person, day, at, now=moment) for day in days} for at in known}
    assert found == known
    assert current(person) == table[days[-1]]


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"changes": {}}, "nothing_changes", None),
        ({"changes": {"last_name_fr": "El Alaoui"}}, "nothing_changes", "last_name_fr"),
        ({"changes": {"phone": "06 12 34 56 78"}}, "nothing_changes", "phone"),
        ({"changes": {"height": "1.80"}}, "field_unknown", "height"),
        ({"changes": {"idcs": "5586874851"}}, "field_stays", "idcs"),
        ({"changes": {"state": "deceased"}}, "field_stays", "state"),
        ({"changes": {"birth": "1990"}, "paper": " \u200f"}, "paper_needed", "paper"),
        ({"changes": {"birth": "1990"}, "paper": "x" * 121}, "text_too_long", "paper"),
        ({"changes": {"birth": "2026-12-31"}, "now": NOW}, "born_in_future", "birth"),
        ({"changes": {"phone": "12"}}, "phone_invalid", "phone"),
        ({"changes": {"sex": "X"}}, "choice_unknown", "sex"),
        ({"changes": {"nationality": "martian"}}, "choice_unknown", "nationality"),
        ({"changes": {"street": "1, rue A"}, "since": FIRST - DAY}, "since_too_early", "since"),
        ({"changes": {"street": "1, rue A"}, "since": LATER.date() + DAY}, "since_in_future", "since"),
        ({"changes": {"street": "1, rue A"}, "reason": "because"}, "reason_needed", "reason"),
    ],
)
def test_what_is_refused_names_its_field_and_changes_nothing(person, said, code, field):
    with pytest.raises(Refused) as refused:
        change(person, **said)
    assert (refused.value.code.split(".")[1], refused.value.field) == (code, field)
    assert refused.value.error.remedy
    assert len(queries.list_versions(person, **READING)) == 1
    assert current(person) == FATIMA


@pytest.mark.parametrize("actor", [ELSEWHERE, PUBLIC, partner("bank")])
def test_nobody_but_an_officer_of_the_area_changes_a_person(person, actor):
    with pytest.raises(Refused, match="role_refused"):
        change(person, actor=actor, changes={"street": "1, rue A"}, reason="moved")


def test_a_person_whom_nobody_knows():
    with pytest.raises(Refused, match="unknown_person"):
        change(draw_person_key(), changes={"street": "1, rue A"})


TYPED = {
    "last_name_ar": "بناني", "first_name_ar": "سلمى", "last_name_fr": "Bennani", "first_name_fr": "Salma",
    "birth": "1990-05-02", "sex": "M", "nationality": "resident_foreigner", "commune_code": "01.051.01.01",
    "street": "3, rue Neuve", "phone": "0612000000", "email": "salma@example.ma",
    "paper_kind": "residence_title", "paper_number": "zx 100-056", "second_paper_kind": "birth_extract",
    "birth_country": "FR", "birth_commune": "01.051.01.01", "quarter": "Souani", "house_number": "3",
    "postcode": "90 000", "trusted_phone": "0661223344", "language": "fr", "protected": "yes",
    "guardian_idcs": "4351 920 833",
}  # fmt: skip
KEPT = TYPED | {
    "phone": "+212612000000", "trusted_phone": "+212661223344", "paper_number": "ZX100056",
    "postcode": "90000", "guardian_idcs": "4351920833",
}  # fmt: skip


ASKED_WITH_OTHERS = ("second_paper_number", "residence_until")
OF_OTHERS = ("guardian_idcs", "mother_idcs", "father_idcs")  # somebody who must be registered: test_filiation


@pytest.mark.parametrize("name", [n for n in values_of(FATIMA) if n not in ASKED_WITH_OTHERS + OF_OTHERS])
def test_every_field_can_be_corrected_and_is_cleaned(person, name):
    """P09: phone, address, commune, nationality too; what is answered with a success was done."""
    made = change(person, changes={name: TYPED[name]})
    assert made.fields == (name,)
    assert current(person).as_json() == FATIMA.as_json() | {name: KEPT[name]}


# --- what stands beside it ----------------------------------------------------------------------------------


def test_the_row_the_step_and_the_log_say_it_too(person, log):
    change(person, changes={"birth": "1990-05-02", "commune_code": "01.051.01.01"})
    record = queries.get_record(person)
    assert (record.birth_year, record.commune_code) == (1990, "01.051.01.01")
    step = models.PersonStep.objects.get(action="correct")
    assert (step.actor_id, step.reason, step.from_state) == ("officer-1", "written_wrongly", "active")
    [(act, actor, subject, facts)] = log.entries
    assert (act, actor, subject) == ("person.identity_changed", "officer-1", person)
    held = str(models.Person.objects.get(key=person).current_id)
    assert facts == {"file": "person", "action": "correct", "reason": "written_wrongly", "identity": held}


def test_a_registered_request_holds_no_identity_and_shows_the_person_s():
    number = received()
    person = services.register_person(number=number, actor=WORKER, now=NOW).person
    assert bytes(models.EnrolmentRequest.objects.get().sealed) == b""
    change(person, changes={"phone": "0612000000", "email": ""}, reason="contact_changed", paper="")
    assert queries.get_request(number, **READING).identity == current(person)
    assert queries.get_addressee(number).phone == "+212612000000"
    assert [r.number for r in queries.find_requests("0612000000")] == [number]
    assert queries.find_requests(FATIMA.phone) == []
    assert services.register_person(number=number, actor=WORKER, now=NOW).person == person


def test_a_correction_after_a_death_does_not_hide_how_the_person_stood(person):
    state = {"person": person, "actor": WORKER, "now": NOW}
    services.change_person_state(action="declare_death", reason="civil_register", **state)
    change(person, changes={"last_name_fr": "Alaoui"})
    with transaction.atomic():
        standing = services.lock_person(person=person)
    assert (standing.state, standing.before, standing.reason) == ("deceased", "active", "civil_register")


def test_a_version_stays_as_it_was_written(person):
    change(person, changes={"street": "1, rue A"}, reason="moved")
    rows = models.IdentityVersion.objects
    others = {"version": 9, "valid_from": FIRST - DAY, "recorded_at": day_begins(FIRST), "reason": "x"}
    others |= {"actor_id": "y", "actor_kind": "z", "person_id": new_key(), "id": new_key()}
    assert others.keys() | {"sealed", "sealed_paper", "person"} == {
        name for f in models.IdentityVersion._meta.concrete_fields for name in (f.name, f.attname)
    }
    for name, value in others.items():
        with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
            rows.filter(version=2).update(**{name: value})
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        rows.filter(version=2)._raw_delete("default")


def test_a_version_is_sealed_anew_by_a_new_key(person):
    from sijil.processes.keys import renew, rotate

    change(person, changes={"street": "1, rue A"}, paper="un papier", reason="moved")
    rotate(["population_register"])
    done = {found.column: found.renewed for found in renew(lambda _: None)}
    assert (done["population_register_identity.sealed"], current(person).value("street")) == (2, "1, rue A")
    assert queries.list_versions(person, **READING)[1].paper == "un papier"


def test_nothing_of_a_version_stands_in_clear(person):
    change(person, changes={"birth": "1990-05-02"}, paper="Jugement 77/2026, Rabat")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM population_register_identity t")
        text = cursor.fetchone()[0]
    for secret in ("العلوي", "Alaoui", "612345678", "fatima", "1988-03", "1990-05", "AB123456", "Jugement"):
        assert secret not in text


def test_who_reads_the_history_is_written_down(person, log):
    queries.list_versions(person, **READING)
    queries.find_identity(person, on=FIRST, **READING)
    assert queries.find_identity(person, on=FIRST - DAY, **READING) is None
    assert log.readings == [("person.identity_read", "officer-1", [person])] * 2


def test_a_year_of_birth_alone_is_corrected_to_a_day(person):
    change(person, changes={"birth": "1988"})
    assert change(person, changes={"birth": "1988-03-15"}).before.birth == PartialDate(1988)
