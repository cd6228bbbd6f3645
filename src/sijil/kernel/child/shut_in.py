"""What a child gives up before it reads the first byte. Imported by it alone, without the product."""

from __future__ import annotations

import contextlib
import resource

MEMORY = 640 * 1024 * 1024
PROCESSOR_SECONDS = 3


def shut_in() -> None:
    """Keep what is open and nothing else: no file, no socket, no process, so much memory and time."""
    limits = {
        resource.RLIMIT_NOFILE: 3,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: PROCESSOR_SECONDS,
    }
    for what, most in limits.items():
        with contextlib.suppress(ValueError, OSError):  # macOS knows some of them by name only
            resource.setrlimit(what, (most, most))
