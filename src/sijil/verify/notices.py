"""That a partner guesses about a person is written once a day; a worker tells the person.

Beside the answer: the partner learns nothing from it, and waits for nothing.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

import asyncpg

from sijil.domains.audit.sql import insert_entries
from sijil.domains.verification.acts import GUESSED
from sijil.domains.verification.sql import find_person
from sijil.kernel.dates import legal_day
from sijil.verify.batches import PATIENCE_SECONDS, Line
from sijil.verify.statement import Question

log = logging.getLogger("sijil.verify")
MOST_KEPT = 10_000
_ENTRY = {
    "id": "$2::uuid",
    "at": "$3::timestamptz",
    "actor_kind": "'partner'",
    "actor_id": "$4::text",
    "actor_label": "$5::text",
    "action": f"'{GUESSED.code}'",
    "subject": "subject",
    "purpose": "$6::text",
    "facts": "'{}'::jsonb",
}
NOTE = insert_entries(f"({find_person('$1::bytea')}) q", _ENTRY)


class Notices:
    """Writes on a connection of its own, one at a time. Of a number that nobody has, nothing is written."""

    def __init__(self, address: dict[str, Any], *, clock: Callable[[], dt.datetime]) -> None:
        self._line, self._clock = Line(address), clock
        self._alone = asyncio.Lock()
        self._noted: dict[tuple[str, bytes], dt.date] = {}
        self._running: set[asyncio.Task[None]] = set()

    def note(self, question: Question) -> None:
        """Have it written, unless it was today."""
        about, today = (question.partner, question.tag), legal_day(self._clock())
        if self._noted.pop(about, None) != today:
            task = asyncio.create_task(self._write(question))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        self._noted[about] = today
        if len(self._noted) > MOST_KEPT:
            del self._noted[next(iter(self._noted))]

    async def close(self) -> None:
        """Wait for what is being written."""
        if self._running:
            await asyncio.wait(self._running)
        await self._line.drop()

    async def _write(self, question: Question) -> None:
        told = (question.tag, question.id, self._clock(), question.partner, question.label, question.purpose)
        try:
            async with self._alone, asyncio.timeout(PATIENCE_SECONDS):
                await (await self._line.connection()).execute(NOTE, *told)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("a guess was not noted: %s", type(error).__name__)
            self._noted.pop((question.partner, question.tag), None)
            await self._line.drop()
