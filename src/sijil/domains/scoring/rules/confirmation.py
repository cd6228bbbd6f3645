"""How long a confirmation holds: a score out of range that an officer confirmed counts, and goes on counting.

What was confirmed is a declaration, and why its score was set aside. As long as both are the same, a later
score (other ages, other law) counts too, and names the confirmation; another declaration or another reason is
set aside again. None of the texts says it; it is our reading of decree 2.21.582 (a score rests on answers).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sijil.domains.scoring.types import Formula

UNDER_RANGE, IN_RANGE, OVER_RANGE = -1, 0, 1


def reasons_of(formula: Formula, a: Any, b: Any, divisor: Any) -> NDArray[np.int64]:
    """Return why scores are set aside: UNDER_RANGE, OVER_RANGE, or IN_RANGE for those that are not."""
    total = a * divisor + b
    over, under = total > formula.highest * divisor, total < formula.lowest * divisor
    found: NDArray[np.int64] = np.asarray(over).astype(np.int64) - np.asarray(under)
    return found


def holds(
    confirmed: tuple[NDArray[Any], NDArray[np.int64]], now: tuple[NDArray[Any], NDArray[np.int64]]
) -> NDArray[np.bool_]:
    """Tell which confirmations hold. Each side: declarations (raw, 16 bytes), and reasons."""
    same: NDArray[np.bool_] = (confirmed[0] == now[0]) & (confirmed[1] == now[1])
    same &= now[1] != IN_RANGE
    return same
