"""``sijil engine``: what the recognition engine will not do, and how to ask it again."""

from __future__ import annotations

import typer

from sijil.console.output import say, show_table

engine = typer.Typer(help="The recognition engine (SIJIL_ABIS).", no_args_is_help=True)


@engine.command()
def refused() -> None:
    """List what the engine refused, the oldest first, with its reason: these files wait."""
    import django

    django.setup()
    from sijil.journeys.person_enrolment import list_refused

    rows = [
        [r.operation, r.request_number, str(r.attempts), f"{r.queued_at:%Y-%m-%d %H:%M}", r.reason]
        for r in list_refused(limit=500)
    ]
    show_table(["Operation", "File", "Tries", "Asked (UTC)", "Reason"], rows)


@engine.command()
def revive() -> None:
    """Ask again for all that the engine refused: after it was mended or replaced."""
    import django

    django.setup()
    from sijil.journeys.person_enrolment import revive_refused
    from sijil.kernel.actors import system
    from sijil.pages import clock

    say(f"{revive_refused(actor=system('sijil engine'), now=clock.now())} asked again.")
