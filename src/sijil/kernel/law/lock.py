"""``law.lock``: name, version and digest of everything shipped. A line is added once, and never changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from sijil.kernel.law import shelf
from sijil.kernel.law.kinds import kind_of
from sijil.kernel.law.values import Law, LawFault, Wrong

LOCK: Final = "law.lock"
_HEAD = "# name version sha256 of what decides; lines are added by `sijil law seal NAME VERSION`\n"


def read_lock(root: Path) -> dict[tuple[str, str], str]:
    """Return the digest of each sealed version by name and version. Raises: LawFault."""
    path = root / LOCK
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found: dict[tuple[str, str], str] = {}
    for number, line in enumerate(lines, start=1):
        parts = line.split()
        if not parts or line.startswith("#"):
            continue
        if len(parts) != 3 or (parts[0], parts[1]) in found:
            raise LawFault(LOCK, number, "This line is no seal.", "Restore the file: git checkout.")
        found[parts[0], parts[1]] = parts[2]
    return found


def seal(name: str, version: str) -> Law[Any]:
    """Add a shipped version to the lock, after its checks.

    Raises: LookupError if there is no such version; LawFault if it is wrong, or was sealed before.
    """
    law = shelf.load(name, version)
    if not law.is_shipped:
        raise law.page.fault((), f"{version} was enacted here, not shipped.", "Seal files only.")
    examine_one(law)
    root = shelf.current().root
    sealed = read_lock(root)
    kept = sealed.get((name, version))
    if kept is not None:
        wrong = "is sealed already." if kept == law.digest else "was published with another content."
        remedy = "A published version is never edited: give the new one a name and a day of its own."
        raise law.page.fault(("version",), f"{version} {wrong}", remedy)
    _write(root, {**sealed, (name, version): law.digest})
    return law


def check_joins(law: Law[Any]) -> None:
    """Do all the checks of a version that is not there yet, among those that are. Raises: LawFault."""
    shelf.arrange(kind_of(law.name), (*shelf.versions(law.name), law))
    examine_one(law)


def examine_one(law: Law[Any]) -> None:
    """Do the checks of the law's kind. Raises: LawFault."""
    try:
        kind_of(law.name).check(law)
    except Wrong as wrong:
        raise law.page.fault(wrong.at, wrong.wrong, wrong.remedy) from None


def _write(root: Path, sealed: dict[tuple[str, str], str]) -> None:
    lines = [f"{name} {version} {digest}\n" for (name, version), digest in sorted(sealed.items())]
    (root / LOCK).write_text(_HEAD + "".join(lines), encoding="utf-8")
