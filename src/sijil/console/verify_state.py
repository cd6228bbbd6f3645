"""``sijil verify-state``: is what ranks, decides and answers still what was decided?"""

from __future__ import annotations

import typer

from sijil.console.output import say
from sijil.processes import roles

MOST = 100


def verify_state() -> None:
    """Compare what ranks, decides and answers with the sealed log and rows that never change; show nobody.

    States of files, roles of staff, heads of households, declarations, current scores, decisions, published
    lists, appointments, identities, messages, enacted laws, keys of partners. Run verify-audit as well, which
    tells whether the log itself is whole, and check-copies, for what is kept of persons. Exit code: 0 nothing
    differs, 1 something does, each named.
    """
    import django

    roles.run_as(roles.AUDIT)
    django.setup()
    from sijil.reporting.state import list_differences

    found = list(list_differences())
    for one in found[:MOST]:
        say(f"DIFFERS: {one.of} {one.key}: {one.seen}.")
    if len(found) > MOST:
        say(f"… and {len(found) - MOST} more.")
    say(f"{len(found)} differences." if found else "Everything is as it was decided.")
    raise typer.Exit(1 if found else 0)
