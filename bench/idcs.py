"""How fast identifiers are issued by eight clients at once, beside a bare unique insert in the same run.

ours    the register's own issuing step, one transaction each: draw, seal the identity, insert the person
        under the unique index, commit
floor   the least it can cost: insert one random ten-digit number into a table with only that unique column,
        commit
rows    the second floor: the same rows and bytes in the same transaction shape, by the same prepared
        statement with values known beforehand: nothing drawn, sealed or read

Run: ./run bench idcs, or python bench/idcs.py [seconds]. Needs a database of its own (SIJIL_DATABASE_URL): it
migrates it and adds persons. Prints one JSON object per figure.
"""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

CLIENTS = 8
ROUNDS = 5
NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
Work = Callable[[float], int]


def issue_for(seconds: float) -> int:
    """Issue for some seconds on one connection; return how many were committed."""
    from django.db import transaction

    from sijil.domains.population_register import services
    from sijil.domains.population_register.types import Identity, Sex
    from sijil.kernel.actors import system
    from sijil.kernel.dates import PartialDate
    from sijil.kernel.ids import new_key

    identity = Identity(
        "الصفريوي", "خديجة", "Sefrioui", "Khadija", PartialDate(1988, 4, 12), Sex.FEMALE, "04.421.01.0",
        phone="+212600100001", more={"quarter": "حي السلام", "street": "زنقة 12", "house_number": "5"},
    )  # fmt: skip
    clerk = system("bench")
    done, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        with transaction.atomic():
            services.issue(new_key(), identity, actor=clerk, now=NOW)
        done += 1
    return done


def insert_for(seconds: float) -> int:
    """Insert bare numbers for some seconds on one connection; return how many were committed."""
    from django.db import connection

    connection.ensure_connection()
    raw = connection.connection
    done, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        number = str(2_000_000_000 + secrets.randbelow(8_000_000_000))
        done += raw.execute(
            "INSERT INTO bench_floor VALUES (%s) ON CONFLICT DO NOTHING", [number], prepare=True
        ).rowcount
    return done


def insert_rows_for(seconds: float) -> int:
    """Insert the rows of persons for some seconds on one connection, of as many bytes; return how many."""
    from django.db import connection

    from sijil.domains.population_register.services.persons import INSERT_PERSON
    from sijil.kernel.ids import new_key

    connection.ensure_connection()
    raw: Any = connection.connection
    size = _bytes_of_one(raw)
    who = (NOW.date(), NOW, "registered", "system", "bench")
    done, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        key = new_key()
        known_by = (key, secrets.randbits(62), os.urandom(16), os.urandom(size[0]))
        row = [*known_by, "F", 1988, "04.421.01.0", key, NOW, *who, os.urandom(size[1])]
        with raw.transaction():
            raw.execute(INSERT_PERSON, row, prepare=True).fetchone()
        done += 1
    return done


def _bytes_of_one(raw: Any) -> tuple[int, int]:
    """Return the sizes of the two sealed values of a person that was issued."""
    ask = """
        SELECT length(sealed_idcs), length(sealed) FROM population_register_person AS person
        JOIN population_register_identity AS version ON version.id = person.current_id LIMIT 1
    """
    found: tuple[int, int] = raw.execute(ask).fetchone()
    return found


def client(work: Work, seconds: float, together: Any, answers: Any) -> None:
    from django.db import connection

    connection.ensure_connection()
    work(0.3)  # warm: keys opened, statements prepared
    together.wait()
    answers.put(work(seconds))
    connection.close()


def rate(work: Work, seconds: float) -> float:
    """Return how many per second ``CLIENTS`` processes commit together."""
    fork = multiprocessing.get_context("fork")
    together, answers = fork.Barrier(CLIENTS), fork.SimpleQueue()
    clients = [fork.Process(target=client, args=(work, seconds, together, answers)) for _ in range(CLIENTS)]
    for process in clients:
        process.start()
    total = sum(answers.get() for _ in clients)
    for process in clients:
        process.join()
    return total / seconds


def prepare() -> str:
    """Make the tables; return what matters of the server's settings."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, skip_checks=True)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_floor")
        cursor.execute("CREATE TABLE bench_floor (idcs char(10) PRIMARY KEY)")
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
        commit, fsync = cursor.fetchone()
    connection.close()
    return f"synchronous_commit {commit}, fsync {fsync}"


def main() -> int:
    """Alternate ours and the floor, take medians, check that no number was issued twice."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    server = prepare()
    sides = (issue_for, insert_for, insert_rows_for)
    rounds = [[rate(side, seconds) for side in sides] for _ in range(ROUNDS)]
    ours, number, rows = (statistics.median(side) for side in zip(*rounds, strict=True))
    what = f"{ROUNDS} rounds of {seconds:g} s, a commit each; {duplicates()} numbers twice; {server}"
    for floor, beside in ((number, ""), (rows, ", beside the same rows and bytes")):
        figure = {
            "name": f"IDCS issued by {CLIENTS} clients{beside}",
            "unit": "per second",
            "ours": round(ours),
            "floor": round(floor),
            "ratio": round(ours / floor, 2),
            "detail": what,
        }
        print(json.dumps(figure, ensure_ascii=False))
    return 0


def duplicates() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) - count(DISTINCT idcs_index) FROM population_register_person")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    sys.exit(main())
