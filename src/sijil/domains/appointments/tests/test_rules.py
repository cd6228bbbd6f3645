"""Hours, holidays and slot identifiers, from the dated data."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijil.domains.appointments import rules
from sijil.domains.appointments.tests.conftest import AGDAL, NINE, NOW
from sijil.domains.appointments.types import SlotKey
from sijil.kernel.errors import Refused


def test_a_working_day_has_slots_of_twenty_minutes() -> None:
    times = rules.list_times(dt.date(2026, 11, 23))
    assert (times[0], times[1], times[-1], len(times)) == (
        dt.time(8, 30),
        dt.time(8, 50),
        dt.time(16, 10),
        24,
    )


@pytest.mark.parametrize(
    "day",
    [
        "2026-11-22",
        "2026-11-21",
        "2026-11-18",
        "2027-01-11",
        "2027-01-14",
        "2027-07-30",
        "2026-10-31",
        "2027-03-10",
    ],
)
def test_a_closed_day_has_none(day: str) -> None:
    assert rules.list_times(dt.date.fromisoformat(day)) == ()


@pytest.mark.parametrize("day", ["2023-01-13", "2025-10-31", "2023-11-17"])
def test_a_holiday_counts_only_from_its_first_year(day: str) -> None:
    assert rules.list_times(dt.date.fromisoformat(day))


@given(st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2100, 1, 1)))  # noqa: DTZ001 - a wall clock
def test_a_slot_id_reads_back(moment: dt.datetime) -> None:
    key = SlotKey(AGDAL, moment.date(), moment.time().replace(second=0, microsecond=0))
    assert rules.read_slot(str(key)) == key


@pytest.mark.parametrize("text", ["", "@", AGDAL, f"{AGDAL}@2026-13-01T09:00", f"{AGDAL}@tomorrow", "@2026"])
def test_what_is_not_a_slot_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="slot_unknown"):
        rules.read_slot(text)


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2026-11-20T09:10", "slot_past"),
        ("2026-11-22T08:30", "slot_past"),
        ("2026-11-22T11:10", "slot_unknown"),  # Sunday
        ("2026-11-23T09:00", "slot_unknown"),  # between two slots
        ("2027-02-01T08:30", "slot_unknown"),  # too far ahead
    ],
)
def test_a_slot_nobody_can_take_is_refused(moment: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        rules.check_slot(rules.read_slot(f"{AGDAL}@{moment}"), NOW)


def test_a_slot_ahead_is_accepted() -> None:
    rules.check_slot(rules.read_slot(NINE), NOW)


def test_the_wall_clock_leaves_summer_time_during_ramadan() -> None:
    noon = [dt.datetime(2026, month, 1, 12, tzinfo=dt.UTC) for month in (1, 3)]
    assert [rules.local(t).hour for t in noon] == [13, 12]


def test_the_seed_has_496_centres_that_serve_every_commune() -> None:
    centres = rules.read_centres()
    served = {code for c in centres for code in c.commune_codes}
    assert (len(centres), len(served)) == (496, 1503)
    assert {c.kind for c in centres} == {"annex", "caidat"}


@pytest.mark.parametrize(
    "line",
    [
        "x,annex,ا,A,01,01.051,,2",
        "x,annex,,A,01,01.051,c,2",
        *(f"x,annex,ا,A,01,01.051,c,{n}" for n in ("0", "two")),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "centres.csv"
    file.write_text("code,kind,name_ar,name_fr,region_code,province_code,commune_codes,desks\n" + line)
    with pytest.raises(ValueError, match="line 2"):
        rules.read_centres(file)
