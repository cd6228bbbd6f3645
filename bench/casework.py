"""How many moves a second the mover of files makes, beside the same bare statements.

ours    one move, a transaction each: lock the file, find the transition, ask who may, set the legal clock,
        write state, step and audit entry, commit. Three moves in turn on one file: submit (a clock starts),
        ask (it stops), answer (it goes on)
floor   the same rows in the same transaction shape, in prepared SQL with values known beforehand: SELECT …
        FOR UPDATE, UPDATE of the file, INSERT of the step, INSERT of the entry, commit

Run: ./run bench casework, or python bench/casework.py [moves]. Needs a database of its own
(SIJIL_DATABASE_URL): it migrates it and makes tables of a kind of file for trials. Prints one JSON object.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 7
NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
SINCE = dt.date(2026, 11, 27)
STEPS = (("submit", ""), ("ask", "bill_missing"), ("answer", ""))

LOCK = "SELECT * FROM casework_trial_trialfile WHERE id = %s FOR UPDATE"
FILE = """
UPDATE casework_trial_trialfile SET state = %s, opened_at = %s, clock = 'answer', due_on = %s,
clock_since = %s, clock_days = 60, clock_left = %s, counted_in = 'calendar', mark_on = %s, escalated = 0,
owner = %s, centre = 'C1', note = '' WHERE id = %s
"""
STEP = """
INSERT INTO casework_trial_trialstep
(action, from_state, to_state, actor_kind, actor_id, actor_for, at, reason, file_id)
VALUES (%s, %s, %s, %s, %s, '', %s, %s, %s)
"""
ENTRY = """
INSERT INTO audit_entry (id, at, actor_kind, actor_id, actor_label, action, subject, purpose, facts)
VALUES (%s, %s, %s, %s, '', 'test.moved', %s, 'account', %s)
"""
# state before, state after, last day, what is left of the delay
BARE = (
    ("submit", "drafted", "submitted", dt.date(2027, 1, 26), None),
    ("ask", "submitted", "asked", None, 60),
    ("answer", "asked", "submitted", dt.date(2027, 1, 26), None),
)
Round = Callable[[int], None]


def prepare() -> str:
    """Make the tables; return what matters of the server's settings."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from sijil.domains.audit.services import Log
    from sijil.kernel import acts
    from sijil.kernel.casework.files import use_notifier
    from sijil.kernel.tests.trial import make_tables

    call_command("migrate", verbosity=0, skip_checks=True)
    make_tables()
    acts.use(Log())
    use_notifier(lambda moved, *, actor, now: None)  # a message is another figure
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
        commit, fsync = cursor.fetchone()
    return f"synchronous_commit {commit}, fsync {fsync}"


def mover() -> Round:
    """Return a function that moves one file three times, by the mover."""
    from sijil.kernel.tests.trial import HERE, ME, files_of_trial

    files = files_of_trial()
    actors = {"submit": ME, "ask": HERE, "answer": ME}

    def move(key: int) -> None:
        for action, reason in STEPS:
            files.move(key, action, actor=actors[action], now=NOW, reason=reason)

    return move


def statements() -> Round:
    """Return a function that writes the same rows of three moves in bare SQL."""
    from django.db import connection

    from sijil.kernel.ids import new_key
    from sijil.kernel.tests.trial import HERE, ME

    connection.ensure_connection()
    raw: Any = connection.connection

    def write(key: int) -> None:
        for action, before, after, due_on, left in BARE:
            actor = HERE if action == "ask" else ME
            reason = "bill_missing" if action == "ask" else ""
            facts = json.dumps({"file": "trial", "action": action})
            mark_on = due_on and dt.date(2027, 1, 2)
            who = (actor.kind.value, actor.id)
            with raw.transaction():
                raw.execute(LOCK, [key], prepare=True).fetchone()
                raw.execute(FILE, [after, NOW, due_on, SINCE, left, mark_on, ME.id, key], prepare=True)
                raw.execute(STEP, [action, before, after, *who, NOW, reason, key], prepare=True)
                raw.execute(ENTRY, [new_key(), NOW, *who, f"trial:{key}", facts], prepare=True)

    return write


def rate(work: Round, number: int) -> float:
    """Return how many moves a second one connection commits, over fresh files."""
    from sijil.kernel.tests.trial import ME, TrialFile

    rows = [TrialFile(owner=ME.id, state="drafted", opened_at=NOW) for _ in range(number // len(STEPS))]
    keys = [row.pk for row in TrialFile.objects.bulk_create(rows)]
    began = time.perf_counter()
    for key in keys:
        work(key)
    return len(keys) * len(STEPS) / (time.perf_counter() - began)


def main() -> int:
    """Alternate ours and the floor and take medians."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1500
    server = prepare()
    ours_is, floor_is = mover(), statements()
    for work in (ours_is, floor_is):
        rate(work, 150)  # warm: statements prepared
    rounds = [(rate(ours_is, number), rate(floor_is, number)) for _ in range(ROUNDS)]
    ours, floor = (statistics.median(side) for side in zip(*rounds, strict=True))
    figure = {
        "name": "moves of a file: lock, table, role, clock, step and audit entry",
        "unit": "per second",
        "ours": round(ours),
        "floor": round(floor),
        "ratio": round(ours / floor, 2),
        "detail": f"one connection, {ROUNDS} rounds of {number} moves, a commit each; "
        f"floor: the same rows in prepared SQL; {server}",
    }
    print(json.dumps(figure, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
