"""An event is kept once, for ever, sealed; its reader misses none."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from sijil.domains.events import models, queries
from sijil.domains.events.tests.samples import NOW, TODAY, recorded
from sijil.domains.events.types import Event
from sijil.kernel.errors import Refused

LATER = NOW + dt.timedelta(days=1)


@pytest.mark.django_db
def test_an_event_is_read_as_it_was_told():
    kept = recorded()
    assert queries.get_event(kept.id) == Event(
        kept.id, "civil.death", "2034567894", TODAY, NOW, "civil-status", "D-1", "", {"act_number": "12/2026"}
    )
    assert [(s.step, s.state, s.attempts) for s in queries.list_steps(kept.id)] == [
        ("first.step", "waiting", 0), ("second.step", "waiting", 0),
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_same_number_twice_is_one_event():
    first, again = recorded(), recorded(now=LATER)
    assert (again.id, again.recorded_at, first.is_new, again.is_new) == (first.id, NOW, True, False)
    assert models.EventStep.objects.count() == 2


@pytest.mark.django_db
def test_the_same_number_of_another_source_is_another_event():
    assert recorded(source="consulates").id != recorded().id


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        {"kind": "civil.birth"}, {"subject": "2034567895"}, {"effective_on": dt.date(2026, 11, 26)},
        {"facts": {"act_number": "13/2026"}}, {"annuls": "D-0"},
    ],
    ids=lambda other: next(iter(other)),
)  # fmt: skip
def test_the_same_number_with_another_content_is_refused(other):
    recorded()
    with pytest.raises(Refused, match=r"events\.event_differs"):
        recorded(**other)


@pytest.mark.django_db
def test_what_we_tell_ourselves_is_numbered_by_us():
    first, second = recorded(source_id=""), recorded(source_id="")
    assert first.id != second.id
    assert queries.get_event(first.id).source_id == str(first.id)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["UPDATE event SET subject = ''", "DELETE FROM event"])
def test_an_event_never_changes(verb):
    recorded(steps=[])
    with pytest.raises(IntegrityError, match="immutable"), connection.cursor() as cursor:
        cursor.execute(verb)


@pytest.mark.django_db
def test_what_an_event_says_is_not_in_the_table():
    recorded(facts={"last_name_fr": "Benjelloun"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(event::text, '') FROM event")
        assert "Benjelloun" not in cursor.fetchone()[0]
    assert "12/2026" not in repr(queries.get_event(recorded(source_id="D-2").id))


@pytest.mark.django_db
def test_an_unknown_event_is_refused():
    for ask in (queries.get_event, queries.list_steps, lambda key: next(queries.iter_events(key))):
        with pytest.raises(Refused, match=r"events\.event_missing"):
            ask(models.Event().id)


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_a_mistake():
    with pytest.raises(RuntimeError, match="outside a transaction"):
        recorded()


@pytest.mark.django_db(transaction=True)
def test_told_twice_at_the_same_moment_it_is_one_event():
    def tell(_):
        try:
            with transaction.atomic():
                return recorded()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(tell, range(8)))
    assert len({one.id for one in told}) == 1
    assert sum(one.is_new for one in told) == 1
    assert models.EventStep.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_reader_goes_on_from_the_last_event_and_misses_none_that_was_slow():
    written, read = Signal(), Signal()

    def slowly():
        try:
            with transaction.atomic():
                kept = recorded(source_id="slow")
                written.set()
                assert read.wait(20)
            return kept.id
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(slowly)
        assert written.wait(20)
        with transaction.atomic():
            quick = recorded(source_id="quick").id
        before = [event.id for event in queries.iter_events()]
        read.set()
        late = slow.result()
    assert before == []  # the quick one waits for the slow one, which may come before it
    assert {event.id for event in queries.iter_events(chunk=1)} == {late, quick}
    first, second = queries.iter_events(chunk=1)
    assert [event.id for event in queries.iter_events(first.id)] == [second.id]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_of_another_database_holds_no_event_back():
    given = connection.get_connection_params()
    plain = {**given, "dbname": "postgres", "cursor_factory": psycopg.Cursor, "context": None}
    with psycopg.connect(**plain) as other:
        other.execute("SELECT pg_current_xact_id()")
        with transaction.atomic():
            kept = recorded().id
        assert [event.id for event in queries.iter_events()] == [kept]


@pytest.mark.django_db
def test_an_event_stands_until_its_own_source_annuls_it():
    recorded()
    recorded(kind="civil.correction", source="consulates", source_id="C-1", annuls="D-1")
    assert queries.has_standing("civil.death", "2034567894")
    recorded(kind="civil.correction", source_id="C-1", annuls="D-1")
    assert not queries.has_standing("civil.death", "2034567894")
    recorded(source_id="D-2")
    assert queries.has_standing("civil.death", "2034567894")
