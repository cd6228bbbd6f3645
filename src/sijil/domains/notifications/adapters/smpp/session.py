"""One line to an SMS centre: opened when it is first needed, kept, opened anew when it broke.

One thread at a time speaks. Whatever the centre sends between two answers is read: its questions whether we
are there are answered, its receipts kept until somebody has written them down.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import RLock

from sijil.domains.notifications.adapters import GatewayFailed
from sijil.domains.notifications.adapters.smpp import pdu
from sijil.domains.notifications.adapters.smpp.pdu import Malformed, Pdu, Told

TIMEOUT = 15
"""Seconds for any answer."""
_MOST_AT_ONCE = 500  # receipts of one look


@dataclass(frozen=True, slots=True)
class Centre:
    """Where, and as whom."""

    host: str
    port: int
    is_secure: bool
    system_id: str
    password: str


class Session:
    """A bound line of one centre."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._line: socket.socket | None = None
        self._centre: Centre | None = None
        self._numbers = itertools.count(1)
        self._arrived: list[Pdu] = []

    def submit(self, centre: Centre, bodies: list[bytes]) -> list[Pdu]:
        """Hand over the parts of one SMS; return the answers up to a refusal. Raises: GatewayFailed."""
        with self._lock, self._failing():
            self._open(centre)
            answers: list[Pdu] = []
            for body in bodies:
                answers.append(self._ask(pdu.SUBMIT_SM, body))
                if answers[-1].status:
                    break
            return answers

    def collect(self, centre: Centre, keep: Callable[[Told], object]) -> int:
        """Give each receipt that came to ``keep``, then say that it came; return how many were receipts.

        Raises: GatewayFailed, and what ``keep`` raises: that receipt and the later ones come again.
        """
        with self._lock, self._failing():
            self._open(centre)
            self._ask(pdu.ENQUIRE_LINK, b"")
            receipts = 0
            while self._arrived:
                found = self._arrived[0]
                told = _receipt(found)
                if told is not None:
                    keep(told)
                    receipts += 1
                self._send(Pdu(pdu.DELIVER_SM | pdu.RESPONSE, 0, found.sequence, b"\0"))
                del self._arrived[0]
            return receipts

    def close(self) -> None:
        """Say goodbye and hang up."""
        with self._lock:
            if self._line is not None:
                with contextlib.suppress(OSError, Malformed):
                    self._ask(pdu.UNBIND, b"")
            self._drop()

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, Malformed) as error:
            self._drop()
            raise GatewayFailed(f"smpp: {type(error).__name__}") from error
        except GatewayFailed:
            self._drop()
            raise

    def _open(self, centre: Centre) -> None:
        if self._line is not None and self._centre == centre:
            return
        self._drop()
        line = socket.create_connection((centre.host, centre.port), timeout=TIMEOUT)
        self._line, self._centre = line, centre
        if centre.is_secure:
            context = ssl.create_default_context()
            self._line = context.wrap_socket(line, server_hostname=centre.host)
        answer = self._ask(pdu.BIND_TRANSCEIVER, pdu.bind_body(centre.system_id, centre.password))
        if answer.status:
            raise GatewayFailed(f"smpp: not let in, status {answer.status:#06x}")

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line, self._centre = None, None
        self._arrived.clear()  # the centre sends again what was not answered

    def _ask(self, command: int, body: bytes) -> Pdu:
        """Send a request and return its answer, taking what comes before it."""
        number = next(self._numbers) & 0x7FFFFFFF
        self._send(Pdu(command, 0, number, body))
        while True:
            found = self._receive()
            if found.command in (command | pdu.RESPONSE, pdu.GENERIC_NACK) and found.sequence == number:
                return found
            self._take(found)

    def _take(self, found: Pdu) -> None:
        if found.command == pdu.DELIVER_SM:
            if len(self._arrived) < _MOST_AT_ONCE:  # the others come again: they are not answered
                self._arrived.append(found)
        elif found.command in (pdu.ENQUIRE_LINK, pdu.UNBIND):
            self._send(Pdu(found.command | pdu.RESPONSE, 0, found.sequence))
            if found.command == pdu.UNBIND:
                raise Malformed("the centre hung up")
        elif not found.command & pdu.RESPONSE:
            self._send(Pdu(pdu.GENERIC_NACK, 0x03, found.sequence))

    def _send(self, message: Pdu) -> None:
        if self._line is None:
            raise Malformed("no line")
        self._line.sendall(message.pack())

    def _receive(self) -> Pdu:
        length, command, status, sequence = pdu.HEADER.unpack(self._read(16))
        if not 16 <= length <= pdu.LARGEST:
            raise Malformed(f"a message of {length} bytes")
        return Pdu(command, status, sequence, self._read(length - 16))

    def _read(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            more = self._line.recv(count - len(found)) if self._line else b""
            if not more:
                raise Malformed("the line was cut")
            found += more
        return found


def _receipt(found: Pdu) -> Told | None:
    """Return what it tells of a message; what cannot be read is answered too, or it would come for ever."""
    try:
        return pdu.read_receipt(found.body)
    except Malformed:
        return None
