"""Questions that arrive while a batch is being committed wait together and make the next batch.

No timer: a lone question leaves at once, and the busier it is the larger the batches become.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections import deque
from collections.abc import Callable
from typing import Any

import asyncpg

from sijil.verify.statement import DURABLE, SESSION, Answer, Question, ask

log = logging.getLogger("sijil.verify")

LARGEST = 512
MOST_WAITING = 4096
PATIENCE_SECONDS = 5.0


class Unavailable(Exception):
    """No answer can be given now: the database does not answer, or too many wait."""


class Line:
    """One connection to the database, opened when first needed and again after a failure."""

    def __init__(self, address: dict[str, Any]) -> None:
        self._address = address
        self._connection: Any = None

    async def connection(self) -> Any:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(**self._address, server_settings=SESSION, timeout=3)
            await self._connection.execute(DURABLE)
        return self._connection

    async def drop(self) -> None:
        """Forget the connection without waiting for the server."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


class Batches:
    """Collects questions and answers them over ``lines`` connections, one batch at a time on each."""

    def __init__(self, address: dict[str, Any], *, lines: int, clock: Callable[[], dt.datetime]) -> None:
        self._waiting: deque[tuple[Question, asyncio.Future[Answer]]] = deque()
        self._clock = clock
        self._idle = [Line(address) for _ in range(lines)]
        self._running: set[asyncio.Task[None]] = set()

    async def answer(self, question: Question) -> Answer:
        """Return the answer once its audit entry is durable. Raises: Unavailable."""
        if len(self._waiting) >= MOST_WAITING:
            raise Unavailable("too many questions wait")
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if self._idle:
            self._start(self._idle.pop())
        return await future

    async def close(self) -> None:
        """Wait for the batches under way, then close the connections."""
        while self._running:
            await asyncio.wait(self._running)
        for line in self._idle:
            await line.drop()

    def _start(self, line: Line) -> None:
        task = asyncio.create_task(self._work(line))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _work(self, line: Line) -> None:
        try:
            await asyncio.sleep(0)  # let the requests already read join this batch
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(LARGEST, len(self._waiting)))]
                await self._send(line, batch)
        finally:
            self._idle.append(line)  # whatever happened: a line lost would leave questions waiting for ever

    async def _send(self, line: Line, batch: list[tuple[Question, asyncio.Future[Answer]]]) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answers = await ask(await line.connection(), [q for q, _ in batch], now=self._clock())
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("a batch of %d questions got no answer: %s", len(batch), type(error).__name__)
            await line.drop()
            _fail(batch)
        except Exception:
            log.exception("a batch of %d questions failed", len(batch))
            await line.drop()
            _fail(batch)
        except BaseException:
            await line.drop()
            _fail(batch)
            raise
        else:
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)


def _fail(batch: list[tuple[Question, asyncio.Future[Answer]]]) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(Unavailable("the database does not answer"))
