"""``sijil rescore``: one household or all of them, under the law and the ages of today."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sijil.console.output import say
from sijil.processes.failure import CannotStart

if TYPE_CHECKING:
    from sijil.domains.scoring.types import BulkResult, Progress

REFUSED = 1  # exit code when some households cannot be scored


def rescore(
    household: Annotated[str, typer.Option(help="Code of one household, eleven digits.")] = "",
    everybody: Annotated[
        bool, typer.Option("--all", help="All households; what was stopped goes on.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only; write nothing.")] = False,
    on: Annotated[
        str, typer.Option(help="With --dry-run: the day of the law and the ages, YYYY-MM-DD.")
    ] = "",
) -> None:
    """Score households anew from their last declarations; a score that would be the same stays.

    Who cannot be scored keeps the last score and is listed with the reason. Exit code: 0 all scored, 1 some
    refused, 2 wrong usage.
    """
    if bool(household) == everybody:
        raise CannotStart("Name one household with --household, or say --all.", exit_code=2)
    if on and not dry_run:
        raise CannotStart("Scores are made by the law of today; another day needs --dry-run.", exit_code=2)
    import django

    django.setup()
    from sijil.kernel.dates import legal_day
    from sijil.pages import clock

    now = clock.now()
    day = _day(on) if on else legal_day(now)
    if dry_run:
        _preview(household, day, now)
    elif household:
        _one(household, now)
    else:
        _all(day)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise CannotStart(f"{text} is no day: write YYYY-MM-DD.", exit_code=2) from None


def _preview(household: str, day: dt.date, now: dt.datetime) -> None:
    from sijil.journeys import household_registration as journey

    seen = (
        journey.preview_one(household_code=household, day=day, actor=journey.NIGHTLY, now=now)
        if household
        else journey.preview_all(day=day, actor=journey.NIGHTLY, now=now)
    )
    _tell(seen, len(seen.refused))
    _end(seen.refused)


def _one(household: str, now: dt.datetime) -> None:
    from sijil.journeys import household_registration as journey

    found = journey.rescore(household_code=household, actor=journey.NIGHTLY, now=now)
    made = f"{found.points} ({found.state}, {found.formula_version})"
    say(f"{found.household_code}: score {found.number}, {made}")


def _all(day: dt.date) -> None:
    from sijil.domains.scoring.queries import list_refusals
    from sijil.journeys import household_registration as journey
    from sijil.pages import clock

    done = journey.rescore_all(day=day, actor=journey.NIGHTLY, clock=clock.now, on_chunk=_show)
    _tell(done, done.refused)
    _end(list_refusals(done.id))


def _show(taken: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{taken:,} households", end="", file=sys.stderr, flush=True)


def _tell(done: BulkResult | Progress, refused: int) -> None:
    say(
        f"in {done.taken} = scored {done.scored} + set aside {done.quarantined} + as before {done.kept} "
        f"+ refused {refused}"
    )


def _end(refused: Any) -> None:
    for line in refused:
        say(f"{line.household_code}: {line.sentence or line.code} ({line.field})")
    if refused:
        raise typer.Exit(REFUSED)
