"""What the commands print: short lines of progress and plain tables."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table


def say(line: str) -> None:
    """Print one line of progress at once, whatever the terminal."""
    print(line, flush=True)


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a title, as wide as they need."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = Console(width=None if Console().is_terminal else 120, highlight=False)
    console.print(table)
