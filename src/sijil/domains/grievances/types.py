"""What crosses the border of grievances. Frozen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class GrievanceKind(StrEnum):
    """Which decision is contested."""

    ADJUDICATION = "adjudication"  # the file was refused: its person would have a number already


class Said(StrEnum):
    """Whose words a text is."""

    GROUNDS = "grounds"  # of the person: why the decision is wrong
    ANSWER = "answer"  # of the officer, for the person: why it stands or falls


@dataclass(frozen=True, slots=True)
class Grievance:
    """A grievance without its words. ``about``: number of the file; ``decision``: key of what is contested.

    ``barred``: logins that took part in the decision or received the grievance; ``due_on``: while it is open.
    """

    id: UUID
    number: str
    kind: GrievanceKind
    about: str
    decision: UUID
    centre_code: str
    state: str
    opened_at: dt.datetime
    due_on: dt.date | None
    barred: frozenset[str]
    answered_at: dt.datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.answered_at is None

    def is_decidable_by(self, officer: str) -> bool:
        """Tell whether this officer had no part in what is contested, and it is open."""
        return self.is_open and officer not in self.barred
