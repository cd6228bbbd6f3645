"""Which system user runs the server, and which folders that user reaches.

PostgreSQL refuses to run as root. Started by root it runs as ``postgres``, else ``nobody``; folders that
this user cannot reach (a clone below a closed home) are replaced by a state folder, never opened up.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sijil.processes.failure import CannotStart


@dataclass(frozen=True, slots=True)
class ServerUser:
    """``uid`` and ``gid`` to run the server with; ``dropped`` tells that we are root and step down."""

    uid: int
    gid: int
    name: str
    dropped: bool

    def popen_options(self) -> dict[str, Any]:
        """Return the keywords of ``subprocess`` that make a child run as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.dropped else {}

    def reaches(self, path: Path) -> bool:
        """Tell whether this user can enter ``path`` (a folder) or run it (a program)."""
        if not self.dropped:
            return os.access(path, os.X_OK)
        probe = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
        return subprocess.run(probe, check=False, cwd="/", **self.popen_options()).returncode == 0

    def own(self, folder: Path) -> Path:
        """Make ``folder`` (its parents exist and are reachable), private to this user, and return it."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.dropped:
            os.chown(folder, self.uid, self.gid)
        return folder


def server_user(data: Path) -> ServerUser:
    """Return who runs the server over ``data``. Raises: CannotStart when the folder is someone else's."""
    me = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if me != 0:
        if owner not in (None, me):
            raise CannotStart(
                f"The database in {data} belongs to another user; start as that user or remove it."
            )
        return ServerUser(me, os.getegid(), _name(me), dropped=False)
    if owner:
        return ServerUser(owner, data.stat().st_gid, _name(owner), dropped=True)
    return _first_unprivileged()


def _first_unprivileged() -> ServerUser:
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(entry.pw_uid, entry.pw_gid, name, dropped=True)
    raise CannotStart(
        "PostgreSQL does not run as root and there is no user 'postgres' or 'nobody': use another account."
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
