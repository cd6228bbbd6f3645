"""A synchronous application in few permanent threads: who waits for one, for how long, and what it answers.

A thread belongs to one request until the application has returned, however long the client is kept waiting;
each keeps its connection to the database.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sijil.processes.gate.bodies import Body, Reason, Shut
from sijil.processes.gate.requests import Request

log = logging.getLogger("sijil.gate")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
PIECE = 64 * 1024
AHEAD = 64  # pieces that wait for the client: 4 MB, so that only a long download holds its thread
TAKEN_WITHIN = 20.0  # seconds for each piece


@dataclass(frozen=True, slots=True)
class Head:
    """Status and headers of an answer."""

    status: int
    headers: tuple[tuple[str, str], ...]


class _Dropped(Exception):
    """Nobody takes the answer."""


class Exchange:
    """One request in its thread. What it answers comes out of ``told``: a head, pieces, then None."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.moved = time.monotonic()
        self.told: asyncio.Queue[Head | bytes | None] = asyncio.Queue()
        self._loop = loop
        self._room = threading.Semaphore(AHEAD)
        self._is_dropped = False

    def run(self, application: Application, environ: dict[str, Any]) -> None:
        """Run the application, in its thread; a failure ends the answer where it is."""
        try:
            answer = application(environ, self._note)
            try:
                for piece in in_pieces(answer):
                    self._give(piece)
            finally:
                getattr(answer, "close", bool)()
        except _Dropped:
            pass
        except Exception:
            log.exception("an answer broke off")
            self._tell(b"")  # before a head: no answer; after it: a piece too few, so that it reads as cut
            return
        self._tell(None)

    async def next(self, within: float) -> Head | bytes | None:
        """Return what the thread tells next. Raises: TimeoutError."""
        async with asyncio.timeout(within):
            found = await self.told.get()
        if isinstance(found, bytes):
            self._room.release()
        return found

    def drop(self) -> None:
        """Let the thread end at its next piece."""
        self._is_dropped = True
        self._room.release()

    def _note(self, status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        self._tell(Head(int(status.split(" ", 1)[0]), tuple(headers)))

    def _give(self, piece: bytes) -> None:
        if not self._room.acquire(timeout=TAKEN_WITHIN + 5) or self._is_dropped:
            raise _Dropped
        self.moved = time.monotonic()
        self._tell(piece)

    def _tell(self, found: Head | bytes | None) -> None:
        self._loop.call_soon_threadsafe(self.told.put_nowait, found)


class Threads:
    """``count`` threads; at most ``most`` requests wait, ``patience`` seconds each."""

    def __init__(
        self, application: Application, *, count: int = 4, most: int = 200, patience: float = 3.0
    ) -> None:
        self.count = count
        self._application = application
        self._most, self._patience = most, patience
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="request")
        self._slots = asyncio.Semaphore(count)
        self._waiting = 0
        self._running: set[Exchange] = set()

    async def begin(self, request: Request, body: Body) -> Exchange:
        """Start a request; its body is closed when it ends. Raises: Shut."""
        try:
            await self._take_slot()
        except BaseException:
            body.close()
            raise
        loop = asyncio.get_running_loop()
        exchange = Exchange(loop)
        self._running.add(exchange)
        environ = request.environ(body.file, body.size)
        ended = loop.run_in_executor(self._pool, exchange.run, self._application, environ)
        ended.add_done_callback(lambda _: self._end(exchange, body))
        return exchange

    def are_stuck(self, seconds: float) -> bool:
        """Tell whether every thread has been at its request, or at its next piece, for longer."""
        past = time.monotonic() - seconds
        return len(self._running) == self.count and all(one.moved < past for one in self._running)

    async def close(self) -> None:
        """Wait until every request has returned."""
        await asyncio.to_thread(self._pool.shutdown)

    async def _take_slot(self) -> None:
        if self._slots.locked() and self._waiting >= self._most:
            raise Shut(Reason.BUSY)
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._slots.acquire()
        except TimeoutError:
            raise Shut(Reason.BUSY) from None
        finally:
            self._waiting -= 1

    def _end(self, exchange: Exchange, body: Body) -> None:
        body.close()
        self._running.discard(exchange)
        self._slots.release()


def in_pieces(answer: Iterable[bytes]) -> Iterator[bytes]:
    """Join small parts, cut large ones: pieces of at most 64 kB, none empty."""
    held = b""
    for part in answer:
        held = held + part if held else part
        while len(held) >= PIECE:
            yield held[:PIECE]
            held = held[PIECE:]
    if held:
        yield held
