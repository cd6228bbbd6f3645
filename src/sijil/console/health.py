"""``sijil health``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from sijil.console.output import say

if TYPE_CHECKING:
    from sijil.reporting.health import Check


def health() -> None:
    """Tell whether database, migrations, workers, jobs and clocks are well; exit code 1 when not.

    A line that begins with "warn" asks for somebody, and the exit code stays 0: files are late, or data of a
    coming year is missing.
    """
    import django

    django.setup()
    from sijil.pages import clock
    from sijil.reporting.health import examine

    checks = examine(now=clock.now())
    for check in checks:
        say(f"{_word(check)}  {check.name}: {check.seen}")
    if not all(check.well for check in checks):
        raise typer.Exit(1)


def _word(check: Check) -> str:
    return "ILL " if not check.well else "warn" if check.warns else "well"
