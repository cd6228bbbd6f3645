"""Pages a second, each beside the same server answering a constant page; and good clients beside slow ones.

50 connections that stay open ask one page after the other from a process of their own, on the same cores.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

HOUSEHOLDS = 60
GOOD, SLOW = 50, 500
ROUNDS = 3
WARM, SECONDS = 0.7, float(os.environ.get("BENCH_SECONDS", "2.5"))
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PAGES = {
    "home, drawn anew": ("/?x=1", False),
    "home, kept 30 s": ("/", False),
    "centres of a region": ("/centres/06/", False),
    "my file": ("/my-file/", True),
    "score page": ("/my-file/score/", True),
}
"""Address, and whether somebody is signed in."""
Seen = dict[str, float]


def main() -> None:
    """Print six figures: each the median of rounds, in which every page stands beside the floor."""
    with own_home(), constant() as bare, product() as port:
        session = sign_in(port)
        for path, is_own in PAGES.values():  # each thread reads the law and its templates once
            ask(port, path, session if is_own else "")
        rounds = [one_round(bare, port, session) for _ in range(ROUNDS)]
        pairs = [beside_slow(port) for _ in range(ROUNDS)]
    for name in PAGES:
        show(name, [(one[name], one["floor"]) for one in rounds])
    alone, beside = (median([pair[n]["p99"] for pair in pairs]) for n in (0, 1))
    rates = " and ".join(f"{median([pair[n]['rate'] for pair in pairs]):.0f}" for n in (0, 1))
    detail = f"{SLOW} half-sent bodies; pages/s alone and beside them: {rates}; floor: alone"
    say(f"p99 of {GOOD} good clients beside slow ones", "ms", beside, alone, detail)


def one_round(bare: int, port: int, session: str) -> dict[str, Seen]:
    found = {"floor": ask(bare, "/")}
    for name, (path, is_own) in PAGES.items():
        found[name] = ask(port, path, session if is_own else "")
    return found


def beside_slow(port: int) -> tuple[Seen, Seen]:
    alone = ask(port, "/?x=1")
    with slow_clients(port):
        return alone, ask(port, "/?x=1")


def show(name: str, rounds: list[tuple[Seen, Seen]]) -> None:
    ours, floor = ({key: median([pair[n][key] for pair in rounds]) for key in rounds[0][n]} for n in (0, 1))
    detail = f"p50 {ours['p50']:.1f} ms, p99 {ours['p99']:.1f} ms, other answers {ours['other']:.0f}"
    detail += f"; floor: constant page, p99 {floor['p99']:.1f} ms; {ROUNDS} rounds"
    say(name, "pages/s", ours["rate"], floor["rate"], detail)


def say(name: str, unit: str, ours: float, floor: float, detail: str) -> None:
    figure = {
        "name": name,
        "unit": unit,
        "ours": ours,
        "floor": floor,
        "ratio": ours / floor,
        "detail": detail,
    }
    print(json.dumps(figure), flush=True)


# -- what is asked ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def own_home() -> Iterator[None]:
    """A folder and a private database for the demo, apart from those of the run."""
    home = Path(tempfile.mkdtemp(prefix="sijil-web-"))
    home.chmod(0o711)
    os.environ["SIJIL_HOME"] = str(home)
    os.environ.pop("SIJIL_DATABASE_URL", None)
    try:
        yield
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def product() -> Iterator[int]:
    """Run a demo; yield the port of its pages."""
    port = free_port()
    command = ["-m", "sijil.console", "demo", "--households", str(HOUSEHOLDS)]
    command += ["--port", str(port), "--verify-port", str(free_port())]
    with running(command) as process:
        wait_for(port, process, path="/centres/")
        yield port


@contextlib.contextmanager
def constant() -> Iterator[int]:
    from sijil.processes import commands
    from sijil.processes.environment import Environment

    port = free_port()
    command = commands.web_command(Environment(port=port))[1:-1]
    with running([*command, "bench.web_constant:application"]) as process:
        wait_for(port, process)
        yield port


@contextlib.contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def wait_for(port: int, process: subprocess.Popen[bytes], *, path: str = "/", within: float = 300) -> None:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=20) as one:
            one.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            if b" 200 " in one.recv(20):
                return
        time.sleep(0.5)
    raise TimeoutError(f"nothing answers on port {port}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def sign_in(port: int) -> str:
    """Return the cookie of a citizen with a household."""
    import django

    django.setup()
    from sijil.country import ready_accounts

    login, password = next((row[2], row[3]) for row in ready_accounts() if row[1] == "/my-file/")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/sign-in/")
    page = connection.getresponse()
    cookie = str(page.getheader("Set-Cookie")).split(";")[0]
    token = CSRF.search(page.read().decode())
    assert token
    body = f"login={login}&password={password}&csrfmiddlewaretoken={token[1]}"
    form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    connection.request("POST", "/sign-in/", body, form)
    answer = connection.getresponse()
    assert answer.status == 302, answer.read()
    found = [text.split(";")[0] for name, text in answer.getheaders() if name.lower() == "set-cookie"]
    return next(one for one in found if one.startswith("sessionid"))


# -- who asks -----------------------------------------------------------------------------------------------


def ask(port: int, path: str, cookie: str = "") -> dict[str, float]:
    """Ask from a process of its own; return rate, p50, p99 (ms) and how many answers were not 200."""
    command = [sys.executable, "-m", "bench.web", "good", str(port), path, cookie]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    return dict(json.loads(done.stdout))


async def good(port: int, path: str, cookie: str) -> dict[str, float]:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()
    now = asyncio.get_running_loop().time
    begin, end = now() + WARM, now() + WARM + SECONDS
    taken: list[float] = []
    other = 0

    async def one() -> None:
        nonlocal other
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (asked := now()) < end:
            writer.write(request)
            is_well, is_open = await answer(reader)
            if asked >= begin:
                taken.append(now() - asked)
                other += not is_well
            if not is_open:
                writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    await asyncio.gather(*(one() for _ in range(GOOD)))
    taken.sort()
    p50, p99 = (taken[int(len(taken) * share)] * 1000 for share in (0.5, 0.99))
    return {"rate": len(taken) / SECONDS, "p50": p50, "p99": p99, "other": other}


async def answer(reader: asyncio.StreamReader) -> tuple[bool, bool]:
    """Read one answer; tell whether it is 200, and whether the connection stays."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if length := re.search(rb"content-length: (\d+)", head):
        await reader.readexactly(int(length[1]))
    else:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readuntil(b"\r\n")
    return b" 200 " in head[:20], b"connection: close" not in head


@contextlib.contextmanager
def slow_clients(port: int) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.web", "slow", str(port)], cwd=Path(__file__).parents[1]
    )
    time.sleep(1)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def slow(port: int) -> None:
    """Hold connections with half a body; open each again when it is closed."""
    held: list[socket.socket] = []
    while True:
        while len(held) < SLOW:
            one = socket.create_connection(("127.0.0.1", port))
            one.sendall(b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\na")
            one.setblocking(False)
            held.append(one)
        time.sleep(0.5)
        held = [one for one in held if is_open(one)]


def is_open(one: socket.socket) -> bool:
    with contextlib.suppress(OSError):
        try:
            one.recv(1)
        except BlockingIOError:
            return True
    one.close()
    return False


if __name__ == "__main__":
    if sys.argv[1:2] == ["good"]:
        print(json.dumps(asyncio.run(good(int(sys.argv[2]), sys.argv[3], sys.argv[4]))))
    elif sys.argv[1:2] == ["slow"]:
        slow(int(sys.argv[2]))
    else:
        main()
