"""``sijil health``."""

from __future__ import annotations

import typer

from sijil.console.output import say


def health() -> None:
    """Tell whether database, migrations, workers and jobs are well; exit code 1 when not."""
    import django

    django.setup()
    from sijil.pages import clock
    from sijil.reporting.health import examine

    checks = examine(now=clock.now())
    for check in checks:
        say(f"{'well' if check.well else 'ILL '}  {check.name}: {check.seen}")
    if not all(check.well for check in checks):
        raise typer.Exit(1)
