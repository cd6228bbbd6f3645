"""As whom each process connects to the database: the owner of the tables, or a role that may less.

A process says what it is before the settings are read (``run_as``). Its address is its own setting, else the
owner's; in the private PostgreSQL each has a role. What each may stands in ``grants.py``.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from sijil.processes.environment import Environment

OWNER, WEB, WORKER, VERIFY, AUDIT = "owner", "web", "worker", "verify", "audit"
LIMITED = (WEB, WORKER, VERIFY, AUDIT)
PRIVATE = {OWNER: "sijil"} | {process: f"sijil_{process}" for process in LIMITED}
"""The roles of the private PostgreSQL."""
MAKE = (
    *(f"CREATE ROLE {user} LOGIN" for user in PRIVATE.values()),
    # the log is sealed up to the oldest transaction under way, whosesoever (kernel/horizon.py)
    f"GRANT pg_read_all_stats TO {PRIVATE[OWNER]}, {PRIVATE[WORKER]}",
)
_NOWHERE = "postgresql://sijil@/sijil"
_mine = OWNER


def run_as(process: str) -> None:
    """Say what this process is; to be called before Django's settings are read."""
    global _mine
    _mine = process


def mine() -> str:
    return _mine


def address(process: str, settings: Environment) -> str:
    """Return where ``process`` connects, and as whom."""
    own = "" if process == OWNER else str(getattr(settings, f"{process}_database_url"))
    if own or settings.database_url:
        return own or settings.database_url
    return _private(settings).replace(f"//{PRIVATE[OWNER]}@", f"//{PRIVATE[process]}@", 1)


def users(settings: Environment) -> dict[str, str]:
    """Return the role of each process, as far as this one's settings tell."""
    return {process: user_of(address(process, settings)) for process in PRIVATE}


def user_of(url: str) -> str:
    """Return the user in ``postgresql://user:password@host:port/name?host=/socket``."""
    parts = urlsplit(url)
    return unquote(parts.username or dict(parse_qsl(parts.query)).get("user", PRIVATE[OWNER]))


def _private(settings: Environment) -> str:
    """Return the address of the private PostgreSQL, written by its launcher at each start."""
    note = Path(settings.home).absolute() / "postgres.url"
    return note.read_text().strip() if note.exists() else _NOWHERE
