"""What waits, what is near its legal date, what is late, and on whom: figures of every kind of file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sijil.kernel.casework.watch import Stock


@dataclass(frozen=True, slots=True)
class Pile:
    """Files counted together. ``name``: of the kind, or of the role that they wait for.

    ``waiting``: all of them; ``near``: past 90 % of the delay; ``late``: past its last day;
    ``late_since``: the oldest last day that passed.
    """

    name: str
    waiting: int
    near: int
    late: int
    late_since: dt.date | None

    @property
    def in_time(self) -> int:
        return self.waiting - self.near - self.late


def by_kind(stock: Iterable[Stock]) -> list[Pile]:
    """Return one pile for each kind of file, the one with most late files first."""
    return _piles(list(stock), lambda s: s.kind)


def by_turn(stock: Iterable[Stock]) -> list[Pile]:
    """Return one pile for each role that files wait for, the one with most late files first."""
    return _piles(list(stock), lambda s: s.waits_on)


def total(stock: Iterable[Stock]) -> Pile:
    """Return all files as one pile."""
    return _pile("", list(stock))


def _piles(stock: Sequence[Stock], key: Callable[[Stock], str]) -> list[Pile]:
    names = dict.fromkeys(map(key, stock))
    piles = [_pile(name, [s for s in stock if key(s) == name]) for name in names]
    return sorted(piles, key=lambda pile: (-pile.late, -pile.near, -pile.waiting, pile.name))


def _pile(name: str, stock: Sequence[Stock]) -> Pile:
    waiting, near, late = (sum(getattr(s, part) for s in stock) for part in ("files", "near", "late"))
    since = min((s.late_since for s in stock if s.late_since), default=None)
    return Pile(name, waiting, near, late, since)
