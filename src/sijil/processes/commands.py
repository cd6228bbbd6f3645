"""The command line of each process, and what it runs: named by strings, wired in ``sijil.config``."""

from __future__ import annotations

import sys

from sijil.processes.environment import Environment

SETTINGS = "sijil.config.settings"
WEB = "sijil.config.wsgi:application"
VERIFY = "sijil.config.verify:application"


def web_command(settings: Environment) -> list[str]:
    """Return the command of the web process."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi",
        "--host", settings.host, "--port", str(settings.port),
        "--blocking-threads", "4", "--no-ws", "--log-level", "warning", WEB,
    ]  # fmt: skip


def console_command(name: str) -> list[str]:
    """Return the command line ``sijil NAME``."""
    return [sys.executable, "-m", "sijil.console", name]
