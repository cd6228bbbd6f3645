"""``./run bench [NAME[=SIZE] ...]``: measure, and write docs/benchmarks.md.

Each measurement is a process of its own over a private, durable PostgreSQL started for this run. What is not
measured this time keeps its last result.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sijil.processes.postgres import Postgres

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results.json"
PAGE = ROOT / "docs/benchmarks.md"

Figure = dict[str, Any]


def main() -> int:
    """Run the measurements named on the line, or all; exit code 1 when one fails."""
    alone = [p.stem for p in HERE.glob("[!_]*.py") if "__main__" in p.read_text()]
    known = sorted([*alone, *(p.parent.name for p in HERE.glob("*/__main__.py"))])
    wanted = sys.argv[1:] or known
    unknown = sorted({name.partition("=")[0] for name in wanted} - set(known))
    if unknown:
        print(f"bench: there is no {', '.join(unknown)}; known: {', '.join(known)}", file=sys.stderr)
        return 2
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    failed = [name for name in wanted if not measure(name, results)]
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
    PAGE.write_text(page(results))
    print(f"wrote {PAGE.relative_to(ROOT)}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


def measure(name: str, results: dict[str, Any]) -> bool:
    """Run one measurement and put its figures into ``results``; tell whether it succeeded."""
    name, _, size = name.partition("=")
    print(f"bench {name} …", flush=True)
    with database() as environ:
        done = subprocess.run(
            [sys.executable, "-m", f"bench.{name}", *([size] if size else [])],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    figures = list(read_figures(done.stdout))
    for figure in figures:
        print("   " + sentence(figure), flush=True)
    if done.returncode == 0 and figures:
        results[name] = {"measured": stamp(), "figures": figures}
    return done.returncode == 0 and bool(figures)


@contextlib.contextmanager
def database() -> Iterator[dict[str, str]]:
    """Start a private server; yield the environment of a measurement over it."""
    home = Path(tempfile.mkdtemp(prefix="sijil-bench-"))
    home.chmod(0o711)
    server = Postgres(home)
    try:
        environ = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "SIJIL_HOME": str(home)}
        server.start()
        environ |= {
            "DJANGO_SETTINGS_MODULE": "sijil.config.settings",
            "SIJIL_DATABASE_URL": server.superuser_url,
        }
        yield environ
    finally:
        server.stop()
        server.remove()
        shutil.rmtree(home, ignore_errors=True)


def read_figures(output: str) -> Iterator[Figure]:
    """Yield the lines that are figures; other lines are the measurement's own talk."""
    for line in output.splitlines():
        with contextlib.suppress(ValueError):
            found = json.loads(line)
            if isinstance(found, dict) and {"name", "unit", "ours"} <= found.keys():
                yield found


def sentence(figure: Figure) -> str:
    beside = f", floor {number(figure['floor'])}, ratio {figure['ratio']:.2f}" if figure.get("floor") else ""
    return f"{figure['name']}: {number(figure['ours'])} {figure['unit']}{beside}"


def number(value: float) -> str:
    """Return three significant digits, with thousands set apart."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def stamp() -> dict[str, str]:
    """Return when and on what it was measured."""
    return {
        "on": dt.datetime.now(dt.UTC).date().isoformat(),
        "cores": str(os.cpu_count()),
        "processor": processor(),
        "python": platform.python_version(),
        "note": os.environ.get("SIJIL_BENCH_NOTE", ""),
    }


def processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def page(results: dict[str, Any]) -> str:
    """Return docs/benchmarks.md."""
    text = (
        "# Benchmarks\n\n<!-- Written by ./run bench; do not edit. -->\n\n"
        "Each figure stands beside its floor: the least that the same work can cost, measured in the same "
        "run. Ratio is ours / floor.\n"
    )
    for name, result in sorted(results.items()):
        measured = result["measured"]
        machine = f"{measured['cores']} cores ({measured['processor']}), Python {measured['python']}"
        machine += f"; {measured['note']}" if measured.get("note") else ""
        text += f"\n## {name}\n\n{measured['on']}, {machine}\n\n"
        text += "| What | Unit | Sijil | Floor | Ratio | Detail |\n|---|---|---|---|---|---|\n"
        text += "".join(row(figure) for figure in result["figures"])
    return text


def row(figure: Figure) -> str:
    floor, ratio = figure.get("floor"), figure.get("ratio")
    detail = figure.get("detail") or ""
    detail = detail if isinstance(detail, str) else ", ".join(f"{k}: {v}" for k, v in detail.items())
    cells = [
        figure["name"],
        figure["unit"],
        number(figure["ours"]),
        number(floor) if floor else "",
        f"{ratio:.2f}" if ratio else "",
    ]
    return "| " + " | ".join([*cells, detail.replace("|", "/")]) + " |\n"


if __name__ == "__main__":
    sys.exit(main())
