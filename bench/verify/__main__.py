"""``python -m bench.verify``: load once, compare, stop."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bench.verify
from bench.verify.client import ask_for
from bench.verify.floor import TWO_STATEMENTS, best_floor, pgbench, sql
from bench.verify.persons import load
from bench.verify.places import HOME, PERSONS, ROOT

ROUNDS, SECONDS = 3, 4
CONNECTIONS = 128


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


def _take_turns(
    program: Path, url: str, port: int, token: str
) -> tuple[list[dict[str, Any]], list[float], str]:
    script, clients = best_floor(program, url)
    _call("--ask", str(port), "2", str(CONNECTIONS), text=token)
    ours, floor = [], []
    for _ in range(ROUNDS):
        sql(url, "CHECKPOINT")
        ours.append(json.loads(_call("--ask", str(port), str(SECONDS), str(CONNECTIONS), text=token)))
        sql(url, "CHECKPOINT")
        floor.append(pgbench(program, url, script, clients, SECONDS))
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
        sql(url, "SET session_replication_role = replica; TRUNCATE audit_entry")
        ours, floor, how = _take_turns(program, url, port, token)
        kept = sql(url, "SELECT count(*) FROM audit_entry")
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
        "bench.verify.orm:application",
    ]
    with _running(command, port):
        _call("--ask", str(port), "2", "32", text=token)
        sql(url, "CHECKPOINT")
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
    parser = argparse.ArgumentParser(description=bench.verify.__doc__)
    parser.add_argument("--load", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--ask", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.load:
        load()
    elif given.ask:
        ask_for(int(given.ask[0]), float(given.ask[1]), int(given.ask[2]))
    else:
        main()
