"""What must lie in the folder of an installation before anything starts: its number, its keys, its folders.

Importing the settings makes nothing. Whoever starts something (up, demo, migrate, web, verify, worker, the
tests) calls :func:`furnish` first; a command that only reads leaves no trace.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from sijil.kernel.disk import Room
from sijil.kernel.files import put_once
from sijil.kernel.key_stores import KEY_STORES
from sijil.kernel.sealing import Keyring
from sijil.processes.environment import Environment, environment
from sijil.processes.failure import CannotStart

# Raised whenever tables or keys change in a way that no migration carries over.
SCHEMA = 5
TABLES = "e4fc77def744e021"
"""Digest of the first migrations at this number (a test tells the right one): written anew, raise both."""
NOTE = "schema"
INBOUND = ("sms", "email", "abis")
"""Outside systems that may tell us something; each proves itself with a secret of its own."""


def room_of(home: Path, settings: Environment) -> Room:
    """Return what must stay free on the disks of an installation."""
    return Room((home, home / "postgres"), settings.disk_floor_mb * 1024**2)


def furnish(home: Path) -> None:
    """Make what is missing; safe to repeat, also by several processes at once.

    Raises: CannotStart when another version made what is there, which is left as it is.
    """
    check_schema(home)
    home.mkdir(parents=True, exist_ok=True, mode=0o700 if os.geteuid() else 0o711)
    put_once(home / NOTE, f"{SCHEMA}\n".encode())
    put_once(home / "keys" / "django.key", secrets.token_urlsafe(50).encode())
    put_once(home / "keys" / "metrics.token", secrets.token_urlsafe(32).encode())
    for port in INBOUND:
        put_once(home / "keys" / "inbound" / f"{port}.token", secrets.token_urlsafe(32).encode())
    KEY_STORES.make(environment().key_store, home / "keys")
    _compile_translations()


def open_keyring(home: Path) -> Keyring:
    """Return the keyring of the installation. Raises: CannotStart over the folder of another version."""
    furnish(home)
    return Keyring(home / "keys", KEY_STORES.make(environment().key_store, home / "keys"))


def check_schema(home: Path) -> None:
    """Raises: CannotStart when the folder holds the keys of an installation that another version made."""
    found = schema_of(home)
    if found == SCHEMA or not (home / "keys" / "master.key").exists():
        return
    age = "a newer" if found > SCHEMA else "an older"
    raise CannotStart(
        f"{home} was made by {age} version and is left as it is. A demo starts over with "
        "./run demo --fresh; anything else needs another folder: SIJIL_HOME=~/sijil-new",
        exit_code=4,
    )


def schema_of(home: Path) -> int:
    """Return the number noted in the folder; 0 when there is none or it cannot be read."""
    try:
        return int((home / NOTE).read_text())
    except (OSError, ValueError):
        return 0


def _compile_translations() -> None:
    from sijil.processes.messages import compile_stale

    compile_stale()
