"""A published list is ordered, frozen, checked, paged and streamed."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Iterator
from decimal import Decimal
from threading import Event, Thread

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction

from sijil.domains.programmes import queries, services
from sijil.domains.programmes.models import ListRow, ListStep, RankedList
from sijil.domains.programmes.states import RANKED_LIST, ListState
from sijil.domains.programmes.tests.test_rules import candidates
from sijil.domains.programmes.types import SCALE, Candidates, PublishedList
from sijil.kernel.actors import system
from sijil.kernel.errors import Refused

NOW = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)
ACTOR = system("test")
ROWS = [
    (9 * SCALE, 5 * 10**8, 5),
    (9 * SCALE, 0, 4),
    (10 * SCALE, 0, 3),
    (9 * SCALE, 0, 2),
    (9743001 * 1000, 0, 1),
]
CODES = ["20000000005", "20000000004", "20000000003", "20000000002", "20000000001"]


def publish(
    rows: list[tuple[int, int, int]] = ROWS, codes: list[str] = CODES, programme: str = "asd"
) -> PublishedList:
    pieces = [candidates([row], [code]) for row, code in zip(rows, codes, strict=True)]
    return services.publish_list(programme=programme, candidates=lambda: pieces, actor=ACTOR, now=NOW)


@pytest.mark.django_db
def test_a_list_is_ascending_with_ties_by_code_and_the_threshold_itself() -> None:
    made = publish()
    rows = queries.list_rows(made.id).rows
    assert [(r.rank, r.household_code, r.score) for r in rows] == [
        (1, "20000000002", Decimal(9)),
        (2, "20000000004", Decimal(9)),
        (3, "20000000005", Decimal("9.1")),
        (4, "20000000001", Decimal("9.743001")),
    ]
    assert (made.count, made.considered, made.number, made.state) == (4, 5, 1, ListState.PUBLISHED)
    assert (made.threshold, made.threshold_version) == (Decimal("9.743001"), "ASD-2023-12")
    assert made.formula_versions == ("F/P",)


@pytest.mark.django_db
def test_the_checksum_is_that_of_the_downloaded_file() -> None:
    made = publish()
    content = b"".join(queries.iter_csv(made.id))
    assert hashlib.sha256(content).hexdigest() == made.checksum
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert rows[0] == {
        "rank": "1",
        "household_code": "20000000002",
        "score": "9.0000000",
        "score_number": "1",
    }
    assert len(rows) == 4
    assert queries.is_intact(made.id)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE programmes_list_row SET score = 5", "DELETE FROM programmes_list_row",
        "UPDATE programmes_list SET checksum = 'x'", "DELETE FROM programmes_list",
    ],
)  # fmt: skip
def test_a_published_list_cannot_be_changed_even_in_sql(change: str) -> None:
    publish()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.django_db
def test_a_row_slipped_in_is_found_by_the_checksum() -> None:
    made = publish()
    ListRow.objects.create(list_id=made.id, rank=5, household_code="20000000009", score=9, score_number=1)
    assert not queries.is_intact(made.id)


@pytest.mark.django_db
def test_two_publications_of_the_same_scores_are_equal_byte_for_byte() -> None:
    first, second = publish(), publish(ROWS[::-1], CODES[::-1])
    assert (first.checksum, second.number, second.entered, second.left) == (second.checksum, 2, 0, 0)


@pytest.mark.django_db
def test_a_list_says_who_entered_and_left_since_the_last_one() -> None:
    publish(ROWS[:3], CODES[:3])
    made = publish(ROWS[1:], CODES[1:])
    assert (made.entered, made.left) == (2, 1)
    assert queries.find_last_list("asd") == made
    assert queries.find_last_list("amo_tadamon") is None


@pytest.mark.django_db
def test_pages_follow_by_key_and_join_without_gap() -> None:
    count = 25
    made = publish(
        [(9 * SCALE + k * 100, 0, 1) for k in range(count)], [f"{30_000_000_000 + k}" for k in range(count)]
    )
    ranks, after = [], 0
    while after is not None:
        page = queries.list_rows(made.id, after=after, limit=10)
        ranks += [row.rank for row in page.rows]
        after = page.next_after
    assert ranks == list(range(1, count + 1))


@pytest.mark.django_db
@pytest.mark.parametrize(("limit", "given"), [(0, 1), (-5, 1), (4, 4), (10**9, 4)])
def test_a_page_has_a_size_within_reason(limit: int, given: int) -> None:
    assert len(queries.list_rows(publish().id, limit=limit).rows) == given


@pytest.mark.django_db
def test_quarantined_scores_are_counted_and_left_out() -> None:
    piece = candidates(ROWS, CODES)
    aside = Candidates(
        **{n: getattr(piece, n) for n in piece.__slots__} | {"is_scored": np.array([False] + [True] * 4)}
    )
    made = services.publish_list(programme="asd", candidates=lambda: [aside], actor=ACTOR, now=NOW)
    assert (made.count, made.quarantined, made.considered) == (3, 1, 5)
    assert "20000000005" not in {r.household_code for r in queries.list_rows(made.id).rows}


@pytest.mark.django_db
def test_nobody_scored_is_a_refusal_and_a_failed_list() -> None:
    with pytest.raises(Refused, match="nobody_scored"):
        services.publish_list(programme="asd", candidates=list, actor=ACTOR, now=NOW)
    (failed,) = queries.list_lists("asd")
    assert (failed.state, failed.reason, failed.count) == (ListState.FAILED, "programmes.nobody_scored", 0)


@pytest.mark.django_db
def test_nobody_eligible_is_an_empty_list() -> None:
    made = publish([(12 * SCALE, 0, 1)], ["20000000001"])
    assert (made.count, made.state) == (0, ListState.PUBLISHED)
    assert b"".join(queries.iter_csv(made.id)) == b"rank,household_code,score,score_number\n"


@pytest.mark.django_db
def test_a_failure_leaves_no_row_and_the_next_publication_works() -> None:
    def broken() -> Iterator[Candidates]:
        yield candidates(ROWS, CODES)
        raise OSError("line cut")

    with pytest.raises(OSError, match="line cut"):
        services.publish_list(programme="asd", candidates=broken, actor=ACTOR, now=NOW)
    assert not ListRow.objects.exists()
    assert publish().number == 2
    assert [found.state for found in queries.list_lists("asd")] == [ListState.PUBLISHED, ListState.FAILED]


@pytest.mark.django_db
def test_a_publication_whose_process_was_killed_is_closed_by_the_next_one() -> None:
    RankedList.objects.create(
        programme="asd",
        number=1,
        threshold=9,
        threshold_version="x",
        started_at=NOW,
    )
    assert publish().number == 2
    assert queries.list_lists("asd")[1].reason == "interrupted"


TABLE = {("preparing", "publish"): "published", ("preparing", "fail"): "failed"}


@pytest.mark.django_db
@pytest.mark.parametrize("action", RANKED_LIST.actions)
@pytest.mark.parametrize("state", ListState)
def test_every_cell_of_the_table(state: ListState, action: str) -> None:
    row = RankedList(programme="asd", number=1, threshold=9, threshold_version="x", started_at=NOW)
    services.LISTS.open(row, "prepare", actor=ACTOR, now=NOW)
    RankedList.objects.update(state=state, checksum="x")
    target = TABLE.get((state.value, action))
    moved = services.LISTS.move(RankedList.objects.all(), action, actor=ACTOR, now=NOW)
    assert moved == ([row.pk] if target else [])
    assert RankedList.objects.get().state == (target or state)


@pytest.mark.django_db
def test_each_step_tells_who_and_why() -> None:
    with pytest.raises(Refused, match="nobody_scored"):
        publish([], [])
    publish()
    steps = ListStep.objects.values_list("ranked_list__number", "action", "to_state", "reason", "actor_id")
    assert list(steps) == [
        (1, "prepare", "preparing", "", "test"), (1, "fail", "failed", "programmes.nobody_scored", "test"),
        (2, "prepare", "preparing", "", "test"), (2, "publish", "published", "", "test"),
    ]  # fmt: skip
    with pytest.raises(IntegrityError, match="immutable"):
        ListStep.objects.update(actor_id="x")


@pytest.mark.django_db
def test_the_audit_entry_is_in_the_same_transaction() -> None:
    def note(_: PublishedList) -> None:
        raise OSError("audit down")

    with pytest.raises(OSError, match="audit down"):
        services.publish_list(
            programme="asd",
            candidates=lambda: [candidates(ROWS, CODES)],
            actor=ACTOR,
            now=NOW,
            on_published=note,
        )
    assert not RankedList.objects.filter(state="published").exists()
    assert not ListRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_publication_of_a_programme_at_a_time() -> None:
    reading, go_on, refused = Event(), Event(), []

    def slow() -> Iterator[Candidates]:
        reading.set()
        assert go_on.wait(20)
        yield candidates(ROWS, CODES)

    def first() -> None:
        services.publish_list(programme="asd", candidates=slow, actor=ACTOR, now=NOW)
        connection.close()

    thread = Thread(target=first)
    thread.start()
    assert reading.wait(20)
    try:
        publish()
    except Refused as refusal:
        refused.append(refusal.code)
    assert publish(programme="amo_tadamon").number == 1  # another programme is not in the way
    go_on.set()
    thread.join()
    assert refused == ["programmes.publication_running"]
    assert publish().number == 2


@pytest.mark.django_db
def test_a_household_finds_its_ranks() -> None:
    made = publish()
    ((found, row),) = queries.find_ranks("20000000005")
    assert (found.id, row.rank) == (made.id, 3)
    assert queries.find_ranks("20000000003") == []


@pytest.mark.django_db
def test_an_unknown_list_is_refused() -> None:
    with pytest.raises(Refused, match="list_missing"):
        queries.get_list("00000000-0000-7000-8000-000000000000")
