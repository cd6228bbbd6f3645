"""Time limits of the web process towards the database; jobs, migrations and commands have none of these.

The server cuts what is slow. A server that stands still cuts nothing: that is seen from here
(``config.database``).
"""

from __future__ import annotations

from typing import Any

LIMITS = {
    "statement_timeout": "10s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
}

CONNECTS_WITHIN = 3  # seconds: who reads waits at most 5 for the sentence that there is no answer


def hold(database: dict[str, Any]) -> None:
    """Hold every connection of this process to the limits; called before the first one is made."""
    told = " ".join(f"-c {name}={value}" for name, value in LIMITS.items())
    database["ENGINE"] = "sijil.config.database"
    database["OPTIONS"] = {**database["OPTIONS"], "options": told, "connect_timeout": CONNECTS_WITHIN}
