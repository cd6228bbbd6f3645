"""``sijil check-copies``: does anything that is kept of a person say something else than the register?"""

from __future__ import annotations

import typer

from sijil.console.output import say


def check_copies() -> None:
    """Compare every registered person with what is kept of them elsewhere; show nobody.

    Exit code: 0 all agree, 1 some differ (a fault of ours: their keys are printed for who mends it).
    """
    import django

    django.setup()
    from sijil.journeys import identity_change as journey
    from sijil.pages import clock

    found = journey.list_differing(now=clock.now())
    say(f"{found.persons:,} persons")
    for copy, keys in found.copies.items():
        say(f"{copy}: {len(keys)} differ{': ' + ', '.join(sorted(keys)[:20]) if keys else ''}")
    if not found.is_one_truth:
        raise typer.Exit(1)
