"""A published list is ordered, frozen, checked, paged and streamed."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from sijil.domains.programmes import queries, services
from sijil.domains.programmes.models import ListRow, ListStep, RankedList
from sijil.domains.programmes.states import RANKED_LIST, ListState
from sijil.domains.programmes.tests.known import (
    ACTOR,
    DAY,
    FORMULA,
    LAWS,
    NOW,
    decide,
    known,
    publish_list,
    sealed,
    set_aside,
    statement,
)
from sijil.domains.programmes.types import SCALE, KnownScores, PublishedList, Seen
from sijil.kernel.errors import Refused
from sijil.kernel.tests.guards import unguarded

ROWS = [
    (9 * SCALE, 5 * 10**8, 5),
    (9 * SCALE, 0, 4),
    (10 * SCALE, 0, 3),
    (9 * SCALE, 0, 2),
    (9743001 * 1000, 0, 1),
]
CODES = ["20000000005", "20000000004", "20000000003", "20000000002", "20000000001"]


def freeze(scores: KnownScores, programme: str = "asd", **more: Any) -> PublishedList:
    given = {"scores": statement(scores), "formula": FORMULA, "laws": LAWS} | more
    return publish_list(programme=programme, **given)


def publish(
    rows: list[tuple[int, int, int]] = ROWS, codes: list[str] = CODES, programme: str = "asd"
) -> PublishedList:
    scores = known(rows, codes)
    decide(scores)
    return freeze(scores, programme)


def freeze_nobody() -> None:
    nobody = f"{statement(known(ROWS, CODES))} WHERE false"
    publish_list(programme="asd", scores=nobody, formula=FORMULA, laws=LAWS, actor=ACTOR, now=NOW)


def fail_with(error: Exception) -> Any:
    def note(_: PublishedList) -> None:
        raise error

    return note


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
    assert [row.exact_distance for row in rows][2:] == [Fraction("0.643001"), Fraction(0)]


@pytest.mark.django_db
def test_the_order_is_that_of_the_exact_scores_which_the_shown_ones_hide() -> None:
    rows = [(9 * SCALE, 30, 7), (9 * SCALE, 22, 5), (9 * SCALE, 30, 7)]  # 9.0000000 all, in units 4.29, 4.4
    made = publish(rows, ["30000000009", "30000000001", "30000000003"])
    found = queries.list_rows(made.id).rows
    assert [row.household_code[-1] for row in found] == ["3", "9", "1"]
    assert len({row.score for row in found}) == 1
    assert found[0].exact_distance > found[2].exact_distance


@pytest.mark.django_db
def test_the_checksum_is_that_of_the_downloaded_file() -> None:
    made = publish()
    content = b"".join(queries.iter_csv(made.id))
    assert hashlib.sha256(content).hexdigest() == made.checksum
    lines = [line for line in content.decode().splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    assert rows[0] == {
        "rank": "1",
        "household_code": "20000000002",
        "score": "9.0000000",
        "score_number": "1",
        "distance_numerator": "1486002000",
        "distance_divisor": "2",
    }
    assert len(rows) == 4
    assert queries.is_intact(made.id, sealed(made))


@pytest.mark.django_db
def test_the_file_begins_with_what_was_decided_by_what_law() -> None:
    publish()
    made = publish(ROWS[::-1], CODES[::-1])
    lines = b"".join(queries.iter_csv(made.id)).decode().splitlines()
    (asd,) = [p for p in queries.list_programmes(made.day) if p.code == "asd"]
    first = queries.list_lists("asd")[1]
    assert lines[:13] == [
        "# programme: asd", "# list: 2", "# day: 2026-11-22", "# threshold: 9.743001",
        f"# law: programmes.asd ASD-2023-12 {asd.pin.digest}",
        f"# law: scoring.formula F {'f' * 64}", f"# law: scoring.prices P {'p' * 64}",
        "# considered: 5", "# count: 4", "# not_eligible: 1", "# quarantined: 0",
        f"# before: 1 {first.checksum}", "# entered: 0",
    ]  # fmt: skip
    assert "# before: none\n" in first.header


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE programmes_list_row SET score = 5", "DELETE FROM programmes_list_row",
        "UPDATE programmes_list SET checksum = 'x'", "DELETE FROM programmes_list",
        "TRUNCATE programmes_list_row",
        "INSERT INTO programmes_list_row (list_id, rank, household_code, score, score_number, numerator,"
        " divisor) SELECT id, 5, '20000000009', 9, 1, 0, 1 FROM programmes_list",
    ],
)  # fmt: skip
def test_a_published_list_cannot_be_changed_even_in_sql(change: str) -> None:
    publish()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.django_db
def test_a_row_slipped_in_by_the_owner_of_the_table_is_found_by_the_checksum() -> None:
    made = publish()
    with unguarded():
        ListRow.objects.create(
            list_id=made.id,
            rank=5,
            household_code="20000000009",
            score=9,
            score_number=1,
            numerator=0,
            divisor=1,
        )
    assert not queries.is_intact(made.id, sealed(made))


@pytest.mark.django_db
def test_two_publications_of_the_same_scores_have_the_same_rows_and_their_own_checksums() -> None:
    first, second = publish(), publish(ROWS[::-1], CODES[::-1])
    assert (second.number, second.before, second.entered, second.left) == (2, 1, 0, 0)
    assert queries.list_rows(first.id) == queries.list_rows(second.id)
    assert first.checksum != second.checksum
    assert (first.before, first.entered, first.left) == (None, None, None)


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
    scores = set_aside(known(ROWS, CODES), 0)
    decide(scores)
    made = freeze(scores)
    assert (made.count, made.quarantined, made.considered) == (3, 1, 5)
    assert "20000000005" not in {r.household_code for r in queries.list_rows(made.id).rows}


@pytest.mark.django_db
def test_nobody_scored_is_a_refusal_and_a_list_that_says_so() -> None:
    with pytest.raises(Refused, match="nobody_scored"):
        freeze_nobody()
    (failed,) = queries.list_lists("asd")
    assert (failed.state, failed.reason, failed.count) == (ListState.REFUSED, "programmes.nobody_scored", 0)


@pytest.mark.django_db
def test_nobody_eligible_is_an_empty_list() -> None:
    made = publish([(12 * SCALE, 0, 1)], ["20000000001"])
    assert (made.count, made.state) == (0, ListState.PUBLISHED)
    assert b"".join(queries.iter_csv(made.id)).count(b"\nrank,household_code,score,score_number,") == 1


TABLE = {
    ("waiting", "prepare"): "preparing",
    ("preparing", "prepare"): "preparing",
    ("preparing", "publish"): "published",
    ("preparing", "refuse"): "refused",
    ("waiting", "fail"): "failed",
    ("preparing", "fail"): "failed",
}


@pytest.mark.django_db
@pytest.mark.parametrize("action", RANKED_LIST.actions)
@pytest.mark.parametrize("state", ListState)
def test_every_cell_of_the_table(state: ListState, action: str) -> None:
    row = RankedList(programme="asd", number=1, threshold=9, threshold_version="x", day=DAY, started_at=NOW)
    services.LISTS.open(row, "ask", actor=ACTOR, now=NOW)
    RankedList.objects.update(state=state, checksum="x")
    target = TABLE.get((state.value, action))
    moved = services.LISTS.move(RankedList.objects.all(), action, actor=ACTOR, now=NOW)
    assert moved == ([row.pk] if target else [])
    assert RankedList.objects.get().state == (target or state)


@pytest.mark.django_db
def test_each_step_tells_who_and_why() -> None:
    with pytest.raises(Refused, match="nobody_scored"):
        freeze_nobody()
    publish()
    steps = ListStep.objects.values_list("ranked_list__number", "action", "to_state", "reason", "actor_id")
    assert list(steps) == [
        (1, "ask", "waiting", "", "test"), (1, "prepare", "preparing", "", "test"),
        (1, "refuse", "refused", "programmes.nobody_scored", "test"),
        (2, "ask", "waiting", "", "test"), (2, "prepare", "preparing", "", "test"),
        (2, "publish", "published", "", "test"),
    ]  # fmt: skip
    with pytest.raises(IntegrityError, match="immutable"):
        ListStep.objects.update(actor_id="x")


@pytest.mark.django_db
def test_the_audit_entry_is_in_the_same_transaction() -> None:
    scores = known(ROWS, CODES)
    decide(scores)
    with pytest.raises(OSError, match="audit down"):
        freeze(scores, on_published=fail_with(OSError("audit down")))
    assert not RankedList.objects.filter(state="published").exists()
    assert not ListRow.objects.exists()


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


# --- what stands in the way of a list -------------------------------------------------------------------


@pytest.mark.django_db
def test_an_edited_table_of_current_scores_changes_nothing_and_an_edited_decision_is_refused() -> None:
    scores = known(ROWS, CODES)
    decide(scores)
    lowered = replace(scores, a=scores.a - SCALE)
    with pytest.raises(Refused, match="decisions_unlike") as refused:
        freeze(lowered)
    assert refused.value.facts["count"] == 5
    for change in ("UPDATE programmes_decision SET numerator = 1", "DELETE FROM programmes_decision"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    assert freeze(scores).count == 4


@pytest.mark.django_db
def test_a_list_is_refused_while_a_score_was_made_by_another_law() -> None:
    old, rest = known(ROWS[:2], CODES[:2]), known(ROWS[2:], CODES[2:])
    decide(old)  # of the others nothing is decided: their law is told first
    both = f"{statement(rest, law=2)} UNION ALL {statement(old)}"
    with pytest.raises(Refused, match="scores_of_another_law") as refused:
        publish_list(programme="asd", scores=both, formula=FORMULA, laws=LAWS, actor=ACTOR, now=NOW)
    assert refused.value.facts["count"] == 3
    assert "sijil rescore --all" in refused.value.error.remedy


@pytest.mark.django_db
def test_a_list_is_refused_while_a_household_is_not_decided_on_its_last_score() -> None:
    decide(known(ROWS[:4], CODES[:4]))
    with pytest.raises(Refused, match="decisions_due") as refused:
        freeze(known(ROWS, CODES))
    assert refused.value.facts["count"] == 1
    with pytest.raises(Refused, match="decisions_due"):
        freeze(known(ROWS[:4], CODES[:4], number=2))


@pytest.mark.django_db
@pytest.mark.parametrize("seen", [Seen("ASD-2023-12", 3), Seen("ASD-2022-01", 4), Seen("", -1)])
def test_a_list_is_not_frozen_with_other_figures_than_those_confirmed(seen: Seen) -> None:
    scores = known(ROWS, CODES)
    decide(scores)
    with pytest.raises(Refused, match="figures_changed"):
        freeze(scores, seen=seen)
    assert freeze(scores, seen=Seen("ASD-2023-12", 4)).count == 4
