"""Everything the demo needs, in order; each step may be repeated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from sijil.country.accounts import open_accounts
from sijil.country.generator import Country
from sijil.country.loading import Loaded, load_country
from sijil.country.stories import load_stories, story_persons
from sijil.domains.appointments import services as appointments
from sijil.domains.geography import queries as geography
from sijil.domains.geography import services as geography_writes
from sijil.kernel.dates import legal_day

Say = Callable[[str], None]


def load_everything(home: Path, *, households: int, say: Say, now: dt.datetime) -> Loaded:
    """Load geography, centres, stories, the country and the accounts; return what the country took."""
    units = geography_writes.load_reference(now).units
    centres = appointments.load_centres(now=now).centres
    say(f"Geography: {units:,} units of the census of 2024, {centres} centres.")
    load_stories(now=now)
    report = load_country(make_country(now), households=households, now=now, progress=_teller(say))
    _tell(report, say)
    open_accounts(home, now=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return report


def make_country(now: dt.datetime) -> Country:
    """Return the country whose numbers stay clear of the people of the stories."""
    taken = frozenset(person.idcs for person in story_persons().values())
    return Country(geography.list_all_communes(), on=legal_day(now), without=taken)


def _teller(say: Say) -> Callable[[int, int], None]:
    told = [0]

    def progress(done: int, total: int) -> None:
        tenth = done * 5 // total
        if tenth > told[0]:
            told[0] = tenth
            say(f"Demo country: {done:,} of {total:,} households")

    return progress


def _tell(report: Loaded, say: Say) -> None:
    if report.households:
        scored = f"{report.scored:,} scored, {report.quarantined} set aside, {report.refused} refused"
        say(f"Demo country: {report.persons:,} persons, {report.households:,} households: {scored}.")
