"""What appointments hands to others. Days and times are those of the centre's clock on the wall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sijil.kernel.dates import ZONE
from sijil.kernel.errors import Refused
from sijil.kernel.texts import Text4, either

Week = tuple[str, ...]
"""Hours of a centre's own, Monday to Sunday: ``08:30-12:00 14:00-18:00``, "" a closed day; (): as the law."""


class CentreKind(StrEnum):
    ANNEX = "annex"  # annexe administrative, in town
    CAIDAT = "caidat"  # office of a caïdat, in the countryside
    MOBILE = "mobile"  # a caravan, at a place from a day to a day


class Shut(StrEnum):
    """Why a centre receives nobody at a time."""

    DAY = "day_closed"  # an outage or another exception, dated
    CENTRE = "centre_closed"
    HOLIDAY = "holiday"
    HOURS = "hours_changed"


WHY_SHUT = {
    Shut.DAY: Text4(
        "المركز مغلق في ذلك اليوم.", "Le centre est fermé ce jour-là.", "The centre is closed that day."
    ),
    Shut.CENTRE: Text4("أغلق المركز.", "Le centre a fermé.", "The centre has closed."),
    Shut.HOLIDAY: Text4("يوم عطلة.", "Jour férié.", "It is a holiday."),
    Shut.HOURS: Text4(
        "تغيرت أوقات المركز.", "Les horaires du centre ont changé.", "The hours of the centre have changed."
    ),
}


@dataclass(frozen=True, slots=True)
class Centre:
    """``commune_codes``: the communes it serves. ``desks``: people received at once (capacity of a slot).

    ``address_ar``, ``address_fr``, ``phone``, ``latitude``, ``longitude``: empty while they are not known.
    ``week``: its own hours. ``opens_on``, ``ends_on``: its first and last day, None where there is none.
    """

    code: str
    kind: str
    name_ar: str
    name_fr: str
    region_code: str
    province_code: str
    commune_codes: tuple[str, ...]
    desks: int
    address_ar: str = ""
    address_fr: str = ""
    phone: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    week: Week = ()
    opens_on: dt.date | None = None
    ends_on: dt.date | None = None

    def address(self, language: str) -> str:
        """Return where it is, in the language if it is written so."""
        return either(self.address_ar, self.address_fr, language) or self.address_fr or self.address_ar

    def name(self, language: str) -> str:
        return either(self.name_ar, self.name_fr, language)


@dataclass(frozen=True, slots=True)
class SlotKey:
    """Which slot: its written form is ``04.421.01.01@2026-11-23T09:00``."""

    centre_code: str
    on: dt.date
    at: dt.time

    def __str__(self) -> str:
        return f"{self.centre_code}@{self.on:%Y-%m-%d}T{self.at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot on offer. ``id`` is what :func:`services.book` takes."""

    id: str
    centre_code: str
    on: dt.date
    at: dt.time
    capacity: int
    booked: int

    @property
    def starts_at(self) -> dt.datetime:
        return dt.datetime.combine(self.on, self.at, ZONE)

    @property
    def free(self) -> int:
        return self.capacity - self.booked


@dataclass(frozen=True, slots=True)
class Booking:
    """The appointment of a request. A walk-in has a day and no time. ``changed_at``: when it became so."""

    request_number: str
    centre_code: str
    on: dt.date
    at: dt.time | None
    state: str
    changed_at: dt.datetime

    @property
    def starts_at(self) -> dt.datetime | None:
        return None if self.at is None else dt.datetime.combine(self.on, self.at, ZONE)

    @property
    def is_walk_in(self) -> bool:
        return self.at is None

    @property
    def slot_id(self) -> str:
        return "" if self.at is None else str(SlotKey(self.centre_code, self.on, self.at))


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a centre receives people: its own hours, first and last day, and the days closed by exception."""

    week: Week = ()
    opens_on: dt.date | None = None
    ends_on: dt.date | None = None
    closed: Collection[dt.date] = ()


ALWAYS = Calendar()


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which the administration is closed. ``is_foreseen``: it follows the moon, and may move."""

    on: dt.date
    is_foreseen: bool


@dataclass(frozen=True, slots=True)
class Closure:
    """A day on which a centre is closed by exception, with the reason that people read."""

    centre_code: str
    on: dt.date
    reason_ar: str
    reason_fr: str

    def reason(self, language: str) -> str:
        return either(self.reason_ar, self.reason_fr, language)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Why a request is received at a centre that does not serve its commune: a code, a sentence, the day."""

    reason: str
    note: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Displaced:
    """An appointment at a time at which its centre does not, or will not, receive people, and why."""

    booking: Booking
    why: Shut


@dataclass(frozen=True, slots=True)
class LoadReport:
    centres: int
    changed: int


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a table of centres, read: its number, and its values by field or its refusal."""

    number: int
    code: str
    values: dict[str, object]
    refused: Refused | None = None


class Outcome(StrEnum):
    """How a line of a table of centres ends."""

    UNCHANGED = "unchanged"
    ADDED = "added"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ImportLine:
    """How one line ended. ``fields``: what is another than before; ``displaced``: whose appointment falls."""

    number: int
    code: str
    outcome: Outcome
    fields: tuple[str, ...] = ()
    refused: Refused | None = None
    displaced: tuple[Displaced, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How each line ended: taken in = unchanged + added + changed + refused."""

    lines: tuple[ImportLine, ...]

    def count(self, outcome: Outcome) -> int:
        return sum(line.outcome is outcome for line in self.lines)

    @property
    def displaced(self) -> tuple[Displaced, ...]:
        """Whose appointment falls with what was, or would be, brought in: of no line that was refused."""
        done = (line for line in self.lines if line.outcome is not Outcome.REFUSED)
        return tuple(one for line in done for one in line.displaced)
