"""How many changes of an identity a second go through every copy, beside the same bare statements.

ours    one change, a transaction each: birth date, family name and telephone of a registered member of a
        household. The person is locked, their versions read, what was typed is judged; a new version, the
        person's row and step, the request, matching keys, verification, the household's block of birth dates,
        the entry, the event with its step and its job, commit
floor   the same rows written in the same transaction shape, in prepared SQL with values known beforehand:
        SELECT … FOR UPDATE of person and household, the versions read; nothing judged, opened or sealed

Run: ./run bench identity, or python bench/identity.py [changes]. Needs a database of its own
(SIJIL_DATABASE_URL): it migrates it and loads some households. Prints one JSON object.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 7
NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)
TODAY = LATER.date()
FIELDS = ["birth", "last_name_ar", "last_name_fr", "phone"]
WHO = ("officer", "bench")

LOCK = "SELECT * FROM population_register_person WHERE key = %s FOR UPDATE"
READ = "SELECT * FROM population_register_identity WHERE person_id = %s ORDER BY version"
VERSION = """
INSERT INTO population_register_identity
(id, person_id, version, valid_from, recorded_at, reason, actor_kind, actor_id, sealed, sealed_paper)
VALUES (%s, %s, 2, %s, %s, 'written_wrongly', %s, %s, %s, %s)
"""
PERSON = """
UPDATE population_register_person SET state = 'active', opened_at = %s, clock = '', due_on = NULL,
clock_since = NULL, clock_days = 0, clock_left = NULL, counted_in = '', mark_on = NULL, escalated = 0,
sex = %s, birth_year = %s, commune_code = %s, current_id = %s WHERE id = %s
"""
STEP = """
INSERT INTO population_register_person_step
(action, from_state, to_state, actor_kind, actor_id, actor_for, at, reason, person_id)
VALUES ('correct', 'active', 'active', %s, %s, '', %s, 'written_wrongly', %s)
"""
ENTRY = """
INSERT INTO audit_entry (id, at, actor_kind, actor_id, actor_label, action, subject, purpose, facts)
VALUES (%s, %s, %s, %s, '', 'person.identity_changed', %s, 'register_keeping', %s)
"""
REQUEST = """
UPDATE population_register_request SET sex = %s, birth_year = %s, commune_code = %s, has_contact = true,
phone_index = %s, paper_index = %s WHERE person_id = %s
"""
KEY_LOCKS = "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key"
KEYS = """
WITH gone AS (DELETE FROM matching_key WHERE subject = %s AND key <> ALL(%s::bigint[]))
INSERT INTO matching_key (key, subject, rule)
SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::smallint[]) ON CONFLICT DO NOTHING
"""
SUBJECT = "UPDATE verification_subject SET birth_tag = %s, sex = %s WHERE person = %s"
HOUSEHOLD = "SELECT * FROM social_register_household WHERE code = %s FOR UPDATE"
BIRTHS = "UPDATE social_register_household SET sealed_births = %s WHERE code = %s"
EVENT = """
INSERT INTO event (id, kind, subject, effective_on, recorded_at, source, source_id, annuls, actor_kind,
actor_id, fingerprint, sealed)
VALUES (%s, 'person.identity_changed', %s, %s, %s, 'sijil', %s, '', %s, %s, %s, %s)
"""
EVENT_STEP = """
INSERT INTO event_step (event_id, step, state, attempts, reason) VALUES (%s, %s, 'waiting', 0, '')
RETURNING id
"""
STEP_TRY = """
INSERT INTO event_step_try
(action, from_state, to_state, actor_kind, actor_id, actor_for, at, reason, step_id)
VALUES ('ask', '', 'waiting', %s, %s, '', %s, '', %s)
"""
JOB = """
SELECT procrastinate_defer_jobs_v1(ARRAY[
    ROW('default', 'events.take_step', 0, NULL, NULL, %s::jsonb, NULL)::procrastinate_job_to_defer_v1])
"""
NEXT_STEP = "household_registration.rescoring.follow_identity"
Work = Callable[[Any], None]


def prepare(number: int) -> tuple[str, list[Any]]:
    """Make the tables and load households; return the server's settings and ``number`` members of them."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from sijil.country.country import make_country
    from sijil.country.loading import Loaded, load_chunk
    from sijil.domains.geography.services import load_reference

    call_command("migrate", verbosity=0, skip_checks=True)
    load_reference(NOW)
    country, people, chunk = make_country(NOW), [], 0
    while len(people) < number:
        homes = country.chunk(chunk)
        load_chunk(homes, Loaded(), now=NOW)
        people += [(home.loaded, person) for home in homes for person in home.persons]
        chunk += 1
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
        commit, fsync = cursor.fetchone()
    return f"synchronous_commit {commit}, fsync {fsync}", people[:number]


def act() -> Work:
    """Return a function that changes one person by the one act."""
    from sijil.journeys import identity_change
    from sijil.kernel.actors import COUNTRY, officer

    clerk = officer("bench", area=COUNTRY, roles=["csc_officer"])

    def change(one: Any) -> None:
        _, person = one
        born = person.identity.birth.year
        said = {"birth": f"{born}-01-{1 + secrets.randbelow(9):02d}", "phone": "0612000000"}
        said |= {"last_name_ar": "الصفريوي", "last_name_fr": "Sefrioui"}
        identity_change.change(
            person=person.key,
            changes=said,
            reason="written_wrongly",
            paper="CNIE AB123456",
            actor=clerk,
            now=LATER,
        )

    return change


def statements() -> Work:
    """Return a function that writes the same rows in bare SQL."""
    from django.db import connection

    connection.ensure_connection()
    raw: Any = connection.connection

    def write(one: Any) -> None:
        (ids, who, sizes) = one
        version, event, entry = ids["version"], ids["event"], ids["entry"]
        with raw.transaction():
            raw.execute(LOCK, [who["key"]], prepare=True).fetchone()
            raw.execute(READ, [who["id"]], prepare=True).fetchall()
            seals = (sizes["identity"], sizes["paper"])
            raw.execute(VERSION, [version, who["id"], TODAY, LATER, *WHO, *seals], prepare=True)
            place = (who["sex"], who["year"], who["commune"])
            raw.execute(PERSON, [NOW, *place, version, who["id"]], prepare=True)
            raw.execute(STEP, [*WHO, LATER, who["id"]], prepare=True)
            raw.execute(ENTRY, [entry, LATER, *WHO, str(who["key"]), ids["facts"]], prepare=True)
            raw.execute(REQUEST, [*place, ids["tag"], ids["tag"], who["id"]], prepare=True)
            raw.execute(KEY_LOCKS, [ids["keys"]], prepare=True).fetchall()
            rows = (ids["keys"], [who["id"]] * 9, [1] * 9)
            raw.execute(KEYS, [who["id"], ids["keys"], *rows], prepare=True)
            raw.execute(SUBJECT, [ids["tag"], who["sex"], who["key"]], prepare=True)
            raw.execute(HOUSEHOLD, [who["code"]], prepare=True).fetchone()
            raw.execute(BIRTHS, [sizes["births"], who["code"]], prepare=True)
            told = (event, str(who["key"]), TODAY, LATER, str(event), *WHO, ids["tag"], sizes["event"])
            raw.execute(EVENT, told, prepare=True)
            step = raw.execute(EVENT_STEP, [event, NEXT_STEP], prepare=True).fetchone()[0]
            raw.execute(STEP_TRY, [*WHO, LATER, step], prepare=True)
            raw.execute(JOB, [ids["job"]], prepare=True).fetchone()

    return write


def known_beforehand(one: Any) -> Any:
    """Return all that the bare statements write of one person."""
    from django.db import connection

    from sijil.kernel.ids import new_key

    home, person = one
    with connection.cursor() as cursor:  # its neighbours open it later
        cursor.execute("SELECT sealed_births FROM social_register_household WHERE code = %s", [home.code])
        births = cursor.fetchone()[0]
    facts = {"file": "person", "action": "correct", "reason": "written_wrongly"}
    event = new_key()
    ids = {"version": new_key(), "event": event, "entry": new_key(), "facts": json.dumps(facts)}
    ids |= {"tag": os.urandom(16), "keys": sorted(secrets.randbits(63) for _ in range(9))}
    ids |= {"job": json.dumps({"event_id": str(event), "step": NEXT_STEP})}
    who = {"id": person.id, "key": int(person.key), "code": home.code, "sex": person.identity.sex.value}
    who |= {"year": person.identity.birth.year, "commune": person.identity.commune_code}
    sizes = {"identity": os.urandom(420), "paper": os.urandom(44), "event": os.urandom(140)}
    return ids, who, sizes | {"births": births}


def rate(work: Work, people: list[Any]) -> float:
    """Return how many changes a second one connection commits."""
    began = time.perf_counter()
    for one in people:
        work(one)
    return len(people) / (time.perf_counter() - began)


def main() -> int:
    """Alternate ours and the floor, each time on people whom nobody changed yet, and take medians."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    server, people = prepare(2 * number * (ROUNDS + 1))
    slices = [people[n : n + number] for n in range(0, len(people), number)]
    ours_is, floor_is = act(), statements()
    rounds = []
    for mine, bare in zip(slices[::2], slices[1::2], strict=True):
        beforehand = [known_beforehand(one) for one in bare]
        rounds.append((rate(ours_is, mine), rate(floor_is, beforehand)))
    ours, floor = (statistics.median(side) for side in zip(*rounds[1:], strict=True))  # the first one warms
    figure = {
        "name": "changes of an identity: a new version and every copy, one act",
        "unit": "per second",
        "ours": round(ours),
        "floor": round(floor),
        "ratio": round(ours / floor, 2),
        "detail": f"one connection, {ROUNDS} rounds of {number} changes, a commit each; birth date, family "
        f"name and telephone of members of households; floor: the same rows in prepared SQL; {server}",
    }
    print(json.dumps(figure, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
