"""Pure decisions about grievances: what words are taken, which step an outcome is."""

from __future__ import annotations

from sijil.domains.grievances import errors
from sijil.domains.grievances.rules.law import DELAYS
from sijil.domains.grievances.states import GrievanceState
from sijil.kernel.clean.characters import written
from sijil.kernel.errors import Refused

__all__ = ["DELAYS", "LEAST", "MOST", "action_of", "read_words"]
LEAST, MOST = 10, 1000
"""Characters of what either side says: our own bounds, those of a reason of the adjudication."""
_ACTIONS = {GrievanceState.UPHELD.value: "uphold", GrievanceState.REVERSED.value: "reverse"}


def read_words(text: str, *, field: str) -> str:
    """Return what was said, cleaned. Raises: Refused(WORDS_TOO_SHORT | WORDS_TOO_LONG)."""
    found = written(text[: MOST * 2])
    if len(found) < LEAST:
        raise Refused(errors.WORDS_TOO_SHORT, field=field, least=LEAST)
    if len(found) > MOST:
        raise Refused(errors.WORDS_TOO_LONG, field=field, most=MOST)
    return found


def action_of(outcome: str) -> str:
    """Return the step of an outcome: upheld or reversed. Raises: Refused(OUTCOME_UNKNOWN)."""
    if outcome not in _ACTIONS:
        raise Refused(errors.OUTCOME_UNKNOWN, field="outcome")
    return _ACTIONS[outcome]
