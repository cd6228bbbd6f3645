"""Which references came before, at twelve bytes each, for files of millions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


class Seen:
    """References met, kept as keyed 64-bit hashes (Python's own, new in each process) with their lines.

    Kept in sorted runs that are merged when they are alike in length, so that n references cost n log n.
    Two different references of ten million share a hash once in 400,000 files; the line says which it named.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[Any, Any]] = []

    def earlier(self, references: Sequence[str], lines: Sequence[int]) -> Any:
        """Return for each the line where it stood first, 0 for a new one; keep them all."""
        keys = np.fromiter(map(hash, references), np.int64, len(references))
        at = np.asarray(lines, np.int64)
        order = np.argsort(keys, kind="stable")
        run = keys[order], at[order]
        first = np.searchsorted(run[0], keys)
        found = np.where(run[1][first] < at, run[1][first], 0)
        for known in self._runs:
            found = np.where((before := _lookup(known, keys)) > 0, before, found)
        self._keep(run)
        return found

    def _keep(self, run: tuple[Any, Any]) -> None:
        while self._runs and len(self._runs[-1][0]) <= len(run[0]):
            run = _merged(self._runs.pop(), run)
        self._runs.append(run)


def _lookup(run: tuple[Any, Any], keys: Any) -> Any:
    at = np.minimum(np.searchsorted(run[0], keys), len(run[0]) - 1)
    return np.where(run[0][at] == keys, run[1][at], 0)


def _merged(older: tuple[Any, Any], newer: tuple[Any, Any]) -> tuple[Any, Any]:
    """Put two runs together, of equal keys the older first."""
    keys = np.concatenate((older[0], newer[0]))
    order = np.argsort(keys, kind="stable")
    return keys[order], np.concatenate((older[1], newer[1]))[order]
