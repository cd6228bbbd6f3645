"""One parent that starts the processes of an installation, watches them and stops them together.

A process that ends by itself is started again after 1, 2, 4 … at most 60 seconds, for ever; only before all
was ready once do five crashes in a row stop everything with the last lines of the log. When the foundation
(PostgreSQL) dies, the others stay and answer that they cannot, until it is back. One that lives and shows no
life (``beats``) is ended by force and started anew. Ctrl-C or SIGTERM stops all in order, a second hurries.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psycopg

from sijil.kernel.disk import Room
from sijil.processes.beats import Beats
from sijil.processes.children import end_with_parent, log_tail
from sijil.processes.failure import CannotStart

CRASHES_ALLOWED = 5
LONGEST_WAIT = 60.0
LOOK_EVERY = 2.0
WELL_AFTER_SECONDS = 60.0


class Watched(Protocol):
    """What the supervisor needs of a process."""

    log: Path

    def start(self) -> object: ...
    def stop(self, *, within: float = ...) -> None: ...
    def exit_status(self) -> int | None: ...


class Child:
    """A command as a process of its own group, its output in a log file."""

    def __init__(
        self, command: Sequence[str], *, log: Path, environ: Mapping[str, str], patience: float = 20
    ) -> None:
        self.command = list(command)
        self.log = log
        self._environ = dict(environ)
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _cut(self.log)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                env=self._environ,
                preexec_fn=end_with_parent(signal.SIGTERM),
            )

    def exit_status(self) -> int | None:
        return self._process.poll() if self._process else 0

    def ask_to_stop(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def kill_one(self, pid: int) -> bool:
        """End one process of the group by force; tell whether it is one of it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._process is not None and os.getpgid(pid) == self._process.pid:
                os.kill(pid, signal.SIGKILL)
                return True
        return False

    def stop(self, *, within: float | None = None) -> None:
        """End the whole group: politely, then by force."""
        if self._process is None:
            return
        for order in (signal.SIGTERM, signal.SIGKILL):
            self._signal(order)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(self._patience if within is None else within)
                break
        self._signal(signal.SIGKILL)  # what the leader left behind in its group
        self._process = None

    def _signal(self, order: int) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, order)


@dataclass(slots=True)
class _Post:
    """One watched process and its record."""

    name: str
    process: Watched
    started_at: float = 0.0
    crashes: int = 0
    start_at: float | None = None


@dataclass
class Supervisor:
    """Watches ``children`` (by name) on top of an optional ``foundation``."""

    children: Mapping[str, Child]
    foundation: Watched | None = None
    say: Callable[[str], None] = print
    clock: Callable[[], float] = time.monotonic
    first_wait: float = 1.0
    beats: Beats | None = None
    room: Room | None = None
    is_settled: bool = False
    """All was ready once: from now on nothing is given up."""
    _looked_at: float = -math.inf
    _posts: list[_Post] = field(init=False)
    _ground: _Post | None = field(init=False)

    def __post_init__(self) -> None:
        self._posts = [_Post(name, child) for name, child in self.children.items()]
        self._ground = _Post("PostgreSQL", self.foundation) if self.foundation else None

    def start(self, *, later: Sequence[str] = ()) -> None:
        """Start the children (the foundation already runs); those of ``later`` wait for the next start."""
        if self._ground:
            self._ground.started_at = self.clock()
        for post in self._posts:
            if post.name in later:
                post.start_at = math.inf
            elif post.start_at in (None, math.inf) and post.process.exit_status() is not None:
                self._start(post)

    def watch(self) -> None:
        """Look once: note crashes, start what is due, end what stands still.

        Raises: CannotStart when one crashed too often before all was ready.
        """
        for post in (self._ground, *self._posts) if self._ground else self._posts:
            if post.start_at is None and post.process.exit_status() is not None:
                self._note_crash(post)
            if post.start_at is not None and self.clock() >= post.start_at:
                self._start_again(post)
        if self.beats and self.clock() - self._looked_at >= LOOK_EVERY:
            self._looked_at = self.clock()
            self._end_the_still(self.beats)

    def run(self, *, every: float = 0.2) -> None:
        """Watch until interrupted; nothing is given up any more. Raises: KeyboardInterrupt."""
        self.is_settled = True
        while True:
            self.watch()
            time.sleep(every)

    def stop(self) -> None:
        """Stop the children together, then the foundation. A second interrupt hurries, it does not escape."""
        hurry = _Hurry()
        with hurry:
            for child in self.children.values():
                child.ask_to_stop()
            for child in self.children.values():
                hurry.wait_for(child)
            if self.foundation:
                self.foundation.stop(within=30)

    def _start(self, post: _Post) -> None:
        post.process.start()
        post.started_at, post.start_at = self.clock(), None

    def _start_again(self, post: _Post) -> None:
        """Start what is due; a foundation that cannot start yet (a full disk) is tried again later."""
        try:
            self._start(post)
        except (CannotStart, OSError, psycopg.Error) as error:
            self._note_crash(post, why=str(error))
            return
        if post is self._ground:
            self.say("PostgreSQL runs again; its data is as of the last commit.")

    def _note_crash(self, post: _Post, *, why: str = "") -> None:
        if self.clock() - post.started_at > WELL_AFTER_SECONDS and not why:
            post.crashes = 0
        post.crashes += 1
        if post.crashes >= CRASHES_ALLOWED and not self.is_settled:
            raise CannotStart(_gave_up(post))
        wait = min(LONGEST_WAIT, self.first_wait * 2 ** (post.crashes - 1))
        post.start_at = self.clock() + wait
        reason = why or _reason(post.process.exit_status() or 0)
        if self.room and (full := self.room.sentence()):
            reason = full
        self.say(f"{post.name} stopped ({reason}); starting it again in {wait:.0f} s.")
        if post.crashes == CRASHES_ALLOWED:
            self.say(f"{post.name} does not stay up. The end of its log:\n{log_tail(post.process.log)}")

    def _end_the_still(self, beats: Beats) -> None:
        for name, pid in beats.look():
            if name in self.children and self.children[name].kill_one(pid):
                self.say(f"{name} stands still (process {pid}): ended by force, another takes its place.")
        for name, child in self.children.items():
            if beats.is_silent(name) and child.exit_status() is None:
                beats.forget(name)
                child.kill()
                self.say(f"{name} shows no life: ended by force.")


class _Hurry:
    """While stopping, an interrupt shortens the patience instead of leaving children behind."""

    def __init__(self) -> None:
        self._asked = False
        self._before: dict[int, object] = {}

    def __enter__(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._ask)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _ask(self, *_: object) -> None:
        self._asked = True

    def wait_for(self, child: Child, *, within: float = 20) -> None:
        deadline = time.monotonic() + within
        while child.exit_status() is None and not self._asked and time.monotonic() < deadline:
            time.sleep(0.05)
        child.stop(within=0.2)


def _gave_up(post: _Post) -> str:
    log = post.process.log
    what = f"{post.name} stopped {post.crashes} times in a row; everything is stopped."
    return f"{what} The end of {log}:\n{log_tail(log)}"


def _reason(status: int) -> str:
    if status >= 0:
        return f"exit code {status}"
    with contextlib.suppress(ValueError):
        return f"signal {signal.Signals(-status).name}"
    return f"signal {-status}"


def _cut(log: Path, limit: int = 10_000_000) -> None:
    """Keep one older log when the present one is large."""
    if log.exists() and log.stat().st_size > limit:
        log.replace(log.with_suffix(".log.1"))
