"""The floor: pgbench does the same look-up and the same durable insert."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

from bench.verify.places import HOME, PERSONS

PGBENCH_CLIENTS = (16, 32, 64, 96)

TWO_STATEMENTS = """\\set n random(1, {persons})
SELECT birth_tag, sex, state FROM bench_subject WHERE idcs = 2000000000 + :n;
INSERT INTO audit_entry (id, at, actor_kind, actor_id, actor_label, action, subject, purpose, facts)
VALUES (gen_random_uuid(), now(), 'partner', 'bench', 'Bench', 'verification.asked',
(2000000000 + :n)::text, 'bench', '{{"result": "match"}}');
"""
ONE_STATEMENT = """\\set n random(1, {persons})
WITH s AS (SELECT birth_tag IS NOT NULL AND sex = 'F' AND state = 'active' AS known
FROM bench_subject WHERE idcs = 2000000000 + :n)
INSERT INTO audit_entry (id, at, actor_kind, actor_id, actor_label, action, subject, purpose, facts)
SELECT gen_random_uuid(), now(), 'partner', 'bench', 'Bench', 'verification.asked',
(2000000000 + :n)::text, 'bench', '{{"result": "match"}}' FROM s RETURNING (SELECT known FROM s);
"""


def pgbench(program: Path, url: str, script: str, clients: int, seconds: int) -> float:
    file = HOME / "pgbench.sql"
    file.write_text(script.format(persons=PERSONS))
    command = [
        str(program),
        "-n",
        "-M",
        "prepared",
        "-f",
        str(file),
        "-c",
        str(clients),
        "-j",
        "2",
        "-T",
        str(seconds),
        url,
    ]
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    found = re.search(r"tps = ([\d.]+)", output)
    assert found, output
    return float(found.group(1))


def sql(url: str, statement: str) -> Any:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)  # type: ignore[call-overload]
        return cursor.fetchone()[0] if cursor.description else None


def best_floor(program: Path, url: str) -> tuple[str, int]:
    tried = {
        (script, clients): pgbench(program, url, script, clients, 2)
        for script in (TWO_STATEMENTS, ONE_STATEMENT)
        for clients in PGBENCH_CLIENTS
    }
    return max(tried, key=lambda key: tried[key])
