"""From a clean clone to a ready demo, and a warm start; beside what nobody can do without.

Floor of the first: a bare environment with the same requirements, a bare cluster made and started. Floor of
the second: the same server started and stopped with nothing on it. Downloads come from the installer's cache
when it has them, on both sides.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sijil.processes.postgres import Postgres

ROOT = Path(__file__).resolve().parents[1]
PORT = 18_400
WARM_RUNS = 3


def main() -> None:
    """Print two figures."""
    work = Path(tempfile.mkdtemp(prefix="sijil-start-"))
    work.chmod(0o711)
    try:
        clone = copy_tree(work / "clone")
        cold = seconds(lambda: demo(clone))
        warm = statistics.median(seconds(lambda: demo(clone)) for _ in range(WARM_RUNS))
        floor_cold = seconds(lambda: bare_environment(work / "bare")) + seconds(
            lambda: bare_server(work / "cold")
        )
        floor_warm = statistics.median(seconds(lambda: bare_server(work / "cold")) for _ in range(WARM_RUNS))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    show(
        "clean clone to demo ready",
        cold,
        floor_cold,
        "5,000 households; floor: bare environment, bare cluster",
    )
    show("warm start, ready and stopped", warm, floor_warm, f"median of {WARM_RUNS}; floor: the server alone")


def copy_tree(target: Path) -> Path:
    """Copy what git would hand to somebody else."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def demo(clone: Path) -> None:
    """Start the demo of a clone until it is ready, and stop it."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("SIJIL_", "DJANGO_", "PYTHON"))}
    command = ["./run", "demo", "--stop-when-ready", "--port", str(PORT)]
    done = subprocess.run(command, cwd=clone, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout[-2000:] + done.stderr[-2000:])


def bare_environment(folder: Path) -> None:
    """Make an environment and install the same packages: no product, no check of what is there."""
    python, pinned = str(folder / "bin/python"), ["install", "-q", "--require-hashes", "-r"]
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    subprocess.run([python, "-m", "pip", *pinned, str(ROOT / "requirements/setup.txt")], check=True)
    base = [*pinned, str(ROOT / "requirements/base.txt"), "--python", python]
    subprocess.run([str(folder / "bin/uv"), "pip", *base], check=True)


def bare_server(home: Path) -> None:
    """Make the cluster if needed, start it and stop it."""
    home.mkdir(mode=0o711, exist_ok=True)
    server = Postgres(home)
    server.start()
    server.stop()


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def show(name: str, ours: float, floor: float, detail: str) -> None:
    print(
        json.dumps(
            {"name": name, "unit": "s", "ours": ours, "floor": floor, "ratio": ours / floor, "detail": detail}
        )
    )


if __name__ == "__main__":
    main()
