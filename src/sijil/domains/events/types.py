"""Values that cross the border of the domain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sijil.domains.events.states import StepState


@dataclass(frozen=True, slots=True)
class Event:
    """What happened. ``subject``: whom or what it is about: key of a person, tag of a number
    or household code; empty if not known yet.

    ``effective_on``: the day of the law; ``source_id``: the number it has at its source; ``annuls``: the
    number, at the same source, of the event that this one takes back. ``facts`` may hold identity.
    """

    id: UUID
    kind: str
    subject: str
    effective_on: dt.date
    recorded_at: dt.datetime
    source: str
    source_id: str
    annuls: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as it stands in the table. ``is_new``: it was not there before."""

    id: UUID
    recorded_at: dt.datetime
    is_new: bool


@dataclass(frozen=True, slots=True)
class EventStep:
    """One step that follows an event, and how far it is. ``reason``: a code or a name of a fault."""

    event: UUID
    kind: str
    step: str
    state: StepState
    attempts: int
    tried_at: dt.datetime | None
    done_at: dt.datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step. ``reason``: a code without identity, empty when there is nothing to add."""

    action: str = "finish"
    reason: str = ""


DONE = Outcome()
UNMATCHED = Outcome("keep", "nobody_of_this_number")


def done(reason: str) -> Outcome:
    """Return a step that is done, with what was found: ``already_deceased``."""
    return Outcome(reason=reason)
