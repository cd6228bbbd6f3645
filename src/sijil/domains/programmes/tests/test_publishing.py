"""A list that is asked for is frozen once, by whatever worker lives, whole or not at all."""

from __future__ import annotations

import datetime as dt
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from sijil.domains.programmes import queries, services
from sijil.domains.programmes.models import ListRow, ListStep, RankedList
from sijil.domains.programmes.services.publishing import TRIES
from sijil.domains.programmes.states import ListState
from sijil.domains.programmes.tests.known import (
    FORMULA,
    LAWS,
    NOW,
    decide,
    known,
    statement,
)
from sijil.domains.programmes.types import SCALE, PublishedList, Seen
from sijil.kernel.actors import officer
from sijil.kernel.errors import Refused

MANAGER = officer("h.alaoui", roles=["programme_manager"])
SCORES = known([(9 * SCALE, 0, 1), (12 * SCALE, 0, 1)], ["20000000001", "20000000002"])


def ask(programme: str = "asd", seen: Seen | None = None) -> PublishedList:
    return services.ask_list(programme=programme, seen=seen, actor=MANAGER, now=NOW)


def freeze(asked: PublishedList, now: dt.datetime = NOW, **more: Any) -> PublishedList:
    given = {"scores": statement(SCORES), "formula": FORMULA, "laws": LAWS} | more
    return services.publish_asked(list_id=asked.id, now=now, **given)


def breaks(_: PublishedList) -> None:
    raise OSError("line cut")


def killed(_: PublishedList) -> None:
    """What is left of a process that was killed: its transaction never was, and nothing else was written."""
    raise SystemExit


@pytest.mark.django_db
def test_an_ask_says_who_and_which_day_and_freezes_nothing() -> None:
    decide(SCORES)
    asked = ask(seen=Seen("ASD-2023-12", 1))
    assert (asked.state, asked.number, asked.expected, asked.count) == (ListState.WAITING, 1, 1, 0)
    assert (asked.day, asked.threshold_version) == (dt.date(2026, 11, 22), "ASD-2023-12")
    assert queries.asker_of(asked.id).id == "h.alaoui"
    assert not ListRow.objects.exists()
    assert queries.find_last_list("asd") is None
    with pytest.raises(Refused, match="list_missing"):
        queries.get_published(asked.id)


@pytest.mark.django_db
def test_a_second_ask_is_refused_until_the_first_has_ended() -> None:
    decide(SCORES)
    first = ask()
    with pytest.raises(Refused, match="publication_running"):
        ask()
    assert ask("amo_tadamon").number == 1  # another programme is not in the way
    with pytest.raises(OSError, match="line cut"):
        freeze(first, on_published=breaks)
    with pytest.raises(Refused, match="publication_running"):
        ask()
    assert freeze(first).state is ListState.PUBLISHED
    assert ask().number == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_gets_a_list() -> None:
    together, told = Barrier(2, timeout=20), []

    def one() -> None:
        try:
            with transaction.atomic():
                together.wait()
                told.append(str(ask().number))
        except Refused as refused:
            told.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["1", "programmes.publication_running"]
    assert RankedList.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_is_at_it_another_leaves_it_alone_and_nobody_sees_a_row() -> None:
    reading, go_on = Event(), Event()
    with transaction.atomic():
        decide(SCORES)
    asked = ask()

    def wait(_: PublishedList) -> None:
        reading.set()
        assert go_on.wait(20)

    def first() -> None:
        freeze(asked, on_published=wait)
        connection.close()

    thread = Thread(target=first)
    thread.start()
    try:
        assert reading.wait(20)
        with pytest.raises(Refused, match="publication_running"):
            freeze(asked)
        assert queries.get_list(asked.id).state is ListState.PREPARING
        assert queries.list_rows(asked.id).rows == ()
        assert queries.find_ranks("20000000001") == []
    finally:
        go_on.set()
        thread.join()
    assert queries.get_list(asked.id).state is ListState.PUBLISHED
    assert len(queries.list_rows(asked.id).rows) == 1


@pytest.mark.django_db
def test_what_a_killed_worker_began_is_begun_anew_and_done_once() -> None:
    decide(SCORES)
    asked, notes = ask(), []
    with pytest.raises(SystemExit):
        freeze(asked, on_published=killed)
    assert queries.get_list(asked.id).state is ListState.PREPARING
    assert not ListRow.objects.exists()
    made = freeze(asked, on_published=notes.append)
    assert freeze(asked, on_published=notes.append) == made == notes[0]
    assert (len(notes), made.number, made.count, made.considered, made.not_eligible) == (1, 1, 1, 2, 1)
    assert list(ListStep.objects.values_list("action", flat=True)) == ["ask", "prepare", "prepare", "publish"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("note", "error", "reason"), [(breaks, OSError, "OSError"), (killed, SystemExit, "interrupted")]
)
def test_it_is_given_up_after_some_tries_and_a_new_one_can_be_asked_for(
    note: Any, error: type[BaseException], reason: str
) -> None:
    decide(SCORES)
    asked = ask()
    for _ in range(TRIES):
        with pytest.raises(error):
            freeze(asked, on_published=note)
    found = freeze(asked)
    assert (found.state, found.reason) == (ListState.FAILED, reason)
    assert not ListRow.objects.exists()
    assert freeze(ask()).number == 2


@pytest.mark.django_db
def test_a_refused_list_keeps_its_refusal_with_the_figures() -> None:
    decide(SCORES)
    asked = ask(seen=Seen("ASD-2023-12", 7))
    found = freeze(asked)
    refused = queries.find_refusal(found)
    assert (found.state, found.count, found.checksum) == (ListState.REFUSED, 0, "")
    assert refused is not None
    assert (refused.code, refused.facts) == ("programmes.figures_changed", {"eligible": 1})
    assert not ListRow.objects.exists()
    assert freeze(asked) == found  # a second job finds it ended
    assert freeze(ask(seen=Seen("ASD-2023-12", 1))).count == 1


@pytest.mark.django_db
def test_what_nothing_happened_with_is_found() -> None:
    decide(SCORES)
    asked, later = ask(), NOW + dt.timedelta(minutes=10)
    assert [found.id for found in queries.list_unfinished(later)] == [asked.id]
    with pytest.raises(SystemExit):
        freeze(asked, later, on_published=killed)
    assert queries.list_unfinished(later) == []
    assert [found.id for found in queries.list_unfinished(later + dt.timedelta(minutes=10))] == [asked.id]
    freeze(asked, later)
    assert queries.list_unfinished(later + dt.timedelta(days=9)) == []
