"""``sijil manage``."""

from __future__ import annotations

import typer


def manage(context: typer.Context) -> None:
    """Run one of Django's own commands, for example: sijil manage dbshell."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["sijil manage", *context.args])
