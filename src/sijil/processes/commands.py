"""The command line of each process, and what it runs: named by strings, wired in ``sijil.config``."""

from __future__ import annotations

import os
import sys

from sijil.processes.environment import Environment

SETTINGS = "sijil.config.settings"
WEB = "sijil.config.asgi:application"
VERIFY = "sijil.config.verify:application"


def web_command(settings: Environment) -> list[str]:
    """Return the command of the web process."""
    return [
        sys.executable, "-m", "granian", "--interface", "asgi", "--http", "1", "--no-ws",
        "--host", settings.host, "--port", str(settings.port),
        "--workers", str(settings.web_workers or min(4, os.cpu_count() or 1)),
        "--respawn-failed-workers", "--workers-kill-timeout", "20",
        "--http1-header-read-timeout", "10000", "--backlog", "4096", "--backpressure", "4096",
        "--log-level", "warning", WEB,
    ]  # fmt: skip


def console_command(name: str) -> list[str]:
    """Return the command line ``sijil NAME``."""
    return [sys.executable, "-m", "sijil.console", name]
