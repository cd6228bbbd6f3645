"""``sijil health``."""

from __future__ import annotations

import typer

from sijil.config.cli.output import say


def health() -> None:
    """Tell whether database, migrations, workers and jobs are well; exit code 1 when not."""
    import django

    django.setup()
    from sijil.config.law import wire
    from sijil.config.processes.health import examine

    wire()

    checks = examine()
    for check in checks:
        say(f"{'well' if check.well else 'ILL '}  {check.name}: {check.seen}")
    if not all(check.well for check in checks):
        raise typer.Exit(1)
