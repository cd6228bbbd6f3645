"""``sijil metrics-token``."""

from __future__ import annotations

from sijil.console.output import say
from sijil.processes.failure import CannotStart


def metrics_token() -> None:
    """Print the token with which Prometheus reads /metrics. Delete its file and start anew for another one.

    The file is keys/metrics.token below SIJIL_HOME, made at the first start.
    """
    from sijil.processes.environment import Environment

    file = Environment().home.absolute() / "keys" / "metrics.token"
    if not file.exists():
        raise CannotStart(f"{file} is made at the first start: run sijil up, demo or migrate first.")
    say(file.read_text().strip())
