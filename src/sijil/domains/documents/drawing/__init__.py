"""An upload is opened by a child process that lives for it alone; only what the child drew anew is kept.

One child an upload: its start costs about 0.1 s of processor time, and nothing of one upload can reach
another. The child (``child.py``) limits itself before it reads; here it is ended when its time is over.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from sijil.domains.documents import errors
from sijil.domains.documents.types import Accepted, MediaType
from sijil.kernel.errors import Refused

TOGETHER = max(1, (os.cpu_count() or 1) // 2)  # children of one process
WAIT_FOR_PLACE = 3.0  # seconds
PATIENCE = 8.0
_START = "import sys; sys.path[:0] = sys.argv[1:]; import child; child.main()"
_KEPT = re.compile(rb"kept (image/(?:jpeg|png)) (\d{1,3})\n")
_REFUSED = re.compile(rb"refused ([a-z_]+)\n")
_REASONS = {
    error.code.rpartition(".")[2]: error
    for error in (
        errors.IMAGE_BROKEN, errors.IMAGE_TOO_SMALL, errors.IMAGE_TOO_BIG,
        errors.PDF_BROKEN, errors.PDF_LOCKED, errors.PDF_TOO_LONG,
    )
}  # fmt: skip
_places = threading.BoundedSemaphore(TOGETHER)
log = logging.getLogger("sijil.documents")


def draw(content: bytes) -> Accepted:
    """Return what is kept of an upload. Waits at most ``WAIT_FOR_PLACE`` + ``PATIENCE`` seconds.

    Raises: Refused (FILE_TOO_HARD when the child was ended; FILES_WAIT when all are at work).
    """
    with _place():
        answer = _ask(content)
    if kept := _KEPT.match(answer):
        return Accepted(MediaType(kept[1].decode()), answer[kept.end() :], int(kept[2]))
    refused = _REFUSED.fullmatch(answer)
    raise Refused(_REASONS.get(refused[1].decode() if refused else "", errors.FILE_TOO_HARD), field="file")


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=WAIT_FOR_PLACE):
        raise Refused(errors.FILES_WAIT, field="file", seconds=30)
    try:
        yield
    finally:
        _places.release()


def _ask(content: bytes) -> bytes:
    """Return the answer of a child, empty when it died or was ended."""
    try:
        done = subprocess.run(
            command(), input=content, capture_output=True, timeout=PATIENCE, env={}, cwd="/", check=False
        )
    except subprocess.TimeoutExpired:
        log.warning("a file of %d bytes took longer than %g s to open", len(content), PATIENCE)
        return b""
    except OSError as error:
        log.error("no process for a file: %s", error)
        raise Refused(errors.FILES_WAIT, field="file", seconds=30) from None
    if done.returncode:
        log.warning("a file of %d bytes ended its process: %d", len(content), done.returncode)
        return b""
    return done.stdout


@cache
def command() -> tuple[str, ...]:
    """Return how a child is started: alone with the two libraries, without the environment's other ones."""
    found = [find_spec(name) for name in ("PIL", "pypdfium2")]
    folders = {str(Path(spec.origin).parents[1]) for spec in found if spec and spec.origin}
    return (sys.executable, "-I", "-S", "-c", _START, str(Path(__file__).parent), *sorted(folders))
