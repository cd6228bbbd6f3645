"""What ``sijil health`` says of files and holidays, and the piles behind it and behind the page."""

import datetime as dt

import pytest
from django.db import OperationalError, connection, transaction

from sijil.kernel.casework.watch import Stock, pass_marks
from sijil.kernel.dates import day_begins
from sijil.kernel.tests.trial import HERE, make_submitted
from sijil.reporting import health, lateness
from sijil.reporting.patience import within

TODAY = dt.date(2027, 3, 31)  # files sent from 25 January on are in time


def checks(day):
    return {check.name: check for check in health.examine(now=day_begins(day))}


@pytest.fixture
def watched(trial):
    """Ten files: sent on ten days, marks passed until today."""
    make_submitted(10, first=dt.date(2027, 1, 26))
    pass_marks(now=day_begins(TODAY))
    return trial


def test_late_files_ask_for_somebody_and_the_installation_is_well(watched):
    found = checks(TODAY)["files"]
    assert (found.well, found.warns) == (True, True)
    assert found.seen == "10 waiting, 6 near, 4 late (oldest since 2027-03-27; on the officer 4)"


def test_the_sentence_says_on_whom_the_late_files_wait(watched):
    row = watched.model.objects.order_by("due_on").first()
    watched.move(row.pk, "ask", actor=HERE, now=day_begins(TODAY), reason="bill_missing")
    assert "3 late" in checks(TODAY)["files"].seen  # a stopped clock is not late


def test_without_late_files_nobody_is_asked(trial):
    make_submitted(2, first=TODAY)
    found = checks(TODAY)["files"]
    assert (found.well, found.warns, found.seen) == (True, False, "2 waiting, 0 near, 0 late")


def test_clocks_that_nobody_looks_at_are_ill(trial):
    make_submitted(1, first=dt.date(2027, 1, 1))
    found = checks(TODAY)["files"]
    assert not found.well
    assert "since 2027-02-06" in found.seen


def test_files_that_cannot_be_counted_are_ill(trial):
    trial.step.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE casework_trial_trialstep, casework_trial_trialfile")
    assert not checks(TODAY)["files"].well


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "well", "warns", "words"),
    [
        (dt.date(2028, 10, 1), True, False, "known until the end of 2028"),
        (dt.date(2028, 10, 2), True, True, "add the days of 2029"),
        (dt.date(2028, 12, 31), True, True, "add the days of 2029"),
        (dt.date(2029, 1, 1), False, False, "counted wrong since"),
    ],
)
def test_holidays_that_run_out_are_told_ninety_days_before(day, well, warns, words):
    found = checks(day)["holidays"]
    assert (found.well, found.warns) == (well, warns)
    assert words in found.seen


def test_piles_are_sorted_by_what_is_late():
    stock = [
        Stock("a", "sent", "officer", 5, 0, 1, None),
        Stock("b", "sent", "officer", 3, 2, 0, dt.date(2027, 2, 1)),
        Stock("b", "asked", "declarant", 4, 1, 1, dt.date(2027, 1, 1)),
    ]
    kinds, turns = lateness.by_kind(stock), lateness.by_turn(stock)
    figures = [(p.name, p.waiting, p.near, p.late, p.in_time) for p in kinds]
    assert figures == [("b", 7, 1, 3, 3), ("a", 5, 1, 0, 4)]
    assert [(p.name, p.late_since) for p in turns] == [
        ("officer", dt.date(2027, 2, 1)), ("declarant", dt.date(2027, 1, 1)),
    ]  # fmt: skip
    assert lateness.total([]) == lateness.Pile("", 0, 0, 0, None)


@pytest.mark.django_db
def test_a_report_gives_up_in_time():
    with connection.cursor() as cursor, within(1):
        cursor.execute("SET LOCAL statement_timeout = '50ms'")
        with pytest.raises(OperationalError), transaction.atomic():
            cursor.execute("SELECT pg_sleep(5)")
    with within(7), connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("7s",)
