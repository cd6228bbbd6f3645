"""A whole installation as processes: ready, wounded twice, refused a twin, stopped without a trace."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


class Running:
    """One ``sijil up`` in a folder of its own, its lines as they come."""

    def __init__(self, home, port):
        self.home, self.port, self.lines = home, port, []
        environ = {k: v for k, v in os.environ.items() if not k.startswith(("SIJIL_", "PYTEST"))}
        environ |= {"SIJIL_HOME": str(home), "SIJIL_PORT": str(port), "SIJIL_VERIFY_PORT": str(port + 1)}
        environ |= {
            "SIJIL_VERIFY_WORKERS": "1",
            "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src"),
        }
        command = [sys.executable, "-m", "sijil.console", "up"]
        self.process = subprocess.Popen(
            command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.environ, self.command = environ, command

    def until(self, pattern):
        for line in self.process.stdout:
            self.lines.append(line)
            if re.search(pattern, line):
                return line
        raise AssertionError(f"{pattern!r} never came:\n" + "".join(self.lines))

    def pids(self):
        """Return the direct children, by the word that names them."""
        listing = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        words = {"granian": "web", "console verify": "verify", "console worker": "worker"}
        words["bin/postgres"] = "postgres"
        found = [line.strip().split(" ", 1) for line in listing.stdout.splitlines()]
        return {name: int(pid) for pid, args in found for word, name in words.items() if word in args}

    def ask(self, path):
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.headers, answer.read()

    def readiness(self):
        return json.loads(self.ask("/readyz")[1])

    def stop(self, order=signal.SIGINT):
        self.process.send_signal(order)
        rest = self.process.communicate(timeout=60)[0]
        self.lines.append(rest)
        return self.process.returncode


def free_port():
    """Return a port whose follower is free too."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = first.getsockname()[1]
            try:
                socket.create_server(("127.0.0.1", port + 1)).close()
            except OSError:
                continue
            return port


@pytest.fixture
def home(open_place):
    return open_place / "up"


@pytest.fixture
def running(home):
    one = Running(home, free_port())
    yield one
    if one.process.poll() is None:
        one.stop(signal.SIGTERM)
    one.process.stdout.close()


def eventually(question, within=60):
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if question():
            return True
    return False


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_what_is_killed_comes_back_and_a_stop_leaves_nothing(running):
    running.until("Ready: http://127.0.0.1")
    for login in ("administrator.1", "administrator.2"):
        assert re.search(rf"{login}  http://127.0.0.1:\d+/account/link/[\w-]{{43}}/", running.until(login))
    assert eventually(lambda: set(running.pids()) == {"postgres", "web", "verify", "worker"})
    sheet = re.search(rb"/static/pages/sijil\.\w{12}\.css", running.ask("/")[1])[0].decode()
    assert "immutable" in running.ask(sheet)[0]["Cache-Control"]
    twin = subprocess.run(running.command, env=running.environ, capture_output=True, text=True)
    assert (twin.returncode, "already runs" in twin.stderr) == (6, True)

    os.kill(running.pids()["worker"], signal.SIGKILL)
    assert "SIGKILL" in running.until("worker stopped")
    stays = running.pids()["web"], running.pids()["verify"]
    os.kill(running.pids()["postgres"], signal.SIGKILL)
    assert "SIGKILL" in running.until("PostgreSQL stopped")
    running.until("PostgreSQL runs again")
    assert eventually(lambda: len(running.pids()) == 4)
    assert eventually(lambda: answers_well(running))
    assert (running.pids()["web"], running.pids()["verify"]) == stays

    pids = running.pids().values()
    assert running.stop() == 0
    assert all(is_gone(pid) for pid in pids)
    assert not (running.home / "postgres.url").exists()


def answers_well(running):
    try:
        return running.readiness()["ready"]
    except (OSError, ValueError, http.client.HTTPException):
        return False


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells a child of its parent's death"
)
def test_a_killed_supervisor_takes_everything_along(home):
    one = Running(home, free_port())
    one.until("Database")
    assert eventually(lambda: "web" in one.pids())
    pids = one.pids().values()
    one.process.kill()
    one.process.communicate(timeout=60)
    assert eventually(lambda: all(is_gone(pid) for pid in pids))


def test_a_taken_port_is_a_sentence_and_nothing_starts(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        one = Running(home.parent / "other", port)
        said, _ = one.process.communicate(timeout=60)
    assert one.process.returncode == 5
    assert f"Port {port} is in use" in said
    assert not (home.parent / "other" / "postgres").exists()
