"""Verifications a second over HTTP with a million persons, beside raw pgbench and beside the ORM.

    python -m bench.verify      # one JSON object a line; alone it keeps its database in .sijil-bench

Everything runs on this machine: a PostgreSQL with fsync on, the verify process, and a load client of raw
sockets, whose own work is counted against us. The floor is pgbench (C, UNIX socket, prepared
statements, best of several client counts and of two ways to write it) doing the same look-up and the same
durable insert into the same table, without HTTP, tokens or keyed tags. Ours and the floor take turns.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
HOME = Path(os.environ.get("SIJIL_HOME") or ROOT / ".sijil-bench" / "verify").absolute()
PERSONS = int(os.environ.get("SIJIL_BENCH_PERSONS", "1000000"))
ROUNDS, SECONDS = 3, 4
CONNECTIONS = 128
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


# --- the persons (a process of its own: it needs the settings of the private database) ---------------------


def birth_of(n: int) -> str:
    return f"{1940 + n % 80}-{1 + n % 12:02d}-{1 + n % 28:02d}"


def load() -> None:
    """Make the tables, a million persons and a partner, once."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from sijil.kernel.tests.guards import falsify

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM verification_subject")
        if cursor.fetchone()[0] != PERSONS:
            _load_persons(cursor)
    falsify("TRUNCATE audit_entry")
    _make_partner()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE verification_subject")
        cursor.execute("VACUUM ANALYZE bench_subject")


def _load_persons(cursor: Any) -> None:
    from django.db import transaction

    from sijil.domains.verification.services import copy_subjects
    from sijil.kernel.dates import PartialDate
    from sijil.kernel.ids import person_key
    from sijil.kernel.tests.guards import falsify

    with transaction.atomic(), (HOME / "persons.txt").open("w") as file:
        falsify("TRUNCATE verification_subject CASCADE")
        rows = []
        for n, idcs in enumerate(_numbers()):
            rows.append((person_key(n), idcs, PartialDate.parse(birth_of(n)), "FM"[n % 2]))
            file.write(idcs + "\n")
        copy_subjects(cursor, rows)
        cursor.execute("DROP TABLE IF EXISTS bench_subject")
        cursor.execute(
            "CREATE TABLE bench_subject"
            " (idcs bigint PRIMARY KEY, birth_tag bytea, sex varchar(1), state varchar(10))"
        )
        dense = "SELECT 2000000000 + row_number() OVER (), birth_tag, sex, state FROM verification_subject"
        cursor.execute("INSERT INTO bench_subject " + dense)


def _numbers() -> Iterator[str]:
    from sijil.kernel.ids import is_idcs, verhoeff_check

    made, step = 0, 700_000_000 // PERSONS // 2 * 2 - 1
    for body in range(200_000_000, 999_999_999, max(1, step * 6 // 10)):
        number = str(body) + verhoeff_check(str(body))
        if is_idcs(number):
            yield number
            made += 1
        if made == PERSONS:
            return


def _make_partner() -> None:
    from sijil.domains.partners.queries import list_partners
    from sijil.domains.partners.services import register_partner, rotate_secret
    from sijil.domains.partners.types import Purpose
    from sijil.kernel.actors import system

    who: Any = {"actor": system("bench"), "now": dt.datetime.now(dt.UTC)}
    if list_partners(["bench"]):
        given = rotate_secret(code="bench", **who)
    else:
        purposes = [Purpose("bench", "قياس", "mesure", "bench")]
        given = register_partner(
            code="bench",
            name_ar="قياس",
            name_fr="Bench",
            scopes=["verification"],
            purposes=purposes,
            rate_limit=2_000_000_000,
            **who,
        )
    (HOME / "client.json").write_text(json.dumps([given.client_id, given.secret]))


# --- the load client (a process of its own) -----------------------------------------------------------------


class Asker(asyncio.Protocol):
    """One connection: asks, waits for the answer, asks again."""

    def __init__(self, load: Load) -> None:
        self.load = load

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        if time.perf_counter() < self.load.until:
            sys.exit(f"the server closed a connection: {error}")

    def ask(self) -> None:
        self.received = b""
        self.sent_at = time.perf_counter()
        self.transport.write(self.load.next_request())

    def data_received(self, data: bytes) -> None:
        self.received += data
        if not data.endswith(b"}"):
            if not self.received.startswith(b"HTTP/1.1 200"):
                sys.exit(self.received.decode())
            return
        self.load.take(self.received, time.perf_counter() - self.sent_at)
        if time.perf_counter() < self.load.until:
            self.ask()
        else:
            self.transport.close()
            self.load.end_one()


class Load:
    """All connections: prepared requests, counted answers."""

    def __init__(self, port: int, token: str, seconds: float) -> None:
        head = (
            "POST /v1/verifications HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
            "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        )
        numbers = (HOME / "persons.txt").read_text().split()
        self.requests = []
        for place in range(0, len(numbers), max(1, len(numbers) // 100_000)):
            wrong = place % 4 == 0
            body = json.dumps(
                {
                    "idcs": numbers[place],
                    "birth_date": "1930-01-01" if wrong else birth_of(place),
                    "sex": "FM"[place % 2],
                    "purpose": "bench",
                }
            )
            self.requests.append((head % (token, len(body), body)).encode())
        self.port, self.seconds = port, seconds
        self.place = os.getpid() * 7919 % len(self.requests)
        self.latencies: list[float] = []
        self.matches = self.others = 0

    def next_request(self) -> bytes:
        self.place = (self.place + 7919) % len(self.requests)
        return self.requests[self.place]

    def take(self, data: bytes, seconds: float) -> None:
        if data.startswith(b"HTTP/1.1 200"):
            self.latencies.append(seconds)
            self.matches += b'"match"' in data
        else:
            self.others += 1

    def end_one(self) -> None:
        self.open -= 1
        if not self.open:
            self.done.set()

    async def run(self, connections: int) -> dict[str, float]:
        loop = asyncio.get_running_loop()
        self.done, self.open = asyncio.Event(), connections
        started = time.perf_counter()
        self.until = started + self.seconds
        for _ in range(connections):
            await loop.create_connection(lambda: Asker(self), "127.0.0.1", self.port)
        await asyncio.wait_for(self.done.wait(), self.seconds + 20)
        took = time.perf_counter() - started
        ordered = sorted(self.latencies)
        return {
            "per_second": len(ordered) / took,
            "answers": len(ordered),
            "others": self.others,
            "matches": self.matches,
            "p50_ms": ordered[len(ordered) // 2] * 1000,
            "p99_ms": ordered[len(ordered) * 99 // 100] * 1000,
        }


def ask_for(port: int, seconds: float, connections: int) -> None:
    import uvloop

    token = sys.stdin.read().strip()
    print(json.dumps(uvloop.run(Load(port, token, seconds).run(connections))))


# --- the comparison -----------------------------------------------------------------------------------------


def _call(*arguments: str, text: str = "") -> str:
    command = [sys.executable, "-m", "bench.verify", *arguments]
    return subprocess.run(
        command, cwd=ROOT, check=True, input=text, stdout=subprocess.PIPE, text=True, timeout=600
    ).stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _running(command: list[str], port: int, **environment: str) -> Iterator[None]:
    """Run a server until the block ends."""
    process = subprocess.Popen(command, env={**os.environ, **environment}, cwd=ROOT)
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def _token(port: int) -> str:
    client_id, secret = json.loads((HOME / "client.json").read_text())
    form = f"grant_type=client_credentials&client_id={client_id}&client_secret={secret}".encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/oauth2/token", form, timeout=10) as answer:
        return str(json.load(answer)["access_token"])


def _pgbench(program: Path, url: str, script: str, clients: int, seconds: int) -> float:
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


def _sql(url: str, statement: str) -> Any:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)  # type: ignore[call-overload]
        return cursor.fetchone()[0] if cursor.description else None


def _best_floor(program: Path, url: str) -> tuple[str, int]:
    tried = {
        (script, clients): _pgbench(program, url, script, clients, 2)
        for script in (TWO_STATEMENTS, ONE_STATEMENT)
        for clients in PGBENCH_CLIENTS
    }
    return max(tried, key=lambda key: tried[key])


def _take_turns(
    program: Path, url: str, port: int, token: str
) -> tuple[list[dict[str, Any]], list[float], str]:
    script, clients = _best_floor(program, url)
    _call("--ask", str(port), "2", str(CONNECTIONS), text=token)
    ours, floor = [], []
    for _ in range(ROUNDS):
        _sql(url, "CHECKPOINT")
        ours.append(json.loads(_call("--ask", str(port), str(SECONDS), str(CONNECTIONS), text=token)))
        _sql(url, "CHECKPOINT")
        floor.append(_pgbench(program, url, script, clients, SECONDS))
    how = "select, then insert" if script is TWO_STATEMENTS else "one statement"
    return ours, floor, f"pgbench -M prepared, {how}, {clients} clients"


def _middle(values: list[float]) -> float:
    return statistics.median(values)


def _say(name: str, ours: float, floor: float, **detail: Any) -> None:
    line = {
        "name": name,
        "unit": "verifications/s",
        "ours": round(ours),
        "floor": round(floor),
        "ratio": round(ours / floor, 2),
        "detail": detail,
    }
    print(json.dumps(line, ensure_ascii=False), flush=True)


def _compare(url: str, program: Path) -> None:
    port = _free_port()
    verify = [sys.executable, "-m", "sijil.console", "verify"]
    with _running(verify, port, SIJIL_VERIFY_PORT=str(port)):
        token = _token(port)
        _sql(url, "SET session_replication_role = replica; TRUNCATE audit_entry")
        ours, floor, how = _take_turns(program, url, port, token)
        kept = _sql(url, "SELECT count(*) FROM audit_entry")
        lone = json.loads(_call("--ask", str(port), "3", "1", text=token))
    per_second = _middle([run["per_second"] for run in ours])
    _say(
        "verify: HTTP beside pgbench",
        per_second,
        _middle(floor),
        persons=PERSONS,
        connections=CONNECTIONS,
        floor_is=how,
        fsync="on",
        entries_in_table=kept,
        p50_ms=round(_middle([r["p50_ms"] for r in ours]), 2),
        p99_ms=round(_middle([r["p99_ms"] for r in ours]), 2),
        refused=sum(r["others"] for r in ours),
        one_connection_p50_ms=round(lone["p50_ms"], 2),
        runs=[round(r["per_second"]) for r in ours],
        floor_runs=[round(f) for f in floor],
    )
    orm = _through_the_orm(url, token)
    _say(
        "verify: HTTP beside the ORM",
        per_second,
        orm["per_second"],
        persons=PERSONS,
        floor_is="Django view, ORM look-up and insert, granian with 2 workers",
        p50_ms=round(orm["p50_ms"], 2),
        p99_ms=round(orm["p99_ms"], 2),
    )


def _through_the_orm(url: str, token: str) -> dict[str, Any]:
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "2",
        "--blocking-threads",
        "8",
        "--no-access-log",
        "--log-level",
        "error",
        "bench.verify_orm:application",
    ]
    with _running(command, port):
        _call("--ask", str(port), "2", "32", text=token)
        _sql(url, "CHECKPOINT")
        return dict(json.loads(_call("--ask", str(port), str(SECONDS), "32", text=token)))


@contextlib.contextmanager
def _database() -> Iterator[str]:
    """Yield the address of the given server, else of one of our own that keeps its data."""
    from sijil.processes.postgres import Postgres

    given = os.environ.get("SIJIL_DATABASE_URL", "")
    server = Postgres(HOME)
    try:
        yield given or (server.start() and server.superuser_url)
    finally:
        server.stop()


def main() -> None:
    """Load a database once, compare, stop."""
    from sijil.processes.binaries import find_binaries

    HOME.mkdir(parents=True, exist_ok=True)
    with _database() as url:
        os.environ |= {
            "SIJIL_HOME": str(HOME), "SIJIL_DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "sijil.config.settings",
            "SIJIL_VERIFY_WORKERS": "2", "SIJIL_HOST": "127.0.0.1",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }  # fmt: skip
        _call("--load")
        _compare(url, find_binaries(os.environ).folder / "pgbench")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--load", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--ask", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.load:
        load()
    elif given.ask:
        ask_for(int(given.ask[0]), float(given.ask[1]), int(given.ask[2]))
    else:
        main()
