"""The one way a start says no: a sentence for the person at the terminal, and an exit code."""

from __future__ import annotations


class CannotStart(Exception):
    """Something outside the product stands in the way. The sentence says what and what to do about it."""

    def __init__(self, sentence: str, *, exit_code: int = 1) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
