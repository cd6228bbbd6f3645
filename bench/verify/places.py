"""What the processes of this measurement share: where it keeps its files, how many persons there are."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = Path(os.environ.get("SIJIL_HOME") or ROOT / ".sijil-bench" / "verify").absolute()
PERSONS = int(os.environ.get("SIJIL_BENCH_PERSONS", "1000000"))


def birth_of(n: int) -> str:
    """Return the birth date of the n-th person."""
    return f"{1940 + n % 80}-{1 + n % 12:02d}-{1 + n % 28:02d}"
