"""Whether the server answers anybody: asked when a statement waits long, remembered until it does again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import psycopg

TRUE_FOR = 1.0  # seconds
AGAIN_AFTER = 0.3


class Pulse:
    """``knock`` opens a connection and closes it, or raises psycopg.Error.

    One that says no answers too: it is full, starts, or is gone, and whoever waits is told so by itself.
    """

    def __init__(self, knock: Callable[[], None]) -> None:
        self.is_silent = False
        self._knock = knock
        self._lock = threading.Lock()
        self._answered_at = float("-inf")

    def answers(self) -> bool:
        """Ask, at most once a second for all who wait."""
        with self._lock:
            if self.is_silent or time.monotonic() - self._answered_at < TRUE_FOR:
                return not self.is_silent
            if self._asked():
                return True
            self._begin_silence()
            return False

    def lost(self) -> None:
        """Note that nobody opened, seen elsewhere."""
        with self._lock:
            self._begin_silence()

    def _begin_silence(self) -> None:
        if not self.is_silent:
            self.is_silent = True
            threading.Thread(target=self._await_answer, name="pulse", daemon=True).start()

    def _await_answer(self) -> None:
        while not self._asked():
            time.sleep(AGAIN_AFTER)
        self.is_silent = False

    def _asked(self) -> bool:
        try:
            self._knock()
        except psycopg.errors.ConnectionTimeout:
            return False
        except psycopg.Error:
            pass
        self._answered_at = time.monotonic()
        return True
