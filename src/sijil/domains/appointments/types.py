"""What appointments hands to others. Days and times are those of the centre's clock on the wall."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sijil.kernel.dates import ZONE
from sijil.kernel.texts import either


class CentreKind(StrEnum):
    ANNEX = "annex"  # annexe administrative, in town
    CAIDAT = "caidat"  # office of a caïdat, in the countryside


@dataclass(frozen=True, slots=True)
class Centre:
    """``commune_codes``: the communes it serves. ``desks``: people received at once (capacity of a slot).

    ``address_ar``, ``address_fr``, ``phone``: empty while they are not known.
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
class LoadReport:
    centres: int
    changed: int
