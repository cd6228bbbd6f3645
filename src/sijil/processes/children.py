"""Small things every child process shares: ending with its parent, and the end of its log."""

from __future__ import annotations

import ctypes
import ctypes.util
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def end_with_parent(order: int) -> Callable[[], None] | None:
    """Return a ``preexec_fn`` that makes the kernel send ``order`` to the child when its parent dies.

    Linux only; elsewhere None (a killed supervisor then leaves its children to the next start).
    """
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(ctypes.util.find_library("c") or None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        library.prctl(_PR_SET_PDEATHSIG, order)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def end_with_mine() -> None:
    """Make the kernel end this worker process when the process that started it dies (Linux).

    For servers that start their own workers: a worker left behind would go on answering beside the next.
    """
    parent = multiprocessing.parent_process()
    if parent is None or not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(ctypes.util.find_library("c") or None, use_errno=True)
    library.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent.pid:
        os.kill(os.getpid(), signal.SIGTERM)


def log_tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log, or a sentence when there is none."""
    try:
        text = log.read_text(errors="replace").strip()
    except OSError:
        text = ""
    return "\n".join(text.splitlines()[-lines:]) or "(the log is empty)"
