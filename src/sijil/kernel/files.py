"""Files that must not be lost: whole or not at all, on the disk before anybody relies on them."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


def put(path: Path, content: bytes) -> None:
    """Write a file in place of what is there, for its owner only. Raises: OSError, changing nothing.

    No reader sees half of it, no two writers share a draft, and a power cut leaves the old or the new.
    """
    with _draft(path, content) as draft:
        draft.replace(path)
        _sync_folder(path.parent)


def put_once(path: Path, content: bytes) -> None:
    """The same, unless the file is there: of many processes one wins."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _draft(path, content) as draft, contextlib.suppress(FileExistsError):
        os.link(draft, path)
        _sync_folder(path.parent)


@contextlib.contextmanager
def _draft(path: Path, content: bytes) -> Iterator[Path]:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the name last too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
