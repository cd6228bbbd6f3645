"""Is all law there, unchanged, and does it fit together? Asked at each start and by ``sijil law check``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sijil.kernel.law import shelf
from sijil.kernel.law.kinds import LawKind, kind_of, list_kinds
from sijil.kernel.law.lock import LOCK, read_lock
from sijil.kernel.law.values import Law, LawFault, Pin, Wrong


@dataclass(frozen=True, slots=True)
class Finding:
    """One version, or one law (``version`` empty): is it well, and what was seen."""

    name: str
    version: str
    well: bool
    seen: str


def examine() -> list[Finding]:
    """Return a finding for every version, the faults among them with their remedy."""
    try:
        sealed = read_lock(shelf.current().root)
    except LawFault as fault:
        return [Finding(LOCK, "", False, str(fault))]
    found = [finding for kind in list_kinds().values() for finding in _of_kind(kind, sealed)]
    seen = {(finding.name, finding.version) for finding in found}
    unread = {finding.name for finding in found if not finding.version}
    gone = [key for key in sealed if key not in seen and key[0] not in unread]
    remedy = "it is sealed and its file is gone: restore it, past decisions name it."
    return [*found, *(Finding(name, version, False, remedy) for name, version in gone)]


def _of_kind(kind: LawKind[Any], sealed: dict[tuple[str, str], str]) -> Iterator[Finding]:
    for name in shelf.names(kind):
        try:
            known = shelf.versions(name)
        except LawFault as fault:
            yield Finding(name, "", False, str(fault))
            continue
        if not known:
            yield Finding(name, "", False, "it has no version.")
        for law in known:
            yield _of_version(law, sealed.get((name, law.version)))


def _of_version(law: Law[Any], digest: str | None) -> Finding:
    try:
        kind_of(law.name).check(law)
    except Wrong as wrong:
        fault = law.page.fault(wrong.at, wrong.wrong, wrong.remedy)
        return Finding(law.name, law.version, False, str(fault))
    except LawFault:
        pass  # of another law, which tells it itself
    if law.is_shipped and digest is None:
        remedy = f"{law.page.file} is not sealed: sijil law seal {law.name} {law.version}"
        return Finding(law.name, law.version, False, remedy)
    if law.is_shipped and digest != law.digest:
        remedy = f"{law.page.file} was edited after it was sealed: restore it, and write a new version."
        return Finding(law.name, law.version, False, remedy)
    ends = f" to {law.ends_on}" if law.ends_on else ""
    where = "" if law.is_shipped else ", enacted here"
    return Finding(law.name, law.version, True, f"from {law.starts_on}{ends}, {law.digest[:12]}{where}")


def check_pins(pins: Iterable[Pin]) -> list[Finding]:
    """Return the versions by which something was decided and that cannot be read any more as they were."""
    return [Finding(p.name, p.version, False, seen) for p in sorted(set(pins)) if (seen := _lost(p))]


def _lost(pin: Pin) -> str:
    try:
        found = shelf.load(pin.name, pin.version)
    except LookupError:
        return "decisions name it, and it is not there: restore its file or its row."
    except LawFault as fault:
        return str(fault)
    return "" if found.digest == pin.digest else "it is not what decisions were made by: restore it."
