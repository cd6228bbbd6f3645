"""Numbers for a generated country, whole columns at once: IDCS and household codes that never repeat.

A live register draws by chance and lets its unique index decide (``sijil.kernel.ids``). A generator of
millions cannot ask an index each time: it walks a permutation of all numbers, so that two places in the
walk never give the same one. The rule of form is the same; a test holds both against each other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sijil.kernel import ids

Column = NDArray[np.int64]

_D = np.array(ids._MULTIPLY, dtype=np.int64)
_P = np.array(ids._PERMUTE, dtype=np.int64)
_INVERSE = np.array(ids._INVERSE, dtype=np.int64)
_IDCS_SPACE, _IDCS_STEP = 800_000_000, 494_927_251
_CODE_SPACE, _CODE_STEP = 9_000_000_000, 5_562_305_537


def idcs_bodies(places: Column, start: int) -> Column:
    """Return the first nine digits of the numbers at ``places`` of the walk that begins at ``start``."""
    return np.asarray(200_000_000 + (places * _IDCS_STEP + start) % _IDCS_SPACE)


def household_bodies(places: Column, start: int) -> Column:
    """Return the first ten digits of the household codes at ``places``."""
    # 128-bit product in two steps: 9e9 x 5.6e9 does not fit 64 bits.
    high, low = np.divmod(places, 1 << 16)
    product = (high * _CODE_STEP % _CODE_SPACE * (1 << 16) + low * _CODE_STEP) % _CODE_SPACE
    return np.asarray(1_000_000_000 + (product + start) % _CODE_SPACE)


def with_check(bodies: Column, digits: int) -> Column:
    """Append the Verhoeff digit to numbers of ``digits`` digits."""
    state = np.zeros(len(bodies), dtype=np.int64)
    rest = bodies.copy()
    for place in range(1, digits + 1):
        state = _D[state, _P[place % 8][rest % 10]]
        rest //= 10
    return bodies * 10 + _INVERSE[state]


def is_allowed(numbers: Column) -> NDArray[np.bool_]:
    """Tell which ten-digit numbers hold no run of three and no three equal digits in a row."""
    digits = np.stack([numbers // 10**power % 10 for power in range(9, -1, -1)])
    first, second = np.diff(digits, axis=0)[:-1], np.diff(digits, axis=0)[1:]
    bad = (first == second) & (np.abs(first) <= 1)
    return np.asarray(~bad.any(axis=0))


def draw_idcs(
    first_place: int, slots: int, number: int, start: int, without: frozenset[str] = frozenset()
) -> list[str]:
    """Return ``number`` IDCS from ``slots`` places of the walk, none of ``without``.

    Raises: ValueError if the places do not suffice.
    """
    numbers = with_check(idcs_bodies(np.arange(first_place, first_place + slots), start), 9)
    good = [str(n) for n in numbers[is_allowed(numbers)].tolist()]
    free = [n for n in good if n not in without] if without else good
    if len(free) < number:
        raise ValueError(f"{number} numbers wanted, {len(free)} allowed in {slots} places")
    return free[:number]


def household_codes(first_place: int, number: int, start: int) -> list[str]:
    """Return ``number`` household codes of eleven digits."""
    bodies = household_bodies(np.arange(first_place, first_place + number), start)
    return [str(n) for n in with_check(bodies, 10).tolist()]
