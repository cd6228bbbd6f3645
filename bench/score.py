"""How fast households are scored, beside what the machine can do at best in the same run.

memory      a million households scored from columns in memory, beside a bare numpy sum of the same columns
database    the same million rescored from PostgreSQL to PostgreSQL, with what each term adds, beside a bare
            binary COPY of the same rows out (the answers) and in (the finished score rows)

Run: ./run bench score. Needs a database of its own (SIJIL_DATABASE_URL): it migrates it and empties the
scoring tables. Prints one JSON object per figure.
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
    from sijil.domains.scoring import queries, rules, services
    from sijil.kernel.actors import system

    formula = rules.formula_on(NOW.date())
    x, codes = make_columns(formula, n), make_codes(n)
    ours, out, back = [], [], []
    actor = system("bench")
    for _ in range(RUNS):
        empty()
        for start in range(0, n, 200_000):
            piece = {name: column[start : start + 200_000] for name, column in x.items()}
            services.record_scores(
                household_codes=codes[start : start + 200_000],
                columns=piece,
                trigger="imported",
                actor=actor,
                now=NOW,
            )
        settle()
        name = services.start_rescoring(formula_version=formula.version, actor=actor, now=NOW)
        ours.append(timed(lambda name=name: services.rescore(rescoring_id=name, clock=lambda: NOW)))
        done = queries.get_rescoring(name)
        assert done.taken == done.scored + done.quarantined + done.refused == n, done
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
    }
    yield row(
        "rescore database to database, with contributions",
        n,
        ours,
        floor,
        floor_is="bare COPY out + COPY in",
        **detail,
    )


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
    execute("TRUNCATE scoring_score, scoring_current, scoring_rescoring, scoring_rescoring_refusal")


def settle() -> None:
    execute("VACUUM ANALYZE scoring_score", "VACUUM ANALYZE scoring_current", "CHECKPOINT")


def bare_copies() -> tuple[float, float]:
    """COPY the answers of the first scores out, and the finished rows of the second into an empty twin."""
    from django.db import connection

    columns = "household_code, number, inputs"
    execute("DROP TABLE IF EXISTS bench_twin", "CREATE TABLE bench_twin (LIKE scoring_score INCLUDING ALL)")
    with connection.cursor() as cursor:
        raw = cursor.cursor
        answers = f"COPY (SELECT {columns} FROM scoring_score WHERE number = 1) TO STDOUT (FORMAT BINARY)"
        finished = "COPY (SELECT * FROM scoring_score WHERE number = 2) TO STDOUT (FORMAT BINARY)"
        out = timed(lambda: read(raw, answers))
        content = read(raw, finished)
        settle()
        back = timed(lambda: send(raw, "COPY bench_twin FROM STDIN (FORMAT BINARY)", content))
    execute("DROP TABLE bench_twin")
    return out, back


def read(cursor: Any, statement: str) -> bytes:
    with cursor.copy(statement) as copy:
        return b"".join(copy)


def send(cursor: Any, statement: str, content: bytes) -> None:
    with cursor.copy(statement) as copy:
        for start in range(0, len(content), 1 << 20):
            copy.write(content[start : start + (1 << 20)])


@contextmanager
def database() -> Iterator[None]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    yield
    empty()


def run(n: int = 1_000_000) -> Iterator[dict[str, Any]]:
    """Give the figures of this bench as they are measured."""
    with database():
        yield from from_memory(n)
        yield from from_database(n)


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for line in run(n):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
