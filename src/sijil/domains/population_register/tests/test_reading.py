"""What opens an identity writes who, whom and why; what needs no name opens none."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sijil.domains.population_register import acts, queries, sealed, services
from sijil.domains.population_register.tests.samples import (
    CENTRE,
    FATIMA,
    NOW,
    OFFICER,
    WORKER,
    received,
    submitted,
)
from sijil.kernel import acts as kernel_acts
from sijil.kernel.actors import PUBLIC
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return services.issue(new_key(), FATIMA, actor=WORKER, now=NOW).person


@pytest.fixture
def nothing_opens(monkeypatch):
    """Refuse to open any identity."""

    def refuse(*_):
        raise AssertionError("an identity was opened")

    for module in (
        queries.records,
        queries.identities,
        queries.runs,
        services.persons,
        services.requests,
        services.identity,
    ):
        monkeypatch.setattr(module, "open_identity", refuse)


def test_one_entry_for_each_person_shown(log):
    numbers = sorted(submitted(FATIMA.with_changes({"phone": f"06123456{n}"})) for n in range(12, 15))
    waiting = queries.list_waiting(CENTRE, act=acts.QUEUE_READ, actor=OFFICER, now=NOW)
    assert sorted(request.number for request in waiting.files) == numbers
    assert log.readings == [("enrolment.queue_read", "officer-1", numbers)]


def test_a_registered_person_is_written_under_the_identifier(log):
    number = received()
    person = services.register_person(number=number, actor=WORKER, now=NOW).person
    queries.get_request(number, act=acts.FILE_READ, actor=OFFICER, now=NOW)
    assert log.readings == [("enrolment.file_read", "officer-1", [person])]


def test_the_entry_stands_before_the_identity_opens(log, nothing_opens):
    number = submitted()
    with pytest.raises(AssertionError, match="was opened"):
        queries.get_request(number, act=acts.FILE_READ, actor=OFFICER, now=NOW)
    assert len(log.readings) == 1


def test_without_a_log_nobody_reads(person):
    before = kernel_acts.use(None)
    try:
        with pytest.raises(RuntimeError, match="recorder"):
            queries.get_person(person, act=acts.NAMED_IN_HOUSEHOLD, actor=OFFICER, now=NOW)
    finally:
        kernel_acts.use(before)


def test_an_act_that_reads_nothing_opens_nothing(person):
    with pytest.raises(ValueError, match="no act of reading"):
        queries.get_person(person, act=acts.DEPOSITED, actor=OFFICER, now=NOW)


def test_records_tell_what_is_known_without_opening(person, nothing_opens, log):
    number = submitted()
    record, request = queries.get_record(person), queries.get_request_record(number)
    assert (record.sex, record.birth_year, record.commune_code, record.state) == (
        "F", 1988, FATIMA.commune_code, "active",
    )  # fmt: skip
    assert (request.state, request.centre_code, request.subject) == ("pre_registered", CENTRE, number)
    assert queries.find_record_by_id(record.id) == record
    assert queries.list_request_records([request.id]) == {request.id: request}
    assert queries.list_subjects([record.id, request.id]) == {record.id: person, request.id: number}
    assert queries.get_status(number).has_contact
    assert log.readings == []


@pytest.mark.parametrize("read", [queries.get_record, queries.get_request_record, queries.get_status])
def test_what_is_not_there_is_refused(read):
    with pytest.raises(Refused, match=r"unknown_(person|number)"):
        read("2020202051" if read is queries.get_record else "J37BZY7Z7N")


def test_a_run_writes_one_entry_with_selection_law_and_counts(person, log):
    with queries.Run(acts.AGES_READ, actor=WORKER, selection="one household", now=NOW) as run:
        assert run.births([person, "2020202051"]) == {person: FATIMA.birth}
        run.law.append("FORMULA-1")
    assert log.readings == []
    assert log.entries == [
        (
            "person.ages_read",
            "matcher",
            "run:person.ages_read",
            {"selection": "one household", "law": ["FORMULA-1"], "counts": {"identities": 1}},
        )
    ]


def test_a_run_that_fails_writes_nothing(log):
    with pytest.raises(ZeroDivisionError), queries.Run(acts.AGES_READ, actor=WORKER, selection="x", now=NOW):
        1 / 0  # noqa: B018
    assert log.entries == []


def test_the_queue_is_a_constant_number_of_statements():
    counted = []
    for more in (5, 25):
        for n in range(more):
            submitted(FATIMA.with_changes({"phone": f"0612{more:02d}{n:04d}"}))
        later = NOW + dt.timedelta(hours=more)
        with CaptureQueriesContext(connection) as asked:
            queries.list_waiting(CENTRE, act=acts.QUEUE_READ, actor=OFFICER, now=later)
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 10  # rows, steps, and the entries in a savepoint


def test_the_line_begins_with_the_numbers_given_and_is_read_page_by_page(log):
    numbers = [
        submitted(FATIMA.with_changes({"phone": f"061234560{n}"}), now=NOW + dt.timedelta(minutes=n))
        for n in range(5)
    ]
    pages, after = [], ""
    while not pages or after:
        page = queries.list_waiting(
            CENTRE, act=acts.QUEUE_READ, actor=OFFICER, now=NOW, first=[numbers[4], "ELSEWHERE1", numbers[2]],
            after=after, limit=2,
        )  # fmt: skip
        pages, after = [*pages, [request.number for request in page.files]], page.next_after
    assert pages == [[numbers[4], numbers[2]], [numbers[0], numbers[1]], [numbers[3]]]
    assert [len(shown) for _, _, shown in log.readings] == [2, 2, 1]  # nobody is read for the next page


def test_the_page_behind_a_file_that_went_meanwhile_is_the_same():
    numbers = [
        submitted(FATIMA.with_changes({"phone": f"061234560{n}"}), now=NOW + dt.timedelta(minutes=n))
        for n in range(3)
    ]
    services.withdraw_request(number=numbers[0], actor=PUBLIC, now=NOW)
    page = queries.list_waiting(CENTRE, act=acts.QUEUE_READ, actor=OFFICER, now=NOW, after=numbers[0])
    assert [request.number for request in page.files] == numbers[1:]


def test_a_person_is_reached_in_the_language_of_the_file():
    number = received(language="fr")
    assert queries.get_addressee(number).language == "fr"
    person = services.register_person(number=number, actor=WORKER, now=NOW).person
    to = queries.find_addressee(person)
    assert (to.phone, to.email, to.language) == (FATIMA.phone, FATIMA.email, "fr")
    assert queries.find_addressee("2020202051") is None


def test_who_left_no_contact_is_known_as_such():
    number = submitted(FATIMA.with_changes({"phone": "", "email": ""}))
    assert not queries.get_status(number).has_contact


def test_a_draft_is_its_holders_own():
    number = services.start_draft(now=NOW)
    services.save_draft(number=number, values={"first_name_fr": "Fatima"}, now=NOW)
    assert queries.find_draft(number) == {"first_name_fr": "Fatima"}
    assert queries.find_draft("0000000000") is None
    assert sealed.CONTEXT == "population_register"
