"""The legal clock of a file, in the legal days of the country.

A delay starts with a step, stops while something is asked of the person, goes on with what was left, and
ends with the decision. ``due_on`` is the last day to answer in time. Pure: days in, days out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum

from sijil.kernel.calendar import add_days, count_days, is_working_day
from sijil.kernel.law import AtEnd, CountedIn, Delay

__all__ = ["AtEnd", "CountedIn", "Delay"]

MARKS = (60, 90, 100)
"""Per cent of a delay at which a file is escalated; the last is the day after ``due_on``."""


@dataclass(frozen=True, slots=True)
class Start:
    """The step starts the delay of this name anew."""

    delay: str


class Tick(StrEnum):
    """What else a step does to the clock."""

    KEEP = "keep"
    STOP = "stop"
    RESUME = "resume"
    END = "end"


KEEP, STOP, RESUME, END = Tick.KEEP, Tick.STOP, Tick.RESUME, Tick.END
ClockMove = Start | Tick


class Phase(StrEnum):
    """What the clock of a file does in a state."""

    NONE = "none"
    RUNNING = "running"
    STOPPED = "stopped"


def phase_after(move: ClockMove, before: Phase) -> Phase:
    """Return the phase after a step. Raises: ValueError for a step that makes no sense."""
    if isinstance(move, Start):
        return Phase.RUNNING
    if move is Tick.KEEP:
        return before
    wanted = {Tick.STOP: (Phase.RUNNING,), Tick.RESUME: (Phase.STOPPED,), Tick.END: tuple(Phase)}[move]
    if before not in wanted:
        raise ValueError(f"the clock is {before}: it cannot {move}")
    return {Tick.STOP: Phase.STOPPED, Tick.RESUME: Phase.RUNNING, Tick.END: Phase.NONE}[move]


@dataclass(frozen=True, slots=True)
class Reading:
    """The clock of one file, as its columns hold it.

    ``since`` and ``days``: the present run, from the day it began; ``left``: what a stopped clock kept.
    ``mark_on``: the day on which the next mark is passed; ``escalated``: the last mark passed.
    """

    name: str = ""
    due_on: dt.date | None = None
    since: dt.date | None = None
    days: int = 0
    left: int | None = None
    counted_in: str = ""
    mark_on: dt.date | None = None
    escalated: int = 0

    @property
    def is_working(self) -> bool:
        return self.counted_in == CountedIn.WORKING


OFF = Reading()


def start(name: str, delay: Delay, today: dt.date) -> Reading:
    """Start a delay: its first day is tomorrow."""
    return _run(Reading(name=name, counted_in=delay.counted_in.value), delay.days, delay.days, today)


def stop(reading: Reading, today: dt.date) -> Reading:
    """Keep what is left of the delay; nothing of one that has passed."""
    assert reading.due_on is not None
    left = count_days(today, reading.due_on, working=reading.is_working)
    return replace(reading, due_on=None, mark_on=None, left=left)


def resume(reading: Reading, today: dt.date) -> Reading:
    """Go on with what was left, and one day at least to answer in."""
    assert reading.left is not None
    return _run(replace(reading, left=None), max(reading.left, 1), reading.days, today)


def pass_mark(reading: Reading, today: dt.date) -> Reading:
    """Note the marks passed by ``today`` and set the day of the next one, if there is one."""
    passed = [mark for mark in MARKS if _day_of(reading, mark) <= today]
    escalated = max([reading.escalated, *passed])
    return replace(reading, escalated=escalated, mark_on=_next_mark(reading, escalated))


def _run(reading: Reading, left: int, days: int, today: dt.date) -> Reading:
    due_on = add_days(today, left, working=reading.is_working)
    running = replace(reading, due_on=due_on, since=today, days=days)
    return replace(running, mark_on=_next_mark(running, running.escalated))


def _next_mark(reading: Reading, escalated: int) -> dt.date | None:
    following = [mark for mark in MARKS if mark > escalated]
    return _day_of(reading, following[0]) if following else None


def _day_of(reading: Reading, mark: int) -> dt.date:
    """Return the day on which a mark of the whole delay is reached; 100 %: the day after ``due_on``."""
    assert reading.due_on is not None
    if mark == 100:
        return reading.due_on + dt.timedelta(days=1)
    days_before_end = reading.days - -(-reading.days * mark // 100)
    return _back(reading, days_before_end)


def _back(reading: Reading, days: int) -> dt.date:
    """Return the day so many counted days before ``due_on``, but not before the run began."""
    day, one = reading.due_on, dt.timedelta(days=1)
    assert day is not None
    assert reading.since is not None
    while days > 0 and day > reading.since:
        days -= not reading.is_working or is_working_day(day)
        day -= one
    return day
