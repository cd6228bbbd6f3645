"""The demo country: the same people for the same seed and day, a chunk of households at a time.

``Country.chunk(n)`` depends on nothing but the seed, the day and ``n``: chunks can be made in any order,
by several machines, again after a stop, and never share an IDCS or a household code.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sijil.country import numbers
from sijil.country.answers import draw_household_answers, draw_member_answers
from sijil.country.names import Names, read_names
from sijil.country.population import (
    CHILD,
    GRANDCHILD,
    RELATIONS,
    SIBLING,
    Census,
    Households,
    Members,
    draw_members,
)
from sijil.domains.geography.rules import milieu_of
from sijil.domains.geography.types import HouseholdMilieu, Milieu, MilieuReading, MilieuSource, Place
from sijil.domains.population_register.types import Identity, Nationality, PaperKind, Sex
from sijil.domains.social_register.types import DeclaredMember, LoadedHousehold, Value
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import PersonKey, person_key

SEED = 2024
CHUNK = 250
_SLOTS = CHUNK * 16
_EPOCH = 1_704_067_200_000
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A registered person of the demo."""

    id: uuid.UUID
    idcs: str
    identity: Identity

    @property
    def key(self) -> PersonKey:
        """The key, from the id: the same country is the same at every making."""
        return person_key(int.from_bytes(hashlib.blake2b(self.id.bytes, digest_size=8).digest(), "big"))


@dataclass(frozen=True, slots=True)
class DemoHousehold:
    """A household with its members' identities, in the order of ``loaded.members``."""

    persons: tuple[DemoPerson, ...]
    loaded: LoadedHousehold


class Country:
    """A country of as many households as asked.

    ``on``: the day of the declarations (ages are of that day). ``without``: IDCS that are taken.
    """

    def __init__(
        self, communes: list[Place], *, on: dt.date, seed: int = SEED, without: frozenset[str] = frozenset()
    ) -> None:
        self.census, self.names, self.on, self.seed = Census(communes), read_names(), on, seed
        self.without = without
        self._start = seed * 7_919_333

    def chunks(self, households: int) -> Iterator[tuple[int, list[DemoHousehold]]]:
        """Yield (number of the chunk, its households); the last chunk is cut to the number asked."""
        for index in range(-(-households // CHUNK)):
            yield index, self.chunk(index)[: households - index * CHUNK]

    def first_idcs(self, index: int) -> str:
        """Return the IDCS of the first person of a chunk, without making the chunk."""
        return numbers.draw_idcs(index * _SLOTS, 100, 1, self._start, self.without)[0]

    def chunk(self, index: int) -> list[DemoHousehold]:
        """Return the ``CHUNK`` households of chunk ``index``."""
        random = np.random.default_rng([self.seed, index])
        homes = self.census.draw_households(random, CHUNK)
        members = draw_members(random, homes)
        persons = self._persons(random, index, homes, members)
        soc, com = draw_household_answers(random, homes, members), draw_member_answers(random, homes, members)
        com["relation"] = [RELATIONS[r] for r in members.relation]
        codes = numbers.household_codes(index * CHUNK, CHUNK, self._start)
        ends = np.cumsum(homes.size).tolist()
        return [
            self._household(codes[h], homes, h, persons[end - size : end], _row(soc, h), com, end - size)
            for h, (size, end) in enumerate(zip(homes.size.tolist(), ends, strict=True))
        ]

    def _household(
        self, code: str, homes: Households, h: int, persons: list[DemoPerson],
        answers: dict[str, Value], com: dict[str, Any], first: int,
    ) -> DemoHousehold:  # fmt: skip
        place = self.census.communes[homes.commune[h]]
        members = tuple(
            DeclaredMember(
                p.key, p.identity.sex.value, p.identity.birth.age_on(self.on), _row(com, first + n)
            )
            for n, p in enumerate(persons)
        )
        found = _milieu(place, Milieu.URBAN if homes.urban[h] else Milieu.RURAL)
        where = (place.code, place.region_code, found.milieu.value, found.by.value)
        births = {p.key: p.identity.birth for p in persons}
        loaded = LoadedHousehold(code, *where, answers, members, births)
        return DemoHousehold(tuple(persons), loaded)

    def _persons(
        self, random: np.random.Generator, index: int, homes: Households, members: Members
    ) -> list[DemoPerson]:
        total = len(members.age)
        all_idcs = numbers.draw_idcs(index * _SLOTS, _SLOTS, total, self._start, self.without)
        births = self._births(random, homes, members)
        names = self._names(random, homes, members)
        contacts = _contacts(random, index, members)
        places = [self.census.communes[c] for c in homes.commune[members.household].tolist()]
        addresses = _addresses(random, homes, members)
        keys = random.bytes(10 * total)
        return [
            DemoPerson(
                _key(index * _SLOTS + n, keys[10 * n : 10 * n + 10]),
                all_idcs[n],
                Identity(
                    *names[n], births[n], Sex.FEMALE if members.female[n] else Sex.MALE, places[n].code,
                    Nationality.MOROCCAN, *contacts[n], "ar", addresses[n],
                ),
            )
            for n in range(total)
        ]  # fmt: skip

    def _births(self, random: np.random.Generator, homes: Households, members: Members) -> list[PartialDate]:
        """Return birth dates that give exactly the drawn ages; some of the old know only their year."""
        days = random.integers(0, 365, len(members.age)).tolist()
        urban = homes.urban[members.household]
        vague = (members.age > 58) & (random.random(len(days)) < np.where(urban, 0.1, 0.25))
        return [
            _born(self.on, age, day, v)
            for age, day, v in zip(members.age.tolist(), days, vague.tolist(), strict=True)
        ]

    def _names(
        self, random: np.random.Generator, homes: Households, members: Members
    ) -> list[tuple[str, str, str, str]]:
        """Return (last_name_ar, first_name_ar, last_name_fr, first_name_fr); a family shares its surname."""
        total = len(members.age)
        shared = self.names["S"].draw(random, len(homes.size))[members.household]
        own = self.names["S"].draw(random, total)
        family = np.isin(members.relation, [0, CHILD, GRANDCHILD, SIBLING])
        last = np.where(family, shared, own).tolist()
        men, women = (
            self.names["M"].draw(random, total).tolist(),
            self.names["F"].draw(random, total).tolist(),
        )
        surnames = self.names["S"]
        return [
            _named(surnames, last[n], self.names["F" if f else "M"], women[n] if f else men[n])
            for n, f in enumerate(members.female.tolist())
        ]


def _milieu(place: Place, area: Milieu) -> HouseholdMilieu:
    """Return the milieu of a household of an area, as its commune decides it or asks it."""
    found = milieu_of(place, MilieuReading.CENSUS)
    return found if isinstance(found, HouseholdMilieu) else HouseholdMilieu(area, MilieuSource.ASKED)


def _named(surnames: Names, last: int, given: Names, first: int) -> tuple[str, str, str, str]:
    return surnames.ar[last], given.ar[first], surnames.fr[last], given.fr[first]


def _born(on: dt.date, age: int, days: int, vague: bool) -> PartialDate:
    latest = dt.date(on.year - age, on.month, min(on.day, 28))
    if vague and latest.month > 7:  # with 1 July for an unknown month the age stays the same
        return PartialDate(latest.year)
    born = latest - dt.timedelta(days=days)
    return PartialDate(born.year, born.month, born.day)


def _contacts(random: np.random.Generator, index: int, members: Members) -> list[tuple[str, str, str, str]]:
    """Return (phone, e-mail, kind of paper, number of the paper); children have a birth record."""
    total = len(members.age)
    phones = random.integers(600_000_000, 680_000_000, total).tolist()
    has_phone = ((members.age >= 16) & (random.random(total) < 0.85)).tolist()
    adult = (members.age >= 18).tolist()
    return [
        (
            f"+212{phones[n]}" if has_phone[n] else "",
            "",
            str(PaperKind.CNIE if adult[n] else PaperKind.BIRTH_EXTRACT),
            _card_number(index * _SLOTS + n) if adult[n] else "",
        )
        for n in range(total)
    ]


def _card_number(place: int) -> str:
    """Return a card number of its own for each place of the walk: two letters and six digits."""
    high, low = divmod((place + 1) * 611_953_177 % 576_000_000, 1_000_000)
    return f"{_LETTERS[high // 24]}{_LETTERS[high % 24]}{low:06d}"


def _addresses(random: np.random.Generator, homes: Households, members: Members) -> list[dict[str, str]]:
    """Return the address of each person: a street in town, a douar outside."""
    street, number = random.integers(1, 90, len(homes.size)), random.integers(1, 200, len(homes.size))
    written = [
        {"quarter": f"حي {s}", "street": f"زنقة {s}", "house_number": str(n)}
        if town
        else {"quarter": f"دوار {s}", "house_number": str(n)}
        for s, n, town in zip(street.tolist(), number.tolist(), homes.urban.tolist(), strict=True)
    ]
    return [{"birth_country": "MA", **written[h]} for h in members.household.tolist()]


def _row(columns: dict[str, Any], row: int) -> dict[str, Value]:
    """Return the answers of one row, without those that were not asked."""
    return {name: _plain(values[row]) for name, values in columns.items() if values[row] is not None}


def _plain(value: Any) -> Value:
    plain: Value = value.item() if isinstance(value, np.generic) else value
    return plain


def _key(place: int, drawn: bytes) -> uuid.UUID:
    """Return a UUIDv7 whose time is the place in the walk, in milliseconds of 2024: rows keep an order."""
    value = (_EPOCH + place) << 80 | int.from_bytes(drawn, "big")
    return uuid.UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)
