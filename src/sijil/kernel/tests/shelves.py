"""Laws of the tests: a copy of what is shipped, to be changed; and a port to nothing but a list."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sijil.kernel import law
from sijil.kernel.law.kinds import PACKAGE
from sijil.kernel.law.lock import LOCK


def copy_of_the_law(root: Path) -> Path:
    """Copy the parameters of every domain, and the lock, below ``root``."""
    for folder in PACKAGE.glob("domains/*/parameters"):
        shutil.copytree(folder, root / folder.relative_to(PACKAGE))
    shutil.copy(PACKAGE / LOCK, root / LOCK)
    return root


@contextmanager
def reading(root: Path, reader: law.EnactedReader | None = None) -> Iterator[law.Shelf]:
    """Read the law from another folder, and enacted versions without waiting."""
    with law.use_shelf(law.Shelf(root, reader, look_every=0)) as shelf:
        yield shelf


def amend(path: Path, *changes: tuple[str, str]) -> int:
    """Replace texts in a file, each once; return the line of the last change."""
    text, line = path.read_text(), 1
    for old, new in changes:
        assert old in text, (path.name, old)
        line = text[: text.index(old)].count("\n") + 1
        text = text.replace(old, new, 1)
    path.write_text(text)
    return line


@dataclass
class Listed:
    """What was enacted, as a list."""

    kept: list[law.EnactedText] = field(default_factory=list)
    asked: int = 0

    def generation(self) -> int:
        self.asked += 1
        return len(self.kept)

    def texts(self) -> list[law.EnactedText]:
        return list(self.kept)

    def add(self, content: str) -> law.Law:
        """Keep a text as if it had been enacted."""
        new = law.read_law(law.read_text(content, "a text"), is_shipped=False)
        self.kept.append(law.EnactedText(new.name, new.version, new.digest, content))
        return new
