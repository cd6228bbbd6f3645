"""``sijil events``: what followed what happened, what failed, and taking it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from sijil.console.output import say, show_table

if TYPE_CHECKING:
    from sijil.domains.events.types import EventStep

events = typer.Typer(help="Events, and the steps that follow them.", no_args_is_help=True)


@events.command(name="list")
def list_(
    failed: Annotated[bool, typer.Option("--failed", help="Only steps that failed.")] = False,
    unmatched: Annotated[
        bool, typer.Option("--unmatched", help="Only steps about a number that nobody has.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 200,
) -> None:
    """Show the steps that are not done, the oldest first. No identity: number of the event, kind, step."""
    import django

    django.setup()
    from sijil.domains.events.states import StepState
    from sijil.journeys import events as journey

    chosen = {StepState.FAILED: failed, StepState.UNMATCHED: unmatched}
    states = [state for state, is_wanted in chosen.items() if is_wanted]
    rows = [_row(found) for found in journey.list_steps(*states, limit=limit)]
    show_table(["Event", "Kind", "Step", "State", "Tries", "Last try", "Reason"], rows)


@events.command()
def replay(
    event: Annotated[UUID, typer.Argument(help="The number of the event.")],
    step: Annotated[str, typer.Argument(help="One of its steps; none named: all that are not done.")] = "",
) -> None:
    """Take the steps of an event again that are not done; what is done is never done twice."""
    import django

    django.setup()
    from sijil.journeys import events as journey
    from sijil.kernel.actors import system
    from sijil.pages import clock

    asked = journey.replay(event_id=event, step=step, actor=system("sijil events"), now=clock.now())
    say(f"Asked again: {', '.join(asked)}." if asked else "Nothing is left to do.")


def _row(found: EventStep) -> list[str]:
    at = f"{found.tried_at:%Y-%m-%d %H:%M}" if found.tried_at else ""
    return [str(found.event), found.kind, found.step, found.state, str(found.attempts), at, found.reason]
