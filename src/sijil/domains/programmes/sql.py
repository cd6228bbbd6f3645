"""The deciding line as SQL, made from :func:`rules.is_eligible` itself; and the order of a list."""

from __future__ import annotations

from dataclasses import dataclass

from sijil.domains.programmes import rules


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of SQL that adds, subtracts, multiplies and compares as whole numbers do."""

    text: str

    def __add__(self, other: Piece) -> Piece:
        return Piece(f"({self.text} + {other.text})")

    def __sub__(self, other: Piece) -> Piece:
        return Piece(f"({self.text} - {other.text})")

    def __mul__(self, other: Piece) -> Piece:
        return Piece(f"({self.text} * {other.text})")

    def __ge__(self, other: int) -> Piece:
        return Piece(f"({self.text} >= {other:d})")


def distance(score: str, threshold: str) -> str:
    """Return (threshold - score) x divisor; ``score``: an alias with a, b, divisor; ``threshold``: bigint."""
    return str(rules.distance(*_columns(score), Piece(threshold)).text)


def is_eligible(score: str, threshold: str) -> str:
    """Return the deciding line for the columns a, b, divisor of an alias."""
    return str(rules.is_eligible(*_columns(score), Piece(threshold)).text)


def _columns(alias: str) -> tuple[Piece, Piece, Piece]:
    return Piece(f"{alias}.a"), Piece(f"{alias}.b"), Piece(f"{alias}.divisor::bigint")


FARTHEST_FIRST = """
    numerator / divisor DESC, (mod(numerator, divisor) << 32) / divisor DESC, household_code
"""
"""The order of a list, for distances that are not negative: whole units, then the rest to 2^-32.

Two rests differ by 1/65535^2 at least (the table keeps divisors below), so the order is that of the exact
scores, and equal scores follow the household code.
"""
