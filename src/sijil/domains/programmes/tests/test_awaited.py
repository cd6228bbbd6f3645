"""A list waits for who is asked what the law in force needs, not for ever, and says whom it kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from sijil.domains.programmes import queries
from sijil.domains.programmes.models import RankedList
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
from sijil.domains.programmes.tests.test_lists import CODES, ROWS
from sijil.domains.programmes.types import Awaited, Figures, KnownScores
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
YESTERDAY, TOMORROW = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)
OLDER, NEWER = known(ROWS[:2], CODES[:2]), known(ROWS[2:], CODES[2:])


def asked(*codes: str, due_on: dt.date, until: dt.date = TOMORROW, needed_by: str = "F/P") -> Awaited:
    lines = [f"('{c}', '{needed_by}', '{YESTERDAY}T09:00Z'::timestamptz, '{due_on}'::date)" for c in codes]
    select = f"SELECT * FROM (VALUES {', '.join(lines)}) v (household_code, needed_by, opened_at, due_on)"
    return Awaited(select, "F/P", DAY, until)


def scores(older: KnownScores = OLDER) -> str:
    decide(older)
    decide(NEWER)
    return f"{statement(older, law=2)} UNION ALL {statement(NEWER)}"


def publish(awaited: Awaited, older: KnownScores = OLDER):
    return publish_list(
        programme="asd",
        scores=scores(older),
        formula=FORMULA,
        laws=LAWS,
        awaited=awaited,
        actor=ACTOR,
        now=NOW,
    )


def figures(awaited: Awaited, older: KnownScores = OLDER) -> Figures:
    (asd,) = [p for p in queries.list_programmes(DAY) if p.code == "asd"]
    return queries.count_households(asd, scores=scores(older), laws=LAWS, awaited=awaited)


@pytest.mark.parametrize(("due_on", "until"), [(DAY, TOMORROW), (TOMORROW, TOMORROW), (TOMORROW, DAY)])
def test_a_list_waits_until_the_last_day_of_the_delay(due_on: dt.date, until: dt.date) -> None:
    with pytest.raises(Refused, match="answers_awaited") as refused:
        publish(asked(*CODES[:2], due_on=due_on, until=until))
    assert refused.value.facts == {"count": 2, "until": min(due_on, until)}
    assert RankedList.objects.get().reason == "programmes.answers_awaited"


@pytest.mark.parametrize(("due_on", "until"), [(YESTERDAY, TOMORROW), (TOMORROW, YESTERDAY)])
def test_then_it_keeps_them_by_their_last_score_and_counts_them(due_on: dt.date, until: dt.date) -> None:
    made = publish(asked(*CODES[:2], due_on=due_on, until=until))
    assert (made.count, made.considered, made.older_law, made.asked_since) == (4, 5, 2, YESTERDAY)
    assert f"# older_law: 2 by F/P, asked since {YESTERDAY}\n" in made.header
    assert queries.is_intact(made.id, sealed(made))


def test_one_who_is_waited_for_holds_the_list_also_when_the_delay_of_another_has_ended() -> None:
    one, other = asked(CODES[0], due_on=YESTERDAY), asked(CODES[1], due_on=TOMORROW)
    both = replace(one, select=f"{one.select} UNION ALL {other.select}")
    found = figures(both)
    assert (found.waiting, found.waits_until, found.older_law, found.other_law) == (1, TOMORROW, 1, 0)
    with pytest.raises(Refused, match="answers_awaited"):
        publish(both)


@pytest.mark.parametrize(
    "awaited",
    [
        asked(CODES[0], due_on=YESTERDAY),
        asked(*CODES[:2], due_on=YESTERDAY, needed_by="F/another"),
    ],
    ids=["not asked", "asked for another formula"],
)
def test_who_is_not_asked_for_this_formula_is_to_be_scored_anew(awaited: Awaited) -> None:
    with pytest.raises(Refused, match="scores_of_another_law"):
        publish(awaited)


def test_who_was_scored_by_the_law_in_force_is_counted_once_whatever_is_asked() -> None:
    found = figures(asked(*CODES, due_on=YESTERDAY))
    assert (found.considered, found.older_law, found.waiting) == (5, 2, 0)


def test_who_is_set_aside_by_the_older_law_holds_no_list_back() -> None:
    nobody = asked("9" * 11, due_on=DAY)
    found = figures(nobody, set_aside(set_aside(OLDER, 0), 1))
    assert (found.other_law, found.waiting, found.older_law, found.pending) == (0, 0, 0, 2)


def test_a_list_that_kept_somebody_says_since_when_they_are_asked() -> None:
    made = publish(asked(*CODES[:2], due_on=YESTERDAY))
    row = RankedList.objects.get(pk=made.id)
    row.pk, row.number, row.asked_since, row.state = None, 2, None, "failed"
    with pytest.raises(IntegrityError, match="programmes_list_older_law_asked_since"), transaction.atomic():
        row.save(force_insert=True)
