"""Is there room to write? The disks of some folders, looked at once in some seconds for all who ask."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LOOK_EVERY = 3.0  # seconds


def free_bytes(folder: Path) -> int:
    """Return what is free on the disk of a folder. Raises: OSError."""
    return shutil.disk_usage(folder).free


@dataclass
class Room:
    """``floor``: bytes under which nothing more is written, so that what is being written can end."""

    folders: Sequence[Path]
    floor: int
    free: Callable[[Path], int] = free_bytes
    clock: Callable[[], float] = time.monotonic
    _seen: tuple[int, Path] | None = field(default=None, init=False)
    _looked_at: float = field(default=float("-inf"), init=False)

    @property
    def is_full(self) -> bool:
        return (seen := self.least()) is not None and seen[0] < self.floor

    def least(self) -> tuple[int, Path] | None:
        """Return the folder with the least room and how much that is; None when no disk can be asked."""
        if self.clock() - self._looked_at >= LOOK_EVERY:
            self._looked_at = self.clock()
            self._seen = min((self._free(folder) for folder in self.folders if folder.exists()), default=None)
        return self._seen

    def _free(self, folder: Path) -> tuple[int, Path]:
        try:
            return self.free(folder), folder
        except OSError:
            return self.floor, folder  # a disk that does not tell stops nobody

    def sentence(self) -> str:
        """Return in plain words that it is full; "" while it is not."""
        if not self.is_full or self._seen is None:
            return ""
        free, folder = self._seen
        return (
            f"disk full: {free // 1024**2} MB left for {folder}, {self.floor // 1024**2} are needed. "
            "Nothing new is taken until there is room; free some, the rest comes back by itself."
        )
