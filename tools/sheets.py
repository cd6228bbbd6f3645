"""Style sheets as they are reviewed: a declaration a line, 120 columns, 400 lines, a comment first.

python tools/sheets.py      tell what is not so; exit code 1
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WIDTH, LENGTH = 120, 400
_MORE = re.compile(r"[;{}]\s*[^\s;{}/]")  # something after a declaration, or after the bracket of a rule


def main() -> int:
    """Check the sheets of every room; exit code 1 when something is not as it should be."""
    told = [line for path in sorted((ROOT / "src").rglob("*.css")) for line in problems(path)]
    print("\n".join(told))
    return 1 if told else 0


def problems(path: Path) -> Iterator[str]:
    """Yield what is wrong with one sheet."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > LENGTH:
        yield f"{path}: {len(lines)} lines"
    if not lines[0].startswith("/* "):
        yield f"{path}:1: says not what it holds"
    for number, line in enumerate(lines, start=1):
        if len(line) > WIDTH:
            yield f"{path}:{number}: {len(line)} columns"
        if _MORE.search(re.sub(r'"[^"]*"|/\*.*\*/', "", line)):
            yield f"{path}:{number}: more than one declaration"


if __name__ == "__main__":
    sys.exit(main())
