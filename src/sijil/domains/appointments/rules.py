"""When a centre receives people, decided from dated data: no table is asked."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from sijil.domains.appointments.errors import SLOT_PAST, SLOT_UNKNOWN
from sijil.domains.appointments.types import Centre, SlotKey
from sijil.kernel import clean, dates, law
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

_HERE = Path(__file__).parent
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


class Holidays(law.Body, frozen=True):
    """The law ``appointments.holidays``: days of every year."""

    days: tuple[_MonthDay, ...]


class Moon(law.Body, frozen=True):
    """The law ``appointments.moon``: the days of one year that follow the moon."""

    days: tuple[dt.date, ...]


HOURS = law.declare(law.LawKind("appointments.hours", Hours, _HERE / "parameters/hours"))
SLOT = law.declare(law.LawKind("appointments.slot", Slot, _HERE / "parameters/slot"))
HOLIDAYS = law.declare(law.LawKind("appointments.holidays", Holidays, _HERE / "parameters/holidays"))
MOON = law.declare(law.LawKind("appointments.moon", Moon, _HERE / "parameters/moon", may_end=True))


def is_holiday(day: dt.date) -> bool:
    """Tell whether the administration is closed on ``day`` (decree on holidays)."""
    return f"{day:%m-%d}" in law.on(HOLIDAYS, day).body.days or day in _moon_days(day)


def _moon_days(day: dt.date) -> tuple[dt.date, ...]:
    try:
        return law.on(MOON, day).body.days
    except law.NotInForce:  # a year whose days nobody foresaw yet
        return ()


def holidays_known_until() -> dt.date:
    """Return the last day of the last year whose days that follow the moon are known."""
    return dt.date(max(dated.starts_on.year for dated in law.versions(MOON)), 12, 31)


def list_times(day: dt.date) -> tuple[dt.time, ...]:
    """Return the starting times of the slots of ``day``, none on a closed day."""
    if is_holiday(day):
        return ()
    minutes = law.on(SLOT, day).body.minutes
    hours = [h for h in law.on(HOURS, day).body.hours if day.isoweekday() in h.days]
    return tuple(time for h in hours for time in _times(h.opens, h.closes, minutes))


def list_hours(day: dt.date) -> list[tuple[tuple[int, ...], str, str]]:
    """Return the hours of a week in force on a day: days (1 = Monday), opens, closes."""
    return [(hours.days, hours.opens, hours.closes) for hours in law.on(HOURS, day).body.hours]


def _times(opens: str, closes: str, minutes: int) -> Iterator[dt.time]:
    first, last = (int(t[:2]) * 60 + int(t[3:]) for t in (opens, closes))
    for start in range(first, last - minutes + 1, minutes):
        yield dt.time(start // 60, start % 60)


def local(now: dt.datetime) -> dt.datetime:
    """Return the wall clock of Morocco (which leaves summer time during Ramadan), without a zone."""
    return dates.local(now).replace(tzinfo=None)


def last_day(today: dt.date) -> dt.date:
    """Return the last day that can be booked on ``today``."""
    return today + dt.timedelta(days=law.on(SLOT, today).body.horizon_days)


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


def check_slot(key: SlotKey, now: dt.datetime) -> None:
    """Raises: Refused(SLOT_PAST) or Refused(SLOT_UNKNOWN) when nobody can be received then."""
    here = local(now)
    if dt.datetime.combine(key.on, key.at) <= here:
        raise Refused(SLOT_PAST, field="slot", slot=str(key))
    if key.on > last_day(legal_day(now)) or key.at not in list_times(key.on):
        raise Refused(SLOT_UNKNOWN, field="slot", slot=str(key))


def is_bookable(key: SlotKey, now: dt.datetime) -> bool:
    """Tell whether a slot of a centre's hours is still ahead and within the booking horizon."""
    here = local(now)
    return dt.datetime.combine(key.on, key.at) > here and key.on <= last_day(legal_day(now))


def read_centres(path: Path = _HERE / "data/centres.csv") -> list[Centre]:
    """Return the centres of a CSV file (columns: the fields of :class:`Centre`, communes by spaces;
    addresses and telephone may be left out).

    Raises: ValueError naming the first line that cannot be used.
    """
    with path.open(encoding="utf-8", newline="") as file:
        centres = [_centre(number, row) for number, row in enumerate(csv.DictReader(file), start=2)]
    if len({c.code for c in centres}) != len(centres):
        raise ValueError(f"{path.name}: a code is used twice")
    return centres


def _centre(number: int, row: dict[str, str]) -> Centre:
    try:
        communes = tuple(row["commune_codes"].split())
        known = {name: (row.get(name) or "").strip() for name in ("address_ar", "address_fr", "phone")}
        if known["phone"]:
            known["phone"] = clean.phone(known["phone"], field="phone")
        centre = Centre(
            row["code"], row["kind"], row["name_ar"], row["name_fr"],
            row["region_code"], row["province_code"], communes, int(row["desks"]), **known,
        )  # fmt: skip
    except (KeyError, ValueError, Refused) as error:
        raise ValueError(f"line {number}: {error}") from error
    if not (centre.code and centre.name_ar and centre.name_fr and communes and centre.desks > 0):
        raise ValueError(f"line {number}: code, both names, a commune and a desk are needed")
    return centre


def list_days(first: dt.date, days: int, now: dt.datetime | None = None) -> list[dt.date]:
    """Return ``days`` days from ``first``; with ``now``, only those that can be booked."""
    start, stop = first.toordinal(), min(first.toordinal() + days, dt.date.max.toordinal() + 1)
    if now is not None:
        today = legal_day(now)
        start, stop = max(start, today.toordinal()), min(stop, last_day(today).toordinal() + 1)
    return [dt.date.fromordinal(n) for n in range(start, stop)]
