"""``sijil messages``: what no gateway brought, and how to send it again."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from sijil.console.output import say, show_table

messages = typer.Typer(help="The messages that could not be sent.", no_args_is_help=True)
Id = Annotated[UUID | None, typer.Argument(help="Id of a message, as `dead` lists it.", show_default=False)]
All = Annotated[bool, typer.Option("--all", help="Every dead message but those to fixed lines.")]
Limit = Annotated[int, typer.Option(min=1, help="How many at most.")]


@messages.command()
def dead(limit: Limit = 100) -> None:
    """List the messages given up, the newest first, with the reason; neither recipient nor text."""
    import django

    django.setup()
    from sijil.journeys.messages import list_dead

    rows = [
        [
            str(m.id),
            m.channel.value,
            m.template,
            str(m.attempts),
            f"{m.queued_at:%Y-%m-%d %H:%M}",
            m.reason,
            m.retried_by,
        ]
        for m in list_dead(limit=limit)
    ]
    show_table(["Id", "Channel", "Message", "Attempts", "Queued (UTC)", "Reason", "Retried by"], rows)


@messages.command()
def revive(message_id: Id = None, every: All = False) -> None:
    """Try a dead message again from the start, or all of them: after a gateway was mended."""
    if (message_id is None) is not every:
        raise typer.BadParameter("give the id of one message, or --all", param_hint="ID")
    import django

    django.setup()
    from sijil.journeys import messages as journey
    from sijil.kernel.actors import system
    from sijil.pages import clock

    by, now = system("sijil messages"), clock.now()
    if message_id is None:
        say(f"{journey.revive_all(actor=by, now=now)} queued again.")
    else:
        journey.revive(message_id=message_id, actor=by, now=now)
        say(f"{message_id} is queued again.")
