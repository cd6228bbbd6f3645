"""Who must still decide a case, and what the decisions say together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sijil.domains.matching.rules.law import REASON
from sijil.domains.matching.types import CaseVerdict
from sijil.kernel import law

Said = tuple[CaseVerdict, UUID | None]


def action_of(earlier: Sequence[Said], new: Said) -> str:
    """Return the transition that ``new`` makes after the ``earlier`` decisions."""
    if not earlier:
        return "decide_first"
    if len(earlier) == 1:
        return "agree" if earlier[0] == new else "disagree"
    return "settle"


def reason_bounds(day: dt.date) -> tuple[int, int]:
    """Return the least and the most characters of a reason."""
    bounds = law.on(REASON, day).body
    return bounds.least, bounds.most
