"""Signs of life: each process touches a file of its own; one that stands still is seen from outside.

``logs/beats/<name>-<pid>`` below the folder of an installation. A process that ended leaves its file behind;
whoever looks removes it. What counts is that the time of a file changes, by the clock of who looks.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

FOLDER = Path("logs/beats")
EVERY = 1.0
STILL_AFTER = 30.0


class Beat:
    """The sign of one process."""

    def __init__(self, home: Path, name: str, *, every: float = EVERY) -> None:
        self.every = every
        self.path = home / FOLDER / f"{name}-{os.getpid()}"

    def strike(self) -> None:
        """Show life; a full disk keeps nobody from working."""
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch()

    async def keep(self) -> None:
        """Show life as long as the event loop of this process turns."""
        while True:
            self.strike()
            await asyncio.sleep(self.every)


class Beats:
    """The signs of all processes, as the supervisor sees them."""

    def __init__(
        self, home: Path, *, still_after: float = STILL_AFTER, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = home / FOLDER
        self._still_after, self._clock = still_after, clock
        self._seen: dict[Path, tuple[int, float]] = {}
        self._alive: dict[str, float] = {}
        self._looked_at = clock()
        for path in self._paths():  # of an earlier run: their numbers may be somebody else's by now
            path.unlink(missing_ok=True)

    def look(self) -> list[tuple[str, int]]:
        """Return name and number of the processes that live and have shown nothing for too long."""
        now = self._clock()
        if now - self._looked_at > self._still_after / 2:  # who looks stood still itself: begin anew
            self._seen.clear()
            self._alive.clear()
        self._looked_at = now
        return [_named(path) for path in self._paths() if _lives(path) and self._is_still(path, now)]

    def is_silent(self, name: str) -> bool:
        """Tell whether none of this name has shown life for twice as long, after some did."""
        last = self._alive.get(name)
        return last is not None and self._clock() - last > 2 * self._still_after

    def forget(self, name: str) -> None:
        """Begin anew: its processes are started again."""
        self._alive.pop(name, None)

    def _paths(self) -> list[Path]:
        return [path for path in self._folder.glob("*-*") if path.name.rpartition("-")[2].isdigit()]

    def _is_still(self, path: Path, now: float) -> bool:
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            return False
        before, since = self._seen.get(path, (0, now))
        if changed != before:
            since = self._alive[_named(path)[0]] = now
        self._seen[path] = (changed, since)
        return now - since > self._still_after


def _named(path: Path) -> tuple[str, int]:
    name, _, number = path.name.rpartition("-")
    return name, int(number)


def _lives(path: Path) -> bool:
    """Tell whether the process of a sign lives; the sign of one that ended is removed."""
    try:
        os.kill(_named(path)[1], 0)
    except ProcessLookupError:
        path.unlink(missing_ok=True)
        return False
    except PermissionError:
        return True
    return True
