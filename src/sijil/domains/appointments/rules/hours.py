"""When a centre receives people, decided from dated data: no table is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from sijil.domains.appointments.errors import SLOT_PAST, SLOT_UNKNOWN
from sijil.domains.appointments.rules.moon import foreseen_days
from sijil.domains.appointments.types import ALWAYS, Calendar, Holiday, Shut, SlotKey, Week
from sijil.kernel import dates, law
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

_HERE = Path(__file__).parents[1]
_Time = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
_MonthDay = Annotated[str, msgspec.Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
_WeekDay = Annotated[int, msgspec.Meta(ge=1, le=7)]


class Opening(law.Body, frozen=True):
    """Some days of the week with the same hours."""

    days: tuple[_WeekDay, ...]
    opens: _Time
    closes: _Time

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise law.Wrong(f"It opens at {self.opens} and closes at {self.closes}.", "Turn them.", "closes")


class Hours(law.Body, frozen=True):
    """The law ``appointments.hours``."""

    hours: tuple[Opening, ...]


class Slot(law.Body, frozen=True):
    """The law ``appointments.slot``."""

    minutes: Annotated[int, msgspec.Meta(ge=5, le=240)]
    horizon_days: Annotated[int, msgspec.Meta(ge=1, le=366)]
    missed_most: Annotated[int, msgspec.Meta(ge=1, le=20)]


class Holidays(law.Body, frozen=True):
    """The law ``appointments.holidays``: days of every year."""

    days: tuple[_MonthDay, ...]


class Moon(law.Body, frozen=True):
    """The law ``appointments.moon``: the days of one year that follow the moon."""

    days: tuple[dt.date, ...]


class Reminders(law.Body, frozen=True):
    """The law ``appointments.reminders``: hours before, the most first; when a message may come."""

    hours: tuple[Annotated[int, msgspec.Meta(ge=1, le=336)], ...]
    morning: _Time
    evening: _Time


HOURS = law.declare(law.LawKind("appointments.hours", Hours, _HERE / "parameters/hours"))
SLOT = law.declare(law.LawKind("appointments.slot", Slot, _HERE / "parameters/slot"))
HOLIDAYS = law.declare(law.LawKind("appointments.holidays", Holidays, _HERE / "parameters/holidays"))
REMINDERS = law.declare(law.LawKind("appointments.reminders", Reminders, _HERE / "parameters/reminders"))
MOON = law.declare(law.LawKind("appointments.moon", Moon, _HERE / "parameters/moon", may_end=True))


def is_holiday(day: dt.date) -> bool:
    """Tell whether the administration is closed on ``day`` (decree on holidays)."""
    return f"{day:%m-%d}" in law.on(HOLIDAYS, day).body.days or day in _moon(day)[0]


def is_foreseen(day: dt.date) -> bool:
    """Tell whether a holiday may still move: it follows the moon and nobody announced it."""
    days, is_announced = _moon(day)
    return day in days and not is_announced


def _moon(day: dt.date) -> tuple[tuple[dt.date, ...], bool]:
    """Return the days that follow the moon, as published or else computed, and whether they are announced."""
    try:
        dated = law.on(MOON, day)
    except law.NotInForce:  # a year whose days nobody published yet
        return foreseen_days(day.year), False
    return dated.body.days, not dated.doubts


def list_holidays(first: dt.date, last: dt.date) -> list[Holiday]:
    """Return the holidays of the administration from ``first`` to ``last``, in order."""
    days = (dt.date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
    return [Holiday(day, is_foreseen(day)) for day in days if is_holiday(day)]


def holidays_known_until() -> dt.date:
    """Return the last day of the last year whose days that follow the moon are published."""
    return dt.date(max(dated.starts_on.year for dated in law.versions(MOON)), 12, 31)


def why_shut(on: dt.date, at: dt.time, calendar: Calendar) -> Shut | None:
    """Return why a centre receives nobody then; None: it does."""
    minute, minutes = at.hour * 60 + at.minute, law.on(SLOT, on).body.minutes
    parts = _openings(on, calendar.week)
    is_inside = any(_minute(a) <= minute <= _minute(b) - minutes for a, b in parts)
    return why_shut_all_day(on, calendar) or (None if is_inside else Shut.HOURS)


def why_shut_all_day(on: dt.date, calendar: Calendar) -> Shut | None:
    """Return why a centre receives nobody on a day on which it has hours; None: it does."""
    if (calendar.opens_on and on < calendar.opens_on) or (calendar.ends_on and on > calendar.ends_on):
        return Shut.CENTRE
    if on in calendar.closed:
        return Shut.DAY
    return Shut.HOLIDAY if is_holiday(on) else None


def list_times(on: dt.date, calendar: Calendar = ALWAYS) -> tuple[dt.time, ...]:
    """Return the starting times of the slots of a day, none on a closed one."""
    if why_shut_all_day(on, calendar):
        return ()
    minutes = law.on(SLOT, on).body.minutes
    return tuple(time for a, b in _openings(on, calendar.week) for time in _times(a, b, minutes))


def list_hours(on: dt.date, week: Week = ()) -> list[tuple[tuple[int, ...], str, str]]:
    """Return the hours of a week, those in force on a day where a centre has none of its own.

    Days (1 = Monday), opens, closes.
    """
    if not week:
        return [(hours.days, hours.opens, hours.closes) for hours in law.on(HOURS, on).body.hours]
    days: dict[tuple[str, str], list[int]] = {}
    for number, written in enumerate(week, start=1):
        for part in parts_of(written):
            days.setdefault(part, []).append(number)
    return [(tuple(numbers), *part) for part, numbers in days.items()]


def parts_of(written: str) -> list[tuple[str, str]]:
    """Return opens and closes of each part of a day: ``08:30-12:00 14:00-18:00``."""
    return [(part[:5], part[6:]) for part in written.split()]


def _openings(on: dt.date, week: Week) -> list[tuple[str, str]]:
    if week:
        return parts_of(week[on.isoweekday() - 1])
    return [(h.opens, h.closes) for h in law.on(HOURS, on).body.hours if on.isoweekday() in h.days]


def _minute(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


def _times(opens: str, closes: str, minutes: int) -> Iterator[dt.time]:
    for start in range(_minute(opens), _minute(closes) - minutes + 1, minutes):
        yield dt.time(start // 60, start % 60)


def local(now: dt.datetime) -> dt.datetime:
    """Return the wall clock of Morocco (which leaves summer time during Ramadan), without a zone."""
    return dates.local(now).replace(tzinfo=None)


def last_day(today: dt.date) -> dt.date:
    """Return the last day that can be booked on ``today``."""
    return today + dt.timedelta(days=law.on(SLOT, today).body.horizon_days)


def count_due(starts_at: dt.datetime, now: dt.datetime) -> int:
    """Return how many of the reminders of an appointment should have gone by now."""
    due = law.on(REMINDERS, legal_day(starts_at)).body
    return sum(_remind_at(starts_at, hours, due) <= now for hours in due.hours)


def furthest_reminder(today: dt.date) -> dt.date:
    """Return the last day of which an appointment may be reminded today."""
    return today + dt.timedelta(days=law.on(REMINDERS, today).body.hours[0] // 24 + 2)


def _remind_at(starts_at: dt.datetime, hours: int, law: Reminders) -> dt.datetime:
    """Hours are those that pass, whatever the clock on the wall does; one in the night goes before it."""
    moment = dates.local(starts_at.astimezone(dt.UTC) - dt.timedelta(hours=hours))
    morning, evening = (dt.time.fromisoformat(time) for time in (law.morning, law.evening))
    if morning <= moment.time() <= evening:
        return moment
    day = legal_day(moment) - dt.timedelta(days=moment.time() < morning)
    return dt.datetime.combine(day, evening, dates.ZONE)


def most_missed(day: dt.date) -> int:
    """Return how many appointments a request may miss before none can be booked online."""
    return law.on(SLOT, day).body.missed_most


def read_slot(slot_id: str) -> SlotKey:
    """Read ``centre@dayTtime``. Raises: Refused(SLOT_UNKNOWN)."""
    centre_code, _, moment = slot_id.partition("@")
    try:
        day, at = dt.date.fromisoformat(moment[:10]), dt.time.fromisoformat(moment[11:])
    except ValueError:
        raise Refused(SLOT_UNKNOWN, field="slot", slot=slot_id) from None
    if moment != f"{day.isoformat()}T{at:%H:%M}":
        raise Refused(SLOT_UNKNOWN, field="slot", slot=slot_id)
    return SlotKey(centre_code, day, at)


def check_slot(key: SlotKey, now: dt.datetime, calendar: Calendar = ALWAYS) -> None:
    """Raises: Refused(SLOT_PAST) or Refused(SLOT_UNKNOWN) when nobody can be received then."""
    here = local(now)
    if dt.datetime.combine(key.on, key.at) <= here:
        raise Refused(SLOT_PAST, field="slot", slot=str(key))
    if key.on > last_day(legal_day(now)) or key.at not in list_times(key.on, calendar):
        raise Refused(SLOT_UNKNOWN, field="slot", slot=str(key))


def is_bookable(key: SlotKey, now: dt.datetime) -> bool:
    """Tell whether a slot of a centre's hours is still ahead and within the booking horizon."""
    here = local(now)
    return dt.datetime.combine(key.on, key.at) > here and key.on <= last_day(legal_day(now))


def list_days(first: dt.date, days: int, now: dt.datetime | None = None) -> list[dt.date]:
    """Return ``days`` days from ``first``; with ``now``, only those that can be booked."""
    start, stop = first.toordinal(), min(first.toordinal() + days, dt.date.max.toordinal() + 1)
    if now is not None:
        today = legal_day(now)
        start, stop = max(start, today.toordinal()), min(stop, last_day(today).toordinal() + 1)
    return [dt.date.fromordinal(n) for n in range(start, stop)]
