"""``sijil decide``: decide on every household anew by the thresholds in force."""

from __future__ import annotations

from typing import Annotated

import typer

from sijil.console.output import say


def decide(
    everything: Annotated[bool, typer.Option("--all", help="All programmes in force.")] = False,
    programme: Annotated[list[str] | None, typer.Option(help="One programme, by its code.")] = None,
) -> None:
    """Decide on every household by the threshold in force today; what is decided already stays.

    A run that was stopped goes on where it stopped. Exit code 1 if some households were refused: their
    score's formula cannot be read.
    """
    import django

    django.setup()
    from sijil.journeys.programme_decisions import decide_everybody
    from sijil.kernel.actors import system
    from sijil.pages import clock

    if everything == bool(programme):
        raise typer.BadParameter("give --all, or --programme with a code")
    runs = decide_everybody(
        codes=programme or (),
        actor=system("sijil decide"),
        clock=clock.now,
        on_chunk=lambda run: say(f"{run.programme}: {run.taken} households"),
    )
    for run in runs:
        done = run.decided + run.unchanged
        say(
            f"{run.programme} by {run.threshold_version}: in {run.taken} = done {done} "
            f"({run.decided} decided, {run.unchanged} as before) + refused {run.refused}"
        )
    if any(run.refused for run in runs):
        raise typer.Exit(1)
