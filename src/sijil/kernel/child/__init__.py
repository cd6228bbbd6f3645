"""Bytes of strangers are opened by a child process that lives for them alone (docs/adr 23).

One child a file: nothing of one can reach another. The program of a child is a file ``child.py`` that imports
nothing of the product; its ``main`` is given ``shut_in`` (the file beside this one), which it calls before it
reads. Here it is ended when its time is over.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from sijil.kernel.errors import Category, ErrorCode, Refused

TOGETHER = max(1, (os.cpu_count() or 1) // 2)  # children of one process
WAIT_FOR_PLACE = 3.0  # seconds
PATIENCE = 8.0
FILES_WAIT = ErrorCode(
    "kernel.files_wait",
    Category.UNAVAILABLE,
    "Too many files are being opened at this moment.",
    "Try again in half a minute.",
)
_START = "import sys; sys.path[:0] = sys.argv[1:]; import child, shut_in; child.main(shut_in.{})"
_places = threading.BoundedSemaphore(TOGETHER)
log = logging.getLogger("sijil.child")


@dataclass(frozen=True, slots=True)
class Child:
    """``folder``: of its ``child.py``; ``libraries``: what it imports besides Python's own.

    ``threads``: what decodes starts threads of its own; on Linux only, elsewhere such a child dies.
    """

    folder: Path
    libraries: tuple[str, ...]
    threads: bool = False

    def ask(self, content: bytes, *, field: str) -> bytes:
        """Return the answer, empty when the child died or was ended.

        Waits at most ``WAIT_FOR_PLACE`` + ``PATIENCE`` seconds. Raises: Refused(FILES_WAIT) naming ``field``
        when all are at work.
        """
        with _place(field):
            try:
                return _run(command(self), content)
            except OSError as error:
                log.error("no process for a file: %s", error)
                raise Refused(FILES_WAIT, field=field, seconds=30) from None


@cache
def command(child: Child) -> tuple[str, ...]:
    """Return how a child is started: alone with its libraries, without the environment's other ones."""
    found = [find_spec(name) for name in child.libraries]
    folders = {str(Path(spec.origin).parents[1]) for spec in found if spec and spec.origin}
    own = (str(child.folder), str(Path(__file__).parent))
    start = _START.format("but_threads" if child.threads else "shut_in")
    return (sys.executable, "-I", "-S", "-c", start, *own, *sorted(folders))


@contextmanager
def _place(field: str) -> Iterator[None]:
    if not _places.acquire(timeout=WAIT_FOR_PLACE):
        raise Refused(FILES_WAIT, field=field, seconds=30)
    try:
        yield
    finally:
        _places.release()


def _run(told: tuple[str, ...], content: bytes) -> bytes:
    try:
        done = subprocess.run(
            told, input=content, capture_output=True, timeout=PATIENCE, env={}, cwd="/", check=False
        )
    except subprocess.TimeoutExpired:
        log.warning("a file of %d bytes took longer than %g s to open", len(content), PATIENCE)
        return b""
    if done.returncode:
        log.warning("a file of %d bytes ended its process: %d", len(content), done.returncode)
        return b""
    return done.stdout
