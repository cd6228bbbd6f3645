"""Which acts have a door: what a person, an officer or a machine can reach from above the services.

The code is read, not run: a graph of who names whom (functions, classes, tables of a module), followed from
the interfaces down. A transition has a door when a function that is reached names its action; a message when
its name is reached, or stands as the notice of a transition that has a door.

    python tools/doors.py      what has none; ``docs/doors.yaml`` must say the same (tests/test_doors.py)
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"

INTERFACES = ("portal", "counter", "backoffice", "api", "verify", "console")
NO_DOORS = ("sijil.country", "sijil.console.demo")  # what only fills a demo is no door
TASKS, WIRING = "sijil.config.tasks", "sijil.config.wiring"
TARGET = re.compile(r"^(sijil(?:\.\w+)+):(\w+)$")

Node = tuple[str, str]  # module, name of a function, a class, ``Class.method`` or a table of the module


@dataclass
class Module:
    """One file: what it defines, what it imports, and its text as a tree."""

    name: str
    tree: ast.Module
    is_package: bool
    defined: dict[str, ast.AST] = field(default_factory=dict)
    imported: dict[str, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for statement in self.tree.body:
            self._define(statement)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    self.imported[alias.asname or alias.name] = (node.module, alias.name)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    self.imported[alias.asname or alias.name.split(".")[0]] = (alias.name, "")

    def _define(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            self.defined[statement.name] = statement
        elif isinstance(statement, ast.ClassDef):
            self.defined[statement.name] = statement
            for part in statement.body:
                if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                    self.defined[f"{statement.name}.{part.name}"] = part
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
                if isinstance(target, ast.Name):
                    self.defined[target.id] = statement


class Graph:
    """Who names whom in the whole product."""

    def __init__(self, source: Path = SOURCE) -> None:
        self.modules = {module.name: module for module in _read(source)}
        self._found: dict[Node, Node | None] = {}

    def resolve(self, module: str, name: str, seen: frozenset[Node] = frozenset()) -> Node | None:
        """Follow a name to where it is defined; ("module", "") for a module."""
        if (module, name) not in self._found:
            self._found[(module, name)] = self._resolve(module, name, seen)
        return self._found[(module, name)]

    def _resolve(self, module: str, name: str, seen: frozenset[Node]) -> Node | None:
        found = self.modules.get(module)
        if found is None or (module, name) in seen:
            return None
        if name in found.defined:
            return (module, name)
        if name in found.imported:
            origin, original = found.imported[name]
            if not original:
                return (origin, "") if origin in self.modules else None
            return self.resolve(origin, original, seen | {(module, name)})
        return (f"{module}.{name}", "") if f"{module}.{name}" in self.modules else None

    def named_by(self, node: Node) -> set[Node]:
        """Return what a function, class or table names: itself called, passed on, or given as a text."""
        module, name = node
        tree = self.modules[module].defined[name]
        found = {self._reference(module, part) for part in ast.walk(tree)}
        found |= {self._target(text) for text in constants(tree)} | self._asked_by_name(module, tree)
        if isinstance(tree, ast.ClassDef):
            found |= {(module, f"{name}.{part.name}") for part in tree.body if hasattr(part, "name")}
        return {one for one in found if one and one[1] and one[1] in self.modules[one[0]].defined}

    def _asked_by_name(self, module: str, tree: ast.AST) -> set[Node | None]:
        """Return the functions that a file with a ``getattr`` may mean by a text."""
        file = self.modules[module]
        if not any(isinstance(n, ast.Name) and n.id == "getattr" for n in ast.walk(file.tree)):
            return set()
        places = [self.resolve(module, name) for name in file.imported]
        owners = [place[0] for place in places if place and not place[1]]
        return {self.resolve(owner, text) for owner in owners for text in constants(tree)}

    def _reference(self, module: str, part: ast.AST) -> Node | None:
        if isinstance(part, ast.Name):
            return self.resolve(module, part.id)
        if isinstance(part, ast.Attribute):
            owner = self._reference(module, part.value)
            return self.resolve(owner[0], part.attr) if owner and not owner[1] else None
        return None

    def _target(self, text: str) -> Node | None:
        """Return the function behind ``package.module:function``, the name of a job or of a step."""
        found = TARGET.match(self.jobs.get(text, text))
        if found:
            return self.resolve(found[1], found[2])
        module, _, name = text.rpartition(".")
        journey = f"sijil.journeys.{module}"  # a step that follows an event
        return self.resolve(journey, name) if journey in self.modules else None

    @cached_property
    def jobs(self) -> dict[str, str]:
        tasks = self.modules.get(TASKS)
        return {k: v for k, v in pairs(tasks.defined["JOBS"])} if tasks else {}

    def roots(self) -> Iterator[Node]:
        """Give all of the interfaces, what the clock runs, what follows scores, and who writes notices."""
        for module in self.modules.values():
            room = module.name.split(".")[1:2]
            if room and room[0] in INTERFACES and not _is_below(module.name, NO_DOORS):
                yield from ((module.name, name) for name in module.defined)
        for module, table in ((TASKS, "PERIODIC"), (WIRING, "NOTICES"), (WIRING, "RECORDED")):
            if module in self.modules and table in self.modules[module].defined:
                yield from filter(None, map(self._target, constants(self.modules[module].defined[table])))

    @cached_property
    def reached(self) -> set[Node]:
        """Return everything that can be reached from a door."""
        todo, found = list(self.roots()), set()
        while todo:
            node = todo.pop()
            if node in found or node[1] not in self.modules[node[0]].defined:
                continue
            if _is_below(node[0], NO_DOORS):
                continue
            found.add(node)
            todo += self.named_by(node) - found
        return found

    def says(self, text: str, *, below: Iterable[str]) -> bool:
        """Tell whether something reached below these packages holds this text."""
        places = tuple(below)
        return any(
            text in constants(self.modules[module].defined[name])
            for module, name in self.reached
            if _is_below(module, places) and not module.endswith(".states")
        )

    def opens(self, kind: str) -> bool:
        """Tell whether something reached opens one of the files of a kind (the name of its table)."""
        bound = {node for node in self._tables() if _binds(self.modules[node[0]].defined[node[1]], kind)}
        return any(
            isinstance(part, ast.Attribute)
            and part.attr in ("open", "open_all", "opened")
            and self._reference(node[0], part.value) in bound
            for node in self.reached
            for part in ast.walk(self.modules[node[0]].defined[node[1]])
        )

    def _tables(self) -> Iterator[Node]:
        for module in self.modules.values():
            for name, tree in module.defined.items():
                if isinstance(tree, ast.Assign | ast.AnnAssign):
                    yield (module.name, name)


def _binds(tree: ast.AST, kind: str) -> bool:
    """Tell whether a table of a module is ``Files(KIND, ...)``."""
    value = getattr(tree, "value", None)
    if not isinstance(value, ast.Call) or ast.unparse(value.func).split(".")[-1].split("[")[0] != "Files":
        return False
    return bool(value.args) and ast.unparse(value.args[0]).split(".")[-1] == kind


def _read(source: Path) -> Iterator[Module]:
    for path in sorted((source / "sijil").rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        if {"tests", "migrations"} & set(parts):
            continue
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        yield Module(name, ast.parse(path.read_text(encoding="utf-8")), is_package)


def _is_below(module: str, places: Iterable[str]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def constants(tree: ast.AST) -> set[str]:
    """Return the texts of a piece of code that are no docstring."""
    silent = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    return {
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in silent
    }


def pairs(tree: ast.AST) -> list[tuple[str, str]]:
    """Return the texts of a table, key and value."""
    tables = [n for n in ast.walk(tree) if isinstance(n, ast.Dict)]
    return [
        (k.value, v.value)
        for table in tables
        for k, v in zip(table.keys, table.values, strict=True)
        if isinstance(k, ast.Constant) and isinstance(v, ast.Constant)
    ]


# ---- what there is -----------------------------------------------------------------------------------------


def machines() -> dict[str, Any]:
    """Return every state table by ``domain.NAME``."""
    from sijil.kernel.machine import Machine

    found = {}
    for path in sorted((SOURCE / "sijil" / "domains").glob("*/states.py")):
        module = import_module(f"sijil.domains.{path.parent.name}.states")
        tables = {name: value for name, value in vars(module).items() if isinstance(value, Machine)}
        found |= {f"{path.parent.name}.{name}": table for name, table in tables.items()}
    return found


def transitions() -> dict[str, Any]:
    """Return every transition by ``domain.MACHINE.action``; what opens a file too."""
    found = {f"{name}.{t.action}": t for name, table in machines().items() for t in table.transitions}
    kinds = {name: table for name, table in machines().items() if hasattr(table, "openings")}
    openings = {
        f"{name}.{action}": step for name, kind in kinds.items() for action, step in kind.openings.items()
    }
    return openings | found


def templates() -> list[str]:
    """Return the names of the messages."""
    from sijil.domains.notifications import rules

    found: Any = rules.templates()
    return sorted(name for name in getattr(found, "templates", found) if name != "signature")


def journeys(graph: Graph) -> list[Node]:
    """Return every public function of the journeys."""
    return [
        (module.name, name)
        for module in graph.modules.values()
        if _is_below(module.name, ("sijil.journeys",))
        for name, tree in module.defined.items()
        if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef) and "." not in name and name[0] != "_"
    ]


def without_door(graph: Graph) -> set[str]:
    """Return the transitions, messages and journeys that nothing above the services reaches."""
    steps = transitions()
    closed = {name for name in steps if not has_door(graph, name, steps[name])}
    noticed = {getattr(t, "notice", "") for name, t in steps.items() if name not in closed}
    silent = {name for name in templates() if name not in noticed and not _is_queued(graph, name)}
    unused = {node for node in journeys(graph) if node not in graph.reached}
    return (
        closed
        | {f"message.{name}" for name in silent}
        | {f"journey.{module.removeprefix('sijil.journeys.')}.{name}" for module, name in unused}
    )


def has_door(graph: Graph, name: str, step: Any) -> bool:
    """Tell whether a transition (``domain.MACHINE.action``) is named by something that is reached."""
    domain, table, action = name.split(".")
    if hasattr(step, "sources") and not step.sources:
        return graph.opens(table)
    return graph.says(action, below=(f"sijil.domains.{domain}", "sijil.journeys"))


def _is_queued(graph: Graph, name: str) -> bool:
    return graph.says(name, below=("sijil.journeys", "sijil.domains", "sijil.config"))


if __name__ == "__main__":
    sys.path.insert(0, str(SOURCE))
    os.environ["DJANGO_SETTINGS_MODULE"] = "sijil.config.settings"
    import django

    django.setup()
    print("\n".join(sorted(without_door(Graph()))))
