"""ClamAV's daemon (``SIJIL_CLAMD``), by its command INSTREAM: the file is on no disk of ours."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from sijil.domains.documents.adapters import ScanFailed
from sijil.kernel.adapters import AdapterUnfit

_TIMEOUT = 20
_CHUNK = 64 * 1024


class ClamdScanner:
    """Asked over its socket, or over TCP where it runs on another machine of the same network."""

    @staticmethod
    def check() -> None:
        try:
            with _line() as line:
                line.sendall(b"zPING\0")
                alive = _read(line) == "PONG"
        except OSError:
            alive = False
        if not alive:
            raise AdapterUnfit(
                f"SIJIL_CLAMD={settings.ENV.clamd}: no clamd answers there. Start it, or correct this."
            )

    def find_virus(self, content: bytes) -> str:
        try:
            with _line() as line:
                line.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), _CHUNK):
                    chunk = content[start : start + _CHUNK]
                    line.sendall(struct.pack("!I", len(chunk)) + chunk)
                line.sendall(struct.pack("!I", 0))
                return _verdict(_read(line))
        except OSError as error:
            raise ScanFailed(f"clamd: {type(error).__name__}") from error


def _verdict(answer: str) -> str:
    if answer.endswith("FOUND"):
        return answer.removeprefix("stream:").removesuffix("FOUND").strip()
    if answer != "stream: OK":
        raise ScanFailed("clamd: it did not scan the file")
    return ""


def _read(line: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0"):
        more = line.recv(1024)
        if not more or len(answer) > 4096:
            raise ScanFailed("clamd: it hung up")
        answer += more
    return answer.rstrip(b"\0").decode("utf-8", "replace")


@contextlib.contextmanager
def _line() -> Iterator[socket.socket]:
    where: str = settings.ENV.clamd
    host, _, port = where.rpartition(":")
    if port.isdecimal() and host:
        with socket.create_connection((host, int(port)), timeout=_TIMEOUT) as line:
            yield line
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(_TIMEOUT)
        line.connect(str(Path(where)))
        yield line
