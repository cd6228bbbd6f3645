"""Wrong claims of one partner about one person are few: nobody finds a birth day by asking for each.

Kept in memory by each process; a known and an unknown number are counted alike. A right claim costs nothing,
so a partner that knows its clients is never slowed, and no other partner is ever touched.
"""

from __future__ import annotations

from sijil.kernel.allowance import WRONG_CLAIMS, Allowance

MOST_KEPT = 100_000


class Guesses:
    """What is left to each (partner, number): kept only where something was taken."""

    def __init__(self, allowance: Allowance = WRONG_CLAIMS, most: int = MOST_KEPT) -> None:
        self._allowance, self._most = allowance, most
        self._left: dict[tuple[str, bytes], tuple[float, float]] = {}

    def take(self, partner: str, tag: bytes, now: float) -> bool:
        """Take one claim before its answer is known, so that many at once count too; False: none is left."""
        key = (partner, tag)
        left, at = self._left.pop(key, (self._allowance.burst, now))
        left = self._allowance.filled(left, now - at)
        self._left[key] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > self._most:
            del self._left[next(iter(self._left))]  # the one asked about longest ago
        return left >= 1

    def give_back(self, partner: str, tag: bytes) -> None:
        """Give back what a right claim took, or one that got no answer."""
        key = (partner, tag)
        left, at = self._left.get(key, (self._allowance.burst, 0.0))
        if left + 1 >= self._allowance.burst:
            self._left.pop(key, None)
        else:
            self._left[key] = (left + 1, at)
