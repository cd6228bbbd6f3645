"""The load client: raw sockets, a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Any

from bench.verify.places import HOME, birth_of


class Asker(asyncio.Protocol):
    """One connection: asks, waits for the answer, asks again."""

    def __init__(self, load: Load) -> None:
        self.load = load

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        if time.perf_counter() < self.load.until:
            sys.exit(f"the server closed a connection: {error}")

    def ask(self) -> None:
        self.received = b""
        self.sent_at = time.perf_counter()
        self.transport.write(self.load.next_request())

    def data_received(self, data: bytes) -> None:
        self.received += data
        if not data.endswith(b"}"):
            if not self.received.startswith(b"HTTP/1.1 200"):
                sys.exit(self.received.decode())
            return
        self.load.take(self.received, time.perf_counter() - self.sent_at)
        if time.perf_counter() < self.load.until:
            self.ask()
        else:
            self.transport.close()
            self.load.end_one()


class Load:
    """All connections: prepared requests, counted answers."""

    def __init__(self, port: int, token: str, seconds: float) -> None:
        head = (
            "POST /v1/verifications HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
            "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        )
        numbers = (HOME / "persons.txt").read_text().split()
        self.requests = []
        for place in range(0, len(numbers), max(1, len(numbers) // 100_000)):
            wrong = place % 4 == 0
            body = json.dumps(
                {
                    "idcs": numbers[place],
                    "birth_date": "1930-01-01" if wrong else birth_of(place),
                    "sex": "FM"[place % 2],
                    "purpose": "bench",
                }
            )
            self.requests.append((head % (token, len(body), body)).encode())
        self.port, self.seconds = port, seconds
        self.place = os.getpid() * 7919 % len(self.requests)
        self.latencies: list[float] = []
        self.matches = self.others = 0

    def next_request(self) -> bytes:
        self.place = (self.place + 7919) % len(self.requests)
        return self.requests[self.place]

    def take(self, data: bytes, seconds: float) -> None:
        if data.startswith(b"HTTP/1.1 200"):
            self.latencies.append(seconds)
            self.matches += b'"match"' in data
        else:
            self.others += 1

    def end_one(self) -> None:
        self.open -= 1
        if not self.open:
            self.done.set()

    async def run(self, connections: int) -> dict[str, float]:
        loop = asyncio.get_running_loop()
        self.done, self.open = asyncio.Event(), connections
        started = time.perf_counter()
        self.until = started + self.seconds
        for _ in range(connections):
            await loop.create_connection(lambda: Asker(self), "127.0.0.1", self.port)
        await asyncio.wait_for(self.done.wait(), self.seconds + 20)
        took = time.perf_counter() - started
        ordered = sorted(self.latencies)
        return {
            "per_second": len(ordered) / took,
            "answers": len(ordered),
            "others": self.others,
            "matches": self.matches,
            "p50_ms": ordered[len(ordered) // 2] * 1000,
            "p99_ms": ordered[len(ordered) * 99 // 100] * 1000,
        }


def ask_for(port: int, seconds: float, connections: int) -> None:
    import uvloop

    token = sys.stdin.read().strip()
    print(json.dumps(uvloop.run(Load(port, token, seconds).run(connections))))
