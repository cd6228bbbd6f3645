"""Every check that is not a test, one line each; the first words of a failure are its reason.

Used by ``./run check`` and ``./run test``. Exit code 1 when any check fails; all of them are run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
BIN = Path(PYTHON).parent

CHECKS: dict[str, list[str]] = {
    "style (ruff)": [str(BIN / "ruff"), "check", "--quiet", "."],
    "format (ruff)": [str(BIN / "ruff"), "format", "--quiet", "--check", "."],
    "templates (djangofmt)": [PYTHON, "tools/templates.py"],
    "sheets": [PYTHON, "tools/sheets.py"],
    "types (mypy --strict)": [PYTHON, "-m", "mypy", "--no-error-summary"],
    "floors (import-linter)": [str(BIN / "lint-imports"), "--no-cache"],
    "migrations": [
        PYTHON,
        "-W",
        "ignore::RuntimeWarning",
        "-m",
        "django",
        "makemigrations",
        "--check",
        "--dry-run",
    ],
    "translations": [PYTHON, "-m", "sijil.processes.messages", "check"],
    "generated pages": [PYTHON, "tools/pages.py", "--check"],
    "secrets": [PYTHON, "tools/secrets_check.py"],
}


def main() -> int:
    """Run the checks named on the line, or all of them."""
    wanted = sys.argv[1:] or list(CHECKS)
    failed = [name for name in wanted if not passes(name)]
    if failed:
        print(f"{len(failed)} of {len(wanted)} checks failed: {', '.join(failed)}")
    return 1 if failed else 0


def passes(name: str) -> bool:
    """Run one check; print its output only when it fails."""
    began = time.monotonic()
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "sijil.config.settings",
    }
    done = subprocess.run(CHECKS[name], cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    print(
        f"check  {'ok    ' if done.returncode == 0 else 'FAILED'} {name} ({time.monotonic() - began:.1f} s)",
        flush=True,
    )
    if done.returncode:
        print((done.stdout + done.stderr).strip(), flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
