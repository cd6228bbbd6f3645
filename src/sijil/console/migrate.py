"""``sijil migrate``."""

from __future__ import annotations

from sijil.console.output import say


def migrate() -> None:
    """Bring the tables of the database in SIJIL_DATABASE_URL up to date. Safe to repeat."""
    from sijil.processes.environment import environment
    from sijil.processes.home import furnish
    from sijil.processes.installation import migrate as apply

    furnish(environment().home.absolute())
    apply(say)
    say("Tables are up to date.")
