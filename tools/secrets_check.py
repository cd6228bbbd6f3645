"""No key, token, password, machine path or registry address may be in the tree.

Looks at the files git would commit (tracked, and new ones that are not ignored); without git, at all files.
A line that must hold such a text on purpose says why: ``secrets-check: allowed, <reason>``.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = "secrets-check: allowed, "

PATTERNS: dict[str, re.Pattern[str]] = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "a cloud key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "an access token": re.compile(
        r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[A-Za-z0-9_-]{20}|xox[baprs]-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9]{32,})"
    ),
    "a signed token": re.compile(r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{10,}"),
    "a password in an address": re.compile(
        r"\b[a-z][a-z0-9+]*://[^\s:/@{}<>'\"]+:(?!password@)[^\s:/@{}<>'\"]{3,}@"
    ),
    "a path of one machine": re.compile(
        r"(?<![\w.])/(?:home|Users)/[a-z][\w.-]+/|(?<![\w.])/(?:root|work)/[\w.-]"
    ),
    "a package registry's address": re.compile(
        r"https?://[^\s\"'<>]*(?:pypi|pythonhosted|npmjs|registry|artifactory|nexus|devpi|jsdelivr|unpkg|cdnjs)[^\s\"'<>]*",
        re.IGNORECASE,
    ),
    "a package index option": re.compile(r"^\s*--(?:extra-)?index-url|^\s*--find-links", re.MULTILINE),
}
NEVER_NAMES = re.compile(r"(?:^|/)(?:\.env(?:\..+)?|id_rsa|id_ed25519|.*\.(?:pem|key|p12|pfx|keystore))$")
BINARY = {".woff2", ".ttf", ".png", ".jpg", ".jpeg", ".gif", ".ico", ".pdf", ".mo", ".gz", ".zip", ".webp"}


def main() -> int:
    """Print each finding as ``file:line: what``; exit code 1 when there is one."""
    findings = [finding for path in files() for finding in look(path)]
    print("\n".join(findings))
    return 1 if findings else 0


def files() -> list[Path]:
    """Return the files that are or would be committed."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        named = [ROOT / name for name in listing.stdout.split("\0") if name]
    else:
        hidden = {".venv", ".git", ".sijil", "__pycache__"}
        named = [p for p in ROOT.rglob("*") if not hidden.intersection(p.parts)]
    return sorted(p for p in named if p.is_file() and not p.is_symlink())


def look(path: Path) -> Iterator[str]:
    """Yield what is wrong with one file."""
    name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    if NEVER_NAMES.search(name):
        yield f"{name}: a file of this name is a secret by custom"
    if path.suffix in BINARY:
        return
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        if ALLOWED not in line:
            yield from (f"{name}:{number}: {what}" for what in in_line(line))


def in_line(line: str) -> Iterator[str]:
    """Yield the names of the patterns found in a line."""
    return (what for what, pattern in PATTERNS.items() if pattern.search(line))


if __name__ == "__main__":
    sys.exit(main())
