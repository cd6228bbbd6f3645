"""Where the answer goes: a new file put in place whole, or a stream; never the file that is read."""

from __future__ import annotations

import csv
import os
import secrets
import signal
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


class CannotWrite(Exception):
    """The answer cannot be written; says why."""


class Sheet:
    """Lines of the answer, on their way. Raises: CannotWrite, whatever the output does."""

    def __init__(self, out: IO[str], name: str) -> None:
        self._out, self._name = out, name
        self._writer = csv.writer(out, lineterminator="\n")

    def write(self, rows: Iterable[Sequence[str]]) -> int:
        """Write lines and return how many."""
        held = list(rows)
        with _told(self._name):
            self._writer.writerows(held)
        return len(held)

    def end(self) -> None:
        with _told(self._name):
            self._out.flush()


@contextmanager
def answering(output: Path | None, source: Path) -> Iterator[Sheet]:
    """Open the answer. A file appears under its name when it is whole; until then the old one stands."""
    if output is None:
        sheet = Sheet(sys.stdout, "the standard output")
        yield sheet
        sheet.end()
    elif (mode := _mode(output)) is None or stat.S_ISREG(mode):
        _refuse_source(output, source)
        with _replacing(output, mode) as sheet:
            yield sheet
    else:
        with _stream(output, mode) as sheet:
            yield sheet


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Tell an error of the output as one of the output."""
    try:
        yield
    except BrokenPipeError:
        with suppress(OSError, ValueError):  # else the interpreter complains once more at its end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise CannotWrite(f"{name} was closed before the answer was whole.") from None
    except OSError as error:
        raise CannotWrite(f"{name} cannot be written: {error.strerror}.") from None


def _mode(output: Path) -> int | None:
    """Return what stands at the name, links followed; None when nothing does."""
    with _told(str(output)), suppress(FileNotFoundError):
        return output.stat().st_mode
    return None


def _refuse_source(output: Path, source: Path) -> None:
    with suppress(OSError, ValueError):
        found = os.fstat(sys.stdin.fileno()) if str(source) == "-" else source.stat()
        if os.path.samestat(found, output.stat()):
            raise CannotWrite(f"{output} is the file that is read; name another for the answer.")


@contextmanager
def _stream(output: Path, mode: int) -> Iterator[Sheet]:
    """Write into a device or a pipe, which stays what it is."""
    if not (stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)):
        raise CannotWrite(f"{output} is not a file that can be written.")
    with _told(str(output)):
        out = output.open("w", encoding="utf-8", newline="")
    try:
        sheet = Sheet(out, str(output))
        yield sheet
        sheet.end()
    finally:
        with suppress(OSError):
            out.close()


@contextmanager
def _replacing(output: Path, mode: int | None) -> Iterator[Sheet]:
    """Write beside the file, under a name of our own, and put it in place at the end. A link stays a link."""
    with _told(str(output)):
        target = output.resolve()
        unfinished = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.unfinished")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    out = os.fdopen(handle, "w", encoding="utf-8", newline="")
    try:
        with _ended_in_order():
            sheet = Sheet(out, str(output))
            yield sheet
            sheet.end()
            with _told(str(output)):
                _put(handle, unfinished, target, mode)
    finally:
        with suppress(OSError):
            out.close()
        unfinished.unlink(missing_ok=True)


def _put(handle: int, unfinished: Path, target: Path, mode: int | None) -> None:
    if mode is not None:
        os.fchmod(handle, stat.S_IMODE(mode))
    os.fsync(handle)
    unfinished.replace(target)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a request to end (SIGTERM, SIGHUP) clean up as Ctrl-C does; exit code 128 + signal."""

    def leave(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
