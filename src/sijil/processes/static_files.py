"""The files of the pages as they are served: joined, minified, named by their content, compressed; made once.

``STATIC_ROOT`` is a folder named by what its sources are (:func:`mark`), so new code never meets an old
collection; it appears whole, by renaming, so an interrupted one is never served.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import Any

import rcssmin
import rjsmin
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

PARTS = "sheets"  # what a sheet is joined of; not served alone
_IMPORT = re.compile(rf'@import "({PARTS}/\w+\.css)";')
_MINIFY = {".css": rcssmin.cssmin, ".js": rjsmin.jsmin}


class Collected(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """What is saved is joined and minified before its name is made of its content.

    The plain names are kept too: the page of an error of ours (500.html) asks nobody for a name.
    """

    def _save(self, name: str, content: Any) -> str:
        minify = _MINIFY.get(Path(name).suffix)
        if minify:
            content.seek(0)  # read to its end when it was named
            text = content.read().decode()
            content = ContentFile(minify(_joined(text, Path(content.name or name).parent)).encode())
        return str(super()._save(name, content))


def _joined(sheet: str, folder: Path) -> str:
    """Return a style sheet with its parts in place, their addresses as seen from the sheet."""
    return _IMPORT.sub(lambda part: (folder / part[1]).read_text("utf-8").replace("url(../", "url("), sheet)


def mark(source: Path) -> str:
    """Return a name that changes with the files of every room, and with how they are made."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(source.glob("*/static/**/*")):
        if path.is_file():
            digest.update(
                f"\n{path.relative_to(source)} {path.stat().st_size}\n".encode() + path.read_bytes()
            )
    return digest.hexdigest()[:16]


def collect(root: Path) -> None:
    """Make ``root`` unless it is there. Safe to stop at any point, and with several processes at once."""
    if root.exists():
        return
    root.parent.mkdir(parents=True, exist_ok=True)
    with (root.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # given back by a process that dies
        if root.exists():
            return
        draft = root.parent / "draft"
        shutil.rmtree(draft, ignore_errors=True)  # left by one that was stopped
        _fill(draft)
        draft.rename(root)
        _forget_older(root)


def _fill(draft: Path) -> None:
    storage = Collected(location=draft)
    found = {}
    for finder in get_finders():
        for path, source in finder.list([PARTS]):
            with source.open(path) as file:
                storage.save(path, file)
            found[path] = (storage, path)
    for name, _hashed, fault in storage.post_process(found):
        if isinstance(fault, Exception):
            raise RuntimeError(f"static file {name}") from fault
    for path in draft.rglob("*.*"):
        with path.open("rb") as file:
            os.fsync(file.fileno())  # whole on the disk before it has its name


def _forget_older(root: Path) -> None:
    """Keep the collection before this one: a process that still runs serves it."""
    others = sorted((p for p in root.parent.iterdir() if p.is_dir() and p != root), key=_made_at)
    for path in others[:-1]:
        shutil.rmtree(path, ignore_errors=True)


def _made_at(path: Path) -> float:
    return path.stat().st_mtime


def collect_for_settings() -> None:
    """Make what the web process serves; in debugging the sources themselves are served."""
    if not settings.DEBUG:
        collect(Path(settings.STATIC_ROOT))
