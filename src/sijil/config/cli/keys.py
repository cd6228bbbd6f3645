"""``sijil keys``."""

from __future__ import annotations

import typer

keys = typer.Typer(help="The keys that seal identities.", no_args_is_help=True)
