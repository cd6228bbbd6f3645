"""Delays of the law: how many days, of which kind, and what happens at their end."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

from sijil.kernel.law import shelf
from sijil.kernel.law.kinds import LawKind, declare
from sijil.kernel.law.values import Body, Law, Text, Wrong

MOST_DAYS = 3660


class CountedIn(StrEnum):
    CALENDAR = "calendar"
    WORKING = "working"


class AtEnd(StrEnum):
    """What happens by itself when a delay has passed."""

    FLAG = "flag"  # the file is shown as late until somebody decides
    ACCEPT = "accept"  # silence is acceptance: only where an article says so


class Delay(Body, frozen=True):
    """One delay. Raises: Wrong (a ValueError) for an acceptance without article."""

    days: Annotated[int, msgspec.Meta(ge=1, le=MOST_DAYS)]
    counted_in: CountedIn = CountedIn.CALENDAR
    at_end: AtEnd = AtEnd.FLAG
    article: str = ""
    source: str = ""
    doubt: str | Text = ""

    def __post_init__(self) -> None:
        if self.at_end is AtEnd.ACCEPT and not self.article.strip():
            remedy = "Name the article by which silence accepts, or write `at_end: flag`."
            raise Wrong("Nothing is accepted by silence without an article.", remedy, "at_end")

    @property
    def is_working(self) -> bool:
        return self.counted_in is CountedIn.WORKING


class Delays(Body, frozen=True):
    """The delays of one domain by name."""

    delays: dict[str, Delay]


def declare_delays(domain: str, folder: Path) -> LawKind[Delays]:
    """Declare the delays of a domain: the law ``<domain>.delays``."""
    return declare(LawKind(f"{domain}.delays", Delays, folder, check=keep_names))


def keep_names(version: Law[Delays]) -> None:
    """A delay that is forgotten or misspelt would be missed when a file moves. Raises: Wrong."""
    earlier = [one for one in shelf.versions(version.name) if one.starts_on < version.starts_on]
    lost = sorted(set(earlier[-1].body.delays) - set(version.body.delays)) if earlier else []
    if lost:
        remedy = "Write it as the version before does, with the days that count from now on."
        raise Wrong(f"The delay `{lost[0]}` is missing.", remedy, "delays")


def delay(name: str, day: dt.date) -> Delay:
    """Return the delay ``<domain>.<what>`` in force on a day. Raises: LookupError, LawFault."""
    domain, _, what = name.rpartition(".")
    known = shelf.on(f"{domain}.delays", day).body.delays
    if what not in known:
        raise LookupError(f"{domain}.delays has no {what}")
    found: Delay = known[what]
    return found
