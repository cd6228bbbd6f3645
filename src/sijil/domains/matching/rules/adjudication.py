"""Who must still decide a case, and what the decisions say together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sijil.domains.matching.rules.law import ASKING, REASON
from sijil.domains.matching.types import CaseVerdict
from sijil.kernel import law


@dataclass(frozen=True, slots=True)
class Said:
    """What one officer answers. ``file``: who it is, or of whom ``ask`` is asked."""

    verdict: CaseVerdict
    file: UUID | None = None
    ask: str = ""

    def agrees_with(self, other: Said) -> bool:
        """Tell whether two say the same; who cannot tell agrees with who cannot, whatever each asks for."""
        if self.verdict is CaseVerdict.CANNOT_TELL:
            return other.verdict is CaseVerdict.CANNOT_TELL
        return (self.verdict, self.file) == (other.verdict, other.file)


def action_of(earlier: Sequence[Said], new: Said) -> str:
    """Return the transition that ``new`` makes after the ``earlier`` answers of the same round."""
    if not earlier:
        return "decide_first"
    if len(earlier) == 1 and not earlier[0].agrees_with(new):
        return "disagree"
    if new.verdict is CaseVerdict.CANNOT_TELL:
        return "ask"
    return "agree" if len(earlier) == 1 else "settle"


def may_ask(round: int, day: dt.date) -> bool:
    """Tell whether the person may be asked (again): a case is not kept open by asking for ever."""
    return round <= law.on(ASKING, day).body.most


def reason_bounds(day: dt.date) -> tuple[int, int]:
    """Return the least and the most characters of a reason."""
    bounds = law.on(REASON, day).body
    return bounds.least, bounds.most
