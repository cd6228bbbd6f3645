"""What crosses the border of matching: subjects in, verdicts and cases out. Frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sijil.kernel.dates import PartialDate
from sijil.kernel.texts import Text4


class Verdict(StrEnum):
    """What a comparison says of a subject; the strongest of its candidates."""

    UNIQUE = "unique"
    POSSIBLE = "possible"
    LIKELY = "likely"


class CaseVerdict(StrEnum):
    """What an officer says of a case."""

    DIFFERENT_PERSON = "different_person"  # the new file is registered
    SAME_PERSON = "same_person"  # the new file is rejected and linked to the known one
    CANNOT_TELL = "cannot_tell"  # something is asked of a person first; no case closes with it
    # of a registered person who was corrected, either verdict is kept and no number changes


class Wanted(StrEnum):
    """What is asked of a person when the officers cannot tell."""

    PAPER = "paper"  # the act of birth or another that tells two people apart; sent or brought
    CAPTURE = "capture"  # face and irises anew, at the counter
    VISIT = "visit"  # a word with the person, at the counter


WANTED: Mapping[str, Text4] = {
    Wanted.PAPER: Text4(
        "وثيقة تثبت الهوية (عقد الازدياد أو الحالة المدنية)",
        "un papier d’état civil (extrait de naissance ou livret de famille)",
        "a civil-status paper (birth extract or family booklet)",
    ),
    Wanted.CAPTURE: Text4(
        "حضوركم لالتقاط صورة الوجه والقزحية من جديد",
        "votre venue, pour reprendre le visage et les iris",
        "your coming, to take the face and irises anew",
    ),
    Wanted.VISIT: Text4(
        "حضوركم للحديث مع موظف",
        "votre venue, pour parler à un agent",
        "your coming, to speak with an officer",
    ),
}
"""What the person is told to bring or to do."""
WANTED_IN_SHORT: Mapping[str, Text4] = {
    Wanted.PAPER: Text4(
        "وثيقة الحالة المدنية", "acte de naissance ou livret", "birth extract or family booklet"
    ),
    Wanted.CAPTURE: Text4("صور جديدة بالمركز", "nouvelles images au centre", "new pictures at the centre"),
    Wanted.VISIT: Text4("حضوركم إلى المركز", "passage au centre", "coming to the centre"),
}
"""The same for an SMS."""


class Origin(StrEnum):
    """What raised the case."""

    DEMOGRAPHIC = "demographic"
    BIOMETRIC = "biometric"


@dataclass(frozen=True, slots=True)
class Subject:
    """One person as declared. ``ref``: the caller's key of it. ``sex``: one letter, as in the register.

    A name that a document has not is empty, and neither compared nor searched by; so is a birth of which
    not even the year is known. ``strong_documents``: those of the numbers that name one person alone (a card,
    a residence title), not shared by a family as a booklet is.
    """

    ref: UUID
    last_name_ar: str
    first_name_ar: str
    last_name_fr: str
    first_name_fr: str
    birth: PartialDate | None
    sex: str
    commune_code: str = ""
    phone: str = ""
    document_number: str = ""
    other_documents: tuple[str, ...] = ()
    strong_documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """How two subjects compare: ``weight`` in hundredths of a bit, and the level of each comparison."""

    weight: int
    verdict: Verdict
    levels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known subject near the compared one, and why (level codes, no identity)."""

    ref: UUID
    weight: int
    verdict: Verdict
    levels: Mapping[str, str]
    shared_keys: int

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {
            "ref": str(self.ref),
            "weight": self.weight,
            "verdict": self.verdict.value,
            "levels": dict(self.levels),
            "shared_keys": self.shared_keys,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """The stored result of one comparison, without identity.

    ``people``: how many were known, by and large. ``compared``: candidates weighed. ``dropped_blocks``: keys
    too frequent to search by.
    """

    id: UUID
    subject: UUID
    verdict: Verdict
    candidates: tuple[Candidate, ...]
    compared: int
    dropped_blocks: int
    is_truncated: bool
    model_version: str
    people: int
    compared_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What one officer decided, and why. ``reason`` is unsealed only for those who may read the case."""

    officer: str
    verdict: CaseVerdict
    candidate: UUID | None
    reason: str
    decided_at: dt.datetime
    ask: str = ""
    round: int = 1


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing asked of the person of the file ``of``, and when it came. ``until``: the last day for it."""

    id: UUID
    case: UUID
    of: UUID
    what: Wanted
    until: dt.date
    asked_at: dt.datetime
    answered_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Case:
    """One adjudication case with its decisions in order. ``number``: of the request it is about.

    ``due_on``: the last legal day, while it is open. ``person``: key of the registered person it is about.
    ``round``: rises when it comes back from being asked; ``decisions`` of earlier rounds count no more.
    ``asked_until``: while something is asked; ``is_unanswered``: it came back without an answer.
    """

    id: UUID
    subject: UUID
    number: str
    candidates: tuple[Candidate, ...]
    origin: Origin
    state: str
    opened_at: dt.datetime
    due_on: dt.date | None
    verdict: CaseVerdict | None
    linked_to: UUID | None
    closed_at: dt.datetime | None
    deposited_by: str = ""
    decisions: tuple[Decision, ...] = field(default=())
    person: str = ""
    round: int = 1
    asked_until: dt.date | None = None
    is_unanswered: bool = False
    asks: tuple[Ask, ...] = ()

    def is_decidable_by(self, officer: str) -> bool:
        """Tell whether this officer may still decide: not closed, not their own file, not a second time."""
        known = {self.deposited_by, *(d.officer for d in self.current)}
        return self.closed_at is None and self.asked_until is None and officer not in known

    @property
    def current(self) -> tuple[Decision, ...]:
        """Return the decisions that count: those since the case last came back."""
        return tuple(d for d in self.decisions if d.round == self.round)

    def decisions_for(self, officer: str) -> tuple[Decision, ...]:
        """Return the decisions that this officer may see: none before the own one, all once it is closed."""
        may = self.closed_at is not None or any(d.officer == officer for d in self.current)
        return self.decisions if may else ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision changed. ``verdict`` and ``linked_to`` are set only when the case is settled.

    ``person``, ``asked_until``: as of a :class:`Case`.
    """

    case: UUID
    subject: UUID
    number: str
    state: str
    is_settled: bool
    verdict: CaseVerdict | None = None
    linked_to: UUID | None = None
    person: str = ""
    asked_until: dt.date | None = None


class Side(StrEnum):
    """What one comparison says: nearer to one person, further apart, or nothing."""

    FOR = "for"
    AGAINST = "against"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one comparison of a pair says. ``strength``: 0 nothing, 1 weak, 2 clear, 3 strong, 4 very."""

    field: str
    level: str
    side: Side
    strength: int


@dataclass(frozen=True, slots=True)
class Workload:
    """How many answers an officer gave: today, and in all the days counted."""

    officer: str
    today: int
    all: int
