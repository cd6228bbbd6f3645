"""The ASGI application: one request from its first byte to the last of its answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from sijil.processes.beats import Beat
from sijil.processes.gate.bodies import Bodies, Gone, Limits, Reason, Shut
from sijil.processes.gate.kept import LARGEST, Kept, Reply
from sijil.processes.gate.requests import Network, Receive, Request, Scope, Send, read
from sijil.processes.gate.threads import TAKEN_WITHIN, Exchange, Head, Threads

RUNS_WITHIN = 20.0  # seconds until the head of an answer, and until each piece
LONG_WITHIN = 600.0  # the same where the product says that the work is long
STUCK_AFTER = 60.0  # seconds of every thread with one request each: nothing will come back
LIVE = "/livez"


@dataclass
class Gate:
    """``threads`` run the application; ``largest``: bytes for an address; ``refuse``: in words; ``is_long``:
    addresses whose work takes minutes.
    """

    threads: Threads
    largest: Callable[[Request], int]
    refuse: Callable[[Request, Reason], Reply]
    kept: Kept
    is_long: Callable[[Request], bool] = lambda _: False
    trusted: Iterable[Network] = ()
    bodies: Bodies = field(default_factory=lambda: Bodies(Limits()))
    beat: Beat | None = None
    runs_within: float = RUNS_WITHIN
    taken_within: float = TAKEN_WITHIN

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a client that is gone is not answered."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            with contextlib.suppress(Gone):
                await self._answer(read(scope, self.trusted), receive, send)

    async def _answer(self, request: Request, receive: Receive, send: Send) -> None:
        if request.raw_path == LIVE.encode():
            await self._send(send, self._livez())
            return
        key = self.kept.key(request)
        if kept := self.kept.find(request, key):
            await self._send(send, kept)
            return
        try:
            body = await self.bodies.receive(request, receive, largest=self.largest(request))
            asked = request if key is None else request.plain()  # what is kept is compressed here
            exchange = await self.threads.begin(asked, body)
            head = await self._head(exchange, LONG_WITHIN if self.is_long(request) else self.runs_within)
        except Shut as shut:
            await self._send(send, self.refuse(request, shut.reason))
            return
        try:
            await self._pass_on(exchange, head, key, send)
        finally:
            exchange.drop()

    async def _head(self, exchange: Exchange, within: float) -> Head:
        """Raises: Shut when the thread is too long at it; it goes on, for nobody."""
        try:
            head = await exchange.next(within)
        except TimeoutError:
            exchange.drop()
            raise Shut(Reason.BUSY) from None
        if not isinstance(head, Head):
            raise Shut(Reason.BUSY)
        return head

    async def _pass_on(self, exchange: Exchange, head: Head, key: Hashable | None, send: Send) -> None:
        """Send an answer as it comes, and keep it if it may be. Raises: Gone."""
        await self._give(send, _start(head))
        kept = b""
        while piece := await self._piece(exchange):
            kept += piece if key is not None and len(kept) <= LARGEST else b""
            await self._give(send, {"type": "http.response.body", "body": piece, "more_body": True})
        if piece is None:
            await self._give(send, {"type": "http.response.body", "body": b""})
            if key is not None:
                self.kept.keep(key, Reply(head, kept))

    async def _piece(self, exchange: Exchange) -> bytes | None:
        """Return the next piece; None is the end; nothing: it broke off, and the connection closes."""
        try:
            found = await exchange.next(self.runs_within)
        except TimeoutError:
            raise Gone from None
        assert not isinstance(found, Head)
        return found

    async def _send(self, send: Send, reply: Reply) -> None:
        await self._give(send, _start(reply.head))
        await self._give(send, {"type": "http.response.body", "body": reply.body})

    async def _give(self, send: Send, message: Scope) -> None:
        """Raises: Gone when the client does not take it in time."""
        try:
            async with asyncio.timeout(self.taken_within):
                await send(message)
        except (TimeoutError, OSError, RuntimeError):
            raise Gone from None

    def _livez(self) -> Reply:
        """Say that this process lives: without a thread, without the database."""
        well = not self.threads.are_stuck(STUCK_AFTER)
        return Reply(
            Head(204 if well else 503, (("Cache-Control", "no-store"), ("Content-Length", "0"))), b""
        )

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        task = asyncio.create_task(self._keep_beating()) if self.beat else None
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if task:
            task.cancel()
        await self.threads.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _keep_beating(self) -> None:
        """Show life as long as there are threads that come back."""
        assert self.beat is not None
        while True:
            if not self.threads.are_stuck(STUCK_AFTER):
                self.beat.strike()
            await asyncio.sleep(self.beat.every)


def _start(head: Head) -> Scope:
    raw = [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in head.headers]
    return {"type": "http.response.start", "status": head.status, "headers": raw}
