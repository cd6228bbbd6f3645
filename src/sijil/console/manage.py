"""``sijil manage``: the few commands of Django that only read; the others have a better door.

An allow-list: what a library adds tomorrow is refused until somebody puts it here. The commands of developers
(makemigrations, makemessages …) are run by ``./run`` and the files of ``tools/``.
"""

from __future__ import annotations

import typer

from sijil.processes.failure import CannotStart

OFFERED = {
    "check": "find faults in the settings (with --deploy: for a public address)",
    "showmigrations": "list the migrations that are applied and that wait",
    "sqlmigrate": "show the SQL of one migration",
}
INSTEAD = {
    "changepassword": "The owner of an account sets its password, by a one-time link: sijil staff reset.",
    "createsuperuser": "Nobody is superuser. Officers are named by two administrators: sijil staff first.",
    "dbshell": "Use psql with an address that only reads: SIJIL_AUDIT_DATABASE_URL.",
    "dumpdata": "Back up with PostgreSQL's pg_dump, as the owner of the database.",
    "flush": "Nothing empties an installation. A demo starts over with ./run demo --fresh.",
    "loaddata": "Data come in by the journeys: events by sijil events, centres and places by sijil up.",
    "migrate": "Use sijil migrate.",
    "procrastinate": "Use sijil worker; sijil health tells what waits and what was given up.",
    "runserver": "Use sijil web, or sijil up for all processes.",
    "shell": "What is done to the registers is done by a journey, which is recorded: see sijil --help.",
    "sqlflush": "Nothing empties an installation. A demo starts over with ./run demo --fresh.",
    "testserver": "Use ./run test, which makes a database of its own.",
}


def manage(context: typer.Context) -> None:
    """Run one of three commands of Django that only read: check, showmigrations, sqlmigrate."""
    name = context.args[0] if context.args else "--help"
    if name in ("--help", "-h", "help"):
        typer.echo(_list())
        return
    if name not in OFFERED:
        raise CannotStart(_refusal(name), exit_code=2)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["sijil manage", *context.args])


def _list() -> str:
    return "\n".join(f"sijil manage {name}: {what}" for name, what in OFFERED.items())


def _refusal(name: str) -> str:
    fallback = f"Offered are {', '.join(OFFERED)}; developers use ./run."
    return f"manage does not run {name}. {INSTEAD.get(name, fallback)}"
