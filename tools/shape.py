"""The shape of the code as a mirror, not a gate: ``./run shape``.

Sizes of functions and files, tests beside code, complexity of the largest, and cycles between packages.
Aims (best decile of 23 measured code bases) stand beside each figure.
"""

from __future__ import annotations

import ast
import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
MEASURED = ROOT / ".coverage.json"


@dataclass(frozen=True)
class Function:
    """A function and its lines of code (its docstring, blank lines and comments do not count)."""

    name: str
    path: Path
    line: int
    lines: int


def is_test(path: Path) -> bool:
    return "tests" in path.parts or path.name == "conftest.py"


def python_files() -> tuple[list[Path], list[Path]]:
    """Return (code, tests); migrations are neither."""
    every = [*SOURCE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "conftest.py"]
    every = [p for p in every if "migrations" not in p.parts and p.exists()]
    return [p for p in every if not is_test(p)], [p for p in every if is_test(p)]


def code_lines(path: Path) -> set[int]:
    """Return the numbers of the lines that hold code."""
    text = path.read_text().splitlines()
    return {n for n, line in enumerate(text, 1) if line.strip() and not line.strip().startswith("#")}


def _docstring(node: ast.AST) -> set[int]:
    body = getattr(node, "body", None)
    if (
        isinstance(body, list)
        and body
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
    ):
        return set(range(body[0].lineno, (body[0].end_lineno or body[0].lineno) + 1))
    return set()


def functions(path: Path) -> Iterator[Function]:
    """Yield the functions of a file with the size of their body."""
    counted = code_lines(path)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            span = set(range(node.body[0].lineno, (node.end_lineno or 0) + 1))
            yield Function(node.name, path, node.lineno, len((span & counted) - _docstring(node)))


def percentile(values: list[int], share: float) -> int:
    """Return the value below which ``share`` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0


def imports(path: Path) -> Iterator[str]:
    """Yield the modules of the product that a file imports at its top level."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sijil"):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("sijil"))


def package_of(module: str) -> str:
    """Return the package that counts as one house: a domain, an interface, the kernel."""
    parts = module.split(".")
    return ".".join(parts[:3] if parts[1:2] == ["domains"] else parts[:2])


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def graph(paths: list[Path]) -> dict[str, set[str]]:
    """Return which package imports which."""
    edges: dict[str, set[str]] = {}
    for path in paths:
        if not path.is_relative_to(SOURCE):
            continue
        here = package_of(module_name(path))
        edges.setdefault(here, set()).update(package_of(m) for m in imports(path))
    return {
        here: {there for there in targets if there not in (here, "sijil")} for here, targets in edges.items()
    }


def in_cycle(edges: dict[str, set[str]]) -> list[str]:
    """Return the packages that reach themselves."""
    return sorted(name for name in edges if name in _reached(edges, name))


def _reached(edges: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = list(edges.get(start, ()))
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo.extend(edges.get(name, ()))
    return seen


def report() -> list[tuple[str, str, str]]:
    """Return rows of (what, measured, aim)."""
    code, tests = python_files()
    sizes = [f for path in code for f in functions(path)]
    test_sizes = [f.lines for path in tests for f in functions(path) if f.name.startswith("test_")]
    files = [len(path.read_text().splitlines()) for path in code]
    lines = [f.lines for f in sizes]
    ratio = sum(len(code_lines(p)) for p in tests) / max(1, sum(len(code_lines(p)) for p in code))
    edges = graph(code)
    return [
        ("files of code", str(len(code)), ""),
        ("lines of code", f"{sum(len(code_lines(p)) for p in code):,}", ""),
        ("function, median lines", f"{statistics.median(lines):.0f}", "7"),
        ("function, 95th percentile", str(percentile(lines, 0.95)), "30"),
        ("file, median lines", f"{statistics.median(files):.0f}", ""),
        ("file, 95th percentile", str(percentile(files, 0.95)), "300"),
        ("tests", f"{len(test_sizes):,}", ""),
        ("test, median lines", f"{statistics.median(test_sizes or [0]):.0f}", "12"),
        ("lines of tests per line of code", f"{ratio:.2f}", "1.5 to 2"),
        ("packages in an import cycle", ", ".join(in_cycle(edges)) or "0", "0"),
    ]


@dataclass(frozen=True)
class Room:
    """A package that counts as one house. ``branches``: the share covered at the last measuring, if any."""

    name: str
    code: int
    tests: int
    branches: float | None

    @property
    def ratio(self) -> float:
        return self.tests / max(1, self.code)


def rooms() -> list[Room]:
    """Return the rooms with their own tests; the tests of journeys, pages and doors stand as ``(shared)``."""
    code, tests = python_files()
    sizes: dict[str, list[int]] = {}
    for paths, place in ((code, 0), (tests, 1)):
        for path in paths:
            sizes.setdefault(_room(path), [0, 0])[place] += len(code_lines(path))
    covered = branches()
    return [Room(name, *size, covered.get(name)) for name, size in sorted(sizes.items())]


def _room(path: Path) -> str:
    if not path.is_relative_to(SOURCE):
        return "(shared)"
    return package_of(module_name(path)).removeprefix("sijil.")


def branches(measured: Path = MEASURED) -> dict[str, float]:
    """Return by room the share of branches that the tests take, of what ``./run shape cover`` wrote."""
    if not measured.exists():
        return {}
    found: dict[str, list[int]] = {}
    for path, figures in json.loads(measured.read_text())["files"].items():
        if not is_test(Path(path)) and "migrations" not in Path(path).parts:
            taken = found.setdefault(_room(ROOT / path), [0, 0])
            taken[0] += figures["summary"]["covered_branches"]
            taken[1] += figures["summary"]["num_branches"]
    return {room: taken / every for room, (taken, every) in found.items() if every}


def main() -> None:
    """Print the report, the rooms, and the largest functions and files."""
    for what, measured, aim in report():
        print(f"{what:34} {measured:>10}" + (f"   aim {aim}" if aim else ""))
    print("\nroom                         code   tests  ratio  branches   (aim 85 %: ./run shape cover)")
    for room in rooms():
        share = "" if room.branches is None else f"{room.branches:7.1%}"
        ratio = f"{room.ratio:6.2f}" if room.code else ""
        print(f"{room.name:26} {room.code:6,} {room.tests:7,} {ratio:>6}   {share}")
    code, _ = python_files()
    print("\nlargest functions")
    for function in sorted((f for p in code for f in functions(p)), key=lambda f: -f.lines)[:8]:
        print(f"{function.lines:6}  {function.path.relative_to(ROOT)}:{function.line} {function.name}")
    print("\nlargest files")
    for path in sorted(code, key=lambda p: -len(p.read_text().splitlines()))[:8]:
        print(f"{len(path.read_text().splitlines()):6}  {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
