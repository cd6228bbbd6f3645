"""Write the demo country, chunk by chunk, each in one transaction through the domains' own bulk functions.

A chunk is there or it is not: its first person tells. So a stopped load goes on where it stopped, a
finished one does nothing, and at the end *in = done + refused*.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from django.db import connection, transaction

from sijil.country.generator import CHUNK, Country, DemoHousehold, DemoPerson
from sijil.domains.matching import services as matching
from sijil.domains.matching.types import Subject
from sijil.domains.population_register import queries as population
from sijil.domains.population_register import services as population_writes
from sijil.domains.population_register.rules import matched
from sijil.domains.scoring.types import Trigger
from sijil.domains.social_register import services as social_writes
from sijil.domains.social_register.types import LoadedHousehold
from sijil.domains.verification import services as verification
from sijil.journeys.household_registration import score_households
from sijil.kernel.actors import system

DEMO = system("demo")


@dataclass
class Loaded:
    """What a load did. ``households == scored + quarantined + refused``; ``kept`` were there before."""

    households: int = 0
    persons: int = 0
    kept: int = 0
    scored: int = 0
    quarantined: int = 0
    refused: int = 0
    seconds: float = 0.0

    @property
    def is_whole(self) -> bool:
        return self.households == self.scored + self.quarantined + self.refused

    @property
    def persons_per_second(self) -> int:
        return round(self.persons / self.seconds) if self.seconds else 0


def load_country(
    country: Country, *, households: int, now: dt.datetime, progress: Callable[[int, int], None]
) -> Loaded:
    """Write the households that are not there yet; call ``progress(done, all)`` after each chunk written."""
    report, started = Loaded(), time.perf_counter()
    for index, size in _chunks(households):
        if population.find_key(country.first_idcs(index)) is not None:
            report.kept += size
            continue
        load_chunk(country.chunk(index)[:size], report, now=now)
        progress(report.households + report.kept, households)
    report.seconds = time.perf_counter() - started
    assert report.is_whole
    return report


def _chunks(households: int) -> Iterator[tuple[int, int]]:
    for index in count():
        left = households - index * CHUNK
        if left <= 0:
            return
        yield index, min(left, CHUNK)


@transaction.atomic
def load_chunk(homes: list[DemoHousehold], report: Loaded, *, now: dt.datetime) -> None:
    """Write persons, verification subjects, matching keys, households and scores of one chunk."""
    persons = [person for home in homes for person in home.persons]
    load_persons(persons, now=now)
    load_homes([home.loaded for home in homes], report, now=now)
    report.persons += len(persons)


def load_homes(homes: list[LoadedHousehold], report: Loaded, *, now: dt.datetime) -> None:
    """Write households whose members are registered, and their scores."""
    social_writes.load_households(households=homes, actor=DEMO, now=now)
    codes = [home.code for home in homes]
    result = score_households(codes, trigger=Trigger.IMPORTED, actor=DEMO, now=now)
    report.households += len(homes)
    report.scored += result.scored
    report.quarantined += result.quarantined
    report.refused += len(result.refused)


def load_persons(persons: list[DemoPerson], *, now: dt.datetime) -> None:
    """Write persons to the population register and make them known to verification and matching."""
    subjects = [Subject(p.id, **matched(p.identity)) for p in persons]  # a COPY keeps the connection
    with connection.cursor() as wrapped:
        cursor = wrapped.cursor
        rows = ((p.id, p.key, p.idcs, p.identity) for p in persons)
        population_writes.copy_persons(cursor, rows, actor=DEMO, now=now)
        known = ((p.key, p.idcs, p.identity.birth, p.identity.sex.value) for p in persons)
        verification.copy_subjects(cursor, known)
        matching.copy_keys(cursor, subjects)
