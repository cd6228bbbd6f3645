"""Days that can be, and two tellings that say the same."""

import datetime as dt

import pytest

from sijil.domains.events.rules import check_annulment, check_days, fingerprint
from sijil.domains.events.tests.samples import NOW, TODAY
from sijil.kernel.errors import Refused
from sijil.kernel.sealing import keyring

DAY = dt.timedelta(days=1)
AT = NOW - dt.timedelta(hours=1)
EARLY = dt.timezone(dt.timedelta(hours=14))
HALF_PAST_MIDNIGHT = dt.datetime(2026, 11, 26, 23, 30, tzinfo=dt.UTC)  # 27 November in the country


@pytest.mark.parametrize(
    ("on", "registered_at"),
    [
        (TODAY, AT), (TODAY, NOW + dt.timedelta(minutes=4)), (dt.date(1896, 1, 1), AT),
        (TODAY - DAY, AT - DAY),
    ],
)  # fmt: skip
def test_days_that_can_be(on, registered_at):
    check_days(on=on, registered_at=registered_at, now=NOW)


@pytest.mark.parametrize(
    ("on", "registered_at", "code", "field"),
    [
        (TODAY + DAY, AT, "day_in_future", "on"), (dt.date(9999, 12, 31), AT, "day_in_future", "on"),
        (dt.date(1895, 12, 31), AT, "day_too_long_ago", "on"), (dt.date.min, AT, "day_too_long_ago", "on"),
        (TODAY, NOW + dt.timedelta(minutes=6), "day_in_future", "registered_at"),
        (TODAY, dt.datetime.max.replace(tzinfo=dt.UTC), "day_in_future", "registered_at"),
        (TODAY, AT - DAY, "registered_too_early", "registered_at"),
        (TODAY, dt.datetime.min.replace(tzinfo=dt.UTC), "registered_too_early", "registered_at"),
        (TODAY, dt.datetime.min.replace(tzinfo=EARLY), "registered_too_early", "registered_at"),
    ],
)  # fmt: skip
def test_days_that_cannot_be_are_named(on, registered_at, code, field):
    with pytest.raises(Refused, match=f"events.{code}") as refusal:
        check_days(on=on, registered_at=registered_at, now=NOW)
    assert refusal.value.field == field


def test_the_day_is_the_country_s():
    check_days(on=TODAY, registered_at=HALF_PAST_MIDNIGHT, now=HALF_PAST_MIDNIGHT)


def test_an_event_does_not_annul_itself():
    check_annulment(source_id="C-1", annuls="D-1")
    check_annulment(source_id="D-1", annuls="")
    with pytest.raises(Refused, match=r"events\.annuls_itself"):
        check_annulment(source_id="D-1", annuls="D-1")


def test_the_order_of_names_does_not_matter():
    keys = keyring()
    assert fingerprint(keys, {"a": 1, "b": TODAY}) == fingerprint(keys, {"b": TODAY, "a": 1})
    assert fingerprint(keys, {"a": 1}) != fingerprint(keys, {"a": 2})
