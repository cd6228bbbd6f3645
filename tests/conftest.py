"""The programs of ``tools/`` and ``bench/`` are importable in the tests of the house."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT)]
