"""Bodies received whole, before any thread is taken: under a size, a least rate, and a bound of memory.

A small body lies in memory, a larger one in a file without a name (in TMPDIR), gone when the request is over.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from sijil.processes.gate.requests import Receive, Request


class Reason(Enum):
    """Why the gate answers itself."""

    MALFORMED = 400
    SLOW = 408
    LARGE = 413
    BUSY = 503


class Shut(Exception):
    """The gate answers itself."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.name)
        self.reason = reason


class Gone(Exception):
    """The client left, or takes nothing any more: nobody is there to answer."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes. Within ``grace`` any rate will do, then ``rate`` a second on average."""

    grace: float = 10.0
    rate: int = 2_000
    longest: float = 600.0
    in_memory: int = 64 * 1024
    together: int = 512 * 1024**2  # of all that this process holds
    per_address: int = 100  # bodies on their way

    def end(self, size: int) -> float:
        """Return until when, since the start, more must have come than ``size``."""
        return min(self.longest, max(self.grace, size / self.rate))


class Body:
    """One body, as a file; its bytes count until it is closed."""

    def __init__(self, bodies: Bodies) -> None:
        self.file = cast(IO[bytes], SpooledTemporaryFile(bodies.limits.in_memory))  # noqa: SIM115
        self.size = 0
        self._bodies = bodies

    def add(self, chunk: bytes) -> None:
        """Raises: Shut when this process would hold too much."""
        if self._bodies.held + len(chunk) > self._bodies.limits.together:
            raise Shut(Reason.BUSY)
        self._bodies.held += len(chunk)
        self.size += len(chunk)
        self.file.write(chunk)

    def close(self) -> None:
        self._bodies.held -= self.size
        self.size = 0
        self.file.close()


class Bodies:
    """All bodies of one process; used on its event loop only."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.held = 0
        self._coming: Counter[str] = Counter()

    async def receive(self, request: Request, receive: Receive, *, largest: int) -> Body:
        """Return the whole body; the caller closes it. Raises: Shut, Gone."""
        declared = _declared(request)
        if declared is not None and declared > largest:
            raise Shut(Reason.LARGE)
        if declared != 0 and self._coming[request.address] >= self.limits.per_address:
            raise Shut(Reason.BUSY)
        body = Body(self)
        if declared == 0:
            return body
        self._coming[request.address] += 1
        try:
            await self._fill(body, receive, largest)
        except BaseException:
            body.close()
            raise
        finally:
            self._came(request.address)
        body.file.seek(0)
        return body

    def _came(self, address: str) -> None:
        self._coming[address] -= 1
        if not self._coming[address]:
            del self._coming[address]

    async def _fill(self, body: Body, receive: Receive, largest: int) -> None:
        start, more = asyncio.get_running_loop().time(), True
        while more:
            try:
                async with asyncio.timeout_at(start + self.limits.end(body.size)):
                    message = await receive()
            except TimeoutError:
                raise Shut(Reason.SLOW) from None
            if message["type"] == "http.disconnect":
                raise Gone
            chunk = message.get("body", b"")
            if body.size + len(chunk) > largest:
                raise Shut(Reason.LARGE)
            body.add(chunk)
            more = message.get("more_body", False)


def _declared(request: Request) -> int | None:
    try:
        return request.declared
    except ValueError:
        raise Shut(Reason.MALFORMED) from None
