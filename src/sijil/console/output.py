"""What the commands print: short lines of progress and plain tables."""

from __future__ import annotations

from collections.abc import Sequence


def say(line: str) -> None:
    """Print one line of progress at once, whatever the terminal."""
    print(line, flush=True)


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows below their columns. Nothing is cut or broken: what stands there can be copied."""
    lines = [columns, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    for line in lines:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
