"""ClamAV's daemon (``SIJIL_CLAMD``), by its command INSTREAM: the file is on no disk of ours."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from sijil.domains.documents.adapters import ScanFailed
from sijil.kernel.adapters import AdapterUnfit

SCAN_SECONDS = 25.0  # the whole exchange about one file, however slowly the other side answers
PING_SECONDS = 3.0
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096


@dataclass
class _Line:
    """A connection with one deadline for all that goes over it; what comes too late is an OSError."""

    socket: socket.socket
    deadline: float

    def send(self, content: bytes) -> None:
        self._hurry()
        self.socket.sendall(content)

    def read(self) -> str:
        """Return one answer, which ends with a zero. Raises: ScanFailed when it stops before."""
        answer = b""
        while not answer.endswith(b"\0"):
            self._hurry()
            more = self.socket.recv(1024)
            if not more or len(answer) > _LONGEST_ANSWER:
                raise ScanFailed("clamd: it hung up")
            answer += more
        return answer.rstrip(b"\0").decode("utf-8", "replace")

    def _hurry(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.socket.settimeout(left)


class ClamdScanner:
    """Asked over its socket, or over TCP where it runs on another machine of the same network."""

    @staticmethod
    def check() -> None:
        where: str = settings.ENV.clamd
        if not where.startswith("/") and _machine(where) is None:
            raise AdapterUnfit(
                f"SIJIL_CLAMD={where}: neither the path of a socket nor host:port. Correct it."
            )

    @staticmethod
    def find_silence() -> str:
        try:
            with _line(PING_SECONDS) as line:
                line.send(b"zPING\0")
                if line.read() == "PONG":
                    return ""
        except (OSError, ScanFailed):
            pass
        return f"SIJIL_CLAMD={settings.ENV.clamd}: no clamd answers there. Start it, or correct this."

    def find_virus(self, content: bytes) -> str:
        try:
            with _line(SCAN_SECONDS) as line:
                line.send(b"zINSTREAM\0")
                for start in range(0, len(content), _CHUNK):
                    chunk = content[start : start + _CHUNK]
                    line.send(struct.pack("!I", len(chunk)) + chunk)
                line.send(struct.pack("!I", 0))
                return _verdict(line.read())
        except OSError as error:
            raise ScanFailed(f"clamd: {type(error).__name__}") from error


def _verdict(answer: str) -> str:
    """Return the name of what was found, "" for nothing; nothing else is an answer. Raises: ScanFailed."""
    told = answer.removeprefix("stream: ")
    if told == answer or (told != "OK" and not told.endswith(" FOUND")):
        raise ScanFailed(
            "clamd: it did not scan the file (is its StreamMaxLength less than a paper may weigh?)"
        )
    return "" if told == "OK" else told.removesuffix("FOUND").strip() or "unnamed"


def _machine(where: str) -> tuple[str, int] | None:
    host, _, port = where.rpartition(":")
    return (host, int(port)) if host and port.isdecimal() and int(port) < 65536 else None


@contextlib.contextmanager
def _line(seconds: float) -> Iterator[_Line]:
    deadline, where = time.monotonic() + seconds, settings.ENV.clamd
    if machine := _machine(where):
        with socket.create_connection(machine, timeout=seconds) as opened:
            yield _Line(opened, deadline)
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as opened:
        opened.settimeout(seconds)
        opened.connect(where)
        yield _Line(opened, deadline)
