"""Connections that give up when the server stands still, and refuse at once until it answers again."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.utils import DEFAULT_DB_ALIAS
from psycopg.waiting import Ready

from sijil.config.database.pulse import Pulse

PATIENCE = 2.0  # seconds of a statement before the server is asked whether it is there at all
_pulses: dict[str, Pulse] = {}


class Silent(psycopg.OperationalError):
    """The server does not answer anybody."""


class Watching(psycopg.Connection[Any]):
    """Waits for a slow statement as long as the server answers others."""

    pulse: Pulse | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Raises: Silent."""
        try:
            return super().wait(self._watched(gen), interval, timeout)
        except Silent:
            self.close()
            raise

    def _watched(self, gen: Any) -> Generator[Any, Any, Any]:
        """Pass everything on; where nothing is ready, look at the clock."""
        ask_at = time.monotonic() + PATIENCE
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready == Ready.NONE:
                    ask_at = self._look(ask_at)
                wanted = gen.send(ready)
        except StopIteration as done:
            return done.value

    def _look(self, ask_at: float) -> float:
        if self.pulse is None or (time.monotonic() < ask_at and not self.pulse.is_silent):
            return ask_at
        if not self.pulse.answers():
            raise Silent("the database does not answer")
        return time.monotonic() + PATIENCE


class DatabaseWrapper(base.DatabaseWrapper):
    """Makes :class:`Watching` connections, one pulse for all threads of this process."""

    def __init__(self, settings_dict: dict[str, Any], alias: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(settings_dict, alias)
        self._pulse = _pulses.setdefault(alias, Pulse(self._knock))

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Raises: OperationalError, at once while the server is known to be silent."""
        if self._pulse.is_silent:
            raise Silent("the database does not answer")
        try:
            connection = Watching.connect(**conn_params)
        except psycopg.errors.ConnectionTimeout:
            self._pulse.lost()
            raise
        connection.pulse = self._pulse
        return connection

    def _knock(self) -> None:
        """Raises: psycopg.Error when nobody opens."""
        parameters = self.get_connection_params()
        wanted = {
            name: parameters[name]
            for name in ("dbname", "user", "password", "host", "port")
            if name in parameters
        }
        psycopg.connect(**wanted, connect_timeout=2).close()
