"""When a centre receives people, decided from dated data: no table is asked."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from sijil.domains.appointments.errors import SLOT_PAST, SLOT_UNKNOWN
from sijil.domains.appointments.types import Centre, SlotKey
from sijil.kernel import dates
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.parameters import Parameter, load_yaml, read_parameter

_HERE = Path(__file__).parent


@lru_cache
def read_parameters() -> dict[str, Parameter]:
    """Return hours, slot, yearly and by_moon."""
    bodies = {
        **load_yaml(_HERE / "parameters/opening.yaml"),
        **load_yaml(_HERE / "parameters/holidays.yaml"),
    }
    return {name: read_parameter(name, body) for name, body in bodies.items()}


def is_holiday(day: dt.date) -> bool:
    """Tell whether the administration is closed on ``day`` (decree on holidays)."""
    parameters = read_parameters()
    yearly = f"{day:%m-%d}" in parameters["yearly"].on(day).value
    moon = [day.isoformat() in dated.value for dated in parameters["by_moon"].values]
    return yearly or any(moon)


def holidays_known_until() -> dt.date:
    """Return the last day of the last year whose days that follow the moon are known."""
    return dt.date(max(dated.starts_on.year for dated in read_parameters()["by_moon"].values), 12, 31)


def list_times(day: dt.date) -> tuple[dt.time, ...]:
    """Return the starting times of the slots of ``day``, none on a closed day."""
    if is_holiday(day):
        return ()
    minutes = read_parameters()["slot"].on(day).value["minutes"]
    hours = [h for h in read_parameters()["hours"].on(day).value if day.isoweekday() in h["days"]]
    return tuple(time for h in hours for time in _times(h["opens"], h["closes"], minutes))


def _times(opens: str, closes: str, minutes: int) -> Iterator[dt.time]:
    first, last = (int(t[:2]) * 60 + int(t[3:]) for t in (opens, closes))
    for start in range(first, last - minutes + 1, minutes):
        yield dt.time(start // 60, start % 60)


def local(now: dt.datetime) -> dt.datetime:
    """Return the wall clock of Morocco (which leaves summer time during Ramadan), without a zone."""
    return dates.local(now).replace(tzinfo=None)


def last_day(today: dt.date) -> dt.date:
    """Return the last day that can be booked on ``today``."""
    return today + dt.timedelta(days=read_parameters()["slot"].on(today).value["horizon_days"])


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
    """Return the centres of a CSV file (columns: the fields of :class:`Centre`, communes by spaces).

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
        centre = Centre(
            row["code"], row["kind"], row["name_ar"], row["name_fr"],
            row["region_code"], row["province_code"], communes, int(row["desks"]),
        )  # fmt: skip
    except (KeyError, ValueError) as error:
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
