"""How fast households are scored, beside what the machine can do at best in the same run.

memory      a million households scored from columns in memory, beside a bare numpy sum of the same columns
database    households of the demo country rescored a year later, as `sijil rescore --all` does: declarations
            and sealed birth dates out, ages, derivations, scores with what each term adds, current scores,
            decisions and requests to complete in; beside a bare binary COPY of the same bytes out, and of
            every row that came of it into empty tables with the same keys, indexes and checks

Run: ./run bench score. Needs a database of its own (SIJIL_DATABASE_URL): it migrates it and empties the
scoring and social register tables. Prints one JSON object per figure.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

RUNS = 3
NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def make_columns(formula: Any, n: int, seed: int = 7) -> dict[str, np.ndarray]:
    """Draw n plausible households: one in three rural, sizes around four, each answer within its bounds."""
    draw = np.random.default_rng(seed)
    milieu = np.where(draw.random(n) < 0.667, 1, 2).astype(np.int32)
    size = np.minimum(1 + draw.poisson(2.9, n), 14)
    adults = np.maximum(1, draw.binomial(size, 0.7))
    x: dict[str, np.ndarray] = {"milieu": milieu, "size": size, "members_15_plus": adults}
    for i in formula.inputs:
        if i.id not in x:
            x[i.id] = _draw_answer(draw, i, x, n)
        for number in (1, 2):
            if number not in i.bounds:
                x[i.id] = np.where(milieu == number, -1, x[i.id])
        x[i.id] = np.ascontiguousarray(x[i.id], dtype=np.int32)
    return x


def _draw_answer(draw: Any, i: Any, x: dict[str, np.ndarray], n: int) -> np.ndarray:
    least, most = next(iter(i.bounds.values()))
    if i.at_most:
        return draw.binomial(x[i.at_most], 0.2)
    if i.kind == "money":
        return (draw.gamma(4.0, 60.0, n) * 1200).astype(np.int64).clip(least, most)
    if i.kind == "count":
        typical = {"head_age": 48, "rooms": 3, "butane_big_bottles_year": 18, "mobiles": 2}.get(i.id, 0.3)
        return (least + draw.poisson(max(typical - least, 0.3), n)).clip(least, most)
    return draw.integers(least, most + 1, n) if i.kind == "code" else draw.random(n) < 0.25


def timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def row(name: str, n: int, ours: list[float], floor: list[float], **detail: Any) -> dict[str, Any]:
    mine, best = statistics.median(ours), statistics.median(floor)
    return {
        "name": name,
        "unit": "s",
        "ours": round(mine, 4),
        "floor": round(best, 4),
        "ratio": round(mine / best, 2),
        "detail": {"households": n, "runs": RUNS, "per_second": int(n / mine), **detail},
    }


def from_memory(n: int) -> Iterator[dict[str, Any]]:
    from sijil.domains.scoring import rules

    formula = rules.formula_on(NOW.date())
    x = make_columns(formula, n)
    floor = [timed(lambda: [int(column.sum(dtype=np.int64)) for column in x.values()]) for _ in range(RUNS)]
    ours = [timed(lambda: rules.score_columns(formula, x)) for _ in range(RUNS)]
    parts = [timed(lambda: rules.score_columns(formula, x, with_parts=True)) for _ in range(RUNS)]
    found = rules.score_columns(formula, x)
    detail = {"inputs": len(x), "mean_points": round(float(found.points.mean()) / 1e7, 4)}
    yield row("score from memory", n, ours, floor, floor_is="numpy sum of the same columns", **detail)
    yield row(
        "score from memory, with contributions", n, parts, floor, floor_is="numpy sum of the same columns"
    )


def from_database(n: int) -> Iterator[dict[str, Any]]:
    """The path that a command takes: last declarations and sealed birth dates to scores, a year later."""
    from sijil.domains.scoring import queries
    from sijil.journeys import household_registration as journey
    from sijil.kernel.actors import system

    declare(n)
    ours, out, back = [], [], []
    actor = system("bench")
    later = NOW + dt.timedelta(days=366)
    for _ in range(RUNS):
        empty()
        journey.rescore_all(day=NOW.date(), actor=actor, clock=lambda: NOW)
        settle()
        ours.append(timed(lambda: journey.rescore_all(day=later.date(), actor=actor, clock=lambda: later)))
        done = queries.list_rescorings(1)[0]
        assert done.taken == done.scored + done.quarantined + done.kept + done.refused == n, done
        settle()
        taken_out, taken_back = bare_copies()
        out.append(taken_out)
        back.append(taken_back)
    floor = [a + b for a, b in zip(out, back, strict=True)]
    detail = {
        "copy_out": round(statistics.median(out), 3),
        "copy_in": round(statistics.median(back), 3),
        "refused": done.refused,
        "quarantined": done.quarantined,
        "kept": done.kept,
    }
    yield row(
        "rescore everybody as `sijil rescore --all` does, ages and derivations included",
        n,
        ours,
        floor,
        floor_is="bare COPY out, then in of every row written (scores, current ones, decisions, requests)",
        **detail,
    )
    yield from kept(n, actor, later)


def kept(n: int, actor: Any, later: dt.datetime) -> Iterator[dict[str, Any]]:
    """The night after: everything is read and computed, and only what changed is written."""
    from sijil.domains.scoring import queries
    from sijil.journeys import household_registration as journey

    night = later + dt.timedelta(days=1)
    ours = [timed(lambda: journey.rescore_all(day=night.date(), actor=actor, clock=lambda: night))]
    changed = queries.list_rescorings(1)[0].scored
    floor = [timed(copy_out)]
    yield row("rescore the night after", n, ours, floor, floor_is="bare COPY out", changed=changed)


def declare(n: int) -> None:
    """Write n households of the demo country with their declarations, and no person."""
    from sijil.country.country import make_country
    from sijil.domains.geography.services import load_reference
    from sijil.domains.social_register.services import load_households
    from sijil.kernel.actors import system

    load_reference(NOW)
    chunks = make_country(NOW).chunks(n)
    homes = (home.loaded for _, chunk in chunks for home in chunk)
    load_households(households=homes, actor=system("bench"), now=NOW)


def make_codes(n: int) -> np.ndarray:
    """Return n different codes in no order, as the register draws them."""
    numbers = np.random.default_rng(11).permutation(n).astype(np.int64) * 7_919 + 10_000_000_000
    return numbers.astype("S11")


def execute(*statements: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def empty() -> None:
    from sijil.kernel.tests.guards import falsify

    falsify(
        "TRUNCATE scoring_score, scoring_current, scoring_rescoring, scoring_rescoring_refusal, "
        "social_register_completionrequest, programmes_decision, programmes_decision_notice, audit_entry "
        "CASCADE"
    )


def settle() -> None:
    execute("VACUUM ANALYZE", "CHECKPOINT")


WRITTEN = {
    "scoring_score": "number = 2",
    "scoring_current": "number = 2",
    "programmes_decision": "score_number = 2",
    "social_register_completionrequest": "true",
    "social_register_completionstaterow": "true",
    "audit_entry": "action = 'household.completion_asked'",
}
"""Every row that a second scoring writes."""


def bare_copies() -> tuple[float, float]:
    """COPY out what scores are made of, and every row that came of it into empty twins of the tables."""
    out = timed(copy_out)
    content = {
        table: read(f"COPY (SELECT * FROM {table} WHERE {w}) TO STDOUT") for table, w in WRITTEN.items()
    }
    for table in WRITTEN:
        execute(
            f"DROP TABLE IF EXISTS bench_{table}", f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)"
        )
    settle()
    back = timed(lambda: copy_in(content))
    execute(*(f"DROP TABLE bench_{table}" for table in WRITTEN))
    return out, back


def copy_in(content: dict[str, bytes]) -> None:
    """Write all tables in one transaction."""
    from django.db import transaction

    with transaction.atomic():
        for table, rows in content.items():
            send(f"COPY bench_{table} FROM STDIN (FORMAT BINARY)", rows)


def copy_out() -> None:
    """COPY declarations and sealed birth dates, joined as they must be, and throw them away."""
    from django.db import connection

    from sijil.domains.social_register.sql import DECLARED

    every = ["RSU-2026-1", ["urban", "rural"]]
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'")
        with cursor.cursor.copy(f"COPY ({DECLARED}) TO STDOUT (FORMAT BINARY)", every) as lines:
            for _ in lines:
                pass
        cursor.execute("RESET work_mem")


def read(statement: str) -> bytes:
    from django.db import connection

    with connection.cursor() as cursor, cursor.cursor.copy(f"{statement} (FORMAT BINARY)") as copy:
        return b"".join(copy)


def send(statement: str, content: bytes) -> None:
    from django.db import connection

    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        for start in range(0, len(content), 1 << 20):
            copy.write(content[start : start + (1 << 20)])


@contextmanager
def database() -> Iterator[None]:
    import django

    django.setup()
    from django.core.management import call_command

    from sijil.kernel.tests.guards import falsify

    call_command("migrate", verbosity=0)
    yield
    empty()
    falsify("TRUNCATE social_register_household CASCADE")


def run(n: int = 1_000_000, households: int = 150_000) -> Iterator[dict[str, Any]]:
    """Give the figures of this bench as they are measured."""
    with database():
        yield from from_memory(n)
        yield from from_database(households)


def main() -> None:
    for line in run(*map(int, sys.argv[1:])):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
