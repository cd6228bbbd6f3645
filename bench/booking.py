"""How many appointments a second are booked, beside the same bare rows; and 200 people on the last 50 places.

ours    one booking, a transaction each: lock the request, share the centre, read when it receives people,
        take a place, write appointment, step and audit entry, commit
floor   the same rows in the same transaction shape, in prepared SQL with values known beforehand: the lock,
        INSERT of the slot, UPDATE of the slot, INSERT of appointment, step and entry, commit
last    200 people on 16 connections, each trying all 25 times of 2 places in an order of their own

Run: ./run bench booking, or python bench/booking.py [bookings]. Needs a database of its own
(SIJIL_DATABASE_URL): it migrates it and loads the centres. Prints JSON objects.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

ROUNDS = 7
PEOPLE, PLACES, CONNECTIONS = 200, 50, 16
NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
LAST = "04.421.01.01"  # 2 desks

LOCK = "SELECT pg_advisory_xact_lock(1, hashtext(%s)), pg_advisory_xact_lock_shared(2, hashtext(%s))"
OPEN = (
    'INSERT INTO appointments_slot (centre_id, "on", at, capacity, booked) VALUES (%s, %s, %s, 99, 0)'
    " ON CONFLICT DO NOTHING"
)
TAKE = (
    'UPDATE appointments_slot SET booked = booked + 1 WHERE centre_id = %s AND "on" = %s AND at = %s'
    " AND booked < capacity RETURNING id"
)
APPOINTMENT = """
INSERT INTO appointments_appointment
(state, opened_at, clock, clock_days, counted_in, escalated, request_number, centre_id, "on", slot_id,
changed_at, reminded) VALUES ('booked', %s, '', 0, '', 0, %s, %s, %s, %s, %s, 0) RETURNING id
"""
STEP = """
INSERT INTO appointments_step
(action, from_state, to_state, actor_kind, actor_id, actor_for, at, reason, appointment_id)
VALUES ('book', '', 'booked', 'public', 'portal', '', %s, '', %s)
"""
ENTRY = """
INSERT INTO audit_entry (id, at, actor_kind, actor_id, actor_label, action, subject, purpose, facts)
VALUES (%s, %s, 'public', 'portal', '', 'appointment.booked', %s, 'enrolment', %s)
"""
Book = Callable[[str, str], None]


def prepare() -> str:
    """Make the tables and the centres; return what matters of the server's settings."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from sijil.domains.appointments.models import CentreRow
    from sijil.domains.appointments.services import load_centres
    from sijil.domains.audit.services import Log
    from sijil.kernel import acts

    call_command("migrate", verbosity=0, skip_checks=True)
    acts.use(Log())
    load_centres(now=NOW)
    CentreRow.objects.exclude(code=LAST).update(desks=99)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
        commit, fsync = cursor.fetchone()
    return f"synchronous_commit {commit}, fsync {fsync}"


def slots() -> Iterator[str]:
    """Give times of many centres, one after the other, so that each is taken by few."""
    from sijil.domains.appointments import queries

    codes = [c.code for c in queries.list_every_centre() if c.code != LAST]
    times = [slot.id.partition("@")[2] for slot in queries.list_free_slots(codes[0], now=NOW)]
    return itertools.cycle(f"{code}@{at}" for at in times for code in codes)


def product() -> Book:
    """Return how we book."""
    from sijil.domains.appointments.services import book
    from sijil.kernel.actors import PUBLIC

    return lambda number, slot: book(slot_id=slot, request_number=number, actor=PUBLIC, now=NOW) and None


def statements() -> Book:
    """Return a function that writes the same rows in bare SQL."""
    from django.db import connection

    from sijil.kernel.ids import new_key

    connection.ensure_connection()
    raw: Any = connection.connection

    def write(number: str, slot: str) -> None:
        centre, _, moment = slot.partition("@")
        on, at = moment[:10], moment[11:]
        facts = {"file": "appointment", "action": "book", "centre": centre, "day": on, "time": at}
        with raw.transaction():
            raw.execute(LOCK, [number, centre], prepare=True)
            raw.execute(OPEN, [centre, on, at], prepare=True)
            (place,) = raw.execute(TAKE, [centre, on, at], prepare=True).fetchone()
            row = [NOW, number, centre, on, place, NOW]
            (key,) = raw.execute(APPOINTMENT, row, prepare=True).fetchone()
            raw.execute(STEP, [NOW, key], prepare=True)
            raw.execute(ENTRY, [new_key(), NOW, number, json.dumps(facts)], prepare=True)

    return write


def rate(book: Book, count: int, numbers: Iterator[int], places: Iterator[str]) -> float:
    """Return how many bookings a second one connection commits."""
    asked = [(f"N{next(numbers)}", next(places)) for _ in range(count)]
    began = time.perf_counter()
    for number, slot in asked:
        book(number, slot)
    return count / (time.perf_counter() - began)


def count_last() -> tuple[int, float]:
    """Return how many of the people got one of the last places, and how long it took."""
    from sijil.domains.appointments import queries

    times = [slot.id for slot in queries.list_free_slots(LAST, now=NOW)][: PLACES // 2]
    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        got = sum(pool.map(lambda number: _try(number, times), range(PEOPLE)))
    return got, time.perf_counter() - began


def _try(number: int, times: list[str]) -> bool:
    """Try every time, in an order of one's own."""
    from django.db import connection

    from sijil.domains.appointments.services import book
    from sijil.kernel.actors import PUBLIC
    from sijil.kernel.errors import Refused

    try:
        for slot in random.Random(number).sample(times, len(times)):
            try:
                book(slot_id=slot, request_number=f"L{number}", actor=PUBLIC, now=NOW)
            except Refused:
                continue
            return True
        return False
    finally:
        connection.close()


def main() -> int:
    """Alternate ours and the floor and take medians; fail unless exactly the last places were given."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    server = prepare()
    got, seconds = count_last()
    numbers, places = itertools.count(), slots()
    ours_is, floor_is = product(), statements()
    for book in (ours_is, floor_is):
        rate(book, 100, numbers, places)  # warm: statements prepared
    rounds = [[rate(b, count, numbers, places) for b in (ours_is, floor_is)] for _ in range(ROUNDS)]
    ours, floor = (statistics.median(side) for side in zip(*rounds, strict=True))
    detail = f"one connection, {ROUNDS} rounds of {count}, a commit each; floor: the same rows; {server}"
    figure = {"name": "appointments booked", "unit": "per second", "detail": detail}
    last = {"name": f"{PEOPLE} people on the last {PLACES} places", "unit": "places given"}
    how = f"{CONNECTIONS} connections, {seconds:.1f} s, nobody told of a place that is not theirs"
    print(json.dumps(figure | {"ours": round(ours), "floor": round(floor), "ratio": round(ours / floor, 2)}))
    print(json.dumps(last | {"ours": got, "detail": how}))
    return 0 if got == PLACES else 1


if __name__ == "__main__":
    sys.exit(main())
