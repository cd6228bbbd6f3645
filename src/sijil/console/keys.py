"""``sijil keys``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sijil.console.output import say

if TYPE_CHECKING:
    from sijil.processes.keys import Renewal

keys = typer.Typer(help="The keys that seal identities.", no_args_is_help=True)


@keys.command()
def rotate(
    context: Annotated[
        list[str] | None,
        typer.Option("--context", help="Domain whose keys change (may be repeated); all without it."),
    ] = None,
) -> None:
    """Add a data key to each domain and seal everything anew under it.

    Older keys stay in the ring and open what they sealed; back up SIJIL_HOME/keys afterwards. May be stopped
    and repeated, also while the product runs.
    """
    import django

    django.setup()
    from sijil.processes import keys as work

    known = sorted({column.context for column in work.sealed_columns()})
    unknown = sorted(set(context or []) - set(known))
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}; known: {', '.join(known)}", param_hint="--context")
    for name, number in work.rotate(context).items():
        say(f"{name}: data key {number} is current")
    renew()


@keys.command()
def renew() -> None:
    """Seal anew what an older key sealed; exit code 1 when a value does not open."""
    import django

    django.setup()
    from sijil.processes import keys as work

    done = work.renew(lambda found: say(_sentence(found)))
    if any(found.broken for found in done):
        raise typer.Exit(1)


def _sentence(found: Renewal) -> str:
    parts = [f"{found.renewed} sealed anew", f"{found.current} current"]
    parts += [f"{found.kept} immutable, under their older key"] if found.kept else []
    parts += [f"{found.broken} DO NOT OPEN"] if found.broken else []
    return f"{found.column}: {', '.join(parts)}"
