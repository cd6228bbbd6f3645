"""How many files a second go from a committed deposit to a committed number, beside the same rows bare.

ours    one file after another on one connection, so client and server together have one core: the jobs of the
        worker, each with its transactions: compare with everyone known, ask the engine to keep the pictures
        and whom they resemble (the embedded twin: no biometric search), register, tell, commit
floor   the rows that they leave (``_bare_rows.py``), put back into the same tables with the same
        number of commits, in prepared INSERTs of known values: nothing read, compared, opened or sealed
also    the deposit itself, with the reading of the file, its keys and its receipt by message; a look-up of a
        person by number with its entry of the log, floor: the same rows by the same index, nothing opened

Run: ./run bench enrolment, or python -m bench.enrolment [people]. Needs a database of its own
(SIJIL_DATABASE_URL): it migrates it and loads people. Prints one JSON object per figure.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bench import _bare_rows

ROUNDS, BATCH, LOOKUPS = 5, 60, 2000
NOW = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
CENTRE = "04.421.01.01"
PERSON = """
SELECT * FROM population_register_person AS person
JOIN population_register_identity AS version ON version.id = person.current_id WHERE idcs_index = %s
"""


def prepare(number: int) -> tuple[str, Sequence[str], Iterator[Any]]:
    """Load ``number`` persons; return the server's settings, some of their numbers, and people to come."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from sijil.country.country import make_country
    from sijil.domains.appointments.services import load_centres
    from sijil.domains.geography.services import load_reference

    call_command("migrate", verbosity=0, skip_checks=True)
    load_reference(NOW)
    load_centres(now=NOW)
    country, chunks, known = make_country(NOW), itertools.count(), list[str]()
    while len(known) < number:
        known += _load(country.chunk(next(chunks)), number - len(known))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
        commit, fsync = cursor.fetchone()
    return f"synchronous_commit {commit}, fsync {fsync}", known, _adults(country, chunks)


def _load(homes: Sequence[Any], most: int) -> list[str]:
    from django.db import transaction

    from sijil.country.loading import load_persons

    persons = [person for home in homes for person in home.persons][:most]
    with transaction.atomic():
        load_persons(persons, now=NOW)
    return [person.idcs for person in persons]


def _adults(country: Any, chunks: Iterator[int]) -> Iterator[Any]:
    """Yield identities of people who are not registered: heads of households, so that no two are one home."""
    for index in chunks:
        for home in country.chunk(index):
            yield home.persons[0].identity


def file_of(identity: Any) -> str:
    """Return the number of a file that is ready for its deposit."""
    from sijil.domains.biometrics import services as biometrics
    from sijil.domains.biometrics.types import Judged, Modality, Opened
    from sijil.domains.population_register import services as register
    from sijil.domains.population_register.rules import form_on, values_of
    from sijil.domains.population_register.types import Channel
    from sijil.journeys import person_enrolment

    officer = _officer()
    whole = dataclasses.replace(
        identity, paper_kind="cnie", paper_number=f"ZB{random.randrange(10**6):06d}",
        form=form_on(NOW.date()).version,
        more={"birth_country": "MA", "quarter": "Hay Riad", "street": "12, rue des Orangers"},
    )  # fmt: skip
    number = person_enrolment.pre_register(
        identity=whole,
        centre_code=CENTRE,
        channel=Channel.COUNTER,
        actor=officer,
        now=NOW,
        elsewhere=person_enrolment.Why("hospital"),
    )
    register.compare_papers(number=number, paper=values_of(whole), actor=officer, now=NOW)
    for modality in Modality:
        image = Opened(480, 640, os.urandom(16).hex(), b"", os.urandom(48_000))
        judged = Judged(modality, image, {})
        biometrics.store_capture(request_number=number, judged=judged, actor=officer, now=NOW)
    return number


def _officer() -> Any:
    from sijil.kernel.actors import officer

    return officer("bench", centre=CENTRE, area="04.421.01.0", roles=["csc_officer"])


def deposit(number: str) -> None:
    from sijil.journeys import person_enrolment

    person_enrolment.deposit(number=number, actor=_officer(), now=NOW)


def number_of(number: str) -> None:
    """Do the jobs of one deposited file."""
    from sijil.domains.biometrics.models import EngineRequest
    from sijil.domains.biometrics.services import ask
    from sijil.journeys import person_enrolment

    person_enrolment.compare(number, now=NOW)
    for _ in ("insert", "identify"):
        asked = EngineRequest.objects.filter(request_number=number, state="queued").values_list(
            "id", flat=True
        )
        ask(asked.get(), NOW)
    person_enrolment.resolve(number, now=NOW)


def seconds(work: Callable[[str], None], numbers: Sequence[str]) -> float:
    began = time.perf_counter()
    for number in numbers:
        work(number)
    return time.perf_counter() - began


def enrol(people: Iterator[Any]) -> tuple[float, float, float, int]:
    """Return seconds of deposits, of the way to the number, of this process in both; how many got none."""
    numbers = [file_of(identity) for identity in itertools.islice(people, BATCH)]
    cpu = time.process_time()
    deposits = seconds(deposit, numbers)
    way = seconds(number_of, numbers)
    return deposits, way, time.process_time() - cpu, _waiting(numbers)


def _waiting(numbers: Sequence[str]) -> int:
    from sijil.domains.population_register.models import EnrolmentRequest

    return EnrolmentRequest.objects.filter(number__in=numbers).exclude(state="registered").count()


def lookups(known: Sequence[str]) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each look-up by number, ours and the floor's, sorted."""
    from sijil.domains.population_register import queries
    from sijil.domains.population_register.acts import FILE_READ
    from sijil.domains.population_register.sealed import idcs_index

    officer = _officer()
    raw = _bare_rows.raw()

    def ours(idcs: str) -> None:
        key = queries.find_key(idcs)
        assert key is not None
        queries.get_person(key, act=FILE_READ, actor=officer, now=NOW)

    def floor(idcs: str) -> None:
        raw.execute(PERSON, [tags[idcs]], prepare=True).fetchone()

    drawn = random.Random(1).choices(known, k=LOOKUPS)
    tags = {idcs: idcs_index(idcs) for idcs in drawn}
    for work in (ours, floor):
        seconds(work, drawn[:50])  # warm: keys opened, statements prepared
    return tuple(sorted(1000 * seconds(work, [idcs]) for idcs in drawn) for work in (ours, floor))  # type: ignore[return-value]


def main() -> int:
    """Alternate ours and the floor and take medians."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    server, known, people = prepare(size)
    enrol(itertools.islice(people, 10))  # warm
    with _bare_rows.recorded() as commits:
        numbers = [file_of(identity) for identity in itertools.islice(people, BATCH)]
        seconds(deposit, numbers)
        commits[:] = commits[-1:]
        seconds(number_of, numbers)
    bare = _bare_rows.take(commits)
    rounds = [(*enrol(people), _bare_rows.put(bare, commits)) for _ in range(ROUNDS)]
    deposits, way, cpu, _, floor = (statistics.median(side) / BATCH for side in zip(*rounds, strict=True))
    waits = sum(waiting for *_, waiting, _ in rounds)
    each = f"{size:,} people known; one connection, {ROUNDS} rounds of {BATCH} files"
    figures = [
        _figure(
            "files from deposit to number, no biometric search", "per second per core",
            round(1 / way, 1), round(1 / floor, 1),
            f"{each}; {waits} sent to officers; {1000 * deposits:.1f} ms for the deposit before it, "
            f"{1000 * cpu:.1f} ms of the process in both; floor: the same {bare.rows / BATCH:.0f} rows, "
            f"{bare.size // BATCH} bytes, {len(bare.transactions) // BATCH} commits a file; {server}",
        ),
        *_lookup_figures(size, known),
    ]  # fmt: skip
    for figure in figures:
        print(json.dumps(figure, ensure_ascii=False))
    return 0


def _lookup_figures(size: int, known: Sequence[str]) -> Iterator[dict[str, Any]]:
    ours, floor = lookups(known)
    for share, name in ((0.5, "median"), (0.99, "99th percentile")):
        sides = (round(side[int(share * len(side))], 2) for side in (ours, floor))
        detail = (
            f"{size:,} people known, {LOOKUPS} look-ups, with the entry of the log; floor: the rows by index"
        )
        yield _figure(f"person looked up by number, {name}", "ms", *sides, detail)


def _figure(name: str, unit: str, ours: float, floor: float, detail: str) -> dict[str, Any]:
    ratio = round(ours / floor, 2)
    return {"name": name, "unit": unit, "ours": ours, "floor": floor, "ratio": ratio, "detail": detail}


if __name__ == "__main__":
    sys.exit(main())
