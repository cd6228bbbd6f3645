"""How often something may be asked: one rule for every limiter, in a table (``pages.throttle``) or in memory
(``verify.directory``).

Who keeps the counts differs with what is protected; the trials of a password are counted apart, because they
lock (``accounts.services.trial``).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowance:
    """``burst`` at once, then one more each ``every`` seconds (a token bucket).

    Raises: ValueError for one that lets nobody in.
    """

    burst: float
    every: float

    def __post_init__(self) -> None:
        if self.burst < 1 or self.every <= 0:
            raise ValueError(f"{self} lets nobody in")

    def filled(self, left: float, seconds: float) -> float:
        """Return what is left after ``seconds`` in which nothing was taken, never more than ``burst``."""
        return min(self.burst, left + max(0.0, seconds) / self.every)


def per_second(rate: float) -> Allowance:
    """Return the allowance of ``rate`` a second, and as many at once after a quiet second."""
    return Allowance(max(1.0, rate), 1 / rate if rate > 0 else float("inf"))


WRONG_CLAIMS = Allowance(burst=10, every=600)
"""Of one partner about one person (``verify.guesses``): a birthday among 366 takes 2.5 days of a process."""
