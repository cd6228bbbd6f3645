"""The command line ``sijil``: one file per command, read only when it is asked for.

Every command that needs the database finds it by SIJIL_DATABASE_URL or in the folder SIJIL_HOME.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import typer

from sijil.processes.commands import SETTINGS
from sijil.processes.failure import CannotStart

# name of the command -> module:function. The order is the order of `sijil --help`.
COMMANDS: dict[str, str] = {
    "demo": "sijil.console.demo:demo",
    "up": "sijil.console.up:up",
    "web": "sijil.console.processes:web",
    "verify": "sijil.console.processes:verify",
    "worker": "sijil.console.processes:worker",
    "score": "sijil.console.score:score",
    "rescore": "sijil.console.rescore:rescore",
    "decide": "sijil.console.decide:decide",
    "staff": "sijil.console.staff:staff",
    "centres": "sijil.console.centres:centres",
    "partner": "sijil.console.partner:partner",
    "events": "sijil.console.events:events",
    "messages": "sijil.console.messages:messages",
    "engine": "sijil.console.engine:engine",
    "verify-audit": "sijil.console.verify_audit:verify_audit",
    "verify-state": "sijil.console.verify_state:verify_state",
    "check-copies": "sijil.console.check_copies:check_copies",
    "health": "sijil.console.health:health",
    "law": "sijil.console.law:law",
    "metrics-token": "sijil.console.metrics_token:metrics_token",
    "inbound-token": "sijil.console.inbound_token:inbound_token",
    "journey": "sijil.console.journey:journey",
    "migrate": "sijil.console.migrate:migrate",
    "manage": "sijil.console.manage:manage",
    "keys": "sijil.console.keys:keys",
}
PASS_ON = {"manage": {"allow_extra_args": True, "ignore_unknown_options": True}}

MANUAL = """Sijil: a population register, a social register and the programmes that rely on them.

Start with [bold]sijil demo[/bold]: a whole country in one command, private database included.
A production start is [bold]sijil up[/bold]; its settings are environment variables SIJIL_…
(docs/reference/settings.md). Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the packages could
not be installed, 4 a folder cannot be used, 5 a port is taken, 6 already running.
"""


def build(asked: Sequence[str] = ()) -> typer.Typer:
    """Return the application: all commands, or only the one asked for (its module alone is read)."""
    app = typer.Typer(
        name="sijil",
        help=MANUAL,
        rich_markup_mode="rich",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_all_commands)
    wanted = [asked[0]] if asked and asked[0] in COMMANDS else list(COMMANDS)
    for name in wanted:
        _add(app, name, _function(COMMANDS[name]))
    return app


def main() -> None:
    """Run the command line of this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; what stands in the way becomes a sentence and an exit code."""
    try:
        build(arguments)(list(arguments), prog_name="sijil")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        sentence, code = explain(error)
        if sentence is None:
            raise
        print(f"sijil: {sentence}", file=sys.stderr)
        return code
    return 0


def explain(error: Exception) -> tuple[str | None, int]:
    """Return the sentence and exit code for a known obstacle; (None, 1) for a fault of the product."""
    from sijil.kernel.adapters import AdapterUnfit
    from sijil.kernel.errors import Refused, fill

    if isinstance(error, CannotStart):
        return str(error), error.exit_code
    if isinstance(error, AdapterUnfit):
        return str(error), 1
    if isinstance(error, Refused):
        return f"{fill(error.error.title, error.facts)} {fill(error.error.remedy, error.facts)}", 1
    if type(error).__name__ == "OperationalError":
        return (
            "The database does not answer. Start it with ./run demo or sijil up, "
            "or name one in SIJIL_DATABASE_URL.",
            1,
        )
    if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
        return f"{error.filename}: {error.strerror}.", 1
    return None, 1


def _add(app: typer.Typer, name: str, found: Any) -> None:
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
    else:
        context = PASS_ON.get(name)
        app.command(name=name, context_settings=context, add_help_option=context is None)(found)


def _all_commands() -> None:
    """Keep `sijil COMMAND` a group even when only one command is read."""


_all_commands.__doc__ = MANUAL


def _function(target: str) -> Callable[..., Any]:
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)  # type: ignore[no-any-return]
