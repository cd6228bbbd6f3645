"""Where versions stand: the files shipped with the product, and those enacted on this installation.

Nothing else knows which of the two a version is. Files are read once; enacted versions are asked for again
when their generation has changed, which is looked at every few seconds at most.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, overload

from sijil.kernel.law.digest import digest_of
from sijil.kernel.law.kinds import PACKAGE, LawKind, kind_of
from sijil.kernel.law.reading import Page, read_page, read_text, typed
from sijil.kernel.law.values import B, Body, Doubt, Law, Pin, Text

Laws = tuple[Law[Any], ...]
LOOK_EVERY = 2.0  # seconds between two looks at the generation of what was enacted


class NotInForce(LookupError):
    """No version of the law is in force on the day."""


@dataclass(frozen=True, slots=True)
class EnactedText:
    """A version as it was enacted. ``digest``: the one that was signed; the text must still have it."""

    name: str
    version: str
    digest: str
    content: str


class EnactedReader(Protocol):
    """The port to the versions enacted on this installation."""

    def generation(self) -> int:
        """Return a number that changes when a version is enacted; cheap."""

    def texts(self) -> Sequence[EnactedText]:
        """Return all of them."""


class _Head(Body, frozen=True, rename={"starts_on": "from", "ends_on": "to"}):
    """What every version says of itself."""

    law: str
    version: str
    starts_on: dt.date
    source: str
    last_checked_on: dt.date
    doubt: str | dict[str, str | Text]
    ends_on: dt.date | None = None


_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}", re.ASCII)
HEAD = ("law", "version", "from", "to", "source", "last_checked_on", "doubt")


def read_law(page: Page, *, stands_at: tuple[str, str] | None = None, is_shipped: bool = True) -> Law[Any]:
    """Return the version of a page. ``stands_at``: name and version of its place. Raises: LawFault."""
    head = typed(page, {k: v for k, v in page.value.items() if k in HEAD}, _Head)
    try:
        kind = kind_of(head.law)
    except LookupError:
        raise page.fault(("law",), f"There is no law `{head.law}`.", "See: sijil law check.") from None
    _check_head(page, head)
    _check_place(page, head, stands_at or (head.law, head.version))
    content = {k: v for k, v in page.value.items() if k not in HEAD}
    body = typed(page, content, kind.schema)
    facts = {"law": head.law, "version": head.version, "from": head.starts_on, "to": head.ends_on or ""}
    return Law(
        name=head.law,
        version=head.version,
        starts_on=head.starts_on,
        ends_on=head.ends_on,
        digest=digest_of(facts, body, kind.words),
        source=head.source,
        last_checked_on=head.last_checked_on,
        doubts=(*_doubts(head.doubt), *_inner_doubts(content, ())),
        body=body,
        page=page,
        is_shipped=is_shipped,
    )


def _check_head(page: Page, head: _Head) -> None:
    if not head.source.strip():
        raise page.fault(
            ("source",), "`source` is empty.", "Write where it comes from: text, article, bulletin."
        )
    if head.ends_on is not None and head.ends_on < head.starts_on:
        raise page.fault(("to",), "It ends before it starts.", "`to` is the last day in force.")
    if not _VERSION.fullmatch(head.version):
        raise page.fault(("version",), f"{head.version!r} is no name.", "Write letters, digits and -.")


def _check_place(page: Page, head: _Head, stands_at: tuple[str, str]) -> None:
    name, version = stands_at
    if head.law != name:
        wrong = f"`{head.law}` is not the law of this folder."
        raise page.fault(("law",), wrong, f"Write `law: {name}`.")
    if head.version != version:
        wrong = f"`{head.version}` is not the name of the file."
        raise page.fault(("version",), wrong, f"Write `version: {version}`, or rename the file.")


def _doubts(written: str | Mapping[str, str | Text]) -> tuple[Doubt, ...]:
    if isinstance(written, str):
        return () if written.strip() in ("", "none") else (Doubt("", written),)
    return tuple(Doubt(about, words) for about, words in written.items())


def _inner_doubts(value: Any, about: tuple[str, ...]) -> Iterator[Doubt]:
    """Give the doubts that stand beside a value; an entry of a list is called by its ``id``."""
    if isinstance(value, dict):
        if about and "doubt" in value:
            words = value["doubt"]
            yield Doubt(".".join(about), Text(**words) if isinstance(words, dict) else str(words))
        for key, inner in value.items():
            yield from _inner_doubts(inner, (*about, str(key)))
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict) and "id" in item:
                yield from _inner_doubts(item, (*about[:-1], str(item["id"])))


class Shelf:
    """All versions known to one installation: files below ``root``, and what ``reader`` tells."""

    def __init__(
        self, root: Path = PACKAGE, reader: EnactedReader | None = None, look_every: float = LOOK_EVERY
    ) -> None:
        self.root, self.reader, self.look_every = root, reader, look_every
        self._shipped: dict[str, Laws] = {}
        self._members: dict[str, frozenset[str]] = {}
        self._texts: Sequence[EnactedText] = ()
        self._enacted: dict[str, Law[Any]] = {}  # by text: read once
        self._joined: dict[str, Laws] = {}
        self._generation: int | None = None
        self._looked_at = 0.0
        self._lock = threading.RLock()

    def versions(self, name: str) -> Laws:
        """Return every version of a law by its first day. Raises: LookupError, LawFault."""
        self._look()
        found = self._joined.get(name)
        return self._join(name) if found is None else found

    def _join(self, name: str) -> Laws:
        with self._lock:
            kind = kind_of(name)
            mine = [self._read(text) for text in self._texts if text.name == name]
            found = self._joined[name] = arrange(kind, (*self._files(kind, name), *mine))
            return found

    def _read(self, text: EnactedText) -> Law[Any]:
        if text.content not in self._enacted:
            self._enacted[text.content] = _enacted(text)
        return self._enacted[text.content]

    def names(self, kind: LawKind[Any]) -> tuple[str, ...]:
        """Return the names of the laws of a kind: one, or one for each member."""
        if not kind.is_family:
            return (kind.name,)
        self._look()
        if kind.name not in self._members:
            folders = (self.root / kind.place).glob("*/")
            self._members[kind.name] = frozenset(kind.law_name(path.name) for path in folders)
        return tuple(sorted(self._members[kind.name] | {t.name for t in self._texts if kind.covers(t.name)}))

    def forget(self) -> None:
        """Read everything anew when it is asked for next."""
        with self._lock:
            self._shipped, self._members, self._joined, self._enacted = {}, {}, {}, {}
            self._texts, self._generation, self._looked_at = (), None, 0.0

    def look_again(self) -> None:
        """Ask at the next reading for what was enacted, without waiting."""
        self._looked_at = float("-inf")

    def _files(self, kind: LawKind[Any], name: str) -> Laws:
        if name not in self._shipped:
            folder = self.root / kind.place
            folder = folder / name.rpartition(".")[2] if kind.is_family else folder
            paths = sorted(p for p in folder.glob("*") if p.is_dir() or p.suffix == ".yaml")
            self._shipped[name] = tuple(self._shipped_law(path, name) for path in paths)
        return self._shipped[name]

    def _shipped_law(self, path: Path, name: str) -> Law[Any]:
        page = read_page(path, path.relative_to(self.root).as_posix())
        return read_law(page, stands_at=(name, path.name if path.is_dir() else path.stem))

    def _look(self) -> None:
        """Ask for the generation when it is time; meanwhile other threads go on with what is known."""
        if self.reader is None or time.monotonic() - self._looked_at < self.look_every:
            return
        if not self._lock.acquire(blocking=self._generation is None):
            return
        try:
            generation = self.reader.generation()
            if generation != self._generation:
                self._texts = self.reader.texts()
                self._joined, self._generation = {}, generation
            self._looked_at = time.monotonic()
        finally:
            self._lock.release()


def _enacted(text: EnactedText) -> Law[Any]:
    law = read_law(read_text(text.content, f"{text.name} {text.version} (enacted)"), is_shipped=False)
    if (law.name, law.version, law.digest) != (text.name, text.version, text.digest):
        raise law.page.fault((), "This is not what was enacted.", "Restore the database, or this release.")
    return law


def arrange(kind: LawKind[Any], found: Sequence[Law[Any]]) -> Laws:
    """Return versions by their first day. Raises: LawFault for doubled names or days, overlaps, gaps."""
    ordered = sorted(found, key=lambda law: (law.starts_on, not law.is_shipped))
    kept: list[Law[Any]] = []
    for law in ordered:
        if any(law.pin == other.pin for other in kept):
            continue  # enacted here first, then shipped with a release
        _check_name(law, kept)
        if kept:
            _check_follows(kind, kept[-1], law)
        kept.append(law)
    if kept and kept[-1].ends_on is not None and not kind.may_end:
        raise kept[-1].page.fault(("to",), f"{kind.name} may not end.", "Take `to` away.")
    return tuple(kept)


def _check_name(law: Law[Any], others: Sequence[Law[Any]]) -> None:
    if law.version in {other.version for other in others}:
        raise law.page.fault(
            ("version",), f"There are two versions {law.version}.", "Give it a name of its own."
        )


def _check_follows(kind: LawKind[Any], before: Law[Any], law: Law[Any]) -> None:
    if before.starts_on == law.starts_on:
        wrong = f"{before.version} and {law.version} start on the same day, {law.starts_on}."
        raise law.page.fault(("from",), wrong, "Give one of them another day.")
    if before.ends_on is not None and before.ends_on >= law.starts_on:
        wrong = f"{before.version} is in force until {before.ends_on}: both are from {law.starts_on} on."
        raise law.page.fault(("from",), wrong, "Let the first one end before, or take its `to` away.")
    gap = before.ends_on is not None and before.ends_on + dt.timedelta(days=1) < law.starts_on
    if gap and not kind.may_end:
        wrong = f"Nothing is in force between {before.ends_on} and {law.starts_on}."
        raise law.page.fault(("from",), wrong, "Let the second one start on the next day.")


_shelf = Shelf()


def current() -> Shelf:
    """Return the shelf of this process."""
    return _shelf


def use_enacted(reader: EnactedReader | None, *, look_every: float = LOOK_EVERY) -> None:
    """Read versions enacted on this installation through a port; None: only what is shipped."""
    _shelf.reader, _shelf.look_every = reader, look_every
    _shelf.forget()


def enacted() -> EnactedReader | None:
    """Return the port to what was enacted here, if this process has one."""
    return _shelf.reader


@contextmanager
def use_shelf(shelf: Shelf) -> Iterator[Shelf]:
    """Read from another shelf for a while: a folder that is being prepared, or that of a test."""
    global _shelf
    before, _shelf = _shelf, shelf
    try:
        yield shelf
    finally:
        _shelf = before


def _name(law: LawKind[Any] | str, member: str) -> str:
    return law if isinstance(law, str) else law.law_name(member)


@overload
def versions(law: LawKind[B], member: str = "") -> tuple[Law[B], ...]: ...
@overload
def versions(law: str) -> Laws: ...
def versions(law: LawKind[Any] | str, member: str = "") -> Laws:
    """Return every version of a law, by its first day. Raises: LookupError, LawFault."""
    return _shelf.versions(_name(law, member))


@overload
def load(law: LawKind[B], version: str, member: str = "") -> Law[B]: ...
@overload
def load(law: str, version: str) -> Law[Any]: ...
def load(law: LawKind[Any] | str, version: str, member: str = "") -> Law[Any]:
    """Return one version, shipped or enacted. Raises: LookupError, LawFault."""
    for found in _shelf.versions(_name(law, member)):
        if found.version == version:
            return found
    raise LookupError(f"there is no version {version} of {_name(law, member)}")


@overload
def on(law: LawKind[B], day: dt.date, member: str = "") -> Law[B]: ...
@overload
def on(law: str, day: dt.date) -> Law[Any]: ...
def on(law: LawKind[Any] | str, day: dt.date, member: str = "") -> Law[Any]:
    """Return what is in force on a day. Raises: NotInForce (a LookupError), LawFault."""
    started = [v for v in _shelf.versions(_name(law, member)) if v.starts_on <= day]
    if not started or not started[-1].covers(day):
        raise NotInForce(f"{_name(law, member)}: nothing is in force on {day}")
    return started[-1]


def pin(name: str, day: dt.date) -> Pin:
    """Return the name, version and digest of what is in force on a day. Raises: as :func:`on`."""
    return on(name, day).pin


def names(kind: LawKind[Any]) -> tuple[str, ...]:
    """Return the names of the laws of a kind."""
    return _shelf.names(kind)
