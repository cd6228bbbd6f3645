"""The partners, as this process knows them: read anew every second, so a suspension works within a second."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from sijil.domains.partners.rules import hash_secret, is_secret, mark_of
from sijil.domains.partners.sql import DIRECTORY
from sijil.kernel.allowance import Allowance, per_second
from sijil.verify.batches import Line, Unavailable

log = logging.getLogger("sijil.verify")

EVERY_SECONDS = 1.0
SEEN_SECONDS = 5.0
TRUSTED_SECONDS = 15.0
_NOBODY = hash_secret("")


@dataclass(slots=True)
class Bucket:
    """Allows ``rate`` questions a second, and as many at once after a quiet second."""

    rate: float
    allowance: Allowance = field(init=False)
    left: float = field(init=False)
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.allowance = per_second(self.rate)
        self.left, self.at = self.allowance.burst, time.monotonic()

    def take(self, now: float) -> bool:
        self.left = self.allowance.filled(self.left, now - self.at)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


@dataclass(slots=True)
class Client:
    """One partner here. ``mark``: of its secret, in its tokens. ``bucket``: our share of its rate."""

    code: str
    client_id: str
    label: str
    secret_hash: bytes
    mark: str
    scopes: tuple[str, ...]
    purposes: frozenset[str]
    active: bool
    rate_limit: int
    bucket: Bucket


class Directory:
    """Partners by client id."""

    def __init__(self, address: dict[str, Any], *, workers: int) -> None:
        self._line = Line(address)
        self._lock = asyncio.Lock()
        self._workers = workers
        self._clients: dict[str, Client] = {}
        self._read_at = float("-inf")
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self._try_reading()
        self._task = asyncio.create_task(self._keep_reading())

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._line.drop()

    def find(self, client_id: str) -> Client | None:
        """Return the partner. Raises: Unavailable when the last reading is too old to trust."""
        if time.monotonic() - self._read_at > TRUSTED_SECONDS:
            raise Unavailable("the partners cannot be read")
        return self._clients.get(client_id)

    async def authenticate(self, client_id: str, secret: str) -> Client | None:
        """Return the active partner of these credentials, reading anew once if they are not known yet."""
        arrived = time.monotonic()
        if not self._knows(client_id, secret):
            await self._try_reading(since=arrived)
        client = self.find(client_id)
        return client if self._knows(client_id, secret) and client and client.active else None

    def _knows(self, client_id: str, secret: str) -> bool:
        client = self._clients.get(client_id)
        return is_secret(client.secret_hash if client else _NOBODY, secret) and client is not None

    def is_reachable(self) -> bool:
        """Tell whether the database answered in the last seconds: whoever asks costs no statement."""
        return time.monotonic() - self._read_at <= SEEN_SECONDS

    async def _keep_reading(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await self._try_reading()

    async def _try_reading(self, *, since: float | None = None) -> bool:
        """Read the partners, unless a reading began after ``since`` (many may wait for the same one)."""
        try:
            async with self._lock, asyncio.timeout(3):
                if since is not None and self._read_at >= since:
                    return True
                began = time.monotonic()
                connection = await self._line.connection()
                rows = await connection.fetch(DIRECTORY)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("the partners could not be read: %s", type(error).__name__)
            await self._line.drop()
            return False
        self._clients = {row["client_id"]: self._client(row) for row in rows}
        self._read_at = began
        return True

    def _client(self, row: Any) -> Client:
        share = row["rate_limit"] / self._workers
        before = self._clients.get(row["client_id"])
        return Client(
            code=row["code"],
            client_id=row["client_id"],
            label=row["name_fr"],
            secret_hash=row["secret_hash"],
            mark=mark_of(row["secret_hash"]),
            scopes=tuple(json.loads(row["scopes"])),
            purposes=frozenset(p["code"] for p in json.loads(row["purposes"])),
            active=row["active"],
            rate_limit=row["rate_limit"],
            bucket=before.bucket if before and before.bucket.rate == share else Bucket(share),
        )
