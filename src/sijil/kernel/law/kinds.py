"""The kinds of law that the product knows, each declared once by its domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

from sijil.kernel.law.values import B, Law

PACKAGE = Path(__file__).resolve().parents[2]


def _nothing(_: Law[Any]) -> None:
    """Find nothing wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class LawKind(Generic[B]):
    """One law, or with ``.*`` at the end of its name one law for each folder below ``folder``.

    Args:
        name: ``domain.what``, e.g. ``scoring.formula``.
        schema: what the body of a version is.
        folder: where the shipped versions lie, a file or a folder each.
        words: fields of the schema that only people read; they are not in the digest.
        check: looks at what one version alone cannot tell (others that it names). Raises: Wrong.
        may_end: a version may be the last one (``to``), and the law then no longer in force.
    """

    name: str
    schema: type[B]
    folder: Path
    words: frozenset[str] = frozenset()
    check: Callable[[Law[B]], None] = _nothing
    may_end: bool = False

    @property
    def is_family(self) -> bool:
        return self.name.endswith(".*")

    @property
    def place(self) -> Path:
        """The folder below the package."""
        return self.folder.resolve().relative_to(PACKAGE)

    def covers(self, name: str) -> bool:
        """Tell whether a law is of this kind."""
        return name == self.name or (self.is_family and name.rpartition(".")[0] == self.name[:-2])

    def law_name(self, member: str = "") -> str:
        """Return the name of a member's law, or of the one law."""
        return self.name.removesuffix("*") + member if self.is_family else self.name


_kinds: dict[str, LawKind[Any]] = {}


def declare(kind: LawKind[B]) -> LawKind[B]:
    """Make a kind known. Raises: ValueError if its name is taken by another folder."""
    other = _kinds.get(kind.name)
    if other is not None and other.folder != kind.folder:
        raise ValueError(f"the law {kind.name} is declared twice")
    _kinds[kind.name] = kind
    return kind


def list_kinds() -> Mapping[str, LawKind[Any]]:
    """Return every kind that is declared, by name."""
    return dict(sorted(_kinds.items()))


def kind_of(name: str) -> LawKind[Any]:
    """Return the kind of a law. Raises: LookupError."""
    found = _kinds.get(name) or _kinds.get(f"{name.rpartition('.')[0]}.*")
    if found is None:
        raise LookupError(f"there is no law {name}")
    return found
